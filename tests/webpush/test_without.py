"""A project that leaves the app out: nothing of it is there, nor loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LOOK = """
import json, sys
from tests import settings
for app in WITHOUT:
    settings.INSTALLED_APPS.remove(app)
del settings.THEMIS_WEBPUSH
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.urls import NoReverseMatch, reverse
from django.contrib.auth.models import User
from themis_htmx.notifications import notify_user
setup_test_environment()
call_command("migrate", verbosity=0)
user = User.objects.create_user("ada")
client = Client()
client.force_login(user)
try:
    address = reverse("themis:push_state")
except NoReverseMatch:
    address = ""
notify_user(user, "News")
client.get(reverse("themis:inbox"))
with CaptureQueriesContext(connection) as asked:
    notify_user(user, "News")
    sent = [query["sql"] for query in asked]
with CaptureQueriesContext(connection) as asked:
    client.get(reverse("themis:inbox"))
    page = [query["sql"] for query in asked]
print(json.dumps({
    "tables": [name for name in connection.introspection.table_names() if "push" in name],
    "modules": [name for name in sys.modules if "webpush" in name or name == "cryptography"],
    "head": Template("{% load themis %}{% themis_head %}").render(Context()),
    "preferences": client.get(reverse("themis:preferences")).content.decode(),
    "worker": client.get(reverse("themis:service_worker")).content.decode(),
    "address": address,
    "sent": sent,
    "page": page,
}))
"""


def look(*without):
    """What a project finds that leaves these apps out."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment["THEMIS_TEST_DATABASE"] = "sqlite"
    command = [sys.executable, "-c", LOOK.replace("WITHOUT", repr(without))]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_project_without_the_app_has_nothing_of_it():
    found = look("themis_htmx.webpush")

    worker = ROOT / "themis_htmx" / "static" / "themis_htmx" / "worker.js"
    assert found.pop("worker") == worker.read_text(encoding="utf-8")
    head = found.pop("head")
    assert head.count("<script") == 1
    assert head.endswith("></script>\n")
    assert "push" not in head
    assert "themis-push" not in found.pop("preferences")
    assert not [sql for sql in found.pop("sent") + found.pop("page") if "push" in sql]
    assert found == {"tables": [], "modules": [], "address": ""}


def test_call_and_page_of_a_project_without_the_apps_ask_as_few_queries_as_ever():
    found = look("themis_htmx.webpush", "themis_htmx.mail")

    assert len(found["sent"]) == 2, found["sent"]
    assert len(found["page"]) == 6, found["page"]
