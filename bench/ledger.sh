#!/bin/bash
# ledger.sh [BUILD_DIR]: durable appends of one event by 64 callers, three ways.
#
#   raw         64 records a group, one write and one fdatasync each: what the disk can do
#   postgresql  64 connections, one prepared INSERT of the event a transaction, default configuration
#   ours        the ledger: decided, numbered, salted, hashed, inserted, published as signed tiles
#
# All on the same file system, in alternating order; medians over ROUNDS (3) rounds of SECONDS_EACH
# (3) seconds. Goals: at least 5 times PostgreSQL and 0.4 of raw. Callers hand in their next event
# from the answer to the last; THREADS=threads makes each a thread that waits (more switches of
# context than work, on few cores). FOLDER says where the files go: a disk, not memory. Without it
# root makes a file system of its own in /var/tmp, since ext4 passes over inodes that were freed in
# the last minutes before it makes a file, so that whatever was deleted there slows what follows;
# its blocks are written beforehand, as those of the raw file are.
# The last line is the summary as JSON.
set -euo pipefail
build=$(realpath "${1:-build/release}")
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-3} threads=${THREADS:-}
folder=$(mktemp -d "${FOLDER:-/var/tmp}/ledger-bench.XXXXXX")
image=
if [ -z "${FOLDER:-}" ] && [ "$(id -u)" = 0 ]; then
  dd if=/dev/zero of="$folder.image" bs=1M count=4096 status=none
  mkfs.ext4 -q -F -E nodiscard "$folder.image"
  if mount -o loop "$folder.image" "$folder"; then image=$folder.image; else rm "$folder.image"; fi
fi
chmod 755 "$folder"
programs=/usr/lib/postgresql/15/bin
server=
finish() {
  [ -n "$server" ] && kill -INT "$server" 2>/dev/null
  wait 2>/dev/null || true
  cd /
  [ -z "$image" ] || { umount "$folder"; rm -f "$image"; }
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# PostgreSQL refuses to run as root.
as_user=()
if [ "$(id -u)" = 0 ]; then
  as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
  mkdir data socket
  chown postgres data socket
else
  mkdir socket
fi
socket=$folder/socket
"${as_user[@]}" "$programs/initdb" --auth=trust --encoding=UTF8 --locale=C --username=postgres \
  -D "$folder/data" >initdb.log
"${as_user[@]}" "$programs/postgres" -D "$folder/data" -k "$socket" -c listen_addresses= \
  >postgresql.log 2>&1 &
server=$!
sql() { "$programs/psql" -qh "$socket" -U postgres postgres "$@"; }
for _ in $(seq 100); do sql -c 'SELECT 1' >/dev/null 2>&1 && break; sleep 0.1; done

# The event of bench_ledger_append, byte for byte as long, with the salt that makes its commitment.
payload=$(printf '%0.s-' $(seq 300))
payload="{\"after\":\"interruption\",\"before\":\"normal\",\"check\":\"discovery\",\"evidence\":\"$payload\"}"
payload+=$(printf "%$((394 - ${#payload}))s" '')
cat >insert.sql <<SQL
\set caller random(1, 64)
INSERT INTO events (time, type, object, payload, salt) VALUES (:caller, 'monitoring.verdict.changed', 'instance/catalog-eu', '$payload', '\\x$(printf 'ab%.0s' $(seq 32))');
SQL

raw() { "$build/bin/bench_raw_append" "$folder" "$seconds"; }
postgresql() {
  sql -c 'DROP TABLE IF EXISTS events' -c 'CREATE TABLE events (position BIGSERIAL PRIMARY KEY,
    time BIGINT NOT NULL, type TEXT NOT NULL, object TEXT NOT NULL, payload TEXT, salt BYTEA)' 2>/dev/null
  "$programs/pgbench" -n -M prepared -c 64 -j 2 -T "$seconds" -f insert.sql -h "$socket" -U postgres \
    postgres 2>/dev/null | awk '/^tps/ {printf "{\"events_per_second\": %.0f}\n", $3}'
}
ours() { "$build/bin/bench_ledger_append" "$folder/ours.$round" "$seconds" 64 $threads; }
rate() { sed -E 's/.*"events_per_second": ([0-9]+).*/\1/'; }

for round in $(seq "$rounds"); do
  order="raw postgresql ours"
  [ $((round % 2)) = 0 ] && order="ours postgresql raw"
  for way in $order; do
    $way >"$way.out"
    rate <"$way.out" >>"$way.rates"
    printf 'round %d  %-11s %9d/s\n' "$round" "$way" "$(rate <"$way.out")"
  done
done
median() { sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
r=$(median raw.rates) p=$(median postgresql.rates) o=$(median ours.rates)
awk -v r="$r" -v p="$p" -v o="$o" 'BEGIN {
  printf "ours/postgresql %.2f (goal 5)   ours/raw %.2f (goal 0.4)\n", o / p, o / r
  printf "{\"bench\":\"ledger\",\"raw\":%d,\"postgresql\":%d,\"ours\":%d,\"ratio\":%.2f,\"ratio_raw\":%.2f}\n", r, p, o, o / p, o / r
}'
