"""The answers of a push service: each is dealt with as it says, and none delays the next one."""

import socket
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from django.utils import timezone

from tests.helpers.push import Browser
from themis_htmx.webpush import transport
from themis_htmx.webpush.delivery import send_test
from themis_htmx.webpush.models import PushMessage, PushSubscription

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Half a second stands for the five that a push service has."""
    monkeypatch.setattr(transport, "LIMIT", 0.5)


@pytest.fixture
def answered(browser, notify, push_now, service):
    """Notify, let the push service answer so, and return the message as it is stored then."""

    def answered(*answers):
        notify()
        service.answers = list(answers)
        push_now()
        return PushMessage.objects.order_by("-pk").first()

    return answered


def wait_of(message):
    """Seconds until the message is due."""
    return (message.due_at - timezone.now()).total_seconds()


def be_due():
    """Let all messages be due, as when all waits are over."""
    PushMessage.objects.update(due_at=timezone.now())
    PushSubscription.objects.update(held_until=None)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_accepted_message_is_settled(answered, status):
    message = answered(status)

    assert (message.due_at, message.answer) == (None, status)
    assert message.sent_at
    assert PushSubscription.objects.get().last_ok_at


@pytest.mark.parametrize("status", [404, 410])
def test_subscription_that_has_ended_is_deleted(answered, status):
    answered(status)

    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("status", [404, 410])
def test_subscription_that_was_renewed_meanwhile_is_kept(
    browser, alerted, notify, push_now, monkeypatch, status
):
    from themis_htmx.webpush import delivery

    def renew_and_answer(*args):
        browser.auth = "AAAAAAAAAAAAAAAAAAAAAA"
        browser.subscribe(alerted)
        return transport.Answer(status)

    monkeypatch.setattr(delivery, "post", renew_and_answer)
    notify()
    push_now()

    assert PushSubscription.objects.get().auth == browser.auth


def test_text_that_is_too_long_for_the_service_is_sent_as_the_number_alone(
    full_text, browser, answered, service
):
    message = answered(413, 201)

    assert browser.titles == ["News", "1 new notification"]
    lengths = [int(headers["Content-Length"]) for _path, headers, _body in service.requests]
    assert lengths == [2048 + 103, 512 + 103]
    assert message.sent_at


def test_service_that_finds_the_number_too_long_too_gets_no_more(answered, service):
    message = answered(413, 413)

    assert (message.due_at, message.sent_at, message.answer) == (None, None, 413)
    assert len(service.requests) == 2


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_service_that_is_busy_is_asked_again_later_and_each_time_later(
    answered, push_now, service, status
):
    waits = [wait_of(answered(status))]
    for _attempt in range(3):
        be_due()
        service.answers = [status]
        push_now()
        waits.append(wait_of(PushMessage.objects.get()))

    for wait, least in zip(waits, [30, 60, 120, 240], strict=True):
        assert least - 2 < wait < 1.3 * least
    be_due()
    push_now()
    assert PushMessage.objects.get().sent_at
    assert PushSubscription.objects.get().failures == 0


def test_message_waits_as_long_as_the_service_says(answered):
    message = answered((429, {"Retry-After": "7200"}))

    assert 7190 < wait_of(message) < 7210
    assert message.sent_at is None


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [((429, {"Retry-After": "7200"}), 7200), ((503, {"Retry-After": "600"}), 600), (429, 30)],
)
def test_service_that_asks_to_wait_gets_nothing_else_for_that_browser_meanwhile(
    answered, browser, notify, push_now, service, time_machine, answer, seconds
):
    answered(answer)
    began = timezone.now()
    for _later in range(2):
        notify()
        assert push_now() == {}
    assert send_test(PushSubscription.objects.get().pk) is None
    time_machine.move_to(began + timedelta(seconds=seconds - 5))
    assert push_now() == {}
    assert len(service.requests) == 1

    time_machine.move_to(began + timedelta(seconds=1.3 * seconds))
    assert push_now() == {"sent": 1}
    assert browser.titles[1:] == ["3 new notifications"]


def test_service_that_asks_to_wait_for_one_browser_gets_the_messages_for_another(
    answered, alerted, notify, push_now, service
):
    answered((429, {"Retry-After": "7200"}))
    other = Browser(service, "other")
    other.subscribe(alerted)
    notify()

    assert push_now() == {"sent": 1}
    assert other.titles == ["1 new notification"]


def test_service_that_is_away_is_asked_for_the_next_message_at_once(answered, notify, push_now):
    answered(503)
    notify()

    assert push_now() == {"sent": 1}


def test_wait_may_be_said_as_a_date(answered):
    later = timezone.now() + timedelta(hours=1)
    date = later.strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert 3590 < wait_of(answered((503, {"Retry-After": date}))) < 3610


@pytest.mark.parametrize("words", ["soon", "-5", "", "99999999999999999999", "9" * 400])
def test_wait_that_is_no_time_does_no_harm(answered, words):
    message = answered((503, {"Retry-After": words}))

    assert message.due_at is None or wait_of(message) > 25


def test_message_is_given_up_after_a_day(answered, push_now, service, time_machine, caplog):
    answered(503)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    caplog.clear()
    service.answer = 503
    time_machine.move_to(timezone.now() + timedelta(hours=23, minutes=59, seconds=50))

    assert push_now() == {"failed": 1}
    message = PushMessage.objects.get()
    assert (message.due_at, message.sent_at, message.attempts) == (None, None, 2)
    [record] = caplog.records
    assert (record.levelname, record.name) == ("ERROR", "themis")
    assert record.getMessage() == (
        "Web Push: a message was given up, since 127.0.0.1 did not take it for a day: 503 words"
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed(answered, service, status, caplog):
    elsewhere = f"{service.origin}/elsewhere"

    message = answered((status, {"Location": elsewhere}))

    assert [path for path, _headers, _body in service.requests] == ["/send/one"]
    assert (message.due_at, message.sent_at, message.answer) == (None, None, status)
    assert f"refused a message with {status}" in caplog.text


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refusal_is_logged_as_an_error_with_the_words_of_the_service(answered, status, caplog):
    message = answered(status)

    assert (message.due_at, message.answer) == (None, status)
    assert PushSubscription.objects.get().failures == 1
    [record] = caplog.records
    assert (record.levelname, record.name) == ("ERROR", "themis")
    assert record.getMessage() == f"Web Push: 127.0.0.1 refused a message with {status}: words"


@pytest.mark.parametrize("answer", ["hang", "drip"])
def test_service_that_hangs_is_left_in_time_and_asked_again(answered, answer):
    began = monotonic()
    message = answered(answer)

    assert monotonic() - began < 2
    assert message.answer == 0
    assert wait_of(message) > 25


def test_service_that_hangs_after_its_refusal_is_left_at_the_same_time(answered, monkeypatch):
    monkeypatch.setattr(transport, "LIMIT", 1.0)
    began = monotonic()
    message = answered("head")

    assert monotonic() - began < 1.4
    assert message.answer == 403


def test_name_that_nobody_finds_in_time_is_looked_up_again_later(answered, monkeypatch, service):
    is_over = Event()
    # Nothing that a test can start makes the system wait for a name.
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: is_over.wait(10))
    began = monotonic()
    message = answered()
    is_over.set()

    assert monotonic() - began < 2
    assert message.answer == 0
    assert wait_of(message) > 25
    assert service.requests == []


def test_name_that_nobody_knows_is_looked_up_again_later(answered, monkeypatch, service):
    def unknown(*args, **kwargs):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = answered()

    assert message.answer == 0
    assert wait_of(message) > 25
    assert service.requests == []


@pytest.mark.parametrize("answer", ["nothing", "nonsense"])
def test_service_that_does_not_speak_http_is_asked_again(answered, answer, caplog):
    message = answered(answer)

    assert message.answer == 0
    assert "The answer is not HTTP." in caplog.text
    assert wait_of(message) > 25


def test_service_that_is_not_there_is_asked_again(browser, notify, push_now, settings):
    origin = "http://127.0.0.1:9"
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"ALLOWED_HOSTS": [origin]}
    PushSubscription.objects.update(endpoint=f"{origin}/send/one")
    notify()

    assert push_now() == {"later": 1}
    assert PushMessage.objects.get().answer == 0


def test_host_that_is_not_allowed_any_more_gets_nothing(
    browser, notify, push_now, service, settings, caplog
):
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"ALLOWED_HOSTS": []}
    notify()

    assert push_now() == {"failed": 1}
    assert service.requests == []
    assert "'127.0.0.1' is not an allowed host" in caplog.text


def test_one_browser_that_fails_keeps_nothing_from_another(
    browser, alerted, service, notify, push_now, caplog
):
    other = Browser(service, "other")
    other.subscribe(alerted)
    PushSubscription.objects.filter(endpoint=browser.endpoint).update(p256dh="none")
    notify()

    assert push_now() == {"sent": 1, "failed": 1}
    assert other.titles == ["1 new notification"]
    assert "failed" in caplog.text


def test_environment_names_no_proxy_for_messages(answered, monkeypatch, service):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert answered(201).sent_at
