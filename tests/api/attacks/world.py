"""A hub that takes subscriptions, as attackers of it see it: through a TLS proxy on its own machine,
its mails in a Maildir."""
import itertools
import json
import re
import subprocess
import time
import urllib.parse

from hub import Guest

MARKUP = "<img src=x onerror=alert(1)>"
CONFIGURATION = """
cloud: {{name: Example, url: "https://status.example.org"}}
territories: {{emea: {{name: Europe, time_zone: Europe/Amsterdam}}}}
data_centers: {{ams1: {{name: Amsterdam 1, territory: emea, role: primary}}}}
products: {{catalog: {{name: Catalog}}}}
notifications: {{from: status@example.org, maildir: "{maildir}"}}
instances:
  catalog-1: {{name: Catalog 1, product: catalog, data_center: ams1, tenancy: multi, environment: production}}
  catalog-2: {{name: Catalog 2, product: catalog, data_center: ams1, tenancy: multi, environment: production}}
  catalog-3: {{name: "Catalog {markup}", product: catalog, data_center: ams1, tenancy: multi, environment: production}}
"""
FORM = "application/x-www-form-urlencoded"
addresses = (f"2001:db8:{number:x}::1" for number in itertools.count(1))
numbers = itertools.count(1)


def must(holds, what):
    if not holds:
        raise AssertionError(what)


def fresh(domain="example.net"):
    return f"reader{next(numbers)}@{domain}"


class World:
    def __init__(self, hub, maildir):
        self.hub, self.maildir = hub, maildir

    def post(self, path, fields, source=None, **more):
        body = fields if isinstance(fields, str) else urllib.parse.urlencode(fields, doseq=True)
        return Guest(self.hub, source or next(addresses)).call("POST", path, body, kind=FORM, **more)

    def get(self, path, method="GET"):
        return Guest(self.hub, next(addresses)).call(method, path)

    def ask(self, address, source=None, **more):
        return self.post("/subscribe", {"email": address, "instance": "catalog-1",
                                        "topic": "trouble", "language": "en", **more}, source)

    def mails(self):
        """All of them, raw."""
        return [file.read_bytes() for file in (self.maildir / "new").glob("*")]

    def mails_to(self, *wanted):
        return [mail for mail in self.mails()
                if mail.split(b"\nDelivered-To: ")[1].split(b"\n")[0].decode() in wanted]

    def settle(self):
        """Waits until nothing is under way."""
        for _ in range(300):
            if json.loads(self.nocturn("notification", "list", "--json"))["waiting"]["queued"] == 0:
                return
            time.sleep(0.05)
        raise AssertionError("deliveries still wait")

    def nocturn(self, *arguments):
        return subprocess.run([self.hub.program, *arguments, "--data", self.hub.folder / "data"],
                              capture_output=True, text=True).stdout

    def subscribe(self, address, **more):
        """The token to manage with, of who confirmed."""
        asked = self.ask(address, **more)
        must(asked.status == 200, f"{asked.status} {address}")
        self.settle()
        confirmed = self.post(f"/subscriptions/{self.token_to(address)}", "")
        must(confirmed.status == 200, confirmed.text[:300])
        return re.search(r"/subscriptions/([\w-]{44})", confirmed.text)[1]

    def token_to(self, address):
        return tokens_of(self.mails_to(address)[-1])[0]

    def subscriptions(self):
        return json.loads(self.nocturn("notification", "subscriptions", "--json"))["subscriptions"]

    def trouble(self, instance):
        """Something new to tell of; back to normal afterwards."""
        self.nocturn("status", "declare", instance, "interruption", "--because", MARKUP)
        time.sleep(2.5)
        self.settle()
        self.nocturn("status", "declare", instance, "normal", "--because", MARKUP)


def tokens_of(mail):
    text = re.sub(rb"=\n", b"", mail).decode()
    return [t for t in re.findall(r"subscriptions/([\w-]{44})", text)]


def head_of(mail):
    return mail.split(b"\n\n")[0]
