"""What a user wants in a channel, as a channel of the project's own asks it."""

from datetime import datetime, time

import pytest

from themis_htmx.channels import Channel, wanted
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users

NIGHT = datetime.fromisoformat("2026-06-10T23:00Z")
NOON = datetime.fromisoformat("2026-06-10T12:00Z")
CHANNELS = ["bell", "desktop", "email"]
choose = SourcePreference.objects.choose

pytestmark = pytest.mark.usefixtures("site_in_utc")


@pytest.fixture
def news(notify):
    """One urgent notification and one that is not, from a source, and one without a source."""
    return [
        notify("Info", source_app="tasks"),
        notify("Urgent", source_app="tasks", level="danger"),
        notify("Bare"),
    ]


@pytest.fixture
def sleeper(user):
    """The user, who has quiet hours at night."""
    user.profile.quiet_from, user.profile.quiet_to = time(22), time(7)
    user.profile.save()
    return user


def titles(notifications, channel, **options):
    return [row.title for row in wanted(notifications, channel, **options)]


@pytest.mark.parametrize("channel", [*CHANNELS, *Channel])
def test_user_who_has_chosen_nothing_wants_everything(news, channel):
    assert wanted(news, channel) == news


@pytest.mark.parametrize("channel", CHANNELS)
def test_channel_that_is_off_lets_urgent_ones_through(user, news, channel):
    choose(user, "tasks", channel, wanted=False)

    assert titles(news, channel) == ["Urgent", "Bare"]


def test_channel_that_is_off_for_urgent_ones_too_lets_nothing_through(user, news):
    choose(user, "tasks", "email", wanted=False)
    SourcePreference.objects.mute_urgent(user, "tasks", including_urgent=True)

    assert titles(news, "email") == ["Bare"]
    assert titles(news, "desktop") == ["Info", "Urgent", "Bare"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_source_that_was_muted_since_reaches_no_channel(user, news, channel):
    SourcePreference.objects.mute(user, "tasks")

    assert titles(news, channel) == ["Urgent", "Bare"]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("columns", "left"),
    [
        ({"notifications_enabled": False}, []),
        ({"notifications_min_level": "danger"}, ["Urgent"]),
    ],
)
def test_user_who_turned_notifications_off_since_wants_nothing(user, news, channel, columns, left):
    for name, value in columns.items():
        setattr(user.profile, name, value)
    user.profile.save()

    assert titles(news, channel) == left


def test_each_user_is_asked_what_they_want(users):
    choose(users[0], "tasks", "email", wanted=False)
    choose(users[1], "news", "email", wanted=False)
    notify_users(users[:3], "News", source_app="tasks")
    rows = list(UserNotification.objects.order_by("-pk"))

    assert [row.user_id for row in wanted(rows, "email")] == [users[2].pk, users[1].pk]


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("chosen", [None, True, False])
def test_setting_gives_the_default_of_a_channel(user, news, settings, default, chosen):
    settings.THEMIS_SOURCES = {"tasks": {"email": default}}
    if chosen is not None:
        choose(user, "tasks", "email", wanted=chosen)
    is_on = default if chosen is None else chosen

    assert titles(news, "email") == (["Info"] if is_on else []) + ["Urgent", "Bare"]


@pytest.mark.parametrize("channel", ["desktop", "email"])
def test_required_channel_ignores_what_was_turned_off_before(user, news, settings, channel):
    choose(user, "tasks", "bell", wanted=False)
    choose(user, "tasks", channel, wanted=False)
    SourcePreference.objects.mute_urgent(user, "tasks", including_urgent=True)
    user.profile.notifications_enabled = False
    user.profile.save()
    settings.THEMIS_SOURCES = {"tasks": {"required": [channel]}}

    assert titles(news, channel) == ["Info", "Urgent"]


def test_channel_beside_a_required_bell_can_be_turned_off(user, news, settings):
    settings.THEMIS_SOURCES = {"tasks": {"required": ["bell"]}}
    choose(user, "tasks", "email", wanted=False)

    assert titles(news, "bell") == ["Info", "Urgent", "Bare"]
    assert titles(news, "email") == ["Urgent", "Bare"]


@pytest.mark.parametrize("channel", ["desktop", "email"])
def test_required_bell_does_not_reach_other_channels_of_a_user_who_turned_all_off(
    user, news, settings, channel
):
    settings.THEMIS_SOURCES = {"tasks": {"required": ["bell"]}}
    user.profile.notifications_enabled = False
    user.profile.save()

    assert titles(news, "bell") == ["Info", "Urgent"]
    assert titles(news, channel) == []


@pytest.mark.usefixtures("sleeper")
@pytest.mark.parametrize("channel", ["desktop", "email"])
def test_quiet_hours_let_urgent_ones_alone_through(news, channel):
    assert titles(news, channel, now=NIGHT) == ["Urgent"]
    assert titles(news, channel, now=NOON) == ["Info", "Urgent", "Bare"]
    assert titles(news, channel, now=NIGHT, quiet_hours=False) == ["Info", "Urgent", "Bare"]


@pytest.mark.usefixtures("sleeper")
def test_bell_has_no_quiet_hours(news):
    assert wanted(news, "bell", now=NIGHT) == news


def test_quiet_hours_hold_back_urgent_ones_too_by_choice(sleeper, news):
    sleeper.profile.quiet_lets_urgent_through = False
    sleeper.profile.save()

    assert titles(news, "email", now=NIGHT) == []
    assert titles(news, "email", now=NOON) == ["Info", "Urgent", "Bare"]


def test_required_channel_passes_quiet_hours_if_it_is_urgent(sleeper, news, settings):
    settings.THEMIS_SOURCES = {"tasks": {"required": ["email"]}}
    sleeper.profile.quiet_lets_urgent_through = False
    sleeper.profile.save()

    assert titles(news, "email", now=NIGHT) == ["Urgent"]


@pytest.mark.usefixtures("sleeper")
def test_quiet_hours_are_those_of_the_present_by_default(news, time_machine):
    time_machine.move_to(NIGHT, tick=False)
    assert titles(news, "email") == ["Urgent"]
    time_machine.move_to(NOON, tick=False)
    assert titles(news, "email") == ["Info", "Urgent", "Bare"]


@pytest.mark.parametrize("number", [1, 7])
def test_two_queries_serve_any_number_of_users_and_sources(users, statements, number):
    for member in users[:number]:
        choose(member, "tasks", "email", wanted=False)
        member.profile.notifications_min_level = "warning"
        member.profile.save()
        for source in ("tasks", "news"):
            notify_user(member, "News", source_app=source, level="warning")
    rows = list(UserNotification.objects.all())

    ran = statements(lambda: wanted(rows, "email"))

    assert len(ran) == 2


def test_no_notification_costs_no_query(db, statements):
    assert statements(lambda: wanted([], "email")) == []


def test_any_iterable_of_notifications_is_taken(news):
    assert wanted(iter(news), "email") == news


def test_more_users_than_one_query_names_are_asked_too(users, monkeypatch):
    monkeypatch.setattr("themis_htmx.channels.CHUNK", 2)
    for member in users[::2]:
        choose(member, "tasks", "email", wanted=False)
    notify_users(users, "News", source_app="tasks")
    rows = UserNotification.objects.order_by("pk")

    assert [row.user_id for row in wanted(rows, "email")] == [member.pk for member in users[1::2]]


@pytest.mark.parametrize("channel", ["", None, "sms", "E-mail"])
def test_unknown_channel_is_refused_by_name(news, channel):
    for notifications in (news, []):
        with pytest.raises(ValueError, match=r"^channel: .* use one of bell, desktop, email\.$"):
            wanted(notifications, channel)
