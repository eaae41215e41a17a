"""A hub of its own in a temporary folder, and the people who speak to it."""
import http.client
import json
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import time

CONFIGURATION = """
cloud: {name: Example, url: "https://status.example.org"}
territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}
data_centers: {ams1: {name: Amsterdam 1, territory: emea, role: primary}}
products: {catalog: {name: Catalog}}
instances:
  catalog-1: {name: Catalog 1, product: catalog, data_center: ams1, tenancy: multi, environment: production}
"""
PASSWORD = "correct horse battery staple"


class Hub:
    def __init__(self, program, folder, configuration=CONFIGURATION):
        self.folder = pathlib.Path(folder)
        (self.folder / "config").mkdir()
        (self.folder / "config/cloud.yaml").write_text(configuration)
        self.log = open(self.folder / "log", "w+")
        self.program = pathlib.Path(program).resolve()
        self.start()
        self.first_link = re.search(r"/console/invitations/([\w-]+)", self.said())[1]
        self.secrets = {PASSWORD}  # whatever must be found nowhere
        self.problems = []         # the text of every refusal

    def start(self):
        before = len(self.said())
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", "config", "--data", "data", "--listen", "127.0.0.1:0",
             "--check-answers"], cwd=self.folder, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while "ready at" not in self.said()[before:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                sys.exit("the hub did not start:\n" + self.said())
            time.sleep(0.05)
        self.port = int(re.search(r"ready at http://127\.0\.0\.1:(\d+)", self.said()[before:])[1])

    def crash(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def said(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode(errors="replace")
        try:
            self.json = json.loads(self.text)
        except ValueError:
            self.json = None

    def cookies(self):
        return self.headers.get_all("set-cookie") or []


class Guest:
    """Somebody at a browser or a program. `address`: where a TLS proxy on the hub's machine saw
    them; none: they sit at the hub's machine themselves."""

    def __init__(self, hub, address=None, token=None):
        self.hub, self.address, self.token = hub, address, token
        self.jar, self.csrf = {}, ""

    def head(self, extra):
        head = []
        if self.address:
            head += [("x-forwarded-for", self.address), ("x-forwarded-proto", "https")]
        if self.token:
            head.append(("authorization", "Bearer " + self.token))
        if self.jar:
            head.append(("cookie", "; ".join(f"{name}={value}" for name, value in self.jar.items())))
        names = {name for name, _ in extra}
        if self.csrf and "x-csrf-token" not in names:
            head.append(("x-csrf-token", self.csrf))
        return head + [each for each in extra if each[1] is not None]

    def call(self, method, target, body=None, extra=(), kind="application/json"):
        """`body`: an object, sent as JSON, or text, sent as it is."""
        head = self.head(list(extra))
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        if text is not None:
            head.append(("content-type", kind))
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=20)
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in head:
            connection.putheader(name, value)
        if text is not None:
            connection.putheader("content-length", str(len(text.encode())))
        connection.endheaders(text.encode() if text is not None else None)
        answer = Answer(connection.getresponse())
        connection.close()
        self.keep(answer)
        return answer

    def keep(self, answer):
        for cookie in answer.cookies():
            name, value = cookie.split(";")[0].split("=", 1)
            if value:
                self.jar[name] = value
                self.hub.secrets.add(value)
            else:
                self.jar.pop(name, None)
        if answer.status >= 400:
            self.hub.problems.append(answer.text)
        elif isinstance(answer.json, dict):
            self.csrf = answer.json.get("csrf", self.csrf)
            for name in ("csrf", "token", "device_code"):
                if isinstance(answer.json.get(name), str) and answer.json[name]:
                    self.hub.secrets.add(answer.json[name])
            if "invitation_url" in answer.json:
                self.hub.secrets.add(answer.json["invitation_url"].rsplit("/", 1)[1])

    def sign_in(self, login, password, **more):
        return self.call("POST", "/api/v1/session", {"login": login, "password": password}, **more)

    def follow(self, link, **chosen):
        answer = self.call("POST", "/api/v1/invitations/" + link.rsplit("/", 1)[-1],
                           {"password": PASSWORD, **chosen})
        assert answer.status == 200, answer.text
        return self

    def stream(self, target="/api/v1/events"):
        """The events' stream, once it has begun; a socket."""
        wire = socket.create_connection(("127.0.0.1", self.hub.port), timeout=10)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.head([]))
        wire.sendall(f"GET {target} HTTP/1.1\r\nhost: x\r\n{head}\r\n".encode())
        said = b""
        while b"retry:" not in said:
            more = wire.recv(65536)
            assert more, said
            said += more
            assert b" 200 OK" in said[:20] or len(said) < 20, said
        return wire


def rest_of(wire, seconds):
    """What still comes on a stream, and whether it ended within so many seconds."""
    said, deadline = b"", time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([wire], [], [], left)[0]:
            break
        more = wire.recv(65536)
        if not more:
            wire.close()
            return said, True
        said += more
    return said, False
