#!/usr/bin/env python3
"""attacks.py PROGRAM [NAME...]: plays an attacker at a hub of its own: guesses passwords, locks
people out, forges requests, plants sessions, listens on, reads what is others', looks for secrets.
Each attack is a function whose name says what must hold. Exit 0 when all were refused.

The hub is spoken to as a browser behind a TLS proxy on the hub's own machine is.
"""
import http.client
import itertools
import json
import re
import socket
import sys
import tempfile
import time
import traceback

from hub import PASSWORD, Guest, Hub, rest_of

MARKUP = "<img src=x onerror=alert(1)>"
PRIVATE = "Bede Venerable-of-Jarrow"
addresses = (f"2001:db8:{number:x}::1" for number in itertools.count(1))


def must(holds, what):
    if not holds:
        raise AssertionError(what)


def refused(answer, *statuses):
    must(answer.status in statuses, f"{answer.status} and not {statuses}: {answer.text[:300]}")


class World:
    def __init__(self, hub):
        self.hub = hub
        self.ada = Guest(hub, "192.0.2.10").follow(hub.first_link, login="ada", name="Ada")
        self.numbers = itertools.count(1)

    def person(self, roles, name="Somebody", login=None):
        """Somebody who is signed in; with `login` and `account`."""
        login = login or f"guest{next(self.numbers)}"
        made = self.ada.call("POST", "/api/v1/people", {
            "name": name, "email": f"{login}@personal.example", "login": login, "roles": roles})
        must(made.status == 201, made.text)
        guest = Guest(self.hub, next(addresses)).follow(made.json["invitation_url"])
        guest.login, guest.person = login, made.json["person"]["id"]
        guest.account = made.json["person"]["accounts"][0]["id"]
        return guest

    def token(self, guest, scopes):
        made = guest.call("POST", "/api/v1/me/tokens",
                          {"name": "x", "scopes": scopes, "expires_in_days": 1})
        must(made.status == 201, made.text)
        program = Guest(self.hub, next(addresses), made.json["token"])
        program.id = made.json["info"]["id"]
        return program

    def ledger(self, guest):
        answer = guest.call("GET", "/api/v1/ledger/entries?from=0&limit=9000")
        must(answer.status == 200 and not answer.json["next"], answer.text[:300])
        return answer.json["entries"]


# ---- guessing ----

def shut(world, login, next_address):
    """Guesses until the door is shut for more than a second; how many guesses were looked at."""
    looked_at = 0
    for i in range(40):
        answer = Guest(world.hub, next_address()).sign_in(login, f"guess number {i}")
        refused(answer, 401, 429)
        looked_at += answer.status == 401
        if answer.status == 429:
            wait = int(answer.headers["retry-after"])
            if wait >= 2:
                return looked_at
            time.sleep(wait)
    raise AssertionError(f"{looked_at} guesses at {login} were looked at, and no end")


def one_address_guesses_a_few_times_only(world):
    world.person([], login="victim1")
    here = next(addresses)
    must(5 <= shut(world, "victim1", lambda: here) <= 9, "five guesses, then pauses that double")
    right = Guest(world.hub, here).sign_in("victim1", PASSWORD)
    refused(right, 429)
    must(right.headers["retry-after"] and not right.cookies(), "told when, and nothing else")


def many_addresses_guess_no_more_and_lock_nobody_out(world):
    victim = world.person([], login="victim2")
    link = world.ada.call("POST", f"/api/v1/accounts/{victim.account}/invitation").json
    must(5 <= shut(world, "victim2", lambda: next(addresses)) <= 9, "together no more than one")
    refused(Guest(world.hub, next(addresses)).sign_in("victim2", PASSWORD), 429)
    # Signed in before: this browser goes on, as does whoever holds a link.
    must(victim.call("GET", "/api/v1/session").status == 200, "the session goes on")
    must(victim.sign_in("victim2", PASSWORD).status == 200, "the owner's browser signs in")
    Guest(world.hub, next(addresses)).follow(link["invitation_url"])


def a_neighbour_at_the_same_address_locks_nobody_out(world):
    victim = world.person([])
    neighbour = Guest(world.hub, victim.address)
    must(any(neighbour.sign_in(f"nobody{i}", "x").status == 429 for i in range(30)), "shut")
    must(victim.sign_in(victim.login, PASSWORD).status == 200, "the owner's browser signs in")


def a_crash_forgives_no_guesses(world):
    victim = world.person([], login="victim3")
    for i in range(5):
        refused(Guest(world.hub, next(addresses)).sign_in("victim3", f"guess {i}"), 401)
        time.sleep(0.3)
    world.hub.crash()
    tries = [Guest(world.hub, next(addresses)).sign_in("victim3", f"more {i}").status
             for i in range(4)]
    must(tries.count(401) <= 1 and 429 in tries, tries)
    must(victim.call("GET", "/api/v1/session").status == 200, "the session goes on")
    kept = [entry for entry in world.ledger(world.ada) if entry["type"] == "identity.sign_in.failed"]
    must(any("too many tries" in json.dumps(entry) for entry in kept), "the locked door is told")


def nobody_gives_out_a_false_address(world):
    here = next(addresses)

    def guess(i):  # in one line with the proxy's word, or in a line of its own before it
        forged = ([f"198.51.100.{i}", here] if i % 2 else [f"198.51.100.{i}, {here}"])
        return Guest(world.hub).sign_in(f"nobody{i}", "x", extra=[
            ("x-forwarded-proto", "https"), *(("x-forwarded-for", each) for each in forged)])

    must(any(guess(i).status == 429 for i in range(30)), "counted as one address")
    # "From this machine" is not believed either: no credentials over plain HTTP.
    refused(Guest(world.hub).sign_in("ada", PASSWORD, extra=[
        ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", here)]), 403)


def an_unknown_login_takes_as_long_as_a_wrong_password(world):
    known = [world.person([]).login for _ in range(2)]
    times = {"known": [], "unknown": []}
    texts = set()
    for i in range(10):
        for kind, login in (("known", known[i % 2]), ("unknown", f"nobody at all {i}")):
            attacker = Guest(world.hub, next(addresses))
            begin = time.monotonic()
            answer = attacker.sign_in(login, "wrong password")
            times[kind].append(time.monotonic() - begin)
            refused(answer, 401)
            texts.add(answer.text)
    must(len(texts) == 1, texts)
    ratio = min(times["unknown"]) / min(times["known"])  # the quickest is the least disturbed
    print(f"  unknown to known login: {ratio:.2f}")
    must(0.5 < ratio < 2, f"unknown to known: {ratio:.2f}")


def device_codes_are_not_guessed_nor_approved_by_programs(world):
    begun = Guest(world.hub, next(addresses)).call("POST", "/api/v1/devices", {"client": MARKUP}).json
    code, secret = begun["user_code"], {"device_code": begun["device_code"]}
    program = Guest(world.hub, next(addresses))
    refused(program.call("POST", "/api/v1/devices/token", secret), 409)
    refused(program.call("POST", f"/api/v1/devices/{code}/approval"), 401)
    victim = world.person([{"role": "viewer"}])
    refused(victim.call("POST", f"/api/v1/devices/{code}/approval", extra=[("x-csrf-token", None)]), 403)
    refused(victim.call("GET", f"/api/v1/devices/{code}/approval"), 405)  # no link approves
    refused(world.token(victim, ["own_account"]).call("POST", f"/api/v1/devices/{code}/approval"), 403)
    guesser = world.person([])
    tries = [guesser.call("GET", f"/api/v1/devices/BBBB-BB{a}{b}").status
             for a, b in itertools.product("BCDF", "BCD")]
    must(429 in tries and tries.count(404) <= 9, tries)
    refused(program.call("POST", "/api/v1/devices/token", secret), 409)


# ---- forging and planting ----

def other_sites_cannot_act_for_somebody(world):
    victim, other = world.person([]), world.person([])
    wish = {"name": "x", "scopes": ["own_account"], "expires_in_days": 1}
    forms = [{"extra": [("x-csrf-token", None)]},
             {"extra": [("x-csrf-token", "")]},
             {"extra": [("x-csrf-token", other.csrf)]},
             {"extra": [("origin", "https://evil.example")]},
             {"extra": [("origin", "null")]},
             {"extra": [("origin", f"https://127.0.0.1.evil.example:{world.hub.port}")]},
             {"extra": [("sec-fetch-site", "cross-site")]},
             {"extra": [("sec-fetch-site", "same-site")]},
             {"kind": "text/plain"},
             {"kind": "application/x-www-form-urlencoded"},
             {"kind": "multipart/form-data; boundary=x"}]
    for form in forms:
        refused(victim.call("POST", "/api/v1/me/tokens", wish, **form), 403, 415)
    for header in ("x-http-method-override", "x-method-override", "x-http-method"):
        victim.call("GET", "/api/v1/session", extra=[(header, "DELETE")])
    refused(victim.call("POST", "/api/v1/me/tokens?_method=DELETE", wish), 400)
    must(victim.call("GET", "/api/v1/session").status == 200, "still signed in")
    must(victim.call("GET", "/api/v1/me/tokens").json["tokens"] == [], "nothing was made")
    for form in forms[3:]:  # nor sign somebody in as another
        stranger = Guest(world.hub, next(addresses))
        refused(stranger.sign_in(victim.login, PASSWORD, **form), 403, 415)
        must(not stranger.jar, "no cookie")


def a_planted_session_is_never_taken_over(world):
    attacker = world.person([])
    old, planted = world.person([]), dict(attacker.jar)
    for jar in (planted, {"__Host-nocturn": "A" * 43}, {"nocturn": "planted"}):
        victim = Guest(world.hub, next(addresses))
        victim.jar = dict(jar)
        must(victim.sign_in(old.login, PASSWORD).status == 200, "signs in")
        must(victim.jar["__Host-nocturn"] not in jar.values(), "a new session")
        thief = Guest(world.hub, next(addresses))
        thief.jar = dict(jar)
        seen = thief.call("GET", "/api/v1/session")
        must(seen.status == 401 or seen.json["account"]["login"] == attacker.login, seen.text)
    thief.jar = {"nocturn": victim.jar["__Host-nocturn"]}  # the name without the browser's promise
    refused(thief.call("GET", "/api/v1/session"), 401)
    for cookie in victim.sign_in(old.login, PASSWORD).cookies():
        for part in ("__Host-", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"):
            must(part in cookie, cookie)
        must("domain" not in cookie.lower(), cookie)
    victim.call("DELETE", "/api/v1/session")


# ---- rights ----

def only_the_entitled_pass_any_route(world):
    gone = world.token(world.person([{"role": "viewer"}]), ["read_status", "own_account"])
    must(gone.call("DELETE", "/api/v1/session").status == 204, "revoked itself")
    rests = world.person([{"role": "administrator"}])
    resting = world.token(rests, ["read_status", "read_people", "manage_people"])
    must(world.ada.call("PUT", f"/api/v1/accounts/{rests.account}/disabled",
                        {"disabled": True}).status == 200, "disabled")
    removed = world.person([{"role": "administrator"}])
    must(world.ada.call("DELETE", f"/api/v1/people/{removed.person}").status == 204, "removed")
    contact = world.person([{"role": "customer_contact", "institution": "north"}])
    north = world.person([{"role": "administrator", "institution": "north"}])
    narrow = world.token(world.person([{"role": "auditor"}]), ["read_config"])
    document = world.ada.call("GET", "/api/v1/openapi.json").json
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            right, target = operation["x-permission"], re.sub(r"\{[^}]+\}", "x", path)
            if right == "anyone":
                continue
            for guest, may in ((Guest(world.hub, next(addresses)), None), (gone, None), (rests, None),
                               (resting, None), (removed, None), (contact, ["own_account"]),
                               (north, ["own_account"]), (narrow, ["read_config"])):
                if may and right in may:
                    continue
                guest.address = next(addresses)
                answer = guest.call(method.upper(), target)
                while answer.status == 429:  # an account has 30 calls a second
                    time.sleep(1)
                    answer = guest.call(method.upper(), target)
                must(answer.status == (401 if may is None else 403),
                     f"{method} {path} as {may}: {answer.status} {answer.text[:200]}")


def no_spelling_of_a_path_gets_around_the_door(world):
    contact = world.person([{"role": "customer_contact", "institution": "north"}])
    for path in ("/api/v1/people", "//api/v1/people", "/api//v1///people", "/api/v1/people/",
                 "/api/v1/./people", "/api/v1/x/../people", "/api/v1/%70eople", "/api%2fv1%2fpeople",
                 "/api/v1/people%00", "/api/v1/people%0a", "/api/v1/people;x=1", "/api/v1/PEOPLE",
                 "/API/v1/people", "/api/v1/%2e%2e/v1/people", "/api/v1/people?", "/api/v1\\people",
                 "http://x/api/v1/people", "/console/../api/v1/people", "/api/v1/people.json"):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            answer = contact.call(method, path, {"name": "x", "login": "x", "roles": []}
                                  if method == "POST" else None)
            refused(answer, 400, 401, 403, 404, 405)


def nobody_climbs(world):
    viewer, other = world.person([{"role": "viewer"}]), world.person([{"role": "viewer"}])
    grant = {"roles": [{"role": "administrator"}]}
    refused(viewer.call("PUT", f"/api/v1/accounts/{viewer.account}/roles", grant), 403)
    refused(viewer.call("POST", f"/api/v1/accounts/{other.account}/invitation"), 403)
    refused(viewer.call("POST", "/api/v1/me/tokens", {
        "name": "x", "scopes": ["manage_people"], "expires_in_days": 1}), 403)
    for target in ("sessions", "tokens"):
        for each in other.call("GET", f"/api/v1/me/{target}").json[target]:
            refused(viewer.call("DELETE", f"/api/v1/me/{target}/{each['id']}"), 404)
    clerk = world.token(world.person([{"role": "administrator"}]), ["manage_people", "own_account"])
    refused(clerk.call("PUT", f"/api/v1/accounts/{viewer.account}/roles", grant), 403)
    refused(clerk.call("POST", "/api/v1/people", {"name": "x", "login": "climber", **grant}), 403)
    refused(clerk.call("POST", f"/api/v1/accounts/{other.account}/invitation"), 403)
    refused(clerk.call("POST", "/api/v1/me/tokens", {
        "name": "x", "scopes": ["own_account"], "expires_in_days": 365}), 403)
    refused(clerk.call("PUT", "/api/v1/me/password", {"current": PASSWORD, "new": PASSWORD + "!"}), 403)
    must(world.ada.call("PUT", f"/api/v1/accounts/{viewer.account}/roles", {"roles": []}, extra=[
        ("if-match", '"0"')]).status == 412, "an old version is refused")
    key = [("idempotency-key", "one-key")]
    made = world.ada.call("POST", "/api/v1/accounts", {"login": "robot", "roles": []}, extra=key)
    must(made.status == 201, made.text)
    refused(viewer.call("POST", "/api/v1/accounts", {"login": "robot", "roles": []}, extra=key), 403)


def one_institution_reads_nothing_of_the_cloud_or_another(world):
    bede = world.person([{"role": "viewer"}], name=PRIVATE, login="bede")
    for role in ("customer_contact", "viewer", "auditor", "administrator"):
        guest = world.person([{"role": role, "institution": "north"}])
        must(guest.call("GET", "/api/v1/session").json["permissions"] in (
            ["own_account"], ["anyone", "own_account"]), "their own account alone")
        for path in ("status", "status/catalog-1", "checks", "config", "ledger/entries", "people",
                     "ledger/entries/0", "accounts", "events", f"people/{bede.person}"):
            refused(guest.call("GET", "/api/v1/" + path), 403)
    viewer = world.person([{"role": "viewer"}])
    listening = viewer.stream()
    world.person([], name=PRIVATE + " II")
    heard, _ = rest_of(listening, 1.5)
    listening.close()
    must(b"entry" in heard, "the stream tells of entries")
    said = heard.decode() + json.dumps(world.ledger(viewer))
    for private in (PRIVATE, "personal.example", "2001:db8:", "Argon2", "argon2id"):
        must(private not in said, f"a viewer reads {private}")
    must(PRIVATE in json.dumps(world.ledger(world.ada)), "an administrator does")


# ---- endings ----

def streams_end_with_what_opened_them(world):
    ends = {
        "sign-out": lambda guest: guest.call("DELETE", "/api/v1/session"),
        "removal": lambda guest: world.ada.call("DELETE", f"/api/v1/people/{guest.person}"),
        "rest": lambda guest: world.ada.call(
            "PUT", f"/api/v1/accounts/{guest.account}/disabled", {"disabled": True}),
        "other roles": lambda guest: world.ada.call(
            "PUT", f"/api/v1/accounts/{guest.account}/roles", {"roles": []})}
    for why, end in ends.items():
        guest = world.person([{"role": "viewer"}])
        wires = [guest.stream()]
        if why != "sign-out":
            wires.append(world.token(guest, ["read_status"]).stream())
        must(end(guest).status in (200, 204), why)
        for wire in wires:
            must(rest_of(wire, 3)[1], f"the stream goes on after {why}")
    owner = world.person([{"role": "viewer"}])
    program = world.token(owner, ["read_status"])
    wire = program.stream()
    must(owner.call("DELETE", f"/api/v1/me/tokens/{program.id}").status == 204, "revoked")
    must(rest_of(wire, 3)[1], "the stream goes on after the token")


# ---- pressing and scripting ----

def streams_are_few_for_an_account_and_for_an_address(world):
    guest = world.person([{"role": "viewer"}])
    program = world.token(guest, ["read_status"])
    wires = [guest.stream() for _ in range(8)] + [program.stream() for _ in range(8)]
    for other in (guest, program):
        answer = other.call("GET", "/api/v1/events")
        refused(answer, 429)
        must(answer.json["title"] == "limited" and int(answer.headers["retry-after"]) > 0, answer.text)
    wires.append(world.person([{"role": "viewer"}]).stream())  # another's are another's
    here, network = Guest(world.hub, "2001:db8:ffff::1"), "2001:db8:ffff:0:"
    for i in range(64):
        wires.append(Guest(world.hub, f"{network}{i}::1").stream("/events"))
    refused(here.call("GET", "/events"), 429)
    wires.append(Guest(world.hub, "2001:db8:fffe::1").stream("/events"))
    must(here.call("GET", "/").status == 200, "the page is for everybody")
    for wire in wires:
        wire.close()
    deadline = time.monotonic() + 5
    while True:  # what is closed is given back
        try:
            here.stream("/events").close()
            guest.stream().close()
            return
        except AssertionError:
            must(time.monotonic() < deadline, "no seat was given back")
            time.sleep(0.1)


def a_crowd_that_signs_in_stops_nobody_else(world):
    victim = world.person([])
    crowd = []
    body = json.dumps({"login": "nobody", "password": "x"})
    for i in range(300):
        wire = socket.create_connection(("127.0.0.1", world.hub.port), timeout=20)
        wire.sendall((f"POST /api/v1/session HTTP/1.1\r\nhost: x\r\nx-forwarded-proto: https\r\n"
                      f"x-forwarded-for: {next(addresses)}\r\ncontent-type: application/json\r\n"
                      f"content-length: {len(body)}\r\n\r\n{body}").encode())
        crowd.append(wire)
    begin = time.monotonic()
    must(victim.call("GET", "/healthz").status in (200, 503), "alive")
    answer = victim.sign_in(victim.login, PASSWORD)
    while answer.status in (429, 503) and time.monotonic() - begin < 10:
        time.sleep(0.2)
        answer = victim.sign_in(victim.login, PASSWORD)
    must(answer.status == 200, f"a known browser signs in: {answer.text}")
    print(f"  served beside the crowd after {time.monotonic() - begin:.2f} s")
    statuses = {wire.recv(4096)[9:12] for wire in crowd}
    must(statuses <= {b"401", b"429", b"503"}, statuses)
    for wire in crowd:
        wire.close()


def bodies_are_bounded(world):
    guest = Guest(world.hub, next(addresses))
    for body in ("[" * 100_000, '{"login":' * 5000, '{"login": "' + "x" * 200_000 + '", "password": "x"}'):
        refused(guest.call("POST", "/api/v1/session", body), 400, 413)
    connection = http.client.HTTPConnection("127.0.0.1", world.hub.port, timeout=10)
    connection.putrequest("POST", "/api/v1/session")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(10 ** 12))
    connection.endheaders()
    must(connection.getresponse().status == 413, "refused by its length")
    connection.close()


def markup_stays_text(world):
    world.person([], name=MARKUP)
    declared = world.ada.call("POST", "/api/v1/status/declarations", {
        "instance": "catalog-1", "indicator": "information", "because": MARKUP})
    must(declared.status in (200, 201), declared.text)
    stranger = Guest(world.hub, next(addresses))
    for path in ("/", "/instances/catalog-1", "/console", "/console/people", "/api/v1/nothing/" + "%3Cscript%3E"):
        answer = stranger.call("GET", path)
        must(MARKUP not in answer.text, f"{path} has markup of others")
        policy = answer.headers.get("content-security-policy", "")
        if "html" in answer.headers["content-type"]:
            must("default-src 'none'" in policy and "unsafe" not in policy, f"{path}: {policy}")
        else:
            must("<script>" not in answer.text or "json" in answer.headers["content-type"], path)
            must(answer.headers.get("x-content-type-options") == "nosniff", f"{path} may be sniffed")
    for away in ("https://evil.example/", "//evil.example", "/console/../x", "/\\evil.example"):
        answer = stranger.call("GET", "/api/v1/session/oidc/none?return_to=" + away)
        must("evil" not in (answer.headers.get("location") or ""), answer.headers.get("location"))


def no_secret_is_found_anywhere(world):
    """Last: after all that was done above."""
    hub = world.hub
    time.sleep(0.5)
    places = {"the log": hub.said(), "refusals": "\n".join(hub.problems),
              "the ledger": json.dumps(world.ledger(world.ada))}
    for file in sorted((hub.folder / "data").rglob("*")):
        if file.is_file():
            places[str(file.relative_to(hub.folder))] = file.read_bytes().decode("latin-1")
    with open(f"/proc/{hub.process.pid}/cmdline") as arguments:
        places["the process's arguments"] = arguments.read()
    secrets = hub.secrets - {hub.first_link}
    print(f"  {len(secrets)} secrets in {len(places)} places")
    for place, text in places.items():
        for secret in secrets:
            must(secret not in text, f"{place} has a secret: {secret[:6]}…")


ATTACKS = [one_address_guesses_a_few_times_only, many_addresses_guess_no_more_and_lock_nobody_out,
           a_neighbour_at_the_same_address_locks_nobody_out, a_crash_forgives_no_guesses,
           nobody_gives_out_a_false_address, an_unknown_login_takes_as_long_as_a_wrong_password,
           device_codes_are_not_guessed_nor_approved_by_programs,
           other_sites_cannot_act_for_somebody, a_planted_session_is_never_taken_over,
           only_the_entitled_pass_any_route, no_spelling_of_a_path_gets_around_the_door,
           nobody_climbs, one_institution_reads_nothing_of_the_cloud_or_another,
           streams_end_with_what_opened_them, streams_are_few_for_an_account_and_for_an_address,
           a_crowd_that_signs_in_stops_nobody_else, bodies_are_bounded, markup_stays_text,
           no_secret_is_found_anywhere]


def main():
    chosen = sys.argv[2:]
    faults = 0
    with tempfile.TemporaryDirectory(prefix="nocturn-attacks-") as folder:
        hub = Hub(sys.argv[1], folder)
        try:
            world = World(hub)
            for attack in ATTACKS:
                if chosen and attack.__name__ not in chosen:
                    continue
                begin = time.monotonic()
                try:
                    attack(world)
                    outcome = "held"
                except Exception:  # the next attack is still worth its try
                    faults, outcome = faults + 1, "FAILED\n" + traceback.format_exc()
                name = attack.__name__.replace("_", " ")
                print(f"{name}: {outcome} ({time.monotonic() - begin:.1f} s)", flush=True)
        finally:
            hub.stop()
        if faults:
            print(hub.said()[-3000:])
    sys.exit(1 if faults else 0)


main()
