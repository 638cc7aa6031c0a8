"""``python -m benchmarks``: measure the poll."""

from benchmarks.poll import main

main()
