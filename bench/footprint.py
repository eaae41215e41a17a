#!/usr/bin/env python3
"""footprint NOCTURN: memory with 5,000 checks, and start to ready.

Memory: ours and Prometheus + Alertmanager + blackbox_exporter watch the same 5,000 addresses (500 of
127.0.1.0/24 and 127.0.2.0/24 times 10 paths of one nginx) each 30 s; resident memory after two
rounds. Ready: from exec to the first 200, polled each millisecond, warm page cache, nothing else
going on, 24 checks; medians of seven starts, empty data for both, and ours once more with the data
of the start before. Goals: memory at most 0.5, ready no later than the slowest of the three.
"""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import peers

CHECKS, INSTANCES, INTERVAL, STARTS = 5000, 1000, 30, 7
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


def make_cloud(folder, instances, checks, port):
    subprocess.run([HERE / "large_cloud.py", "--instances", str(instances), "--checks", str(checks),
                    "--url", f"http://127.0.0.1:{port}", str(folder)], check=True)
    return folder


def start_hub(program, config, data):
    """A hub that is ready, and the seconds that took."""
    listen = peers.free_port()
    hub = peers.start([program, "serve", "--config", str(config), "--data", str(data),
                       "--listen", f"127.0.0.1:{listen}"], data.with_suffix(".log"))
    return hub, peers.wait_until_ready(f"http://127.0.0.1:{listen}/readyz")


def measure_starts(program, folder, port):
    """Medians: ours without data, ours with data, and each of the peers."""
    config = make_cloud(folder / "small", 12, 24, port)
    fresh, again, theirs = [], [], []
    for turn in range(STARTS):
        for seconds in (fresh, again):
            hub, taken = start_hub(program, config, folder / f"small-data-{turn}")
            seconds.append(taken)
            peers.stop(hub)
        urls = [f"http://127.0.0.1:{port}/{number}" for number in range(24)]
        chain = peers.Chain(folder / f"peer-{turn}", urls, interval=f"{INTERVAL}s")
        theirs.append(chain.start())
        chain.stop()
    return (statistics.median(fresh), statistics.median(again),
            {name: statistics.median(each[name] for each in theirs) for name in theirs[0]})


def measure_memory(program, folder, port):
    """Resident bytes of ours and of the three together, and ours' seconds until ready."""
    urls = [f"http://127.0.0.1:{port}/{number}" for number in range(CHECKS)]
    config = make_cloud(folder / "large", INSTANCES, CHECKS, port)
    chain, hub = peers.Chain(folder / "peer", urls, interval=f"{INTERVAL}s"), None
    try:
        chain.start()
        hub, ready = start_hub(program, config, folder / "large-data")
        time.sleep(2 * INTERVAL + 5)
        theirs = sum(peers.resident_bytes(p.pid) for p in chain.processes())
        return peers.resident_bytes(hub.pid), theirs, ready
    finally:
        chain.stop()
        peers.stop(*([hub] if hub else []))


def main(program):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nocturn-bench-"))
    nginx, port = start_nginx(folder / "nginx")
    try:
        fresh, again, others = measure_starts(program, folder, port)
        ours, theirs, large = measure_memory(program, folder, port)
    finally:
        peers.stop(nginx)
        shutil.rmtree(folder, ignore_errors=True)
    slowest = max(others.values())
    print(f"memory with {CHECKS} checks: ours {ours / 2**20:.1f} MiB, Prometheus + Alertmanager + "
          f"blackbox {theirs / 2**20:.1f} MiB")
    print(f"start to ready: ours {fresh * 1000:.0f} ms, with data {again * 1000:.0f} ms; peers " +
          ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in others.items()) +
          f"; ours with {CHECKS} checks {large * 1000:.0f} ms")
    for name, ratio, goal in (("memory_5000_checks", ours / theirs, 0.5),
                              ("start_to_ready", fresh / slowest, 1),
                              ("start_to_ready_with_data", again / slowest, 1)):
        print(json.dumps({"name": name, "ratio": round(ratio, 2), "goal": f"<= {goal}"}))


main(sys.argv[1])
