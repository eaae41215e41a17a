#!/usr/bin/env python3
"""fuzz.py PROGRAM [--seconds N] [--seed N]: calls a hub as its own description says one may, and as
it says one may not, and holds every answer against the description. Exit 0 when nothing was wrong.

A hub of its own is started in a temporary folder and spoken to over its Unix socket, so every
right is there and no limit of calls. What is sent is printed with the seed where it went wrong.
"""
import argparse
import gzip
import http.client
import json
import pathlib
import random
import re
import socket
import sys
import tempfile
import time
import urllib.parse

from description import ODD, Schemas, mutated
from hub import Hub

CONFIGURATION = """
cloud: {name: Example, url: "https://status.example.org"}
territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}
data_centers: {ams1: {name: Amsterdam 1, territory: emea, role: primary}}
products: {catalog: {name: Catalog}}
instances:
  catalog-1:
    name: Catalog 1
    product: catalog
    data_center: ams1
    tenancy: multi
    environment: production
    checks: {here: {tcp: {target: "127.0.0.1:1"}, every: 1s}}
  catalog-2: {name: Catalog 2, product: catalog, data_center: ams1, tenancy: single, environment: sandbox}
"""
KNOWN = ["catalog-1", "catalog-2", "catalog-1/here", "here", "instance/catalog-1", "0", "3",
         "status_page.declaration.made", "inventory.object.changed"]
MOST_PROBLEMS = 10


class OwnedHub(Hub):
    """As its data folder's owner sees it."""

    def call(self, method, target, headers, body):
        connection = http.client.HTTPConnection("hub", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(20)
        connection.sock.connect(str(self.folder / "data/hub.sock"))
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("content-length", str(len(body)))
        connection.endheaders()
        if body is not None:
            try:
                connection.send(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused by its length; the answer is there
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.getheader("content-encoding") == "gzip":
            answer = gzip.decompress(answer)
        return response.status, response.getheader("content-type") or "", answer


class Fuzzer:
    def __init__(self, hub, seed):
        self.hub, self.chance = hub, random.Random(seed)
        _, _, text = hub.call("GET", "/api/v1/openapi.json", {}, None)
        self.document = json.loads(text)
        self.schemas = Schemas(self.document)
        self.operations = [
            (path, method, operation) for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if "text/event-stream" not in str(operation["responses"])]
        self.problems, self.calls, self.statuses = [], 0, {}

    # ---- a call ----

    def one(self):
        path, method, operation = self.chance.choice(self.operations)
        wrong = []  # what our own reading of the description finds wrong with the call
        target = self.target(path, operation, wrong)
        headers, body = self.body(operation, wrong)
        self.add_headers(method, headers)
        self.judge(path, method, operation, target, headers, body, wrong)

    def target(self, path, operation, wrong):
        query = []
        for parameter in map(self.schemas.resolve, operation.get("parameters", [])):
            if parameter["in"] == "path":
                text = self.chance.choice(KNOWN) if self.chance.random() < 0.7 else str(
                    self.schemas.value(parameter["schema"], self.chance))
                if text in (".", ".."):  # would be another path
                    text = "x"
                path = path.replace("{%s}" % parameter["name"],
                                    urllib.parse.quote(text, safe="") or "x")
            elif parameter["in"] == "query" and self.chance.random() < 0.4:
                value = self.schemas.value(parameter["schema"], self.chance, KNOWN)
                if self.chance.random() < 0.3:
                    value = self.chance.choice(ODD)
                text = value if isinstance(value, str) else json.dumps(value)
                if self.schemas.faults(text if parameter["schema"].get("type") == "string"
                                       else value, parameter["schema"]):
                    wrong.append(f"query {parameter['name']}")
                query.append((parameter["name"], text))
        if self.chance.random() < 0.05 and not operation.get("x-open-query"):
            query.append(("unheard_of", "1"))
            wrong.append("query unheard_of")
        text = urllib.parse.urlencode(query, errors="surrogatepass")
        return path + ("?" + text if text else "")

    def body(self, operation, wrong):
        if "requestBody" not in operation:
            if self.chance.random() < 0.1:
                wrong.append("a body where none belongs")
                return {"content-type": "application/json"}, b'{"a": 1}'
            return {}, None
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        value = self.schemas.value(schema, self.chance, KNOWN)
        if self.chance.random() < 0.5:
            value = mutated(value, self.chance)
        value = self.tamed(value)
        wrong += self.schemas.faults(value, schema)
        headers = {"content-type": "application/json"}
        text = json.dumps(value).encode()
        how = self.chance.random()
        if how < 0.04:
            headers["content-type"] = self.chance.choice(["text/plain", "", "application/xml"])
            wrong.append("content-type")
        elif how < 0.1:
            text = self.chance.choice([b"{", b"\xff\xfe", b"[" * 100_000, text + b"x", b"nul", b'"\\ud800"'])
            wrong.append("not JSON")
        return headers, text

    def tamed(self, value):
        """Exports are written to disk: only into our own folder."""
        if isinstance(value, dict) and isinstance(value.get("to"), str):
            name = re.sub(r"[^A-Za-z0-9.]", "_", value["to"])[:40]
            value = {**value, "to": str(self.hub.folder / f"export-{self.calls}-{name}")}
        return value

    def add_headers(self, method, headers):
        if self.chance.random() < 0.3:
            headers["accept-encoding"] = "gzip"
        if method != "get" and self.chance.random() < 0.3:
            headers["idempotency-key"] = self.chance.choice(["a", "b", "k" * 300, '"x"'])
        if self.chance.random() < 0.1:
            headers["if-match"] = self.chance.choice(['"1"', "*", "nonsense", '""'])
        if self.chance.random() < 0.1:
            headers["if-none-match"] = self.chance.choice(['"1"', "*", "W/"])

    # ---- its answer ----

    def judge(self, path, method, operation, target, headers, body, wrong):
        self.calls += 1
        try:
            status, kind, answer = self.hub.call(method.upper(), target, headers, body)
        except Exception as error:  # any break of the connection is a finding
            return self.report(f"no answer: {error!r}", method, target, headers, body)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        say = lambda what: self.report(f"{status}: {what}", method, target, headers, body, answer)
        if status >= 500:
            return say("the hub's own fault")
        if wrong and status < 400 and status != 304 and "idempotency-key" not in headers:
            say(f"accepted, though {wrong[:3]}")
        responses = operation["responses"]
        described = responses.get(str(status))
        if described is None:
            return say(f"is not described; known are {sorted(responses)}")
        content = self.schemas.resolve(described).get("content")
        if content is None:
            return say("has a body") if answer else None
        media = kind.split(";")[0]
        if media not in content:
            return say(f"{kind} is not described")
        try:
            value = json.loads(answer)
        except ValueError:
            return say("is not JSON")
        for fault in self.schemas.faults(value, content[media]["schema"])[:3]:
            say(fault)

    def report(self, what, method, target, headers, body, answer=b""):
        self.problems.append(f"{what}\n    {method.upper()} {target[:300]} {headers}\n"
                             f"    {(body or b'')[:300]!r}\n    -> {answer[:300]!r}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    with tempfile.TemporaryDirectory(prefix="nocturn-fuzz-") as folder:
        hub = OwnedHub(program, folder, CONFIGURATION)
        try:
            fuzzer = Fuzzer(hub, options.seed)
            end = time.monotonic() + options.seconds
            while time.monotonic() < end and len(fuzzer.problems) < MOST_PROBLEMS:
                fuzzer.one()
            alive = hub.process.poll() is None
        finally:
            hub.stop()
        said = hub.said()
    print(f"seed {options.seed}: {fuzzer.calls} calls of {len(fuzzer.operations)} operations, "
          f"answers {dict(sorted(fuzzer.statuses.items()))}")
    for problem in fuzzer.problems:
        print(problem)
    if not alive or hub.process.returncode != 0:
        print(f"the hub ended with {hub.process.returncode}:\n{said[-2000:]}")
    return 0 if alive and hub.process.returncode == 0 and not fuzzer.problems else 1


sys.exit(main())
