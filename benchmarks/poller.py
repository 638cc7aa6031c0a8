"""One page's poller: what themis.js does in poll(), schedule(), polled() and start().

tests/test_schedule_script.py runs the script's own functions beside it.
"""

from collections.abc import Callable
from math import inf

# Seconds; the script has milliseconds.
SLOWEST, TIMEOUT = 600.0, 11.0
NEVER = inf


class Poller:
    """A page and its timer; times are given to it, so that an hour passes in seconds."""

    __slots__ = ("again", "asked", "begun", "draw", "due", "failures", "hidden", "interval")

    def __init__(self, interval: float, draw: Callable[[], float]) -> None:
        self.interval, self.draw = interval, draw
        self.hidden, self.failures, self.due = False, 0, NEVER

    def load(self, now: float) -> None:
        """A page has loaded, and with it the script."""
        self.failures = 0
        self.start(now)

    def start(self, now: float) -> None:
        """A bell has come into the page: where htmx swaps the body, the script stays."""
        self.asked = -inf
        self.begun = self.again = False
        self.schedule(now)

    def poll(self, now: float) -> bool:
        """Whether a request goes out: not while nobody looks, and one at a time."""
        if self.hidden:
            return False
        if now - self.asked < TIMEOUT:
            self.again = True
            return False
        self.begun = True
        self.asked = now
        self.schedule(now)
        return True

    def schedule(self, now: float, least: float = 0.0) -> None:
        """Set the timer, and with it aside the one before."""
        slowed = min(self.interval * 2**self.failures, max(SLOWEST, self.interval))
        share = 0.8 + 0.4 * self.draw() if self.begun else self.draw()
        self.due = now + max(slowed * share, least)

    def polled(self, now: float, *, good: bool, retry_after: float = 0.0) -> bool:
        """Take the answer; whether another request goes out, for what was asked meanwhile."""
        self.asked = -inf
        self.failures = 0 if good else self.failures + 1
        self.schedule(now, retry_after)
        asks = self.again and self.poll(now)
        self.again = False
        return asks
