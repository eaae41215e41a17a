#!/usr/bin/env python3
"""check SAMPLE: runs the receivers that docs/webhooks.md shows, in Python and in shell, against a
webhook's body and signature as SAMPLE (nocturn_letter_sample) writes them."""
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef0123456789abcdef"  # tests/support/sample_letters.h
NOW = int(datetime.datetime(2026, 11, 22, 6, 45, 10, tzinfo=datetime.timezone.utc).timestamp())


def shown(document: str, language: str) -> str:
    return re.search(rf"^```{language}\n(.*?)^```", document, re.M | re.S)[1]


def python_receiver(document):
    space = {}
    exec(shown(document, "python"), space)
    return space["is_genuine"]


def shell_receiver(document, folder):
    function = shown(document, "sh")

    def is_genuine(secret, header, body, now):
        file = folder / "body"
        file.write_bytes(body)
        script = function + '\nis_genuine "$@"\n'
        return subprocess.run(["sh", "-c", script, "sh", secret, header, file, str(now)],
                              stderr=subprocess.DEVNULL).returncode == 0
    return is_genuine


def main(sample: str) -> int:
    document = (REPOSITORY / "docs/webhooks.md").read_text()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sample, folder], check=True)
        body = (folder / "webhook.json").read_bytes()
        header = (folder / "webhook.signature").read_text()
        right = header.split("v1=")[1]
        cases = [
            ("as sent", True, SECRET, header, body, NOW),
            ("five minutes later", True, SECRET, header, body, NOW + 300),
            ("with a second signature", True, SECRET, f"t={NOW},v1=00,v1={right}", body, NOW),
            ("too old", False, SECRET, header, body, NOW + 301),
            ("from the future", False, SECRET, header, body, NOW - 301),
            ("another body", False, SECRET, header, body + b" ", NOW),
            ("another time", False, SECRET, header.replace(str(NOW), str(NOW + 1)), body, NOW),
            ("another secret", False, SECRET[1:], header, body, NOW),
            ("no signature", False, SECRET, f"t={NOW}", body, NOW),
            ("an empty signature", False, SECRET, f"t={NOW},v1=", body, NOW),
            ("part of it", False, SECRET, header[:-1], body, NOW),
            ("nothing", False, SECRET, "", body, NOW),
            ("nonsense", False, SECRET, "t=١٢,v1=ü,=,", body, NOW),
        ]
        faults = 0
        for language, is_genuine in (("python", python_receiver(document)),
                                     ("shell", shell_receiver(document, folder))):
            for what, expected, *call in cases:
                if bool(is_genuine(*call)) != expected:
                    print(f"the {language} receiver is wrong about a message {what}")
                    faults += 1
        example = json.loads(shown(document, "json"))
        real = json.loads(body)
        for name, one, other in [("event", example, real), ("data", example["data"], real["data"]),
                                 ("row", example["data"]["rows"][0], real["data"]["rows"][0])]:
            if list(one) != list(other):
                print(f"the {name} that is shown is not the one that is sent: "
                      f"{sorted(set(one) ^ set(other)) or 'another order'}")
                faults += 1
    print(f"{len(cases)} messages to two receivers, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
