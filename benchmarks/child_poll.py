"""The child's end of the poll: ``requests`` says what is asked, ``block`` measures it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from benchmarks import seeding, timing
from benchmarks.projects import empty

# Short blocks, and many: a burst of other work on the machine spoils one, not all.
WARM_UP, ROUNDS = 18, 90


def prepare(project: Any) -> Callable[[str], Any]:
    """Seed, and return what answers a word."""
    clients = {name: signed_in(user) for name, user in seeding.seed(project).items()}
    handler = WSGIHandler()

    def told(word: str) -> Any:
        subjects = subjects_for(project, clients)
        if word == "requests":
            return [[*subject, timing.queries(handler, subject)] for subject in subjects]
        timing.medians_of_requests(handler, subjects, WARM_UP)
        return timing.medians_of_requests(handler, subjects, ROUNDS)

    return told


def signed_in(user: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def cookie_of(client: Client) -> str:
    """What that browser sends to be known."""
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def subjects_for(project: Any, clients: dict[str, Client]) -> list[timing.Subject]:
    """What is compared, asked for anew each time: a poll's token ages."""
    cookies = {person: cookie_of(client) for person, client in clients.items()}
    return [
        timing.Subject("empty", empty.PATH, cookies["light"], 204),
        *(
            timing.Subject(person, project.poll(client), cookies[person], project.STATUS)
            for person, client in clients.items()
        ),
    ]
