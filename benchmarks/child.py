"""What runs in the environment of one kit: it seeds, then measures when it is told to.

A word on a line comes in, and a line of JSON goes out. Which words there are is the suite's choice.
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
from django.db import OperationalError, connection


def main(suite: str) -> None:
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
        answer(suite)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def answer(suite: str) -> None:
    """Seed, say what is here, then do as told."""
    project = import_module(settings.ROOT_URLCONF)
    told = import_module(f"benchmarks.child_{suite}").prepare(project)
    say(versions())
    for word in sys.stdin:
        say(told(word.strip()))


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
    main(sys.argv[1])
