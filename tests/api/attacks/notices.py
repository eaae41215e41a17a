#!/usr/bin/env python3
"""notices.py PROGRAM [NAME...]: plays an attacker at the public side of the notices: writes headers
into mails, gives hostile addresses, guesses and repeats links, bombs mailboxes, asks who subscribed,
and sends the hub's own webhooks into its network. Each attack is a function of a chapter whose name
says what must hold. Exit 0 when all were refused.
"""
import inspect
import pathlib
import sys
import tempfile
import time
import traceback

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1]))  # hub.py

import bombing  # noqa: E402
import links  # noqa: E402
import sizes  # noqa: E402
import strangers  # noqa: E402
import webhooks  # noqa: E402
from hub import Hub  # noqa: E402
from world import CONFIGURATION, MARKUP, World  # noqa: E402

CHAPTERS = (strangers, links, bombing, webhooks, sizes)


def run(world, names):
    attacks = [value for chapter in CHAPTERS for value in vars(chapter).values()
               if inspect.isfunction(value) and value.__module__ == chapter.__name__
               and value.__code__.co_varnames[:1] == ("world",)]
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
