#!/bin/bash
# status_page.sh [BUILD_DIR]: a status page of 1,000 rows from our server and from a tuned nginx.
#
# Both serve the same bytes (the same gzip body too) on loopback to wrk, in alternating order;
# medians over ROUNDS (3) rounds of SECONDS_EACH (3) seconds. Goals: requests per second at least
# 1.1 times nginx plain and 1.0 times under TLS, p99 at 512 connections no worse. wrk shares the
# machine's cores with the server, so the server's CPU time per request is shown as well; it holds
# on a busy machine, where rates and p99 say more about the other programs.
# The last line is the summary as JSON. CELLS="plain:64 tls:512" runs only some.
set -euo pipefail
build=$(realpath "${1:-build/release}")
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-3}
cells=${CELLS:-plain:64 plain:512 tls:64 tls:512}
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

make_page() {
  awk 'BEGIN {
    srand(7); split("operating-normally information performance service-interruption", state, " ")
    print "<!doctype html><html lang=en><meta charset=utf-8><title>System status</title><table>"
    for (i = 1; i <= 1000; ++i) {
      s = state[rand() < .97 ? 1 : 1 + int(rand() * 4)]
      printf "<tr id=i%04d><th scope=row><a href=\"/instances/catalog-%c%c%02d\">Catalog %c%c%02d</a>", i, 97+rand()*26, 97+rand()*26, rand()*99, 65+rand()*26, 65+rand()*26, rand()*99
      printf "<td class=%s>%s", s, s
      for (d = 0; d < 7; ++d) printf "<td%s>", rand() < .96 ? "" : " class=performance title=\"" int(rand()*300) " min\""
      printf "<td>%s\n", rand() < .9 ? "" : "<time datetime=2026-12-" 10+int(rand()*18) "T22:00Z>"
    }
    print "</table></html>"
  }' >page.html
}

free_port() { # one that nobody uses; nginx cannot bind to port 0
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_ours() { # NAME [CERTIFICATE KEY] -> address in NAME.address
  "$build/bin/bench_serve_page" 127.0.0.1:0 page.html "${@:2}" >"$1.address" &
  pids+=($!)
  eval "$1_pids=$!"
  for _ in $(seq 100); do [ -s "$1.address" ] && return; sleep 0.1; done
  echo "bench_serve_page did not start" >&2; exit 1
}

start_nginx() {
  cat >nginx.conf <<CONF
daemon off; worker_processes 2; pid $folder/nginx.pid; error_log $folder/nginx.log;
worker_rlimit_nofile 8192;
events { worker_connections 4096; }
http {
  access_log off; sendfile on; tcp_nopush on; gzip_static on; keepalive_requests 1000000000;
  open_file_cache max=100 inactive=1h; open_file_cache_valid 1h; open_file_cache_min_uses 1;
  types { text/html html; } charset utf-8; root $folder;
  client_body_temp_path $folder/t1; proxy_temp_path $folder/t2; fastcgi_temp_path $folder/t3;
  uwsgi_temp_path $folder/t4; scgi_temp_path $folder/t5;
  server { listen 127.0.0.1:$plain_port; }
  server { listen 127.0.0.1:$tls_port ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;
           ssl_protocols TLSv1.2 TLSv1.3; }
}
CONF
  chmod 755 "$folder"
  nginx -p "$folder" -c nginx.conf 2>/dev/null &
  pids+=($!)
  for _ in $(seq 100); do curl -sfo /dev/null "http://127.0.0.1:$plain_port/page.html" && break; sleep 0.1; done
  nginx_pids=$(pgrep -P $! | tr '\n' ' ')
}

ticks() { # CPU time of the processes, in clock ticks
  local sum=0 pid
  for pid in "$@"; do sum=$((sum + $(awk '{print $14 + $15}' "/proc/$pid/stat"))); done
  echo $sum
}

measure() { # NAME CELL URL PIDS... -> a line "req/s p99_ms cpu_us" in NAME.CELL
  local name=$1 cell=$2 url=$3 before after; shift 3
  before=$(ticks "$@")
  wrk -t2 -c"${cell#*:}" -d"${seconds}s" --latency -H 'Accept-Encoding: gzip' "$url" >wrk.out
  after=$(ticks "$@")
  if grep -E 'Socket errors|Non-2xx' wrk.out >&2; then echo "$name $cell: answers were wrong" >&2; exit 1; fi
  if [ "$(awk '/requests in/ {print ($1 < 1000)}' wrk.out)" = 1 ]; then
    echo "$name $cell: under 1,000 requests; the machine is too busy to measure on" >&2; exit 1
  fi
  awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '
    /requests in/ { requests = $1 }
    /99%/ { p99 = $2 + 0; if ($2 ~ /us$/) p99 /= 1000; else if ($2 !~ /ms$/) p99 *= 1000 }
    /Requests\/sec/ { print $2, p99, ticks / hz / requests * 1e6 }' wrk.out >>"$name.$cell"
}

median() { # FILE COLUMN
  awk -v c="$2" '{print $c}' "$1" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

make_page
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
  -subj /CN=localhost -keyout key.pem -out cert.pem 2>/dev/null
start_ours plain
start_ours tls cert.pem key.pem
curl -sf -H 'Accept-Encoding: gzip' "http://$(cat plain.address)/page.html" -o page.html.gz
touch -r page.html page.html.gz
plain_port=$(free_port) tls_port=$(free_port)
start_nginx
cmp <(curl -sfk --compressed "https://127.0.0.1:$tls_port/page.html") page.html
cmp <(curl -sfk --compressed "https://$(cat tls.address)/page.html") page.html
echo "page: $(stat -c %s page.html) bytes, gzip $(stat -c %s page.html.gz)"

url() { # SERVER CELL
  local kind=${2%:*} scheme=http
  [ "$kind" = tls ] && scheme=https
  if [ "$1" = nginx ]; then
    [ "$kind" = tls ] && echo "https://127.0.0.1:$tls_port/page.html" || echo "http://127.0.0.1:$plain_port/page.html"
  else
    echo "$scheme://$(cat "$kind.address")/page.html"
  fi
}

seconds=1 # warm up
for cell in $cells; do
  ours="${cell%:*}_pids"
  measure warm "$cell" "$(url ours "$cell")" ${!ours}
  measure warm "$cell" "$(url nginx "$cell")" $nginx_pids
done
seconds=${SECONDS_EACH:-3}
for round in $(seq "$rounds"); do
  for cell in $cells; do
    ours="${cell%:*}_pids"
    for server in $([ $((round % 2)) = 1 ] && echo ours nginx || echo nginx ours); do
      if [ $server = ours ]; then measure ours "$cell" "$(url ours "$cell")" ${!ours}
      else measure nginx "$cell" "$(url nginx "$cell")" $nginx_pids; fi
    done
  done
done

printf '%-10s %10s %10s %7s %9s %9s %8s %8s\n' cell ours/s nginx/s ratio 'p99 ms' nginx 'CPU us' nginx
summary=
for cell in $cells; do
  o=$(median "ours.$cell" 1) n=$(median "nginx.$cell" 1)
  op=$(median "ours.$cell" 2) np=$(median "nginx.$cell" 2)
  oc=$(median "ours.$cell" 3) nc=$(median "nginx.$cell" 3)
  ratio=$(awk "BEGIN {printf \"%.2f\", $o / $n}")
  printf '%-10s %10.0f %10.0f %7s %9.2f %9.2f %8.1f %8.1f\n' "$cell" "$o" "$n" "$ratio" "$op" "$np" "$oc" "$nc"
  summary+=$(printf '"%s":{"requests_per_second":%.0f,"nginx":%.0f,"ratio":%s,"p99_ms":%.2f,"nginx_p99_ms":%.2f,"cpu_us":%.1f,"nginx_cpu_us":%.1f},' \
    "$cell" "$o" "$n" "$ratio" "$op" "$np" "$oc" "$nc")
done
echo "{\"bench\":\"status_page\",${summary%,}}"
