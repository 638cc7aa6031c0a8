"""The pages of a list, as requests: the first beside a plain one, and one far down."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from benchmarks import rows, timing
from benchmarks.acts import expect
from benchmarks.child_poll import cookie_of, signed_in
from benchmarks.plain import views
from benchmarks.stocking import Stock

WARM_UP, ROUNDS = 3, 12
DEEP = 1_000


def pages(project: Any, stock: Stock) -> dict[str, list[float]]:
    """Page 1 beside the plain list, and page 1,000 beside page 1 asked for in the same way."""
    client = signed_in(stock.heavy)
    found = {"plain": (views.PATH, "<li", 1), **project.pages(stock.heavy, DEEP)}
    for name, (path, item, page) in found.items():
        check(name, client.get(path), item, page)
    subjects = [
        timing.Subject(name, path, cookie_of(client), 200) for name, (path, *_) in found.items()
    ]
    handler = WSGIHandler()
    timing.medians_of_requests(handler, subjects, WARM_UP)
    took = timing.medians_of_requests(handler, subjects, ROUNDS)
    return {"page": [took["first"], took["plain"]], "deep": [took["deep"], took["near"]]}


def check(name: str, response: Any, item: str, page: int) -> None:
    """Make sure that it shows the twenty rows of that page."""
    shown = response.content.decode()
    expect(f"status of {name}", response.status_code, 200)
    expect(f"rows on {name}", shown.count(item), views.PAGE_SIZE)
    newest = rows.HEAVY - 1 - (page - 1) * views.PAGE_SIZE
    oldest = newest - views.PAGE_SIZE + 1
    # As every kit's title has it: "Task 7 was …", "assigned task 7 to …".
    found = [f"ask {number} " in shown for number in (newest, oldest)]
    expect(f"newest and oldest on {name}", found, [True, True])
