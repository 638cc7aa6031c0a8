"""``python -m benchmarks``: measure the poll, then the inbox; a word chooses one of them."""

import sys

from benchmarks import inbox, poll

SUITES = {"poll": poll.main, "inbox": inbox.main}


def main(words: list[str]) -> None:
    """Run the suites that are named, or all."""
    if unknown := set(words) - SUITES.keys():
        raise SystemExit(f"unknown: {', '.join(unknown)}; there is {' and '.join(SUITES)}.")
    for word in words or SUITES:
        SUITES[word]()


main(sys.argv[1:])
