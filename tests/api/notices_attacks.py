#!/usr/bin/env python3
"""notices_attacks.py PROGRAM [NAME...]: plays an attacker at the public side of the notices: writes
headers into mails, gives hostile addresses, guesses and repeats links, bombs mailboxes, asks who
subscribed, and sends the hub's own webhooks into its network. Each attack is a function whose name
says what must hold. Exit 0 when all were refused.

The hub is spoken to as through a TLS proxy on its own machine; its mails go into a Maildir.
"""
import base64
import email
import email.policy
import itertools
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

from hub import Guest, Hub

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


# ---- what strangers write ----

BREAKS = ["\r\nBcc: victim@example.com", "\nBcc: victim@example.com", "\rBcc: victim@example.com",
          "\0", "%0d%0aBcc: victim@example.com", "\u2028Bcc: victim@example.com",
          "\u0085Bcc: victim@example.com", "\r\n\r\n<b>body</b>", "\r\n.\r\nMAIL FROM:<x@y>",
          "=?utf-8?q?=0D=0ABcc:_victim@example.com?=", "\u202e", "\x0bBcc: v@example.com"]


def no_field_of_a_form_writes_a_header(world):
    fields = ["email", "institution", "language", "topic", "instance", "product", "follow", "find",
              "found", "url", "channel", "code", "pace", "shared", "do", "x"]
    for field, text in itertools.product(fields, BREAKS):
        address = fresh()
        form = {"email": address, "instance": "catalog-1", "topic": "trouble", "language": "en"}
        form[field] = form.get(field, "a") + text
        answer = world.post("/subscribe", form)
        must(answer.status < 500, f"{field} {text!r}: {answer.status}")
        must("victim" not in str(answer.headers), f"{field} {text!r} is in the answer's header")
    for name in ("host", "accept-language", "user-agent", "referer", "x-forwarded-host", "cookie"):
        world.post("/subscribe", {"email": fresh(), "instance": "catalog-1", "topic": "trouble",
                                  "language": "en"}, extra=[(name, "evil.example.com, he;q=1")])
    world.settle()
    for mail in world.mails():
        head = head_of(mail)
        names = [line.split(b":")[0].lower() for line in head.split(b"\n") if line[:1] not in b" \t"]
        must(b"bcc" not in names and b"evil" not in mail, mail.decode())
        must(all(names.count(name) == 1 for name in (b"to", b"from", b"subject", b"delivered-to")),
             head.decode())
        must(b"victim" not in head or head.count(b"%0d") or b"=?" in head, head.decode())
        must(b"\0" not in mail and b"\r" not in mail, head.decode())


def addresses_of_every_honest_kind_are_taken(world):
    domain = ".".join(["d" * 61] * 3)
    for address, envelope in [
            ("plain@example.net", None), ("with+tag@example.net", None),
            ("o'brien@example.net", None), ("under_score@sub-domain.example.net", None),
            ("long." + "x" * 59 + "@example.net", None),
            ("a" * 64 + "@" + domain + ".org", None),  # 254 characters
            ("jörg@example.net", None), ("δοκιμή@παράδειγμα.δοκιμή", None),
            ("reader@bücher.example", "reader@xn--bcher-kva.example"), ("דוד@example.net", None)]:
        answer = world.ask(address)
        must(answer.status == 200, f"{answer.status} {address}")
        world.settle()
        got = world.mails_to(address, envelope or address)
        must(len(got) == 1, f"{len(got)} mails to {address}")


def hostile_addresses_get_no_mail(world):
    before = len(world.mails())
    domain = ".".join(["d" * 61] * 3)
    for address in [
            "a" * 64 + "@" + domain + ".orgs", "a" * 65 + "@example.net", "a" * 10_000 + "@example.net",
            "a@" + "b" * 10_000, "a@" + "b" * 64 + ".net", "", "@", "a@", "@b", "a", "a@b@c.example",
            "<a@example.net>", "a@example.net, b@example.net", "a@example.net;b@example.net",
            "a@example.net b@example.net", '"a b"@example.net', '"a@b"@example.net',
            '"\\"@example.net"@example.net', "a(comment)@example.net", "a@(comment)example.net",
            "@one.example,@two.example:victim@example.net", "@one.example:victim@example.net",
            "victim%example.com@example.net", "one.example!victim@example.net",
            "victim@[127.0.0.1]", "victim@[IPv6:::1]", "victim@127.0.0.1", "root@localhost",
            "a@example.net\r\nRCPT TO:<b@example.net>", "a\0@example.net", "a@exam\0ple.net",
            "a\u202e@example.net", "a@exa\u202emple.net", "a\u200b@example.net", "a\u2028@example.net",
            "a@example..net", "a@.example.net", "a@example.net.", "a..b@example.net",
            ".a@example.net", "a.@example.net", "a@-example.net", "a@exam_ple!.net",
            "-oQ/tmp@example.net", "|/bin/sh@example.net", "/etc/passwd@example.net",
            "a＠example.net", "a@example。net@x", "mailto:a@example.net", "\ufeffa@example.net",
            "a@\u00ad.example"]:
        answer = world.ask(address)
        must(answer.status == 422, f"{answer.status} {address[:80]!r}")
    for raw in ["email=%ff%fe%40example.net", "email=a%00b%40example.net", "email=%c0%80%40x.example",
                "email=a%40example.net%0d%0a", "email=%ed%a0%80%40example.net"]:
        answer = world.post("/subscribe", raw + "&instance=catalog-1&topic=trouble&language=en")
        must(answer.status in (400, 422) or raw.endswith("%0d%0a"), f"{answer.status} {raw}")
    world.settle()
    must(len(world.mails()) <= before + 1, "none but to the one with blanks at its end")


def markup_is_shown_and_not_run(world):
    quoted = "\"'><script>alert(1)</script>" + MARKUP
    address = fresh()
    for field in ("email", "institution", "url", "find", "language", "channel", "instance", "follow"):
        form = {"email": address, "instance": "catalog-3", "topic": "trouble", "language": "en"}
        form[field] = quoted
        answer = world.post("/subscribe", form)
        must("<script>alert" not in answer.text and "<img src=x" not in answer.text, field)
    token = world.subscribe(address, institution=quoted, instance="catalog-3")
    must("<img src=x" not in world.get(f"/subscriptions/{token}").text, "of the manage page")
    world.trouble("catalog-3")
    news = world.mails_to(address)
    must(len(news) >= 2, "somebody was told")
    for mail in news:
        parts = email.message_from_bytes(mail, policy=email.policy.default)
        page = parts.get_body(["html"]).get_content()
        must("<script>alert" not in page and "<img src=x" not in page, page)


# ---- links ----

def only_a_whole_token_of_ours_leads_anywhere(world):
    address = fresh()
    token = world.subscribe(address)
    raw = base64.urlsafe_b64decode(token)
    must(len(raw) == 33, "44 characters have no bits to spare")
    forged = [token[:n] for n in (0, 1, 22, 43)] + [token + more for more in "A=.-"] + [
        token.swapcase(), token[::-1], token + "A" * 10_000, token + "%00", token + "%20", " " + token,
        token[:22] + "%0a" + token[22:], token + "/x", token.replace("-", "+").replace("_", "%2f") + "%3d",
        "A" * 44, "-" * 44, token + "," + token]
    for bit in range(0, 33 * 8, 3):
        other = bytearray(raw)
        other[bit // 8] ^= 1 << bit % 8
        forged.append(base64.urlsafe_b64encode(other).decode())
    for other in b"cCmM\0":  # good for something else
        if other != raw[0]:
            forged.append(base64.urlsafe_b64encode(bytes([other]) + raw[1:]).decode())
    texts = set()
    for one in forged:
        for path in (urllib.parse.quote(f"/subscriptions/{one}", safe="/%"),):
            answer = world.get(path)
            must(answer.status in (400, 404, 414, 431, 200 if one == "" else 404),
                 f"{answer.status} {one[:80]!r}")
            must(one == "" or address not in answer.text, one[:80])
            if len(one) == 44 and answer.status == 404:
                texts.add(answer.text)
            gone = world.post(path, "List-Unsubscribe=One-Click")
            must(gone.status in (400, 404, 405, 414, 431, 422), f"{gone.status} {one[:80]!r}")
    must(len(texts) == 1, "all wrong tokens get the same answer")
    must(world.get(f"/subscriptions/{token}").status == 200, "the right one still does")


def a_link_is_used_once(world):
    address = fresh()
    world.ask(address)
    world.settle()
    confirm = world.token_to(address)
    manage = re.search(r"/subscriptions/([\w-]{44})",
                       world.post(f"/subscriptions/{confirm}", "").text)[1]
    for _ in range(3):
        again = world.post(f"/subscriptions/{confirm}", "")
        must(again.status == 410 and manage not in again.text, again.status)
        must(world.get(f"/subscriptions/{confirm}").status == 410, "read again")
    must(world.post(f"/subscriptions/{manage}", "List-Unsubscribe=One-Click").status == 200, "left")
    for token in (confirm, manage):
        must(world.get(f"/subscriptions/{token}").status in (404, 410), "gone")
        must(world.post(f"/subscriptions/{token}", "do=return").status in (404, 410), "gone")
        must(world.post(f"/subscriptions/{token}", "instance=catalog-1&topic=trouble&language=en")
             .status in (404, 410), "gone")
    must(not any(one["address"] == address for one in world.subscriptions()), "and stays so")


def a_burst_of_posts_confirms_once(world):
    address = fresh()
    world.ask(address)
    world.settle()
    confirm, answers = world.token_to(address), []
    threads = [threading.Thread(target=lambda: answers.append(
        world.post(f"/subscriptions/{confirm}", "").status)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    must(sorted(answers) == [200] + [410] * 19, sorted(answers))


def looking_at_a_link_changes_nothing(world):
    address = fresh()
    token = world.subscribe(address)
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        for more in ("", "?List-Unsubscribe=One-Click", "?do=leave", "?_method=POST"):
            answer = world.get(f"/subscriptions/{token}{more}", method)
            must(answer.status in (200, 204, 400, 405, 501), f"{answer.status} {method} {more}")
    got = Guest(world.hub, next(addresses)).call(
        "GET", f"/subscriptions/{token}", "List-Unsubscribe=One-Click", kind=FORM)
    must(got.status in (200, 400), got.status)
    Guest(world.hub, next(addresses)).call("GET", f"/subscriptions/{token}", extra=[
        ("x-http-method-override", "POST"), ("purpose", "prefetch")])
    must(any(one["address"] == address for one in world.subscriptions()), "still subscribed")
    for body in ("list-unsubscribe=one-click", "List-Unsubscribe=", "x=List-Unsubscribe=One-Click"):
        world.post(f"/subscriptions/{token}", body)
    must(any(one["address"] == address for one in world.subscriptions()), "still subscribed")


# ---- bombing and asking about others ----

def no_mailbox_is_bombed_in_whatever_spelling(world):
    for name, spellings in {
            "victim1@example.net": ["victim1@example.net"] * 6,
            "victim2@example.net": ["VICTIM2@example.net", "victim2@EXAMPLE.net", "Victim2@Example.Net",
                                    " victim2@example.net ", "victim2@example.net\t", "vIcTiM2@example.net"],
            "victim3@example.net": [f"victim3+{n}@example.net" for n in range(6)],
            "victim4@example.net": ['"victim4"@example.net'] * 3 + ["victim4@example.net"] * 3,
            "victim5@bücher.example": ["victim5@bücher.example", "victim5@BÜCHER.example",
                                       "victim5@xn--bcher-kva.example", "victim5@bu\u0308cher.example",
                                       "victim5@XN--BCHER-KVA.example", "victim5@ｂücher.example"],
            "victim6@example.net": ["victim6@example.net", "victim6@example.net.",
                                    "victim6@ex\u00adample.net", "victim6@ｅxample.net",
                                    "victim6@example。net", "victim6@EXAMPLE。NET"],
            "jörg7@example.net": ["jörg7@example.net", "jo\u0308rg7@example.net", "JÖRG7@example.net",
                                  "jÖrg7@example.net", "JO\u0308RG7@example.net", "jörg7@example.NET"],
    }.items():
        before = len(world.mails())
        for spelling in spellings:
            world.ask(spelling)
        for spelling in spellings[:3]:  # and as who answers for a URL
            world.ask(spelling, channel="webhook", url="https://hooks.example.com/x")
        world.settle()
        must(len(world.mails()) - before <= 3, f"{len(world.mails()) - before} mails to {name}")


def one_source_mails_to_a_few_alone(world):
    for sources in (["198.51.100.7"], [f"2001:db8:ffff:1::{n:x}" for n in range(1, 40)],
                    ["198.51.100.8", "::ffff:198.51.100.8"],
                    ["198.51.100.9", " 198.51.100.9", "198.51.100.9 "]):
        before = len(world.mails())
        statuses = [world.ask(fresh(), source).status
                    for source in itertools.islice(itertools.cycle(sources), 30)]
        world.settle()
        must(len(world.mails()) - before <= 11, f"{len(world.mails()) - before} from {sources[:2]}")
        must(429 in statuses, statuses)
    before, here = len(world.mails()), "198.51.100.77"
    for n in range(30):  # what the client says stands before what the proxy says
        world.ask(fresh(), f"203.0.113.{n}, {here}")
    world.settle()
    must(len(world.mails()) - before <= 11, "a forged header makes no new source")


def a_forgotten_link_is_mailed_once_an_hour(world):
    address = fresh()
    world.subscribe(address)
    before = len(world.mails())
    for spelling in (address, address.upper(), f" {address}", address.replace("@", "+x@")) * 3:
        world.post("/subscriptions", {"address": spelling})
    world.settle()
    must(len(world.mails()) - before <= 1, f"{len(world.mails()) - before} mails")


def nobody_learns_who_subscribed(world):
    known, pending, full = fresh(), fresh(), fresh()
    world.subscribe(known)
    world.ask(pending)
    for _ in range(4):
        world.ask(full)

    def seen(answer, address):
        headers = sorted((name.lower(), value) for name, value in answer.headers.items()
                         if name.lower() not in ("date", "content-length"))
        return answer.status, tuple(headers), answer.text.replace(address, "X")

    for post in (lambda address: world.ask(address),
                 lambda address: world.post("/subscriptions", {"address": address})):
        answers = {seen(post(address), address) for address in (known, pending, full, fresh(), fresh())}
        must(len(answers) == 1, [a[:2] for a in answers])


# ---- into the house ----

def webhooks_do_not_reach_the_hubs_network(world):
    reached = []
    doors = []
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        try:
            door = socket.create_server((host, doors[0].getsockname()[1] if doors else 0),
                                        family=family)
        except OSError:
            continue
        doors.append(door)

        def watch(door=door):
            while True:
                try:
                    wire, peer = door.accept()
                except OSError:
                    return
                reached.append(peer)
                wire.close()
        threading.Thread(target=watch, daemon=True).start()
    port = doors[0].getsockname()[1]
    own = socket.gethostbyname(socket.gethostname())
    hosts = ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "0", "0.0.0.0",
             "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.000.000.001",
             "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
             "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[::1%25lo]", "[::1%lo]", "１２７.0.0.1", "①②⑦.0.0.1",
             "127。0。0。1", socket.gethostname(), own, "ip6-localhost", "127.0.0.1%20", "localhost%00.example.org",
             "example.org\\@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1#@example.org",
             "127.0.0.1\t", "127.0.0.1\r\nHost: x", "example.org:80@127.0.0.1"]
    taken = 0
    for host, channel in itertools.product(hosts, ("webhook", "chat")):
        for url in (f"https://{host}:{port}/x", f"http://{host}:{port}/x"):
            owner = fresh()
            answer = world.ask(owner, channel=channel, url=url)
            must(answer.status in (200, 422), f"{answer.status} {url!r}")
            must(url.startswith("https:") or answer.status == 422, url)
            if answer.status == 200:
                world.settle()
                world.post(f"/subscriptions/{world.token_to(owner)}", "")
                taken += 1
    for url in ("file:///etc/passwd", "gopher://127.0.0.1/x", "HTTPS://127.0.0.1/", "//127.0.0.1/",
                "https:127.0.0.1", "https://", "https:///x", "unix:///run/x", "https://example.org:0/",
                "https://example.org:99999/", "https://user:pass@example.org/", "ftp://example.org/",
                "https://example.org/" + "x" * 10_000, "https://example.org/\r\nX: y",
                "data:text/plain,x", "javascript:alert(1)"):
        must(world.ask(fresh(), channel="webhook", url=url).status == 422, url[:80])
    world.nocturn("status", "declare", "catalog-1", "interruption", "--because", "x")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        listed = json.loads(world.nocturn("notification", "list", "--json"))
        if listed["waiting"]["queued"] <= listed["waiting"]["tried"]:
            break
        time.sleep(0.2)
    must(taken > 5, "some were taken, and tried")
    must(not reached, f"{len(reached)} connections came")
    for door in doors:
        door.close()


# ---- too much ----

def what_is_too_large_or_too_deep_is_refused(world):
    hub = world.hub
    huge = "email=" + "a" * (20 * 1024 * 1024 + 1 - 6)
    for path in ("/subscribe", "/subscriptions", "/subscriptions/" + "A" * 44):
        try:
            answer = world.post(path, huge)
            must(answer.status in (413, 404), f"{answer.status} {path}")
        except (ConnectionError, OSError):
            pass  # hung up on while it still spoke
    must(world.post("/subscribe", "&".join(f"instance=catalog-{n}" for n in range(9_000))
                    + "&email=a@example.net").status == 413, "too many fields")
    must(world.post("/subscribe", "&" * 250_000).status in (200, 413, 422), "nothing but ampersands")

    def local(path, body, kind="application/json"):
        file = hub.folder / "body"
        file.write_text(body)
        done = subprocess.run(
            ["curl", "-s", "-m", "60", "--unix-socket", hub.folder / "data/hub.sock", "-o", "/dev/null",
             "-w", "%{http_code}", "-H", f"content-type: {kind}", "--data-binary", f"@{file}",
             f"http://hub{path}"], capture_output=True, text=True)
        return done.stdout

    base = "/api/v1/notifications"
    for depth in (100, 10_000, 1_000_000):
        for body in ("[" * depth, '{"mail":' * depth, '{"mail":' + "[" * depth + "]" * depth + "}"):
            must(local(f"{base}/bounces", body) == "400" or depth > 500_000, f"depth {depth}")
    must(local(f"{base}/bounces", json.dumps({"mail": "x" * (20 * 1024 * 1024 + 1)}))
         in ("413", "000"), "20 MiB of mail")
    must(local(f"{base}/bounces", json.dumps({"mail": "x" * (512 * 1024 + 1)})) in ("400", "422"),
         "more than a mail may be")
    head = "institution,name,email,language,products\n"
    csv = head + "x" * (20 * 1024 * 1024 + 1 - len(head))
    for body in (csv, json.dumps({"csv": csv})):
        for kind in ("text/csv", "application/json"):
            must(local("/api/v1/customers/import", body, kind) in ("400", "404", "405", "413", "415", "422", "000"),
                 "20 MiB of CSV")
    must(world.get("/").status == 200, "the hub is well")


def run(world, names):
    attacks = [value for name, value in globals().items()
               if callable(value) and getattr(value, "__code__", None)
               and value.__code__.co_varnames[:1] == ("world",) and name != "run"]
    failed = 0
    for attack in attacks:
        if names and attack.__name__ not in names:
            continue
        begin = time.monotonic()
        try:
            attack(world)
            print(f"ok    {attack.__name__} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"FAIL  {attack.__name__}\n{traceback.format_exc()}", flush=True)
    return failed


def main():
    with tempfile.TemporaryDirectory() as folder:
        maildir = pathlib.Path(folder) / "mail"
        hub = Hub(sys.argv[1], folder, CONFIGURATION.format(maildir=maildir, markup=MARKUP))
        try:
            failed = run(World(hub, maildir), sys.argv[2:])
            if hub.process.poll() is not None:
                print("the hub fell over:\n" + hub.said())
                failed += 1
        finally:
            hub.stop()
    sys.exit(1 if failed else 0)


main()
