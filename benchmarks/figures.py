"""The figures of the inbox, their limits, and the tables that show them."""

from collections.abc import Iterator
from math import inf
from statistics import median
from typing import NamedTuple

from benchmarks.kits import KITS, OURS
from benchmarks.report import row, verdict

# For each database and figure: for each kit its blocks, each the kit's number and, where there is
# something to compare with, the number of that.
Blocks = dict[str, dict[str, list[list[float]]]]
Found = dict[str, Blocks]
KILOBYTES_8 = 8 * 1024


class Figure(NamedTuple):
    """What is measured, beside what, and the limit of it."""

    title: str
    beside: str = ""
    most: float = inf
    unit: str = "µs"
    # Whether the limit is one of the number itself, and not of the ratio.
    is_absolute: bool = False

    def value(self, block: list[float]) -> float:
        """What is held to the limit."""
        return block[0] if self.is_absolute else block[0] / block[1]

    def cell(self, blocks: list[list[float]]) -> str:
        """The ratio and what it is made of, or the number where there is no other."""
        own, *others = map(median, zip(*blocks, strict=True))
        if not others:
            return f"{own:.0f} {self.unit}"
        ratio = median(one / other for one, other in blocks)
        thousands = self.unit == "µs" and min(own, *others) >= 10_000
        size, unit = (1000, "ms") if thousands else (1, self.unit)
        return f"{ratio:.2f} ({own / size:.0f} of {others[0] / size:.0f} {unit})"

    def subject(self) -> str:
        """What its limit is about."""
        if not self.beside:
            return self.title
        return (
            f"{self.title}, {HELD}" if self.is_absolute else f"{self.title} ÷ {self.beside}, {HELD}"
        )


# The limits are about this one; the others show what the same costs elsewhere.
HELD = "PostgreSQL"
ONE = "`create()` of a plain row"
FIGURES = {
    "send": Figure("send one", ONE, 1.8),
    "once": Figure("send one, deduplicated", ONE, 2.6),
    "committed": Figure("send one and commit it", ONE),
    "fan_out": Figure("send to 10,000 users", "`bulk_create()` of 10,000 plain rows", 1.2),
    "page": Figure("page 1 of 100,000", "a plain list of 20 rows", 2.5),
    "deep": Figure("page 1,000 of it", "its own page 1", 1.1),
    "mark": Figure("mark 50,000 read", "the same `UPDATE` in SQL", 1.5),
    "clean": Figure("clean up 100,000 of 250,000", "the same `DELETE` in SQL", 1.5),
    "row": Figure("bytes a row, with indexes", "a plain row", 260, "B", is_absolute=True),
    "js": Figure("scripts, gzipped", "", KILOBYTES_8, "B", is_absolute=True),
    "css": Figure("styles, gzipped", "", KILOBYTES_8, "B", is_absolute=True),
}


def table(title: str, found: Blocks) -> Iterator[str]:
    """One row for each figure, as Markdown."""
    yield row(title, "÷", *(kit.package for kit in KITS.values()))
    yield row(*["---"] * (len(KITS) + 2))
    for name, figure in FIGURES.items():
        blocks = found.get(name, {})
        cells = [figure.cell(blocks[kit]) if kit in blocks else "—" for kit in KITS]
        yield row(figure.title, figure.beside or "—", *cells)


def limits(found: Found) -> Iterator[str]:
    """A line for each limit."""
    for name, figure in FIGURES.items():
        blocks = found.get(HELD, {}).get(name, {})
        if figure.most < inf and blocks:
            values = [figure.value(block) for block in blocks[OURS.name]]
            yield verdict(figure.subject(), values, most=figure.most)
