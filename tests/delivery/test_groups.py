"""Grouping: of many notifications about one source, a user sees the newest, which counts them."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override

from tests.helpers.databases import REPEATABLE_READ, chosen, isolation
from tests.helpers.retries import insist
from themis_htmx.delivery import groups
from themis_htmx.delivery.draft import draft
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
GROUP = {"group": True, **SOURCE}
MANY = "Ben and %(others)d others commented"
WRITERS = 8


@pytest.fixture(params=["one", "many"])
def comment(request, user):
    """Notify by one of the two ways in, and return the newest row."""

    def comment(title="Ben commented", **options):
        if request.param == "one":
            notify_user(user, title, **{**GROUP, **options})
        else:
            notify_users([user], title, **{**GROUP, **options})
        return UserNotification.objects.order_by("-pk").first()

    return comment


def shown(user):
    rows = UserNotification.objects.for_user(user).visible().newest_first()
    return [(row.title, row.others) for row in rows]


def test_first_notification_of_a_group_stands_for_itself(user, comment):
    comment(title_many=MANY)

    assert shown(user) == [("Ben commented", 0)]


def test_newest_of_a_group_replaces_the_older_one_and_counts_it(user, comment):
    for _time in range(4):
        newest = comment(title_many=MANY)

    assert shown(user) == [("Ben and 3 others commented", 3)]
    assert newest.uncounted_others == 0


def test_without_words_of_its_own_the_row_is_left_to_say_the_number(user, comment):
    comment()

    newest = comment()

    assert (newest.title, newest.uncounted_others) == ("Ben commented", 1)


def test_words_that_do_not_say_the_number_leave_it_to_the_row(comment):
    comment(title_many="People commented")

    newest = comment(title_many="People commented")

    assert (newest.title, newest.uncounted_others) == ("People commented", 1)


def test_older_ones_are_put_away_read_and_dismissed_at_one_instant(comment):
    first = comment()
    comment()

    first.refresh_from_db()

    assert first.read_at == first.dismissed_at is not None
    assert first.dedup_key is None


def test_badge_counts_a_group_as_one(user, comment):
    comment()
    comment()

    assert UserNotification.objects.for_user(user).unread().count() == 1


def test_group_begins_anew_after_it_was_read(user, comment):
    comment()
    comment()
    UserNotification.objects.for_user(user).mark_read()

    comment("Again")

    assert shown(user) == [("Again", 0), ("Ben commented", 1)]


def test_group_begins_anew_after_it_was_dismissed(user, comment):
    comment()
    UserNotification.objects.for_user(user).dismiss()

    comment("Again")

    assert shown(user) == [("Again", 0)]


def test_group_begins_anew_after_it_has_expired(user, comment, time_machine):
    comment(expires_at=timezone.now() + timedelta(hours=1))
    time_machine.move_to(timezone.now() + timedelta(hours=2))

    comment("Again")

    assert shown(user) == [("Again", 0)]


def test_snoozed_one_is_neither_put_away_nor_counted(user, comment):
    snoozed = comment("Snoozed")
    later = timezone.now() + timedelta(hours=1)
    UserNotification.objects.filter(pk=snoozed.pk).update(visible_from=later)

    comment("New")

    assert shown(user) == [("New", 0)]
    assert [row.title for row in UserNotification.objects.for_user(user).snoozed()] == ["Snoozed"]


def test_one_of_a_higher_level_is_neither_put_away_nor_counted(user, comment):
    comment("Urgent", level="danger")

    comment("News")
    comment("More news")

    assert shown(user) == [("More news", 1), ("Urgent", 0)]


def test_one_of_a_lower_level_is_counted(user, comment):
    comment("News", level="success")

    comment("Urgent", level="danger")

    assert shown(user) == [("Urgent", 1)]


def test_scheduled_one_is_neither_put_away_nor_counted(user, comment):
    later = timezone.now() + timedelta(hours=1)
    notify_user(user, "Reminder", visible_from=later, deduplicate=True, **SOURCE)

    comment("News")

    assert shown(user) == [("News", 0)]
    assert UserNotification.objects.filter(title="Reminder", read_at=None).exists()


def test_groups_of_two_sources_are_apart(user, comment):
    comment("A", source_id="1")
    comment("B", source_id="2")

    assert shown(user) == [("B", 0), ("A", 0)]


def test_groups_of_two_users_are_apart(users):
    notify_users(users[:2], "A", **GROUP)
    notify_users(users[1:3], "B", **GROUP)

    assert [shown(one) for one in users[:3]] == [[("A", 0)], [("B", 1)], [("B", 0)]]


def test_one_that_was_written_to_prevent_duplicates_is_counted_too(user, comment):
    notify_user(user, "Once", deduplicate=True, **SOURCE)

    comment()

    assert shown(user) == [("Ben commented", 1)]


def test_group_is_a_duplicate_for_a_call_that_prevents_them(user, comment):
    comment()

    assert notify_user(user, "Once", deduplicate=True, **SOURCE) is None


def test_muted_source_leaves_the_group_as_it_is(user, comment):
    comment()
    SourcePreference.objects.mute(user, "tasks")

    comment("Unwanted")

    assert shown(user) == [("Ben commented", 0)]


def test_words_with_several_plurals_come_from_a_function(user, comment):
    def many(others):
        return ngettext("%(n)d object", "%(n)d objects", others) % {"n": others}

    for _time in range(3):
        comment(title_many=many)

    assert shown(user) == [("2 objects", 2)]


def test_function_is_called_in_the_language_of_the_sender(user, comment):
    with override("de"):
        for _time in range(2):
            comment(title_many=lambda others: gettext("Yes"))

    assert shown(user) == [("Ja", 1)]


def test_percent_sign_in_a_name_is_no_place_for_a_number(user, comment):
    for _time in range(2):
        comment(title_many="100% of %(others)d, %s")

    assert shown(user) == [("100% of 1, %s", 1)]


def test_title_of_many_that_is_too_long_is_kept_in_the_message(user, comment):
    for _time in range(2):
        newest = comment(message="Text", title_many="x" * 300)

    assert newest.title == "x" * 199 + "…"
    assert newest.message == "x" * 300 + "\n\nText"


def test_signal_announces_the_newest(user, comment, announced):
    with transaction.atomic():
        comment()

    assert len(announced) == 0 or [row.title for row in announced[-1]] == ["Ben commented"]


def test_group_takes_four_queries(user, comment, statements):
    """Ask, lock the older one, put it away, write the new one."""
    notify_user(user, "Ben commented", **GROUP)

    ran = statements(lambda: notify_user(user, "Ben commented", **GROUP))

    assert len(ran) == (5 if chosen() == "sqlite" else 4)


def test_rollback_brings_the_older_one_back(user, comment):
    comment("Kept")

    with transaction.atomic():
        comment("Undone")
        transaction.set_rollback(True)

    assert shown(user) == [("Kept", 0)]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"source_id": ""}, "group: True needs .* to tell what is one group; empty: source_id"),
        ({"deduplicate": True}, "group: True replaces the older one and deduplicate keeps it"),
        ({"visible_from": timezone.now()}, "group: True cannot be combined with visible_from"),
        ({"group": False, "title_many": MANY}, "title_many: .* is used with group=True only"),
        ({"title_many": " "}, "title_many: ' ' is empty"),
        ({"title_many": lambda others: ""}, "title_many: '' is empty"),
    ],
)
def test_mistake_names_the_argument_before_anything_is_written(user, options, named):
    with pytest.raises(ValueError, match=named):
        notify_user(user, "Ben commented", **{**GROUP, **options})

    assert not UserNotification.objects.exists()


# Between processes


def total(rows):
    """The number of notifications that the visible ones stand for."""
    return sum(1 + row.others for row in rows)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_count_each_other_exactly(user, together):
    def write():
        for number in range(20):
            notify_user(user, f"N {number}", title_many=MANY, **GROUP)

    together(*[write] * WRITERS)

    [row] = UserNotification.objects.for_user(user).visible()
    assert row.others == 20 * WRITERS - 1
    assert row.title == f"Ben and {row.others} others commented"
    assert UserNotification.objects.count() == 20 * WRITERS


@pytest.mark.django_db(transaction=True)
def test_writers_in_transactions_count_each_other_exactly(user, together):
    def write():
        for _time in range(10):
            insist(in_transaction)

    def in_transaction():
        with transaction.atomic():
            # SQLite lets no transaction write that has read what is no longer so.
            User.objects.filter(pk=0).update(last_name="")
            notify_user(user, "News", **GROUP)

    together(*[write] * WRITERS)

    rows = UserNotification.objects.for_user(user).visible()
    assert total(rows) == 10 * WRITERS
    if (chosen(), isolation()) != ("postgres", REPEATABLE_READ):
        # There, a snapshot may hide the others from a transaction until it ends.
        assert rows.count() == 1


@pytest.mark.skipif(
    (chosen(), isolation()) != ("postgres", REPEATABLE_READ),
    reason="Only there a lock does not find what was committed meanwhile.",
)
@pytest.mark.django_db(transaction=True)
def test_hidden_one_costs_two_attempts_and_no_time(user, elsewhere, statements):
    with transaction.atomic():
        User.objects.count()  # The snapshot.
        elsewhere(lambda: notify_user(user, "Theirs", **GROUP))

        ran = statements(lambda: notify_user(user, "Mine", **GROUP))

    assert len(ran) < 8
    assert sorted(shown(user)) == [("Mine", 0), ("Theirs", 0)]


@pytest.mark.django_db(transaction=True)
def test_fan_outs_at_once_count_exactly_for_each_user(users, together):
    def write():
        for _time in range(5):
            notify_users(users, "News", batch_size=3, **GROUP)

    together(*[write] * WRITERS)

    for one in users:
        assert total(UserNotification.objects.for_user(one).visible()) == 5 * WRITERS
    assert UserNotification.objects.count() == 5 * WRITERS * len(users)


@pytest.mark.django_db(transaction=True)
def test_reading_at_once_with_writers_loses_none(user, together):
    """Each is counted by the row that replaced it, or was read in its own right."""

    def write():
        for _time in range(20):
            notify_user(user, "News", **GROUP)

    def read():
        for _time in range(20):
            insist(UserNotification.objects.for_user(user).mark_read)

    together(*[write] * 6, read, read)

    assert total(UserNotification.objects.for_user(user).visible()) == 120


@pytest.fixture(params=["atomic", "without autocommit"])
def in_transaction(request):
    """Begin a transaction in either way that Django has."""

    @contextmanager
    def begin():
        if request.param == "atomic":
            with transaction.atomic():
                yield
            return
        transaction.set_autocommit(False)
        yield
        transaction.rollback()
        transaction.set_autocommit(True)

    return begin


@pytest.mark.django_db(transaction=True)
def test_deadlock_is_tried_again_only_outside_of_the_callers_transaction(in_transaction):
    news, deadlock = draft("News", **GROUP), OperationalError(1213)

    assert groups.may_try_again(news, deadlock, [])
    with in_transaction():
        assert not groups.may_try_again(news, deadlock, [])


@pytest.mark.django_db(transaction=True)
def test_only_a_transaction_can_hide_another_one_for_good(in_transaction, monkeypatch):
    monkeypatch.setattr(groups, "locks_within_snapshot", lambda alias: True)
    news = draft("News", **GROUP)

    assert not groups.is_hidden_for_good(news)
    with in_transaction():
        assert groups.is_hidden_for_good(news)
