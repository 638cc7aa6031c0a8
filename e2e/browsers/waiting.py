"""Waiting for what is to be seen."""

import time


def wait_until(ready, seconds=10):
    """Ask again and again until ``ready()`` is; return what it is."""
    for _ in range(seconds * 50):
        if answer := ready():
            return answer
        time.sleep(0.02)
    raise AssertionError("What was waited for did not come.")
