"""The child's end of the inbox: each word is something to do, beside what it is compared with.

An answer has for each figure two numbers: the kit's, and that of what it is compared with.
"""

from collections.abc import Callable
from typing import Any

from benchmarks import acts, pages, stocking

WORDS: dict[str, Callable[[Any, stocking.Stock], dict[str, Any]]] = {
    "weights": lambda project, stock: stock.weights,
    "sends": acts.sends,
    "commits": acts.commits,
    "fan_out": acts.fan_out,
    "pages": pages.pages,
    "mark": acts.mark,
    "clean": acts.clean,
}


def prepare(project: Any) -> Callable[[str], dict[str, Any]]:
    """Seed, and return what answers a word."""
    stock = stocking.fill(project)
    return lambda word: WORDS[word](project, stock)
