"""The command that makes a key, and the run of each minute."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.outlets import registered
from themis_htmx.webpush.keys import read_key
from themis_htmx.webpush.models import PushMessage


def make_key(**options):
    out, err = StringIO(), StringIO()
    call_command("webpush_keys", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_command_prints_a_key_alone_and_says_what_to_do_with_it(settings):
    settings.THEMIS_WEBPUSH = {}

    out, err = make_key()

    assert read_key(out)
    assert out.count("\n") == 1
    assert "THEMIS_WEBPUSH" in err
    assert out.strip() not in err


def test_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "themis_htmx.webpush.keys", None)

    with pytest.raises(CommandError, match=r"pip install themis-htmx\[webpush\]"):
        make_key()


def run_due():
    [outlet] = [each for each in registered() if each.name == "webpush"]
    progress = []
    return outlet.deliver_due(progress.append), progress


@pytest.mark.django_db
def test_periodic_command_sends_and_fails_where_a_service_refuses(browser, notify):
    notify()
    out = StringIO()
    call_command("deliver_notifications", stdout=out)
    assert "webpush: 1 sent" in out.getvalue()

    browser.service.answers = [403]
    notify()
    with pytest.raises(CommandError, match="webpush: 1 failed"):
        call_command("deliver_notifications", stdout=StringIO())


@pytest.mark.django_db
def test_periodic_command_fails_where_a_service_was_away_for_a_day(browser, notify, time_machine):
    browser.service.answer = 503
    notify()
    out = StringIO()
    call_command("deliver_notifications", stdout=out)
    assert "webpush: 1 later" in out.getvalue()

    time_machine.move_to(timezone.now() + timedelta(hours=23, minutes=59, seconds=50))
    with pytest.raises(CommandError, match="webpush: 1 failed"):
        call_command("deliver_notifications", stdout=StringIO())


@pytest.mark.django_db
def test_run_of_each_minute_sends_what_nobody_has_sent(browser, notify):
    notify()
    counts, progress = run_due()

    assert counts == {"sent": 1}
    assert progress == [1]
    assert browser.titles == ["1 new notification"]
    assert run_due()[0] == {}


@pytest.mark.django_db
def test_run_of_each_minute_asks_no_more_about_users_who_have_nothing_new(
    browser, notify, user, statements
):
    notify()
    run_due()
    with_news = len(statements(run_due))
    UserNotification.objects.for_user(user).mark_read()

    assert len(statements(run_due)) < with_news
    assert len(statements(run_due)) <= 2

    notify()
    assert run_due()[0] == {"sent": 1}


@pytest.mark.django_db
def test_run_of_each_minute_tells_of_what_woke_up_long_after_it_came(
    browser, notify, user, time_machine
):
    notify("Report ready")
    run_due()
    mine = UserNotification.objects.for_user(user)
    mine.snooze(timezone.now() + timedelta(days=7))
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))

    assert run_due()[0]["sent"] == 1


@pytest.mark.django_db
def test_run_of_each_minute_forgets_what_is_two_days_old(browser, notify, time_machine):
    notify()
    run_due()
    time_machine.move_to(timezone.now() + timedelta(hours=49))

    assert run_due()[0] == {"forgotten": 1}
    assert not PushMessage.objects.exists()
    assert len(browser.titles) == 1


@pytest.mark.django_db
def test_run_of_each_minute_does_nothing_without_a_key(browser, notify, settings):
    settings.THEMIS_WEBPUSH = {}
    notify()

    assert run_due() == ({}, [])
