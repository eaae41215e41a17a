"""Links of subscriptions: guessed, cut, used twice, followed by machines."""
import base64
import re
import threading
import urllib.parse

from hub import Guest
from world import FORM, addresses, fresh, must


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
