#!/bin/sh
# CPU per HTTP probe against nginx on loopback, in the clear and with full TLS 1.3 handshakes
# (ECDSA P-256, certificate and address verified). The prober on core 0, nginx on core 1.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
program=${1:-$here/build/release/bin/bench_probe_cost}
work=$(mktemp -d)
trap 'kill "$nginx" 2>/dev/null; rm -rf "$work"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=bench \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
{ echo "a canary sings"; head -c 1000 /dev/zero | tr '\0' .; } > "$work/index.html"
cat > "$work/nginx.conf" <<CONF
daemon off; master_process off; pid $work/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; sendfile on; open_file_cache max=10;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work;
  uwsgi_temp_path $work; scgi_temp_path $work;
  ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;
  server { listen 127.0.0.1:18080 backlog=4096; listen 127.0.0.1:18443 ssl backlog=4096; root $work; }
}
CONF
taskset -c 1 nginx -c "$work/nginx.conf" -e stderr & nginx=$!
sleep 1
for round in 1 2 3; do
  taskset -c 0 "$program" http://127.0.0.1:18080/ 20000 64
  taskset -c 0 "$program" https://127.0.0.1:18443/ 3000 64 "$work/cert.pem"
done
