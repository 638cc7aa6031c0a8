"""A process that calls the kit as a project does, and keeps a book of it.

Each kind of call has a thread of its own. A call that raises is repeated where the kit says that
it may be. A line on the standard input ends it: what is under way is finished, then the book is
written to the file that the command names.
"""

import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from themis.notifications import notify_user, notify_users
from themis_htmx.tasks import notify_users_later

# Seconds until a call that raised is repeated.
PAUSE = 0.5


class Entry(NamedTuple):
    """What one call was to do, and how it went."""

    kind: str
    number: int
    # Keys of users.
    users: list[int]
    # "returned", "raised" or "undone".
    outcome: str
    # Of the call that returned.
    seconds: float
    # Errors before it did.
    errors: int


class Kind(NamedTuple):
    """A kind of call, and how often it is made."""

    name: str
    seconds: float
    call: Callable[["Sender", int], list[Any]]
    # Whether it is repeated until it returns.
    repeats: bool = True


class UndoneError(Exception):
    """Undoes a transaction."""


class Sender:
    """One thread, which makes calls of one kind."""

    def __init__(self, kind: Kind, people: dict[str, list[Any]], book: list[Entry]) -> None:
        self.kind, self.people, self._book = kind, people, book
        self.numbers = count()

    def run(self, over: Event) -> None:
        """Call until ``over`` is set."""
        while not over.wait(self.kind.seconds):
            self._book.append(self._call(next(self.numbers)))

    def one(self, audience: str, number: int) -> Any:
        """Return the user of an audience whose turn it is."""
        users = self.people[audience]
        return users[number % len(users)]

    def source(self, number: int) -> dict[str, Any]:
        """Return the source by which the book finds the rows of a call."""
        return {"source_app": "soak", "source_model": self.kind.name, "source_id": number}

    def _call(self, number: int) -> Entry:
        for errors in count():
            start = monotonic()
            try:
                users = self.kind.call(self, number)
            except UndoneError as error:
                return Entry(self.kind.name, number, _keys(error.args[0]), "undone", 0, errors)
            except Exception as error:
                say(f"{self.kind.name} {number}: {type(error).__name__}: {error}")
                _forget_connection()
                if not self.kind.repeats:
                    return Entry(self.kind.name, number, [], "raised", 0, errors + 1)
                Event().wait(PAUSE)
            else:
                taken = monotonic() - start
                return Entry(self.kind.name, number, _keys(users), "returned", taken, errors)
        raise AssertionError


def once(sender: Sender, number: int) -> list[Any]:
    """Notify one of those with a page; a repeated call notifies nobody twice."""
    user = sender.one("pages", 7 * number)
    notify_user(user, f"One {number}", deduplicate=True, **sender.source(number))
    return [user]


def plain(sender: Sender, number: int) -> list[Any]:
    """Notify one of them by a call that is not repeated."""
    user = sender.one("pages", 11 * number)
    notify_user(user, f"Plain {number}", **sender.source(number))
    return [user]


def undone(sender: Sender, number: int) -> list[Any]:
    """Notify one of them within a transaction that is undone."""
    user = sender.one("pages", 13 * number)
    with transaction.atomic():
        notify_user(user, f"Undone {number}", **sender.source(number))
        raise UndoneError([user])


def view(sender: Sender, number: int) -> list[Any]:
    """Have a view of the site notify one of them."""
    user = sender.one("pages", 17 * number)
    port = settings.SOAK["pages"]
    data = urlencode({"user": user.pk, "number": number}).encode()
    with urlopen(f"http://127.0.0.1:{port}/soak/notify/", data, timeout=15):
        return [user]


def many(sender: Sender, number: int) -> list[Any]:
    """Notify all who have a page."""
    users = sender.people["pages"]
    notify_users(users, f"Many {number}", deduplicate=True, **sender.source(number))
    return users


def later(sender: Sender, number: int) -> list[Any]:
    """Notify all who have a page or get e-mails, by the worker."""
    users = sender.people["pages"] + sender.people["mailed"]
    source = sender.source(number)
    notify_users_later(users, f"Later {number}", chunk_size=500, deduplicate=True, **source)
    return users


def urgent(sender: Sender, number: int) -> list[Any]:
    """Notify one of those who get an e-mail for it."""
    user = sender.one("mailed", number)
    title = f"Urgent {number:06}"
    notify_user(user, title, level="danger", deduplicate=True, **sender.source(number))
    return [user]


def push(sender: Sender, number: int) -> list[Any]:
    """Notify one of those whose browser gets a message."""
    user = sender.one("pushed", number)
    notify_user(user, f"Push {number:06}", deduplicate=True, **sender.source(number))
    return [user]


KINDS = [
    Kind("once", 0.3, once),
    Kind("plain", 0.4, plain, repeats=False),
    Kind("undone", 1, undone),
    Kind("view", 1, view),
    Kind("many", 20, many),
    Kind("later", 60, later),
    # Nobody's turn comes twice within a quarter of an hour, which would keep an e-mail waiting.
    Kind("urgent", 0.6, urgent),
    Kind("push", 0.8, push),
]

_saying = Lock()


def say(words: str) -> None:
    """Print a line into the log."""
    with _saying:
        print(words, flush=True)


def main(people_file: str, book_file: str) -> None:
    """Read who there is, call until told to stop, and write the book."""
    keys: dict[str, list[int]] = json.loads(Path(people_file).read_text())
    found = get_user_model().objects.in_bulk()
    people = {name: [found[key] for key in mine] for name, mine in keys.items()}
    book: list[Entry] = []
    over = Event()
    threads = [Thread(target=Sender(kind, people, book).run, args=[over]) for kind in KINDS]
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    over.set()
    for thread in threads:
        thread.join()
    Path(book_file).write_text(json.dumps([entry._asdict() for entry in book]))


def _keys(users: list[Any]) -> list[int]:
    return [user.pk for user in users]


def _forget_connection() -> None:
    # Nobody else does so outside of requests and tasks.
    connection.close()
