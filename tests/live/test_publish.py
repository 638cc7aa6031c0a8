"""Publishing: every change of a bell is published after its commit, and never disturbs a caller."""

import threading
from operator import or_, xor
from time import monotonic

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import close_old_connections, transaction
from django.urls import reverse
from django.utils import timezone

from themis_htmx import cleanup
from themis_htmx.live import publish
from themis_htmx.live.publish import MOST_WAITING, Publisher
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users

TASK = {"source_app": "tasks", "source_model": "Task", "source_id": "1"}
AN_HOUR_AGO = timezone.now() - timezone.timedelta(hours=1)

pytestmark = pytest.mark.django_db


def keys(*users):
    return {str(user.pk) for user in users}


def mine(user):
    return UserNotification.objects.for_user(user)


# What is published


def test_notify_user_publishes_that_user_alone(publishing, user, other):
    assert publishing(lambda: notify_user(user, "News")) == [keys(user)]


def test_deduplicated_notification_is_published_once(publishing, user):
    send = lambda: notify_user(user, "News", deduplicate=True, **TASK)  # noqa: E731

    assert publishing(send) == [keys(user)]
    assert publishing(send) == []


def test_unwanted_notification_is_not_published(publishing, user):
    UserProfile(user=user, notifications_enabled=False).save()

    assert publishing(lambda: notify_user(user, "News")) == []


def test_notify_users_publishes_each_batch(publishing, users):
    batches = publishing(lambda: notify_users(users, "News", batch_size=4))

    assert set().union(*batches) == keys(*users)


def test_notify_users_with_a_receiver_of_the_signal_publishes_too(publishing, users, announced):
    assert publishing(lambda: notify_users(users, "News")) == [keys(*users)]


def test_fan_out_that_nobody_wants_is_not_published(publishing, users):
    for user in users:
        UserProfile(user=user, notifications_enabled=False).save()

    assert publishing(lambda: notify_users(users, "News")) == []


VERBS = {
    "mark_read": ({}, lambda rows: rows.mark_read()),
    "mark_unread": ({"read_at": AN_HOUR_AGO}, lambda rows: rows.mark_unread()),
    "dismiss": ({}, lambda rows: rows.dismiss()),
    "restore": (
        {"read_at": AN_HOUR_AGO, "dismissed_at": AN_HOUR_AGO},
        lambda rows: rows.restore(),
    ),
    "undo_mark_read": ({"read_at": AN_HOUR_AGO}, lambda rows: rows.undo_mark_read(AN_HOUR_AGO)),
    "delete": ({}, lambda rows: rows.delete()),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_change_of_a_users_rows_is_published(publishing, notify, user, other, verb):
    state, act = VERBS[verb]
    notify(**state)
    notify(to=other, **state)

    assert publishing(lambda: act(mine(user).filter(title="News"))) == [keys(user)]
    # Now there is nothing left to change.
    assert publishing(lambda: act(mine(user))) == []


@pytest.mark.parametrize("verb", VERBS)
def test_each_change_about_a_source_is_published_for_everybody_it_concerns(
    publishing, notify, user, other, users, verb
):
    state, act = VERBS[verb]
    notify(to=users[0], **state)
    notify(**state, **TASK)
    notify(to=other, **state, **TASK)

    about = UserNotification.objects.about("tasks", "Task", 1)
    assert publishing(lambda: act(about)) == [keys(user, other)]


@pytest.mark.parametrize("combine", [or_, xor])
def test_rows_of_two_users_put_together_are_published_for_both(
    publishing, notify, user, other, combine
):
    notify()
    notify(to=other)

    both = combine(mine(user), mine(other))
    assert publishing(both.mark_read) == [keys(user, other)]


def test_a_change_that_finds_nothing_to_change_is_not_published(publishing, notify, user):
    notify(read_at=AN_HOUR_AGO)

    assert publishing(lambda: mine(user).mark_read()) == []


def test_deletion_of_a_single_notification_is_published_if_it_was_unread(publishing, notify, user):
    assert publishing(notify().delete) == [keys(user)]
    assert publishing(notify(read_at=AN_HOUR_AGO).delete) == []


def test_moved_notifications_are_published_for_both_users(publishing, notify, user, other):
    notify()

    assert publishing(lambda: UserNotification.objects.all().move(user, other)) == [
        keys(user, other)
    ]


def test_muting_and_preferences_are_published(publishing, user, other):
    muted = SourcePreference.objects.all()

    assert publishing(lambda: muted.mute(user, "tasks")) == [keys(user)]
    urgent = lambda: muted.mute_urgent(user, "tasks", including_urgent=True)  # noqa: E731
    assert publishing(urgent) == [keys(user)]
    assert publishing(lambda: muted.move(user, other)) == [keys(user, other)]
    assert publishing(lambda: muted.unmute(other, "tasks")) == [keys(other)]
    assert publishing(lambda: muted.unmute(other, "tasks")) == []
    profile = UserProfile(user=user, notifications_min_level="danger")
    assert publishing(profile.save) == [keys(user)]


def test_deletion_by_cleanup_is_not_published_and_asks_nothing_more(
    publishing, notify, user, recording, settings, django_assert_num_queries, statements
):
    def clean():
        notify(read_at=AN_HOUR_AGO, created_at=AN_HOUR_AGO - timezone.timedelta(days=200))
        return statements(cleanup.cleanup)

    on = []
    assert publishing(lambda: on.extend(clean())) == [keys(user)]  # The arrival alone.
    settings.THEMIS_LIVE = None
    assert len(on) == len(clean())


def test_action_of_the_admin_is_published(publishing, notify, user, other, admin_client):
    rows = [notify(), notify(to=other)]
    data = {"action": "mark_read", "_selected_action": [row.pk for row in rows]}

    address = reverse("admin:themis_usernotification_changelist")
    assert publishing(lambda: admin_client.post(address, data)) == [keys(user, other)]


@pytest.mark.django_db(transaction=True)
def test_sign_out_is_published_once_the_answer_was_sent(recording, client, user, settings):
    client.force_login(user)
    seen = []
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.live.test_publish.note_published"]
    note_published.seen = seen
    settings.ROOT_URLCONF = "tests.live.urls_sign_out"

    client.post("/logout/")

    assert seen == [[]]
    assert recording.published == [[str(user.pk)]]


def note_published(get_response):
    """A middleware that notes what was published before an answer leaves the view."""
    from tests.helpers.recording import RecordingBroker

    def middleware(request):
        response = get_response(request)
        note_published.seen.append(list(RecordingBroker.published))
        return response

    return middleware


@pytest.mark.django_db(transaction=True)
def test_account_of_another_kind_that_signs_out_is_not_published(recording, rf):
    from django.contrib.auth.signals import user_logged_out
    from django.core.signals import request_finished

    user_logged_out.send(User, request=rf.get("/"), user=AnonymousUser())
    user_logged_out.send(User, request=rf.get("/"), user=None)
    request_finished.disconnect(close_old_connections)
    request_finished.send(User)
    request_finished.connect(close_old_connections)

    assert recording.published == []


# When it is published


def test_calls_of_one_transaction_publish_once_with_all_users(publishing, user, other, users):
    def send():
        notify_user(user, "One")
        notify_users(users, "Two")
        mine(other).mark_read()
        notify_user(other, "Three")

    assert publishing(send) == [keys(user, other, *users)]


def test_call_in_a_savepoint_that_is_rolled_back_keeps_no_other_from_being_published(
    publishing, user, other
):
    def send():
        try:
            with transaction.atomic():
                notify_user(user, "Never")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        notify_user(other, "News")

    assert publishing(send) == [keys(other)]


def test_call_in_a_savepoint_within_another_call_is_published_with_it(publishing, user, other):
    def send():
        notify_user(user, "One")
        with transaction.atomic():
            notify_user(other, "Two")

    assert publishing(send) == [keys(user, other)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_published_before_the_commit_or_after_a_rollback(recording, user):
    with transaction.atomic():
        notify_user(user, "News")
        assert recording.published == []
    assert recording.published == [[str(user.pk)]]

    with transaction.atomic():
        notify_user(user, "Never")
        transaction.set_rollback(True)
    assert recording.published == [[str(user.pk)]]


@pytest.mark.django_db(transaction=True)
def test_transactions_ended_by_hand_publish_nothing_and_raise_nothing(recording, user):
    transaction.set_autocommit(False)
    try:
        notify_user(user, "News")
        transaction.commit()
    finally:
        transaction.set_autocommit(True)

    assert recording.published == []


# What it costs


@pytest.mark.parametrize("live", [None, {"BROKER": "tests.helpers.recording.RecordingBroker"}])
def test_no_change_of_a_named_user_takes_a_query_more(settings, live, user, notify, statements):
    notify()
    settings.THEMIS_LIVE = live

    assert len(statements(lambda: mine(user).mark_read())) == 1
    assert len(statements(lambda: mine(user).filter(pk__gt=0).mark_unread())) == 1


def test_change_of_unnamed_users_asks_whose_rows_they_are_only_with_live_updates(
    settings, recording, notify, statements
):
    notify(**TASK)
    about = UserNotification.objects.about("tasks", "Task", 1)

    *_asked, changed = statements(about.mark_read)
    assert len(_asked) == 1
    assert "DISTINCT" in _asked[0]
    assert changed.startswith("UPDATE")

    settings.THEMIS_LIVE = None
    assert len(statements(about.mark_unread)) == 1


def test_notify_user_takes_no_query_more_with_live_updates(settings, recording, user, statements):
    on = statements(lambda: notify_user(user, "News"))
    settings.THEMIS_LIVE = None

    assert len(statements(lambda: notify_user(user, "News"))) == len(on)


# While the broker is away


class Broker:
    """A broker that fails as long as it is ``away``."""

    def __init__(self):
        self.away, self.attempts, self.published = True, 0, []

    def publish(self, user_keys):
        self.attempts += 1
        if self.away:
            raise ConnectionError("away")
        self.published.append(user_keys)


class Pauses:
    """A clock for the background: a test lets each pause end, and waits for the next."""

    def __init__(self):
        self.lengths, self._begun, self._ended = [], threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, seconds):
        self.lengths.append(seconds)
        self._begun.release()
        assert self._ended.acquire(timeout=10)

    def wait(self):
        assert self._begun.acquire(timeout=10)

    def end(self):
        self._ended.release()


@pytest.fixture
def away():
    broker, pauses = Broker(), Pauses()
    return broker, pauses, Publisher(lambda: broker, pauses)


def finish(publisher):
    for thread in threading.enumerate():
        if thread.name == "themis-live":
            thread.join(timeout=10)
    assert not publisher._is_away


def test_keys_published_while_the_broker_is_away_follow_when_it_is_back(away, caplog):
    broker, pauses, publisher = away
    publisher.send({"1": None})
    pauses.wait()
    publisher.send({"2": None})
    publisher.send({"1": None})
    assert broker.attempts == 1, "a caller waited for a broker that is known to be away"

    pauses.end()
    pauses.wait()
    broker.away = False
    pauses.end()
    finish(publisher)

    assert broker.published == [["1", "2"]]
    assert pauses.lengths == [1, 2]
    publisher.send({"3": None})
    assert broker.published[1:] == [["3"]]
    words = [record.getMessage() for record in caplog.records]
    assert len(words) == 2, f"each loss is told once, and its end: {words}"


def test_no_more_than_a_fixed_number_of_users_is_remembered(away):
    broker, pauses, publisher = away
    publisher.send({str(number): None for number in range(MOST_WAITING)})
    pauses.wait()
    publisher.send({"one more": None})

    broker.away = False
    pauses.end()
    finish(publisher)

    [published] = broker.published
    assert (len(published), published[0], published[-1]) == (MOST_WAITING, "1", "one more")


def test_next_caller_tries_the_broker_again_where_no_thread_can_be_started(away, monkeypatch):
    broker, pauses, publisher = away

    class Refused:
        def __init__(self, **options):
            raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(publish, "Thread", Refused)
        publisher.send({"1": None})
    publisher.send({"2": None})
    pauses.wait()
    broker.away = False
    pauses.end()
    finish(publisher)

    assert broker.attempts == 3
    assert broker.published == [["1", "2"]]


@pytest.mark.parametrize(
    "config",
    [
        {"BROKER": "no.such.Broker"},
        {"BROKER": "redis", "URL": "redis://127.0.0.1:1/0"},
        {"BROKER": "unknown"},
        {},
        "redis",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_or_missing_neither_breaks_nor_delays_a_notification(
    settings, user, config
):
    settings.THEMIS_LIVE = config

    begin = monotonic()
    for _time in range(20):
        assert notify_user(user, "News")
    assert monotonic() - begin < 2
