"""What a poll costs: every kit on every database, in turns, and a table at the end."""

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks import report, serving
from benchmarks.children import Child
from benchmarks.turns import databases, foot, in_turns, tell

BLOCKS, HTTP_ROUNDS = 20, 4


def main() -> None:
    """Measure, then print the table, the limits and the versions."""
    columns: list[report.Column] = []
    versions: dict[str, str] = {"wrk": serving.wrk_version() or "not on PATH: HTTP is skipped"}
    queries: dict[tuple[str, str], int] = {}
    for title, children, said in databases("poll"):
        versions |= said
        queries |= queries_of(children)
        columns += measured(title, children)
    columns.sort(key=lambda column: column.what == report.RATE)
    print(*report.table(columns, queries), "", *report.limits(columns), foot(versions), sep="\n")


def measured(title: str, children: list[Child]) -> Iterator[report.Column]:
    """The columns of one database."""
    tell(f"{title}: {BLOCKS} blocks at the WSGI level")
    blocks = in_turns(children, BLOCKS, lambda child: child.ask("block"))
    yield report.Column(title, report.TIME, blocks)
    if not serving.wrk_version():
        return
    tell(f"{title}: {HTTP_ROUNDS} rounds over HTTP")
    with ExitStack() as stack:
        ports = {child: stack.enter_context(serving.served(child)) for child in children}
        rates = in_turns(
            children, HTTP_ROUNDS, lambda child: serving.requests_per_second(child, ports[child])
        )
    yield report.Column(title, report.RATE, rates)


def queries_of(children: list[Child]) -> dict[tuple[str, str], int]:
    """How many queries each request runs."""
    asked = {child.kit.name: child.ask("requests") for child in children}
    return {(kit, request[0]): request[-1] for kit, said in asked.items() for request in said}
