"""How long things take: an act, or a request with all of Django and no server around it."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from random import sample
from statistics import median
from time import perf_counter_ns
from typing import Any, NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

# What a browser and htmx send.
HEADERS = {
    "HTTP_HOST": "127.0.0.1",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "HTTP_ACCEPT": "*/*",
    "HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.5",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
    "HTTP_REFERER": "http://127.0.0.1/board/",
    "HTTP_HX_REQUEST": "true",
    "HTTP_HX_CURRENT_URL": "http://127.0.0.1/board/",
}
SERVER = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": False,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Subject(NamedTuple):
    """A request that is measured, and the status that it must have."""

    name: str
    path: str
    cookie: str
    status: int

    def environ(self) -> dict[str, Any]:
        """What a server hands to Django for it."""
        path, _mark, query = self.path.partition("?")
        asked = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": self.cookie}
        return {**SERVER, **HEADERS, **asked, "wsgi.input": BytesIO()}


def nanoseconds(act: Callable[[], Any]) -> int:
    """How long it takes to do something."""
    start = perf_counter_ns()
    act()
    return perf_counter_ns() - start


def answering(handler: Callable[..., Any], subject: Subject) -> int:
    """How long one request takes, from the call to the closed response."""
    environ = subject.environ()
    start = perf_counter_ns()
    response = handler(environ, lambda status, headers: None)
    b"".join(response)
    response.close()
    took = perf_counter_ns() - start
    if response.status_code != subject.status:
        raise ValueError(f"{subject.path} answers {response.status_code}, not {subject.status}")
    return took


def medians(measures: dict[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """The median microseconds of each over so many rounds, in which each comes once.

    What ran just before decides what the caches hold, so every round has an order of its own.
    """
    took: dict[str, list[int]] = {name: [] for name in measures}
    for _round in range(rounds):
        for name in sample(list(measures), len(measures)):
            took[name].append(measures[name]())
    return {name: median(times) / 1000 for name, times in took.items()}


def medians_of_requests(
    handler: Callable[..., Any], subjects: list[Subject], rounds: int
) -> dict[str, float]:
    """The same for requests."""
    return medians({one.name: partial(answering, handler, one) for one in subjects}, rounds)


def queries(handler: Callable[..., Any], subject: Subject) -> int:
    """How many queries it runs."""
    with CaptureQueriesContext(connection) as captured:
        answering(handler, subject)
    return len(captured)
