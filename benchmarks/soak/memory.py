"""What the processes hold over time, and whether that grows."""

import json
import os
from pathlib import Path
from statistics import mean
from time import monotonic
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")
# Seconds after its start in which a process may still load and cache.
WARM_UP = 240
# What counts as growth: more than this share, and more than a slack, here in bytes.
SHARE, SLACK = 0.10, 5_000_000


class Growth(NamedTuple):
    """What something held soon after its start, and at the end."""

    name: str
    seconds: float
    first: float
    last: float
    slack: float

    @property
    def is_flat(self) -> bool:
        """Whether it has not grown by more than goes up and down anyway."""
        return self.last - self.first <= max(self.first * SHARE, self.slack)


class Samples:
    """Sizes over time, by name."""

    def __init__(self) -> None:
        self._sizes: dict[str, list[tuple[float, float]]] = {}
        self._slack: dict[str, float] = {}

    def add(self, name: str, size: float, slack: float = SLACK) -> None:
        """Note how large something is now; by up to ``slack`` it may go up and down."""
        self._sizes.setdefault(name, []).append((monotonic(), size))
        self._slack[name] = slack

    def add_processes(self, part: str, pids: list[int]) -> None:
        """Note what each process of a part holds."""
        for pid in pids:
            if size := resident(pid):
                self.add(f"{part} {pid}", size)

    def write(self, file: Path) -> None:
        """Write every size down, by name, with the seconds since the first one."""
        start = min(sizes[0][0] for sizes in self._sizes.values())
        since = {
            name: [(round(at - start), size) for at, size in sizes]
            for name, sizes in self._sizes.items()
        }
        file.write_text(json.dumps(since))

    def growths(self, least: float) -> list[Growth]:
        """Return the growth of each that was there for ``least`` seconds after warming up.

        The first and the last quarter of that time are compared.
        """
        found = []
        for name, sizes in self._sizes.items():
            start, end = sizes[0][0] + WARM_UP, sizes[-1][0]
            warm = [(at, size) for at, size in sizes if at >= start]
            if warm and end - start >= least:
                quarter = (end - start) / 4
                first = mean(size for at, size in warm if at <= start + quarter)
                last = mean(size for at, size in warm if at >= end - quarter)
                found.append(Growth(name, end - start, first, last, self._slack[name]))
        return found


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds, 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0
