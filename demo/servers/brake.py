#!/usr/bin/python3
"""brake.py PID SECONDS: makes a server slow by letting its process group run only now and then.

The group stands still for twice SECONDS, runs for 20 ms, and so on: a client that comes at a
random moment waits SECONDS in the middle. Works for every server, without a proxy in between.
Ends when the group is gone; lets it run when asked to end.
"""
import os
import signal
import sys
import time


def main():
    group, seconds = int(sys.argv[1]), float(sys.argv[2])

    def release(*_):
        try:
            os.killpg(group, signal.SIGCONT)
        except ProcessLookupError:
            pass
        sys.exit(0)

    signal.signal(signal.SIGTERM, release)
    try:
        while True:
            os.killpg(group, signal.SIGSTOP)
            time.sleep(2 * seconds)
            os.killpg(group, signal.SIGCONT)
            time.sleep(0.02)
    except ProcessLookupError:
        pass


main()
