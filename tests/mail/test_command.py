"""``manage.py deliver_notifications``: its output, its log and its exit code."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from themis_htmx import outlets
from themis_htmx.mail.models import LastRun
from themis_htmx.outlets import Outlet
from themis_htmx.tasks import deliver_notifications

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self):
        return True


class Broken(Outlet):
    """An outlet that fails as a whole."""

    name = "pigeons"

    def deliver_due(self, progress):
        raise OSError("no pigeons")


def run(*arguments, stdout=None):
    said = stdout or StringIO()
    call_command("deliver_notifications", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def urgent(user, wants, tell):
    wants(user, "urgent")
    tell("Server down", level="danger")


def test_command_prints_a_line_for_each_outlet(urgent, mailoutbox):
    assert run() == "mail: 1 sent, 0 failed, 0 empty.\n"
    assert len(mailoutbox) == 1


def test_command_shows_a_full_progress_bar_on_a_terminal(urgent):
    said = run(stdout=Terminal())

    assert f"\rmail [{'#' * 30}] 100%\n" in said


def test_command_prints_nothing_at_verbosity_0(urgent, mailoutbox):
    assert run("--verbosity=0", stdout=Terminal()) == ""
    assert len(mailoutbox) == 1


def test_command_remembers_when_it_ran():
    run()

    last = LastRun.read()
    assert last.began_at <= last.ended_at


def test_outlet_that_fails_keeps_no_other_from_its_work(urgent, mailoutbox, mail_outlet, caplog):
    outlets._registered.clear()
    outlets.register(Broken())
    outlets.register(mail_outlet)

    with pytest.raises(CommandError) as raised:
        run()

    assert str(raised.value) == "Something was not delivered. pigeons: OSError: no pigeons."
    assert raised.value.returncode == 1
    assert len(mailoutbox) == 1
    lines = [(line.levelno, line.getMessage()) for line in caplog.records if line.name == "themis"]
    assert (logging.ERROR, "deliver_notifications: pigeons: OSError: no pigeons") in lines


def test_command_fails_when_an_email_could_not_be_sent(urgent, monkeypatch):
    from django.core.mail.backends import locmem

    def refuse(self, messages):
        raise ValueError("refused")

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)

    with pytest.raises(CommandError, match="mail: 0 sent, 1 failed, 0 empty"):
        run()


def test_command_says_so_where_nothing_delivers():
    outlets._registered.clear()

    assert "No app is installed that delivers" in run()


def test_celery_task_does_the_same(urgent, mailoutbox):
    assert deliver_notifications.name == "themis.deliver_notifications"
    assert deliver_notifications() == {"mail": {"sent": 1, "failed": 0, "empty": 0}}
    assert len(mailoutbox) == 1


def test_celery_task_fails_when_something_was_not_delivered():
    outlets._registered.clear()
    outlets.register(Broken())

    with pytest.raises(RuntimeError, match="pigeons: OSError: no pigeons"):
        deliver_notifications()


def test_task_of_django_does_the_same(urgent, mailoutbox, settings):
    pytest.importorskip("django.tasks", reason="Django 6.0 brought tasks")
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    from themis_htmx.django_tasks import deliver_notifications

    result = deliver_notifications.enqueue()

    assert result.return_value == {"mail": {"sent": 1, "failed": 0, "empty": 0}}
    assert len(mailoutbox) == 1
