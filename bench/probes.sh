#!/bin/bash
# probes.sh [BUILD_DIR]: probes per CPU second, paced, ours against blackbox_exporter + Prometheus.
#
# 500 targets (addresses 127.0.1.1 to 127.0.2.250 of one nginx) are probed each second with a new
# connection, status and body checked: plain HTTP, and HTTPS with a full handshake where chain and
# name are verified (a CA file of one certificate on both sides: a whole bundle would cost
# blackbox nine times as much). Ours includes scheduling, verdicts and storing every sample; the
# peer's CPU is blackbox and Prometheus, which schedules and stores for it. nginx counts the
# requests, the kernel the CPU time. Goals: 10 times the peer on HTTP, 1.5 times on HTTPS.
# Medians over ROUNDS (2) alternating rounds of SECONDS_EACH (20) seconds after WARM_UP (10).
# The last line is the summary as JSON. CELLS="http https" runs only some. EVERY=5s asks less of a
# machine that is too busy for the peer to keep up.
set -euo pipefail
build=$(realpath "${1:-build/release}")
rounds=${ROUNDS:-2} seconds=${SECONDS_EACH:-20} warm_up=${WARM_UP:-10}
cells=${CELLS:-http https} every=${EVERY:-1s}
folder=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
ulimit -n 8192

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
addresses() { for a in 1 2; do for b in $(seq 1 250); do echo "127.0.$a.$b"; done; done; }

make_certificates() {
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -days 2 -subj "/CN=Bench CA" -out ca.pem \
    -addext basicConstraints=critical,CA:true 2>/dev/null
  openssl ecparam -name prime256v1 -genkey -noout -out server.key
  openssl req -new -key server.key -subj "/CN=bench.test" -out server.csr 2>/dev/null
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=DNS:bench.test") -out server.pem 2>/dev/null
}

start_nginx() {
  http_port=$(free_port) https_port=$(free_port) count_port=$(free_port)
  mkdir -p root
  { printf '<!doctype html><title>bench</title><p>canary\n'; head -c 960 /dev/zero | tr '\0' .; } >root/index.html
  {
    echo "daemon off; worker_processes 1; pid $folder/nginx.pid; error_log $folder/nginx.log;"
    echo "worker_rlimit_nofile 8192; events { worker_connections 4096; }"
    echo "http { access_log off; types { text/html html; } root $folder/root;"
    echo "client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;"
    echo "ssl_certificate $folder/server.pem; ssl_certificate_key $folder/server.key;"
    echo "server {"
    addresses | while read -r address; do
      echo "listen $address:$http_port; listen $address:$https_port ssl;"
    done
    echo "} server { listen 127.0.0.1:$count_port; location / { stub_status; } } }"
  } >nginx.conf
  /usr/sbin/nginx -p "$folder" -c "$folder/nginx.conf" &
  pids+=($!)
  for _ in $(seq 100); do requests >/dev/null 2>&1 && return; sleep 0.1; done
  echo "nginx did not start" >&2; exit 1
}

# Requests that nginx answered so far, this one included.
requests() {
  curl -sf "http://127.0.0.1:$count_port/" | awk 'NR == 3 { print $3 }'
}
# CPU time of processes, in hundredths of a second.
ticks() { cat $(printf '/proc/%s/stat ' "$@") | sed 's/.*) //' | awk '{ sum += $12 + $13 } END { print sum }'; }
resident() { cat $(printf '/proc/%s/status ' "$@") | awk '/^VmRSS/ { sum += $2 } END { printf "%.0f", sum / 1024 }'; }

start_ours() { # CELL
  mkdir -p ours.data
  local more=()
  [ "$1" = https ] && more=("$folder/ca.pem" bench.test)
  "$build/bin/bench_probe_fleet" "urls.$1" ours.data "$every" "${more[@]}" >ours.out &
  running=($!); pids+=($!)
}

start_peer() { # CELL
  local blackbox_port prometheus_port
  blackbox_port=$(free_port) prometheus_port=$(free_port)
  cat >blackbox.yml <<CONF
modules:
  http:
    prober: http
    timeout: 5s
    http: {valid_status_codes: [200], fail_if_body_not_matches_regexp: [canary], preferred_ip_protocol: ip4}
  https:
    prober: http
    timeout: 5s
    http:
      valid_status_codes: [200]
      fail_if_body_not_matches_regexp: [canary]
      preferred_ip_protocol: ip4
      tls_config: {ca_file: $folder/ca.pem, server_name: bench.test}
CONF
  awk 'BEGIN { printf "[{\"targets\": [" } { printf "%s\"%s\"", (NR > 1 ? "," : ""), $0 } END { print "]}]" }' "urls.$1" >targets.json
  cat >prometheus.yml <<CONF
global: {scrape_interval: $every, scrape_timeout: $every}
scrape_configs:
  - job_name: probes
    metrics_path: /probe
    params: {module: [$1]}
    file_sd_configs: [{files: [$folder/targets.json]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: "127.0.0.1:$blackbox_port"}
CONF
  prometheus-blackbox-exporter --config.file=blackbox.yml --log.level=error \
    --web.listen-address="127.0.0.1:$blackbox_port" 2>blackbox.log &
  running=($!); pids+=($!)
  rm -rf prometheus.data
  prometheus --config.file=prometheus.yml --storage.tsdb.path=prometheus.data --log.level=error \
    --web.listen-address="127.0.0.1:$prometheus_port" 2>prometheus.log &
  running+=($!); pids+=($!)
  peer_query="http://127.0.0.1:$prometheus_port/api/v1/query?query=avg(probe_success)"
}

stop_running() { for pid in "${running[@]}"; do kill -TERM "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; }

# Fails when the prober did not see its targets well: then its price would mean nothing.
check_passed() { # SIDE
  if [ "$1" = ours ]; then
    grep -q " failed 0 cannot_tell 0 " ours.out || { echo "ours: $(cat ours.out)" >&2; exit 1; }
  else
    grep -q '"1"\]' success || { echo "peer: $(cat success)" >&2; exit 1; }
  fi
}

measure() { # SIDE CELL -> results.SIDE.CELL: "probes per CPU second", and a line for people
  "start_$1" "$2"
  sleep "$warm_up"
  local count_before cpu_before count cpu
  count_before=$(requests) cpu_before=$(ticks "${running[@]}")
  sleep "$seconds"
  cpu=$(($(ticks "${running[@]}") - cpu_before)) count=$(($(requests) - count_before - 1))
  [ "$1" = peer ] && curl -sf --globoff "$peer_query" >success
  local memory; memory=$(resident "${running[@]}")
  stop_running
  check_passed "$1"
  awk -v side="$1" -v cell="$2" -v count="$count" -v cpu="$cpu" -v seconds="$seconds" -v memory="$memory" 'BEGIN {
    printf "%-5s %-4s %6.0f probes/s  %7.4f CPU-s per 1,000  %7.0f probes per CPU-s  %4d MiB\n",
           cell, side, count / seconds, cpu * 10 / count, count * 100 / cpu, memory }'
  awk -v count="$count" -v cpu="$cpu" 'BEGIN { print count * 100 / cpu }' >>"results.$1.$2"
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

chmod 755 "$folder" # nginx's worker is another user
make_certificates
start_nginx
addresses | sed "s|.*|http://&:$http_port/|" >urls.http
addresses | sed "s|.*|https://&:$https_port/|" >urls.https
for round in $(seq "$rounds"); do
  for cell in $cells; do
    if [ $((round % 2)) = 1 ]; then order="ours peer"; else order="peer ours"; fi
    for side in $order; do measure "$side" "$cell"; done
  done
done
summary=""
for cell in $cells; do
  summary+=$(awk -v cell="$cell" -v ours="$(median "results.ours.$cell")" -v peer="$(median "results.peer.$cell")" \
    -v goal="$([ "$cell" = http ] && echo 10 || echo 1.5)" 'BEGIN {
    printf "%s\"%s\": {\"ours_per_cpu_s\": %.0f, \"peer_per_cpu_s\": %.0f, \"ratio\": %.2f, \"goal\": %s}", "", cell, ours, peer, ours / peer, goal }')", "
done
echo "{\"bench\": \"probes\", ${summary%, }}"
