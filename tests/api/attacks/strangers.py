"""What strangers write into the forms of subscriptions: headers, addresses, markup."""
import email
import email.policy
import itertools

from world import MARKUP, fresh, head_of, must

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
