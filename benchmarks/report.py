"""The table of ratios, and whether the limits are met."""

from collections.abc import Iterator
from math import inf
from statistics import median
from typing import NamedTuple

from benchmarks.kits import KITS, OURS

PEOPLE = {"light": "500 notifications", "heavy": "100,000 notifications"}
TIME, RATE = "time", "requests a second"
UNITS = {TIME: " µs", RATE: ""}
MOST_TIME, MOST_APART, LEAST_RATE = 0.40, 1.10, 1.6


class Column(NamedTuple):
    """What was measured one way: for each kit its blocks, each with a number a request."""

    database: str
    what: str
    blocks: dict[str, list[dict[str, float]]]

    def title(self) -> str:
        """What stands at its head."""
        return f"{self.what}, {self.database}"

    def ratios(self, kit: str, person: str, beside: str = "empty") -> list[float]:
        """A request beside another one, block by block."""
        return [block[person] / block[beside] for block in self.blocks[kit]]

    def cell(self, kit: str, person: str) -> str:
        """The ratio, and what it is made of."""
        own, empty = (median(b[name] for b in self.blocks[kit]) for name in (person, "empty"))
        ratio = median(self.ratios(kit, person))
        return f"{ratio:.2f} ({own:.0f} of {empty:.0f}{UNITS[self.what]})"


def table(columns: list[Column], queries: dict[tuple[str, str], int]) -> Iterator[str]:
    """One row for each kit and person, as Markdown."""
    yield row("÷ the empty view", "queries", *(column.title() for column in columns))
    yield row(*["---"] * (len(columns) + 2))
    yield row("an empty `login_required` view", queries[OURS.name, "empty"], *["1"] * len(columns))
    for kit in KITS.values():
        for person, has in PEOPLE.items():
            cells = [column.cell(kit.name, person) for column in columns]
            yield row(f"{kit.package}, {has}", queries[kit.name, person], *cells)


def limits(columns: list[Column]) -> Iterator[str]:
    """A line for each limit."""
    for column in columns:
        bound = {"most": MOST_TIME} if column.what == TIME else {"least": LEAST_RATE}
        # The time of who has very many is held to that of who has few.
        held = ["light"] if column.what == TIME else list(PEOPLE)
        for person in held:
            ratios = column.ratios(OURS.name, person)
            yield verdict(f"{column.title()}, {PEOPLE[person]}", ratios, **bound)
        if column.what == TIME:
            apart = column.ratios(OURS.name, "heavy", beside="light")
            yield verdict(f"{column.title()}, 100,000 ÷ 500", apart, most=MOST_APART)


def verdict(what: str, ratios: list[float], most: float = inf, least: float = 0) -> str:
    """The limit, the median of the blocks with their range, and met or not met."""
    # Ratios are small, bytes are many.
    digits = 2 if max(ratios) < 100 else 0
    limit = f"at least {least:.{digits}f}" if least else f"at most {most:.{digits}f}"
    found = median(ratios)
    word = "met" if least <= found <= most else "NOT MET"
    blocks = f"blocks {min(ratios):.{digits}f} to {max(ratios):.{digits}f}"
    return f"- limit {limit}: {found:.{digits + bool(digits)}f} ({blocks}), {word}: {what}"


def row(*cells: object) -> str:
    """A row of a table, as Markdown."""
    return f"| {' | '.join(map(str, cells))} |"
