"""The delivery: one message for each browser, in words that tell no more than was chosen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.helpers.push import Browser
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user
from themis_htmx.webpush.models import PushMessage, PushSubscription
from themis_htmx.webpush.texts import owner_of

pytestmark = pytest.mark.django_db


def headers(service):
    return [headers for _path, headers, _body in service.requests]


def test_browser_is_told_how_many_notifications_have_come(browser, notify, push_now, user):
    notify("Secret", message="Very secret", url="/secret/")

    assert push_now() == {"sent": 1}
    [message] = browser.messages
    assert message["title"] == "1 new notification"
    assert message["to"] == owner_of(user.pk)
    assert "ecret" not in str(message)


def test_what_was_pushed_is_not_pushed_again(browser, notify, push_now):
    notify()

    push_now()
    push_now()

    assert len(browser.messages) == 1


def test_several_that_wait_are_one_message(browser, notify, push_now):
    for number in range(5):
        notify(f"Number {number}")

    push_now()

    assert browser.titles == ["5 new notifications"]


def test_later_message_counts_what_an_earlier_one_told_of_and_nobody_has_read(
    browser, notify, push_now, service
):
    first = notify("First")
    push_now()
    notify("Second")
    push_now()
    UserNotification.objects.filter(pk=first.pk).mark_read()
    notify("Third")
    push_now()

    # Each takes the place of the one before it, which a phone that was off has never got.
    assert browser.titles == ["1 new notification", *["2 new notifications"] * 2]
    assert len({each["Topic"] for each in headers(service)}) == 1


def test_full_text_shows_title_message_image_and_leads_to_the_url(
    full_text, browser, notify, push_now
):
    notify("Deploy v2", message="It is due.", url="/deploys/2/", image="/static/ana.svg")

    push_now()

    [message] = browser.messages
    assert (message["title"], message["body"]) == ("Deploy v2", "It is due.")
    assert (message["url"], message["icon"]) == ("/deploys/2/", "/static/ana.svg")


def test_messages_with_full_text_do_not_take_the_place_of_each_other(
    full_text, browser, notify, push_now, service
):
    for title in ("First", "Second"):
        notify(title)
        push_now()

    topics = {each["Topic"] for each in headers(service)}
    assert browser.titles == ["First", "Second"]
    assert len(topics) == 2
    assert all(len(topic) == 22 for topic in topics)
    assert {message["tag"] for message in browser.messages} == topics


def test_message_about_the_same_takes_the_place_of_the_one_before_it(
    full_text, browser, notify, push_now, service
):
    about = {"source_app": "tasks", "source_model": "Task", "source_id": "1", "group": True}
    for title in ("First comment", "Second comment"):
        notify(title, **about)
        push_now()

    assert browser.titles == ["First comment", "Second comment"]
    assert len({each["Topic"] for each in headers(service)}) == 1


def test_several_at_once_are_counted_with_full_text_too(full_text, browser, notify, push_now):
    notify("First")
    notify("Second")

    push_now()

    assert browser.titles == ["2 new notifications"]


@pytest.mark.parametrize("change", ["mark_read", "dismiss", "delete"])
def test_what_is_settled_before_it_was_sent_is_not_sent(browser, notify, push_now, change, user):
    notify()
    service = browser.service
    service.answers = [500]
    push_now()
    getattr(UserNotification.objects.for_user(user), change)()
    PushMessage.objects.update(due_at=timezone.now())

    assert push_now() == {"left out": 1}
    assert len(service.requests) == 1
    assert not PushMessage.objects.exclude(due_at=None).exists()


def test_what_has_expired_before_it_was_sent_is_not_sent(browser, notify, push_now, time_machine):
    notify(expires_at=timezone.now() + timedelta(minutes=5))
    browser.service.answers = [500]
    push_now()
    time_machine.move_to(timezone.now() + timedelta(minutes=6))

    push_now()

    assert len(browser.service.requests) == 1


def test_nothing_is_sent_while_desktop_alerts_are_off_nor_made_up_for_later(
    user, service, notify, push_now
):
    browser = Browser(service)
    browser.subscribe(user)
    notify("Before")
    push_now()
    user.themis_profile.browser_notifications_enabled = True
    user.themis_profile.save()
    push_now()
    assert browser.titles == []

    notify("After")
    push_now()
    assert browser.titles == ["1 new notification"]


def test_source_whose_desktop_column_is_off_is_not_pushed_except_urgent(
    browser, notify, push_now, user
):
    SourcePreference.objects.choose(user, "tasks", "desktop", False)
    notify("Quiet", source_app="tasks")
    push_now()
    assert browser.titles == []

    SourcePreference.objects.choose(user, "tasks", "desktop", True)
    push_now()
    assert browser.titles == []

    SourcePreference.objects.choose(user, "tasks", "desktop", False)
    notify("Urgent", source_app="tasks", level="danger")
    push_now()
    assert browser.titles == ["1 new notification"]


@pytest.fixture
def quiet(alerted, time_machine, site_in_utc):
    """It is midnight, and the user has quiet hours from 22:00 to 7:00."""
    time_machine.move_to("2026-03-03T00:00Z")
    alerted.themis_profile.quiet_from = "22:00"
    alerted.themis_profile.quiet_to = "07:00"
    alerted.themis_profile.save()


def test_what_comes_in_quiet_hours_is_one_message_at_their_end(
    quiet, browser, notify, push_now, time_machine
):
    for number in range(3):
        notify(f"Number {number}")
        push_now()
    assert browser.titles == []
    time_machine.move_to("2026-03-03T06:59Z")
    push_now()
    assert browser.titles == []

    time_machine.move_to("2026-03-03T07:00:01Z")
    push_now()
    push_now()
    assert browser.titles == ["3 new notifications"]


def test_what_is_read_in_quiet_hours_is_not_sent_at_their_end(
    quiet, browser, notify, push_now, time_machine, user
):
    notify()
    push_now()
    UserNotification.objects.for_user(user).mark_read()

    time_machine.move_to("2026-03-03T07:00:01Z")
    push_now()

    assert browser.titles == []


def test_urgent_one_comes_through_quiet_hours_unless_the_user_says_no(
    quiet, browser, notify, push_now, alerted
):
    notify(level="danger")
    push_now()
    assert browser.titles == ["1 new notification"]

    alerted.themis_profile.quiet_lets_urgent_through = False
    alerted.themis_profile.save()
    notify(level="danger")
    push_now()
    assert len(browser.titles) == 1


def test_message_that_is_to_be_tried_again_waits_for_the_end_of_quiet_hours(
    alerted, browser, notify, push_now, time_machine, site_in_utc
):
    time_machine.move_to("2026-03-03T21:59:50Z")
    PushSubscription.objects.update(created_at=timezone.now())
    alerted.themis_profile.quiet_from, alerted.themis_profile.quiet_to = "22:00", "07:00"
    alerted.themis_profile.save()
    browser.service.answers = [503]
    notify()
    push_now()
    time_machine.move_to("2026-03-03T22:05Z")
    push_now()
    assert len(browser.service.requests) == 1

    time_machine.move_to("2026-03-04T07:00:01Z")
    push_now()
    assert len(browser.service.requests) == 2


def test_scheduled_notification_is_pushed_when_its_time_has_come(
    browser, notify, push_now, time_machine
):
    notify(visible_from=timezone.now() + timedelta(hours=3))
    push_now()
    assert browser.titles == []

    time_machine.move_to(timezone.now() + timedelta(hours=3, seconds=1))
    push_now()
    push_now()
    assert browser.titles == ["1 new notification"]


@pytest.mark.parametrize("hours", [3, 100])
def test_snoozed_notification_is_pushed_again_when_it_wakes_up(
    browser, notify, push_now, time_machine, user, hours
):
    notify()
    push_now()
    UserNotification.objects.for_user(user).snooze(timezone.now() + timedelta(hours=hours))
    push_now()
    assert len(browser.titles) == 1

    time_machine.move_to(timezone.now() + timedelta(hours=hours, seconds=1))
    push_now()
    push_now()
    assert browser.titles == ["1 new notification"] * 2


def test_nothing_old_is_pushed_to_a_browser_that_subscribes(alerted, service, notify, push_now):
    notify("Old")
    browser = Browser(service)
    browser.subscribe(alerted)

    push_now()

    assert browser.titles == []


def test_each_browser_of_each_user_is_told_of_its_own(
    browser, service, alerted, other, notify, push_now
):
    other.themis_profile.browser_notifications_enabled = True
    other.themis_profile.save()
    phone, theirs = Browser(service, "phone"), Browser(service, "theirs")
    phone.subscribe(alerted)
    theirs.subscribe(other)
    notify()
    notify(to=other)
    notify(to=other)

    assert push_now(alerted, other) == {"sent": 3}
    assert browser.titles == phone.titles == ["1 new notification"]
    assert theirs.titles == ["2 new notifications"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "1 neue Benachrichtigung"), ("en", "1 new notification"), ("", "1 new notification")],
)
def test_words_are_in_the_language_in_which_the_browser_subscribed(
    alerted, service, notify, push_now, language, words
):
    browser = Browser(service)
    browser.subscribe(alerted, language=language)
    notify()

    push_now()

    assert browser.titles == [words]


def test_message_goes_out_signed_with_lifetime_urgency_and_a_body_of_fixed_length(
    full_text, browser, notify, push_now, service
):
    notify("x", level="info", expires_at=timezone.now() + timedelta(hours=1))
    push_now()
    notify("A long one", message="x" * 500, level="danger")
    push_now()

    first, second = headers(service)
    assert first["Authorization"].startswith("vapid t=")
    assert first["Content-Encoding"] == "aes128gcm"
    assert (first["Urgency"], second["Urgency"]) == ("normal", "high")
    assert 3590 <= int(first["TTL"]) <= 3600
    assert second["TTL"] == "86400"
    assert first["Content-Length"] == second["Content-Length"] == "2151"


def test_longest_texts_fit_into_a_message(full_text, browser, notify, push_now, service):
    notify("🎉" * 200, message="🎉" * 2000, url="/" + "x" * 1999, image="/" + "y" * 1900)

    assert push_now() == {"sent": 1}
    [message] = browser.messages
    assert message["title"].startswith("🎉")
    assert int(headers(service)[0]["Content-Length"]) <= 4096


def test_nothing_is_sent_for_a_user_who_was_deactivated(browser, notify, push_now, user):
    notify()
    user.is_active = False
    user.save()

    push_now()

    assert browser.titles == []
    assert not PushSubscription.objects.exists()


def test_change_of_the_password_elsewhere_ends_the_subscription(browser, notify, push_now, user):
    user.set_password("another")
    user.save()
    notify()

    push_now()

    assert browser.titles == []
    assert not PushSubscription.objects.exists()


def test_new_secret_key_ends_no_subscription_while_the_old_one_is_a_fallback(
    browser, notify, push_now, settings, user
):
    owner = owner_of(user.pk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one, long enough for the checks of a project"
    notify("Report ready")

    push_now()
    [message] = browser.messages
    assert message["to"] == owner

    settings.SECRET_KEY_FALLBACKS = []
    push_now()
    assert not PushSubscription.objects.exists()


def test_deleted_user_leaves_nothing_behind(browser, notify, push_now, user):
    notify()
    push_now()

    user.delete()

    assert not PushSubscription.objects.exists()
    assert not PushMessage.objects.exists()


def test_nothing_is_sent_once_the_key_is_taken_away(browser, notify, push_now, settings, service):
    notify()
    settings.THEMIS_WEBPUSH = {}

    assert push_now() == {}
    assert service.requests == []


def test_nobody_is_asked_about_without_a_subscription(user, notify, push_now, statements):
    notify_user(user, "News")

    assert len(statements(lambda: push_now())) == 1
