"""The hub's own webhooks, sent into its network."""
import itertools
import json
import socket
import threading
import time

from world import fresh, must


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
