#!/bin/bash
# mail.sh [BUILD_DIR]: mails a second to one relay, ours against Postfix's smtp-source.
#
# COUNT (10,000) mails of 2 kB, one recipient each, over CONNECTIONS (4) connections that stay open,
# on loopback, to the same smtp-sink, which throws them away; in alternating order, medians over
# ROUNDS (5). Both are timed from when sending begins: smtp-source as a whole process, less what it
# takes to send one mail; ours by its own clock. Composing ours (headers, two parts) is told apart.
# The sink shares the machine's cores with the sender. Goal: at least 1.0 times smtp-source.
# The last line is the summary as JSON.
set -euo pipefail
build=$(realpath "${1:-build/release}")
rounds=${ROUNDS:-5} count=${COUNT:-10000} connections=${CONNECTIONS:-4}
folder=$(mktemp -d)
sink=
finish() {
  [ -n "$sink" ] && kill "$sink" 2>/dev/null
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_user=(); [ "$(id -u)" != 0 ] || as_user=(-u nobody)
/usr/sbin/smtp-sink "${as_user[@]}" "127.0.0.1:$port" 1000 2>sink.log &
sink=$!
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
kill -0 "$sink" 2>/dev/null || { cat sink.log >&2; exit 1; }

now() { date +%s%N; }
source_seconds() { # MAILS
  local begin; begin=$(now)
  /usr/sbin/smtp-source -s "$connections" -d -m "$1" -l 2048 -f status@cloud.example.org \
    -t reader@library.example "127.0.0.1:$port"
  awk "BEGIN {print ($(now) - $begin) / 1e9}"
}
measure_source() {
  local one; one=$(source_seconds 1)
  awk "BEGIN {print $count / ($(source_seconds "$count") - $one)}" >>source.rate
}
measure_ours() {
  timeout 60 "$build/bin/bench_mail_send" "$port" "$count" "$connections" 2048 >ours.json
  for key in mails_per_second cpu_us compose_us bytes; do
    sed "s/.*\"$key\":\([0-9.]*\).*/\1/" ours.json >>"ours.$key"
  done
}
median() { sort -g "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

measure_ours; measure_source; rm -f ours.* source.rate # warm up
for round in $(seq "$rounds"); do
  if [ $((round % 2)) = 1 ]; then measure_ours; measure_source; else measure_source; measure_ours; fi
done
ours=$(median ours.mails_per_second) peer=$(median source.rate)
ratio=$(awk "BEGIN {printf \"%.2f\", $ours / $peer}")
printf '%-24s %10s\n' "mails/s, $connections connections" "" ours "$(printf %.0f "$ours")" \
  smtp-source "$(printf %.0f "$peer")" ratio "$ratio"
printf '{"bench":"mail","mails_per_second":%.0f,"smtp_source":%.0f,"ratio":%s,"cpu_us":%s,"compose_us":%s,"bytes":%s}\n' \
  "$ours" "$peer" "$ratio" "$(median ours.cpu_us)" "$(median ours.compose_us)" "$(median ours.bytes)"
