"""Mailboxes that never asked, and asking who subscribed."""
import itertools

from world import fresh, must


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
