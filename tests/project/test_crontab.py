"""The line for cron, run as cron does: by a shell, in an environment that has next to nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.push import push_service

ROOT = Path(__file__).resolve().parents[2]
# Of cron's own variables these matter.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LANG": "C.UTF-8"}
MANAGE = """
import os, sys
sys.path.insert(0, {root!r})
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SETTINGS = """
from tests.settings import *
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}}}
THEMIS_WEBPUSH["ALLOWED_HOSTS"] = [{origin!r}]
# The push service of the test speaks no TLS. Cron would mail this warning each minute.
SILENCED_SYSTEM_CHECKS = ["themis_webpush.W002"]
"""
SUBSCRIBE = """
from types import SimpleNamespace
from django.contrib.auth.models import User
from django.core.management import call_command
from tests.helpers.push import Browser
call_command("migrate", verbosity=0)
user = User.objects.create(username="ada")
user.themis_profile.browser_notifications_enabled = True
user.themis_profile.save()
Browser(SimpleNamespace(origin={origin!r})).subscribe(user)
"""
NOTIFY = """
from django.contrib.auth.models import User
from themis_htmx.notifications import notify_user
notify_user(User.objects.get(), "News")
"""


@pytest.fixture
def service():
    with push_service() as service:
        yield service


@pytest.fixture
def site(tmp_path, service):
    """A project where the page has one, with somebody whose browser is subscribed."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "manage.py").write_text(MANAGE.format(root=str(ROOT)))
    settings = {"database": str(tmp_path / "site.sqlite3"), "origin": service.origin}
    (tmp_path / "mysite.py").write_text(SETTINGS.format(**settings))
    in_shell(tmp_path, SUBSCRIBE.format(origin=service.origin) + NOTIFY)
    return tmp_path


def in_shell(site, code):
    command = [".venv/bin/python", "manage.py", "shell", "-c", code]
    subprocess.run(command, cwd=site, env=ENVIRONMENT, check=True)


def run_as_cron(site):
    """Run the command of the page's crontab; return its exit code, and what cron would mail."""
    page = (ROOT / "docs" / "deliver.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^(?:\* ){5} *(cd /srv/mysite && .+)$", page, re.M)
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace("/srv/mysite", str(site))],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.seldom
def test_line_of_the_crontab_delivers_and_says_only_what_failed(site, service):
    assert run_as_cron(site) == (0, "")
    assert len(service.requests) == 1

    service.answer = 403
    in_shell(site, NOTIFY)
    code, mailed = run_as_cron(site)
    assert code == 1
    assert "CommandError: Something was not delivered. webpush: 1 failed." in mailed
