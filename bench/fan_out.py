#!/usr/bin/env python3
"""fan_out.py [NOCTURN]: from an operator's word to COUNT (10,000) mails in a mail server's hands.

A real hub with COUNT contacts who follow one instance declares an interruption; the mails go to
Postfix's smtp-sink over 4 connections, everything included: notices, deliveries and their ends
recorded durably, letters written for each. Timed from the declaration's acknowledgement, less the
time in which the newsroom gathers (0.7 s), until the hub has recorded the last end. The peer is
`smtp-source -s 4 -d` with mails of the same size to the same sink in the same minute. Medians over
ROUNDS (3) of an interruption and its end, each round with a hub of its own: a row that changes more
often is told of as unstable, once. Goal: at least 0.4 of the peer. The last line is the summary as
JSON.
"""
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

COUNT = int(os.environ.get("COUNT", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
GATHERING = 0.7
EACH = 1000  # contacts of an institution


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


class Hub:
    def __init__(self, program, folder, sink_port):
        self.program, self.folder, self.data = program, folder, folder / "data"
        self.port = free_port()
        (folder / "config").mkdir()
        (folder / "config" / "cloud.yaml").write_text(
            "cloud: {name: Example Library Cloud, url: \"https://status.example.org\"}\n"
            "territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}\n"
            "data_centers: {ams1: {name: Amsterdam 1, territory: emea, role: primary}}\n"
            "products: {catalog: {name: Catalog}}\n"
            "instances:\n"
            "  catalog-eu01: {name: Catalog EU01, product: catalog, data_center: ams1}\n"
            "notifications:\n  from: status@example.org\n"
            f"  smtp: {{host: 127.0.0.1, port: {sink_port}, security: none}}\n")
        self.process = subprocess.Popen(
            [program, "serve", "--config", folder / "config", "--data", self.data, "--listen",
             f"127.0.0.1:{self.port}"], stdout=subprocess.DEVNULL, stderr=open(folder / "log", "w"))
        wait_for(self.port)

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments, "--data", self.data], check=True,
                              capture_output=True, text=True)
        return done.stdout

    def import_contacts(self):
        institutions = range((COUNT + EACH - 1) // EACH)
        tables = {
            "i": ["id,name,territory,time_zone,language,aliases"] +
                 [f"lib-{i},Library {i},emea,Europe/Amsterdam,en," for i in institutions],
            "a": ["institution,product,instance,from,until"] +
                 [f"lib-{i},catalog,catalog-eu01,2026-01-01," for i in institutions],
            "c": ["institution,name,email,language,products"] +
                 [f"lib-{n // EACH},Reader {n},reader{n}@lib{n // EACH}.example,,catalog"
                  for n in range(COUNT)],
        }
        for name in ("i", "a", "c"):
            file = self.folder / f"{name}.csv"
            file.write_text("\n".join(tables[name]) + "\n")
            self.run("customer", "import", file)

    def sent(self):
        with socket.create_connection(("127.0.0.1", self.port), 5) as http:
            http.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            text = b"".join(iter(lambda: http.recv(65536), b"")).decode()
        for line in text.splitlines():
            if line.startswith("nocturn_deliveries_total{state=\"sent\"}"):
                return int(float(line.split()[1]))
        raise SystemExit("the hub does not tell how many deliveries were sent")

    def fan_out(self, indicator):
        before = self.sent()
        self.run("status", "declare", "catalog-eu01", indicator, "--because", "A switch failed.")
        begin = time.monotonic()
        while self.sent() < before + COUNT:
            if time.monotonic() - begin > 300:
                raise SystemExit(f"only {self.sent() - before} mails were sent in 300 s")
            time.sleep(0.01)
        seconds = time.monotonic() - begin
        print(f"{indicator}: {COUNT} mails in {seconds:.2f} s", flush=True)
        if seconds <= 2 * GATHERING:
            raise SystemExit(f"COUNT={COUNT} is too few to measure a rate")
        return COUNT / (seconds - GATHERING)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def source_rate(port, size):
    def seconds(count):
        begin = time.monotonic()
        subprocess.run(["/usr/sbin/smtp-source", "-s", "4", "-d", "-m", str(count), "-l", str(size),
                        "-f", "status@example.org", "-t", "reader@lib.example",
                        f"127.0.0.1:{port}"], check=True)
        return time.monotonic() - begin
    one = seconds(1)
    return COUNT / (seconds(COUNT) - one)


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                           "build/release/bin/nocturn").resolve()
    sink_port = free_port()
    as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []
    sink = subprocess.Popen(["/usr/sbin/smtp-sink", *as_nobody, f"127.0.0.1:{sink_port}", "1000"],
                            stderr=subprocess.DEVNULL)
    ours, peer = [], []
    try:
        wait_for(sink_port)
        size = int(os.environ.get("SIZE", "9000"))  # about what our letters weigh
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder, \
                    Hub(program, pathlib.Path(folder), sink_port) as hub:
                hub.import_contacts()
                for indicator in ("interruption", "normal"):
                    ours.append(hub.fan_out(indicator))
                    peer.append(source_rate(sink_port, size))
    finally:
        sink.terminate()
        sink.wait()
    rate, source = statistics.median(ours), statistics.median(peer)
    print(f"mails/s, from the word to the last recorded end: {rate:.0f}; smtp-source: {source:.0f}; "
          f"ratio {rate / source:.2f}")
    print(json.dumps({"bench": "fan_out", "mails_per_second": round(rate),
                      "smtp_source": round(source), "ratio": round(rate / source, 2)}))


main()
