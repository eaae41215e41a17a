#!/usr/bin/env python3
"""outage_latency NOCTURN [ROUNDS]: from a closed socket to the public answer.

Ours: 1 s interval, three confirming probes, until /api/v2/components.json says so. Peer, in the same
minute on the same targets: Prometheus + blackbox_exporter + Alertmanager at 1 s scrape and
evaluation, `for: 0s`, group_wait 0 (that is: unconfirmed), until its webhook is called. Both watch
a server of their own that is stopped at the same random moment. Prints medians and the ratio;
goal: at most 1.6.
"""
import http.server
import json
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
import urllib.request

import peers


class Target:
    """An HTTP server whose listening socket can be closed and opened again."""

    def __init__(self):
        self.port = peers.free_port()
        self.open()

    def open(self):
        handler = type("Handler", (http.server.BaseHTTPRequestHandler,), {
            "do_GET": lambda self: (self.send_response(200), self.end_headers(),
                                    self.wfile.write(b"canary")),
            "log_message": lambda *_: None})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True).start()

    def close(self):
        self.server.socket.close()   # from now on connections are refused
        moment = time.monotonic()
        self.server.shutdown()
        return moment


class Webhook:
    """What Alertmanager calls; remembers when an alert first fired and resolved."""

    def __init__(self):
        self.port = peers.free_port()
        self.fired = threading.Event()
        self.resolved = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                moment = time.monotonic()
                self.send_response(200)
                self.end_headers()
                event = outer.fired if body["status"] == "firing" else outer.resolved
                if not event.is_set():
                    event.moment = moment
                    event.set()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def expect(self):
        self.fired.clear()
        self.resolved.clear()


def start_nocturn(program, folder, port):
    config = folder / "config"
    config.mkdir()
    (config / "cloud.yaml").write_text(f"""
cloud: {{name: Bench, url: "https://status.example.org"}}
territories: {{emea: {{name: Europe, time_zone: Europe/Amsterdam}}}}
data_centers: {{ams1: {{name: Amsterdam 1, territory: emea, role: primary, location: [52.37, 4.9]}}}}
products: {{catalog: {{name: Catalog}}}}
instances:
  catalog-eu01:
    name: Catalog EU01
    product: catalog
    data_center: ams1
    tenancy: multi
    environment: production
    hosting: private
    sla: 99.9
    checks:
      web:
        http: {{url: "http://127.0.0.1:{port}/", expect: {{status: 200, body_contains: canary}}}}
        every: 1s
        timeout: 900ms
        confirm: {{failures: 3, recoveries: 2, flap_detection: false}}
""")
    listen = peers.free_port()
    hub = peers.start([program, "serve", "--config", str(config), "--data", str(folder / "data"),
                       "--listen", f"127.0.0.1:{listen}"], folder / "nocturn.log")
    peers.wait_until_ready(f"http://127.0.0.1:{listen}/readyz")
    return hub, f"http://127.0.0.1:{listen}/api/v2/components.json"


def status(url):
    with urllib.request.urlopen(url, timeout=2) as answer:
        components = json.load(answer)["components"]
    return next(c["status"] for c in components if c["id"] == "catalog-eu01")


def wait_for(url, wanted, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (status(url) == "operational") == wanted:
            return time.monotonic()
        time.sleep(0.005)
    raise RuntimeError(f"no change seen in {seconds} s")


def main(program, rounds):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nocturn-bench-"))
    random.seed(2)
    ours_target, peer_target, webhook = Target(), Target(), Webhook()
    chain = peers.Chain(folder / "peer", [f"http://127.0.0.1:{peer_target.port}/"],
                        webhook=f"http://127.0.0.1:{webhook.port}/")
    chain.start()
    hub, url = start_nocturn(program, folder, ours_target.port)
    ours, theirs = [], []
    try:
        wait_for(url, True)
        time.sleep(5)
        for number in range(rounds):
            time.sleep(1 + random.random())
            webhook.expect()
            closed = ours_target.close()
            ours.append(wait_for(url, False) - closed)
            time.sleep(random.random())
            closed = peer_target.close()
            if not webhook.fired.wait(30):
                raise RuntimeError("the peer's webhook was not called in 30 s")
            theirs.append(webhook.fired.moment - closed)
            ours_target.open()
            peer_target.open()
            wait_for(url, True)
            webhook.resolved.wait(30)
    finally:
        chain.stop()
        peers.stop(hub)
        shutil.rmtree(folder, ignore_errors=True)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"outage to page: ours (3 confirming probes) p50 {statistics.median(ours):.2f} s, max "
          f"{max(ours):.2f} s; unconfirmed peer p50 {statistics.median(theirs):.2f} s, max "
          f"{max(theirs):.2f} s; {rounds} rounds")
    print(json.dumps({"name": "outage_to_page", "ours_s": statistics.median(ours),
                      "peer_s": statistics.median(theirs), "ratio": round(ratio, 2),
                      "goal": "<= 1.6"}))


main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20)
