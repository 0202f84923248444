"""Signals as a user's shell hands them on: run in the background, a shell ignores Ctrl-C for its children."""

import signal

for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
