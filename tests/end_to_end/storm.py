#!/usr/bin/env python3
"""storm.py PROGRAM: 2,800 of 3,230 checks fail at once, and later all of them are well again.

A real hub watches 460 instances of two data centers, seven checks each, all behind two listeners.
One listener goes away, and with it the 400 instances of one data center; the hub is killed while
its mails go out; then the listener comes back. Each reader of a row that failed is told once that
it began and once that it is over; of rows whose checks came round later, once more, a minute after.
Exit 0 when all that holds. EVERY is the time between two probes of a check.
"""
import collections
import email
import email.policy
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "api"))
from hub import Hub  # noqa: E402

EVERY = os.environ.get("EVERY", "10s")
DOWN, WELL, CHECKS = 400, 60, 3230
EACH = 10  # instances of an institution, and contacts in it: 3


class Listener:
    """Takes connections and closes them, until it is shut."""

    def __init__(self, port=None):
        # Below the ports that clients get: one that connects to itself would find it open.
        for one in [port] if port else random.sample(range(20000, 32000), 50):
            try:
                self.socket = socket.create_server(("127.0.0.1", one), backlog=4096)
                break
            except OSError:
                if port:
                    raise
        self.port, self.taken = self.socket.getsockname()[1], 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                self.socket.accept()[0].close()
                self.taken += 1
            except OSError:
                return

    def shut(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def configuration(storm, calm, maildir):
    lines = ['cloud: {name: Example, url: "https://status.example.org"}',
             "territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}",
             "data_centers:",
             "  ams1: {name: Amsterdam 1, territory: emea, role: primary}",
             "  fra1: {name: Frankfurt 1, territory: emea, role: off_site}",
             "products: {catalog: {name: Catalog}}",
             f'notifications: {{from: status@example.org, maildir: "{maildir}"}}',
             "instances:"]
    checks_left = CHECKS - 7 * DOWN
    for number in range(DOWN + WELL):
        down = number < DOWN
        checks = 7 if down else -(-checks_left // (DOWN + WELL - number))
        checks_left -= 0 if down else checks
        lines += [f"  catalog-{number:03}:", f"    name: Catalog {number:03}",
                  "    product: catalog", f"    data_center: {'ams1' if down else 'fra1'}",
                  "    tenancy: multi", "    environment: production", "    checks:"]
        lines += [f'      port{check}: {{tcp: {{target: "127.0.0.1:{storm if down else calm}"}}, '
                  f"every: {EVERY}, timeout: 4s}}" for check in range(checks)]
    return "\n".join(lines) + "\n"


def import_customers(hub):
    """An institution for each ten instances, and one that uses all of them."""
    uses = {f"lib-{i:02}": range(i * EACH, (i + 1) * EACH) for i in range((DOWN + WELL) // EACH)}
    uses["consortium"] = range(DOWN + WELL)
    tables = {
        "i": ["id,name,territory,time_zone,language"] +
             [f"{each},{each},emea,Europe/Amsterdam,en" for each in uses],
        "a": ["institution,product,instance,from,until"] +
             [f"{each},catalog,catalog-{n:03},2026-01-01," for each in uses for n in uses[each]],
        "c": ["institution,name,email,language,products"] +
             [f"{each},Reader {n},reader{n}@{each}.example,,catalog"
              for each in uses for n in range(3)]}
    for name, lines in tables.items():
        file = hub.folder / f"{name}.csv"
        file.write_text("\n".join(lines) + "\n")
        subprocess.run([hub.program, "customer", "import", file, "--data", hub.folder / "data"],
                       check=True, stdout=subprocess.DEVNULL)


def interruptions(hub):
    """How many instances the page shows in trouble, and how many well."""
    with urllib.request.urlopen(f"http://127.0.0.1:{hub.port}/api/v2/components.json", timeout=20) as page:
        rows = [row["status"] for row in json.load(page)["components"] if not row["group"]]
    well = rows.count("operational")
    return len(rows) - well, well


def wait(what, holds, seconds=240):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"never seen: {what}")
        time.sleep(0.1)


def notices(hub):
    done = subprocess.run([hub.program, "notification", "list", "--json", "--data",
                           hub.folder / "data"], capture_output=True, text=True)
    return json.loads(done.stdout)


class Mailbox:
    def __init__(self, folder):
        self.folder, self.read = folder / "new", {}

    def mails(self):
        for file in self.folder.glob("*") if self.folder.exists() else ():
            if file.name not in self.read:
                self.read[file.name] = email.message_from_bytes(
                    file.read_bytes(), policy=email.policy.default)
        return list(self.read.values())

    def of_each(self):
        told = collections.defaultdict(dict)
        for mail in self.mails():
            told[mail["Delivered-To"]][mail["Message-ID"]] = mail
        return told

    def wait_until_quiet(self, hub):
        wait("an end of the mails", lambda: notices(hub)["waiting"]["queued"] == 0)


def tellings(mailbox):
    """How many mails each reader has; a mail that a kill repeated counts once."""
    return {who: len(mails) for who, mails in mailbox.of_each().items()}


def must(holds, what):
    if not holds:
        sys.exit(f"not so: {what}")


def must_tell_once_a_minute(told, seconds):
    # 55: a mail may have been recorded some seconds before it was seen.
    must(max(told.values()) <= 1 + seconds // 55, f"one mail a minute, of all rows: {told}")


def play(hub, mailbox, storm, calm):
    import_customers(hub)
    wait("each check looked twice",
         lambda: storm.taken >= 2 * 7 * DOWN and calm.taken >= 2 * (CHECKS - 7 * DOWN))
    must(interruptions(hub) == (0, DOWN + WELL) and not mailbox.mails(), "all is well, none is told")
    concerned = {f"reader{n}@{each}.example" for n in range(3)
                 for each in ["consortium", *(f"lib-{i:02}" for i in range(DOWN // EACH))]}

    began = time.monotonic()
    storm.shut()
    wait("a first mail", mailbox.mails)
    print(f"the first mail after {time.monotonic() - began:.1f} s", flush=True)
    hub.crash()
    wait("the whole storm", lambda: interruptions(hub) == (DOWN, WELL))
    print(f"all {DOWN} rows are down after {time.monotonic() - began:.1f} s", flush=True)
    wait("everybody was told", lambda: tellings(mailbox).keys() >= concerned)
    mailbox.wait_until_quiet(hub)
    seconds = time.monotonic() - began
    told = tellings(mailbox)
    print(f"after {seconds:.0f} s: {collections.Counter(told.values())}", flush=True)
    must(told.keys() == concerned, f"exactly those who use a row that is down are told: {told}")
    must_tell_once_a_minute(told, seconds)
    time.sleep(65)  # the minute of the last of them
    mailbox.wait_until_quiet(hub)
    told = tellings(mailbox)
    print(f"a minute later: {collections.Counter(told.values())}", flush=True)
    must_tell_once_a_minute(told, time.monotonic() - began)

    ended = time.monotonic()
    again = Listener(storm.port)
    wait("a mail of the end", lambda: len(mailbox.mails()) > sum(told.values()))
    hub.crash()
    wait("the end of it", lambda: interruptions(hub) == (0, DOWN + WELL))
    # Rows that the hub has not looked at since its start are shown as well, and are not told of.
    wait("everybody was told of the end",
         lambda: all(count > told[who] for who, count in tellings(mailbox).items()))
    mailbox.wait_until_quiet(hub)
    ends = {who: count - told[who] for who, count in tellings(mailbox).items()}
    print(f"of the end: {collections.Counter(ends.values())}", flush=True)
    must(ends.keys() == concerned, f"whoever heard of it hears of its end: {ends}")
    must_tell_once_a_minute(ends, time.monotonic() - ended)
    threads = {mail["References"].strip("<").split(".")[0] for mail in mailbox.mails()}
    must(len(threads) == 1, f"one cause: {threads}")
    again.shut()


def main():
    storm, calm = Listener(), Listener()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        mailbox = Mailbox(folder / "mail")
        hub = Hub(sys.argv[1], folder, configuration(storm.port, calm.port, folder / "mail"))
        try:
            play(hub, mailbox, storm, calm)
        except SystemExit:
            print(interruptions(hub), tellings(mailbox), notices(hub), hub.said(), sep="\n")
            raise
        finally:
            hub.stop()


main()
