"""Pages of the documentation that name tests: in tables, whose last column is `tests`."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def names_of_tests():
    """The names of all test functions in tests/ and e2e/."""
    names = set()
    for folder in ("tests", "e2e"):
        for path in (ROOT / folder).rglob("test_*.py"):
            if "node_modules" not in path.parts:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                names |= {node.name for node in tree.body if isinstance(node, FUNCTIONS)}
    return {name for name in names if name.startswith("test_")}


class Page:
    """A page in docs/, and what it says about tests."""

    def __init__(self, name):
        self.text = (ROOT / "docs" / name).read_text(encoding="utf-8")

    def names(self):
        """The tests that the page names anywhere."""
        return set(re.findall(r"\btest_\w+", self.text))

    def rows(self):
        """The rows of each table that has a column of tests: lists of cells."""
        tables = re.findall(r"^\|.*\btests \|\n\|[-|]+\n((?:\|.*\n)+)", self.text, re.M)
        for table in tables:
            yield from (line.strip("|").split(" | ") for line in table.splitlines())

    def rows_without_a_test(self):
        """The first cells of the rows that name no test."""
        return [cells[0] for cells in self.rows() if "`test_" not in cells[-1]]
