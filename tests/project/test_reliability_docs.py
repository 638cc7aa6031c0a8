"""The page about reliability names a test in each row, and each line that the kit logs."""

import ast
import re

from tests.helpers.named_tests import ROOT, Page, names_of_tests

PAGE = Page("reliability.md")
LEVELS = {"warning", "error", "exception"}


def test_every_test_that_the_reliability_page_names_exists():
    named = PAGE.names()

    assert len(named) > 60
    assert named - names_of_tests() == set()


def test_every_row_of_the_reliability_page_names_a_test():
    assert len(list(PAGE.rows())) > 45
    assert PAGE.rows_without_a_test() == []


def test_reliability_page_names_every_line_of_the_log_that_is_a_warning_or_an_error():
    said = re.findall(r"^\| `([^`]+)` \| `(?:ERROR|WARNING)`", PAGE.text, re.M)
    logged = set(lines_of_the_log())

    assert len(logged) > 12
    assert [line for line in logged if not line.startswith(tuple(said))] == []


def lines_of_the_log():
    """The lines that the package logs at these levels, with … in the place of what is filled in."""
    for path in (ROOT / "themis_htmx").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in logging_calls():
                first = node.args[0]
                text = words[first.id] if isinstance(first, ast.Name) else first.value
                yield re.sub(r"%[rsd]", "…", text)


def logging_calls():
    return {f"logger.{level}" for level in LEVELS}
