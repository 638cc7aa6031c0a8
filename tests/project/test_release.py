"""What a release is held to: the same bytes each time, a version said once, types for others."""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest

from tests.helpers.packages import ROOT, environment, run
from themis_htmx import __version__

pytestmark = pytest.mark.packaging

# Bytes. About a fifth of the wheel are the translations into ten languages.
WHEEL_LIMIT = 440_000
PYRIGHT = ROOT / "e2e" / "node_modules" / ".bin" / "pyright"
# A module of a project. Each `assert_type` fails unless the checker knows just that type.
PROJECT = """
from typing import assert_type

from django.contrib.auth.models import User
from django.db.models import QuerySet

from themis.notifications import notify_user as same_notify_user
from themis_htmx.channels import Channel, wanted
from themis_htmx.levels import Level
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import anotify_user, anotify_users, notify_user, notify_users
from themis_htmx.signals import notification_created
from themis_htmx.testing import assert_notified


def tell(user: User, team: QuerySet[User]) -> None:
    assert_type(notify_user(user, "Saved", level=Level.WARNING), UserNotification | None)
    assert_type(same_notify_user(None, "Saved"), UserNotification | None)
    assert_type(notify_users(team, "Saved", batch_size=100), int)
    assert_type(assert_notified(user, title="Saved"), UserNotification)


async def tell_later(user: User, team: QuerySet[User]) -> None:
    assert_type(await anotify_user(user, "Saved"), UserNotification | None)
    assert_type(await anotify_users(team, "Saved"), int)


def on_created(notifications: list[UserNotification], **options: object) -> None:
    assert_type(wanted(notifications, Channel.EMAIL), list[UserNotification])


def ask(profile: UserProfile) -> None:
    assert_type(profile.is_quiet(), bool)


notification_created.connect(on_created)
"""
# Only mypy has a plugin that reads Django's querysets and fields.
QUERIES = """
from typing import assert_type

from django.contrib.auth.models import User

from themis_htmx.models import UserNotification


def count(user: User) -> None:
    assert_type(UserNotification.objects.for_user(user).unread().count(), int)
    for notification in UserNotification.objects.about("tasks", "Task", 7):
        assert_type(notification.title, str)
"""
MYPY = """
[mypy]
strict = True
plugins = mypy_django_plugin.main

[mypy.plugins.django-stubs]
django_settings_module = settings
"""
SETTINGS = """
SECRET_KEY = "for a test"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "themis_htmx"]
"""
WRONG = """
from django.contrib.auth.models import User

from themis_htmx.notifications import notify_user, notify_users


def tell(user: User) -> None:
    notify_user(user)
    notify_user(user, "Saved", urgent=True)
    notify_users([user], "Saved", batch_size="many")
"""


@pytest.fixture(scope="module")
def project(wheel, tmp_path_factory):
    """A project that has the wheel alone, and a type checker."""
    folder = tmp_path_factory.mktemp("typed")
    environment(folder / "venv", wheel, "mypy", "django-stubs")
    texts = {
        "right.py": PROJECT,
        "queries.py": QUERIES,
        "wrong.py": WRONG,
        "mypy.ini": MYPY,
        "settings.py": SETTINGS,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_wheel_has_the_same_bytes_from_the_checkout_and_from_the_sdist(
    wheel, wheel_straight_from_the_checkout
):
    one, other = (
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (wheel, wheel_straight_from_the_checkout)
    )

    assert one == other


def test_wheel_is_small_and_has_nothing_in_it_that_only_developers_need(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert wheel.stat().st_size <= WHEEL_LIMIT
    assert [
        name for name in names if re.search(r"(^|/)tests?(/|_)|\.map$|\.po$|\.pyc$", name)
    ] == []


def test_sdist_has_the_sources_of_scripts_and_translations(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert "static_src/js/themis.js" in names
    assert "themis_htmx/locale/de/LC_MESSAGES/django.po" in names


def test_package_index_can_read_what_the_package_says_of_itself(built):
    pytest.importorskip("twine", reason="twine is not installed: pip install -e .[dev]")

    said = run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), cwd=built)

    assert said.count("PASSED") == 2


def test_version_is_the_one_of_the_package_everywhere(wheel, built):
    assert wheel.name.startswith(f"themis_htmx-{__version__}-")
    assert (built / f"themis_htmx-{__version__}.tar.gz").exists()


def test_changelog_begins_with_this_version_or_with_what_is_not_released():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (.+)$", changelog, re.MULTILINE)[1]

    assert newest == "Unreleased" or re.fullmatch(
        re.escape(__version__) + r" \(\d{4}-\d\d-\d\d\)", newest
    )


def test_mypy_knows_the_types_of_the_installed_package(project):
    run(project / "venv" / "bin" / "mypy", "right.py", "queries.py", cwd=project)


def test_mypy_reports_calls_that_cannot_work(project):
    done = subprocess.run(
        [project / "venv" / "bin" / "mypy", "wrong.py"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Found 3 errors" in done.stdout


@pytest.mark.skipif(not PYRIGHT.exists(), reason="npm install --prefix e2e brings pyright.")
@pytest.mark.parametrize(("name", "errors"), [("right.py", 0), ("wrong.py", 3)])
def test_pyright_agrees(project, name, errors):
    python = project / "venv" / "bin" / "python"
    done = subprocess.run(
        [PYRIGHT, "--pythonpath", python, "--outputjson", name],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    found = json.loads(done.stdout)["generalDiagnostics"]
    assert len(found) == errors, found
