"""A project that has not installed the app of e-mail: nothing of it is there."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
import json
import django
from django.conf import settings
from tests import settings as tested

named = {name: getattr(tested, name) for name in dir(tested) if name.isupper()}
named["INSTALLED_APPS"] = [
    app for app in named["INSTALLED_APPS"] if WITH_MAIL or not app.startswith("themis_htmx.")
]
named["DATABASES"] = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
settings.configure(**named)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.outlets import registered

call_command("migrate", run_syncdb=True, verbosity=0)
users = [User.objects.create(username=f"user{number}") for number in range(5)]

queries = {}

def count(name, call):
    with CaptureQueriesContext(connection) as captured:
        call()
    statements = [each["sql"] for each in captured]
    queries[name] = sum(sql not in ("BEGIN", "COMMIT") for sql in statements)

count("one", lambda: notify_user(users[0], "News"))
count("urgent", lambda: notify_user(users[0], "Server down", level="danger"))
count("many", lambda: notify_users(users, "News"))
count("profile", lambda: users[0].themis_profile.save())
try:
    address = reverse("themis:mail_preferences")
except NoReverseMatch:
    address = None
tables = [name for name in connection.introspection.table_names() if "themis" in name]
outlets = [outlet.name for outlet in registered()]
print(json.dumps([queries, tables, address, outlets]))
"""


def told(with_mail):
    """The numbers of queries of calls, the kit's tables, an address of e-mail, and the outlets."""
    code = PROJECT.replace("WITH_MAIL", str(with_mail))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_project_without_the_app_has_no_table_query_or_address_of_it():
    queries, tables, address, outlets = told(with_mail=False)

    assert (address, outlets) == (None, [])
    assert not any("themis_mail" in name for name in tables)
    # Each asks for the profile, and writes; many are asked for in the statement that writes.
    assert queries == {"one": 2, "urgent": 2, "many": 1, "profile": 2}


def test_project_with_the_app_has_two_queries_more():
    """What is urgent pulls a row forward, and a profile may have moved a summary."""
    queries, tables, _address, _outlets = told(with_mail=True)

    assert any("themis_mail" in name for name in tables)
    assert queries == {"one": 2, "urgent": 3, "many": 1, "profile": 3}
