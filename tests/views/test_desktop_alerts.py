"""Desktop alerts obey the desktop's column of the preferences, and quiet hours."""

from datetime import UTC, datetime, time

import pytest

from tests.helpers.browsers import address, htmx
from tests.helpers.markup import parse
from themis_htmx.models import SourcePreference

BELL, TOASTS = address("bell"), address("toasts")
NIGHT = datetime(2026, 6, 10, 23, tzinfo=UTC)
TABLE = SourcePreference._meta.db_table
choose = SourcePreference.objects.choose

pytestmark = pytest.mark.usefixtures("site_in_utc")


@pytest.fixture(params=["count", "full"])
def profile(request, user):
    """The profile of a user who has chosen alerts, of either kind."""
    user.profile.browser_notifications_enabled = True
    user.profile.browser_notifications_full_text = request.param == "full"
    user.profile.save()
    return user.profile


@pytest.fixture
def sleeper(profile, time_machine):
    """The same profile, with quiet hours that hold now."""
    profile.quiet_from, profile.quiet_to = time(22), time(7)
    profile.save()
    time_machine.move_to(NIGHT, tick=False)
    return profile


@pytest.fixture
def poll(user):
    """Poll as a page that has been told of nothing; return the field with the token."""
    client = htmx(user)

    def poll(**query):
        html = parse(client.get(BELL, {"since": 0, "shown": 0, "alerts": "count", **query}))
        return html.one("input", name="token").attrs

    return poll


def told(attributes):
    """Number in the list's bar, and title of the alert."""
    return attributes["data-themis-new-text"], attributes.get("data-themis-alert-title")


@pytest.mark.usefixtures("profile")
def test_source_that_is_off_on_the_desktop_raises_no_alert(user, notify, poll):
    choose(user, "tasks", "desktop", wanted=False)
    notify("News", source_app="tasks")

    assert told(poll()) == ("1 new notification", None)


@pytest.mark.usefixtures("profile")
def test_alert_counts_what_is_wanted_on_the_desktop_alone(user, notify, poll):
    choose(user, "tasks", "desktop", wanted=False)
    for source in ("tasks", "news", "", "chat", "tasks"):
        notify("News", source_app=source)

    assert told(poll()) == ("5 new notifications", "3 new notifications")


def test_single_wanted_arrival_among_others_shows_its_own_text(user, notify, poll, profile):
    choose(user, "tasks", "desktop", wanted=False)
    notify("Wanted", message="Text", url="/wanted/", source_app="news")
    notify("Not wanted", source_app="tasks")

    found = poll()

    is_full = profile.browser_notifications_full_text
    assert found["data-themis-alert-title"] == ("Wanted" if is_full else "1 new notification")
    assert found["data-themis-alert-url"] == ("/wanted/" if is_full else address("inbox"))


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("including_urgent", [True, False])
def test_urgent_one_raises_an_alert_unless_it_is_held_back_too(
    user, notify, poll, including_urgent
):
    choose(user, "tasks", "desktop", wanted=False)
    SourcePreference.objects.mute_urgent(user, "tasks", including_urgent=including_urgent)
    notify("Urgent", source_app="tasks", level="danger")

    assert ("data-themis-alert-title" in poll()) != including_urgent


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("chosen", [None, True])
def test_setting_may_turn_the_desktop_off_by_default(user, notify, poll, settings, chosen):
    settings.THEMIS_SOURCES = {"tasks": {"desktop": False}}
    if chosen:
        choose(user, "tasks", "desktop", wanted=True)
    notify("News", source_app="tasks")

    assert ("data-themis-alert-title" in poll()) == bool(chosen)


@pytest.mark.usefixtures("sleeper")
@pytest.mark.parametrize("source_app", ["tasks", ""])
def test_no_alert_interrupts_quiet_hours_and_the_list_counts_on(notify, poll, source_app):
    notify("News", source_app=source_app)

    assert told(poll()) == ("1 new notification", None)


@pytest.mark.parametrize("lets_through", [True, False])
def test_urgent_one_comes_through_quiet_hours_by_choice(sleeper, notify, poll, lets_through):
    sleeper.quiet_lets_urgent_through = lets_through
    sleeper.save()
    notify("News")
    notify("Urgent", level="danger")

    assert told(poll())[0] == "2 new notifications"
    assert ("data-themis-alert-title" in poll()) == lets_through


def test_alerts_come_again_once_quiet_hours_are_over(sleeper, notify, poll, time_machine):
    notify("News")
    time_machine.move_to(datetime(2026, 6, 11, 7, tzinfo=UTC), tick=False)

    assert "data-themis-alert-title" in poll()


def test_toasts_stay_in_quiet_hours_since_their_reader_is_on_the_page(sleeper, user, notify):
    choose(user, "tasks", "desktop", wanted=False)
    notify("News", source_app="tasks")

    assert "News" in htmx(user).get(TOASTS, {"since": 0}).content.decode()


def test_alerts_cost_one_query_more_and_only_if_something_from_a_source_arrived(
    user, notify, poll, statements, profile
):
    def asked(**query):
        return sum(TABLE in sql for sql in statements(lambda: poll(**query)))

    assert asked() == 0
    notify("Bare")
    assert asked() == 0
    last = [notify("News", source_app=source).pk for source in ("tasks", "news")][-1]
    assert asked() == 1
    assert asked(since=last) == 0

    profile.browser_notifications_enabled = False
    profile.save()
    assert asked() == 0


@pytest.mark.usefixtures("profile")
def test_page_without_alerts_asks_for_no_preference(user, notify, statements):
    notify("News", source_app="tasks")

    ran = statements(lambda: htmx(user).get(BELL, {"since": 0, "shown": 0}))

    assert not any(TABLE in sql for sql in ran)
