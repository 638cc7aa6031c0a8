"""Nobody is told of what was imported: no toast, alert, bar in a list, signal, e-mail or push."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.helpers import push
from tests.helpers.browsers import address, htmx
from tests.helpers.markup import parse
from tests.importing.conftest import LONG_AGO
from themis_htmx import outlets
from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.modes import Mode
from themis_htmx.mail.outlet import MailOutlet
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import microseconds
from themis_htmx.notifications import notify_user
from themis_htmx.periodic import deliver_due
from themis_htmx.polling.arrivals import Arrivals, Known
from themis_htmx.webpush import queueing, wire
from themis_htmx.webpush.delivery import push_to


@pytest.fixture
def page(user):
    """What an open page knows: the newest notification, and the instant."""
    newest = notify_user(user, "Known")
    return {"since": newest.pk, "since_at": microseconds(timezone.now())}


def test_page_that_is_open_counts_it_and_shows_no_toast(old, run, user, page, recently):
    old("said", timestamp=recently)
    run()

    assert parse(htmx(user).get(address("toasts"), page)).all("article") == []
    assert UserNotification.objects.for_user(user).unread().count() == 2
    # What is written from now on is shown as ever.
    notify_user(user, "New")
    [toast] = parse(htmx(user).get(address("toasts"), page)).all("article")
    assert "New" in toast.text


def test_page_that_is_open_pops_up_no_alert_and_fills_no_bar(old, run, user, page, recently):
    old("said", timestamp=recently)
    run()

    known = Known(page["since"], page["since_at"])
    assert Arrivals.since(user, known, 0, alerts="full").words == ""
    assert Arrivals.since(user, known, 0, alerts="full").alert() is None


def test_signal_says_nothing_of_it(old, run, announced, django_capture_on_commit_callbacks):
    old()
    with django_capture_on_commit_callbacks(execute=True):
        run()

    assert announced == []


@pytest.mark.parametrize("level", ["info", "error"])
def test_no_email_tells_of_it(old, run, user, recently, level, time_machine):
    outlets.register(MailOutlet())
    MailPreference.objects.choose(user, Mode.DAILY, hour=8, weekday=0)
    deliver_due()
    old("failed", timestamp=recently, level=level)
    run()

    for _ in range(4):
        time_machine.move_to(timezone.now() + timedelta(hours=12))
        deliver_due()
    assert mail.outbox == []

    notify_user(user, "New", level="danger")
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    deliver_due()
    [email] = mail.outbox
    assert "New" in email.body
    assert "failed" not in email.body


def test_urgent_one_has_the_command_look_at_nobody(old, run, user, recently):
    outlets.register(MailOutlet())
    MailPreference.objects.choose(user, Mode.URGENT, hour=8, weekday=0)
    deliver_due()
    old("failed", timestamp=recently, level="error")
    run()

    [delivered] = deliver_due()
    assert not any(delivered.counts.values())


@pytest.fixture
def browser(user, settings):
    """A browser of the user, which is subscribed."""
    queueing._floors.clear()
    wire._tokens.clear()
    user.themis_profile.browser_notifications_enabled = True
    user.themis_profile.save()
    with push.push_service() as service:
        settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"ALLOWED_HOSTS": [service.origin]}
        browser = push.Browser(service)
        browser.subscribe(user)
        yield browser


def test_no_push_tells_of_it(old, run, user, browser):
    old("said", timestamp=timezone.now() + timedelta(seconds=1))
    run()

    assert not push_to([user.pk])
    notify_user(user, "New")
    assert push_to([user.pk])["sent"] == 1


def test_push_that_waits_goes_out_after_an_import(old, run, user, browser, statements):
    """Long ranges of old dates stand above what waits, and nothing else above them."""
    notify_user(user, "Long ago")
    UserNotification.objects.update(created_at=LONG_AGO)
    notify_user(user, "Waits")
    for number in (1, 100_000, 200_000):
        old("did one", pk=number)
        old("did two", pk=number + 50_000)
        run()

    queueing._floors.clear()
    searches = statements(lambda: queueing._floor(queueing.SLACK))
    assert len(searches) < 15
    assert queueing.users_to_tell() == [user.pk]
    assert push_to([user.pk])["sent"] == 1


def test_search_for_what_is_recent_passes_over_an_import(old, run, user, browser):
    for number in (1, 50_000):
        old(f"did {number}", pk=number)
    run()
    ago = notify_user(user, "Long ago")
    UserNotification.objects.update(created_at=LONG_AGO)
    old("did more", pk=100_000)
    run()
    new = notify_user(user, "New")

    assert ago.pk <= queueing._floor(queueing.SLACK) <= new.pk
