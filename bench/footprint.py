#!/usr/bin/env python3
"""footprint NOCTURN: memory with 5,000 checks, and start to ready.

Ours and Prometheus + Alertmanager + blackbox_exporter watch the same 5,000 addresses (500 of
127.0.1.0/24 and 127.0.2.0/24 times 10 paths of one nginx) each 30 s; resident memory after two
rounds. Ready: from exec to the first 200, polled each millisecond, warm page cache, empty data for
both; ours with the 5,000 checks as well. Goals: memory at most 0.5, ready no later than the slowest.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import peers

CHECKS, INSTANCES, INTERVAL = 5000, 1000, 30
HERE = pathlib.Path(__file__).resolve().parent


def start_nginx(folder):
    port = peers.free_port()
    root = folder / "www"
    root.mkdir(parents=True)
    (folder / "nginx.conf").write_text(f"""
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 0.0.0.0:{port}; location / {{ return 200 "canary"; }} }} }}
""".replace("0.0.0.0", "127.0.0.1"))
    nginx = peers.start(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")],
                        folder / "nginx.log")
    peers.wait_until_ready(f"http://127.0.0.1:{port}/")
    return nginx, port


def main(program):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nocturn-bench-"))
    nginx, port = start_nginx(folder / "nginx")
    urls = [f"http://127.0.0.1:{port}/{number}" for number in range(CHECKS)]
    chain = peers.Chain(folder / "peer", urls, interval=f"{INTERVAL}s")
    hub = None
    try:
        ready = chain.start()
        config = folder / "config"
        subprocess.run([HERE / "large_cloud.py", "--instances", str(INSTANCES), "--checks",
                        str(CHECKS), "--url", f"http://127.0.0.1:{port}", str(config)],
                       check=True)
        listen = peers.free_port()
        hub = peers.start([program, "serve", "--config", str(config), "--data",
                           str(folder / "data"), "--listen", f"127.0.0.1:{listen}"],
                          folder / "nocturn.log")
        ours_ready = peers.wait_until_ready(f"http://127.0.0.1:{listen}/readyz")
        small = folder / "small"
        subprocess.run([HERE / "large_cloud.py", "--instances", "12", "--checks", "24", "--url",
                        f"http://127.0.0.1:{port}", str(small)], check=True)
        other = peers.free_port()
        second = peers.start([program, "serve", "--config", str(small), "--data",
                              str(folder / "small-data"), "--listen", f"127.0.0.1:{other}"],
                             folder / "small.log")
        small_ready = peers.wait_until_ready(f"http://127.0.0.1:{other}/readyz")
        peers.stop(second)
        time.sleep(2 * INTERVAL + 5)
        theirs = sum(peers.resident_bytes(p.pid) for p in chain.processes())
        ours = peers.resident_bytes(hub.pid)
    finally:
        chain.stop()
        peers.stop(nginx, *([hub] if hub else []))
        shutil.rmtree(folder, ignore_errors=True)
    slowest = max(ready.values())
    print(f"memory with {CHECKS} checks: ours {ours / 2**20:.1f} MiB, Prometheus + Alertmanager + "
          f"blackbox {theirs / 2**20:.1f} MiB")
    print(f"start to ready: ours {small_ready * 1000:.0f} ms with 24 checks, {ours_ready * 1000:.0f}"
          f" ms with {CHECKS}; peers " +
          ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in ready.items()))
    print(json.dumps({"name": "memory_5000_checks", "ratio": round(ours / theirs, 2),
                      "goal": "<= 0.5"}))
    print(json.dumps({"name": "start_to_ready", "ratio": round(small_ready / slowest, 2),
                      "goal": "<= 1"}))


main(sys.argv[1])
