"""What runs in the environment of one kit: it seeds, then measures when it is told to.

A word on a line comes in (``requests`` or ``block``), and a line of JSON goes out.
"""

import json
import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection
from django.test import Client

from benchmarks import seeding, timing
from benchmarks.projects import empty

# Short blocks, and many: a burst of other work on the machine spoils one, not all.
WARM_UP, ROUNDS = 18, 90


def main() -> None:
    """Make the database, answer until the input ends, and remove the database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    name = connection.settings_dict["NAME"]
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    except OperationalError as error:
        say({"missing": str(error).strip()})
        return
    try:
        answer()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def answer() -> None:
    """Say what is here, then do as told."""
    project = import_module(settings.ROOT_URLCONF)
    clients = {name: signed_in(user) for name, user in seeding.seed(project).items()}
    handler = WSGIHandler()
    say(versions())
    for word in sys.stdin:
        subjects = subjects_for(project, clients)
        if word.strip() == "requests":
            say([[*subject, timing.queries(handler, subject)] for subject in subjects])
        else:
            timing.medians(handler, subjects, WARM_UP)
            say(timing.medians(handler, subjects, ROUNDS))


def signed_in(user: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def subjects_for(project: Any, clients: dict[str, Client]) -> list[timing.Subject]:
    """What is compared, asked for anew each time: a poll's token ages."""
    name = settings.SESSION_COOKIE_NAME
    cookies = {person: f"{name}={client.cookies[name].value}" for person, client in clients.items()}
    return [
        timing.Subject("empty", empty.PATH, cookies["light"], 204),
        *(
            timing.Subject(person, project.poll(client), cookies[person], project.STATUS)
            for person, client in clients.items()
        ),
    ]


def versions() -> dict[str, str]:
    """What is measured, and with what."""
    names = [settings.KIT.package, "Django", "psycopg", "gunicorn"]
    database = ".".join(map(str, connection.get_database_version()))
    return {
        "Python": platform.python_version(),
        **{name: version(name) for name in names},
        connection.display_name: database,
    }


def say(something: Any) -> None:
    """One line for the parent."""
    print(json.dumps(something), flush=True)


if __name__ == "__main__":
    main()
