"""Bodies that are too large or too deep."""
import json
import subprocess

from world import must


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
