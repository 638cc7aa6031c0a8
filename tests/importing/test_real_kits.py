"""The real kits write their tables, at their newest versions, and this one reads them.

``make old-kits`` installs them into virtual environments of their own: django-notifications-hq runs
on no Django that this kit runs on, and its fork cannot be installed beside it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
HELPERS = ROOT / "tests" / "helpers"

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="runs once, beside the workers on PostgreSQL"
    ),
]


@pytest.fixture
def moved(tmp_path):
    """Let a kit write its rows, and move over; what there is then, and what the command said."""

    def moved(environment, app, *words, beside=False):
        database = tmp_path / "db.sqlite3"
        python = ROOT / ".old-kits" / environment / "bin" / "python"
        if not database.exists():
            if not python.exists():
                missing = pytest.fail if os.environ.get("CI") else pytest.skip
                missing("The other kits are not installed; `make old-kits` installs them.")
            run(python, HELPERS / "old_project.py", app, database)
        ours, old = (python, app) if beside else (sys.executable, "")
        done = run(ours, HELPERS / "moved_project.py", database, old, "--from", app, *words)
        return json.loads(done.stdout), done.stderr

    return moved


def run(*command):
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done


@pytest.mark.parametrize("environment", ["hq", "others"])
def test_notifications_of_django_notifications_and_of_its_fork_come_over(moved, environment):
    found, said = moved(environment, "notifications")

    page = ["/about/", "flatpages", "FlatPage"]
    moved_to = "grace moved /about/ -- About us on Team"
    late = ["/about/ -- About us is late", "", "danger", *page, False, False]
    assert found["notifications"] == [
        ["ada", "grace joined", "", "info", "", "", "", True, False],
        ["ada", "grace changed /about/ -- About us", "Two words.", "info", *page, False, False],
        ["ada", *late],
        ["grace", *late],
        ["ada", moved_to, "", "info", "/about/", "auth", "Group", True, True],
    ]
    assert "Imported 5 notification(s): 3 unread, 1 read, 1 dismissed." in said

    again, said = moved(environment, "notifications")
    assert again == found
    nothing, said = moved(environment, "notifications", "--undo")
    assert nothing["notifications"] == []


def test_notifications_and_preferences_of_django_generic_notifications_come_over(moved):
    found, said = moved("others", "generic_notifications")

    page = ["/about/", "comment", "FlatPage"]
    system = ["", "info", "", "system_message", "", False, False]
    assert found["notifications"] == [
        ["ada", "New comment", "Hi!", "info", *page, False, False],
        ["grace", "Read", "", "info", "/read/", "comment", "", True, False],
        ["grace", "System message", *system],
    ]
    assert found["preferences"] == [["ada", "like", False, None], ["grace", "comment", None, False]]
    assert "Left out 1: not on the channel 'website'." in said
    assert "how often e-mails come, since themis_htmx.mail is not installed" in said

    nothing, _said = moved("others", "generic_notifications", "--undo")
    assert nothing == {"notifications": [], "preferences": []}


def test_type_that_is_still_installed_gives_the_words_that_are_not_stored(moved):
    found, _said = moved("others", "generic_notifications", beside=True)

    system = "System Message: System Message"
    assert [row[1:3] for row in found["notifications"]] == [
        ["New comment", "Hi!"],
        ["Read", ""],
        [system, "Important system notifications"],
    ]


def test_fork_of_django_notifications_may_stay_installed(moved):
    found, _said = moved("others", "notifications", beside=True)

    assert len(found["notifications"]) == 5
