"""What an inbox costs: writing, listing, reading and cleaning, each beside something plain."""

from typing import Any

from benchmarks import figures
from benchmarks.children import Child
from benchmarks.turns import databases, foot, in_turns, tell

# How many blocks of each; what takes long in one of them is many times that of a short one.
BLOCKS = {
    "weights": 1,
    "sends": 10,
    "commits": 8,
    "fan_out": 6,
    "pages": 6,
    "mark": 6,
    "clean": 6,
}
# A kit that takes longer for a block is asked once.
PATIENCE = 8


def main() -> None:
    """Measure, then print a table for each database, the limits and the versions."""
    found: figures.Found = {}
    versions: dict[str, str] = {}
    for title, children, said in databases("inbox"):
        versions |= said
        found[title] = measured(title, children)
    for title, blocks in found.items():
        print(*figures.table(title, blocks), "", sep="\n")
    print(*figures.limits(found), foot(versions), sep="\n")


def measured(title: str, children: list[Child]) -> figures.Blocks:
    """For each figure the blocks of each kit that has it."""
    blocks: figures.Blocks = {}
    for word, number in BLOCKS.items():
        tell(f"{title}: {number} blocks of {word.replace('_', ' ')}")
        answers = in_turns(children, number, asking(word), PATIENCE)
        for kit, said in answers.items():
            for block in said:
                for figure, numbers in block.items():
                    blocks.setdefault(figure, {}).setdefault(kit, []).append(numbers)
    return blocks


def asking(word: str) -> Any:
    """What asks a child that."""
    return lambda child: child.ask(word)
