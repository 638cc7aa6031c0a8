"""The progress bar of a command that runs on a terminal."""

from django.core.management.base import OutputWrapper

WIDTH = 30


def draw(stdout: OutputWrapper, share: float, label: str = "") -> None:
    """Draw the bar anew, and end its line once ``share`` is 1; ``label`` stands before it."""
    done = round(share * WIDTH)
    bar = "#" * done + "." * (WIDTH - done)
    stdout.write(f"\r{label}[{bar}] {share:4.0%}", ending="\n" if share == 1 else "")
    stdout.flush()
