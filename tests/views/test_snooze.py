"""Snoozing in the lists: the menu, its answers and their undo, the filter, and what is back."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.browsers import HTMX, address, browser, htmx
from tests.helpers.markup import listed, parse
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

# A Wednesday.
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DROPDOWN, INBOX, ITEMS = map(address, ["dropdown", "inbox", "inbox_items"])
READ_ALL, SNOOZED = address("read_all"), {"state": "snoozed"}
LISTS = pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items"])
# Days before the pages that these tests look at.
LONG_SESSION = 60 * 60 * 24 * 900


@pytest.fixture(autouse=True)
def clock(site_in_utc, settings, time_machine):
    """Noon, and a way to move on."""
    settings.SESSION_COOKIE_AGE = LONG_SESSION
    time_machine.move_to(NOON, tick=False)
    return lambda instant: time_machine.move_to(instant, tick=False)


def items(response):
    return parse(response).all("li", data_themis_item=True)


def choices(item):
    return item.all("button", class_="themis-item__remind")


def chips(response):
    return [chip.text for chip in parse(response).all("a", class_="themis-chip")]


def rows():
    return UserNotification.objects.order_by("pk")


def snooze(one, choice):
    """The address that a choice in the menu posts to."""
    return f"{address('snooze', one)}?until={choice}"


def put_off(one, until):
    UserNotification.objects.filter(pk=one.pk).snooze(until)


# The menu


@LISTS
@pytest.mark.parametrize("source", ["tasks", ""])
def test_menu_of_every_item_offers_reminders_with_their_times(user, notify, where, source):
    one = notify("News", source_app=source)

    [item] = items(browser(user).get(address(where)))
    assert [choice.text for choice in choices(item)] == [
        "In one hour today, 1 p.m.",
        "This evening today, 6 p.m.",
        "Tomorrow morning tomorrow, 9 a.m.",
        "Next Monday Monday, 9 a.m.",
    ]
    group = item.one(role="group")
    assert item.one(id=group["aria-labelledby"]).text == "Remind me later"
    for choice in choices(item):
        assert choice["formaction"] == choice["hx-post"]
        assert choice["formaction"].startswith(f"{address('snooze', one)}?until=")


def test_menu_offers_only_times_before_the_item_expires(user, notify):
    for ahead in (2 * HOUR, HOUR, DAY, 10 * DAY):
        notify(f"{ahead}", expires_at=NOON + ahead)

    found = items(browser(user).get(DROPDOWN))
    assert [len(choices(item)) for item in found] == [4, 3, 0, 1]
    assert [len(item.all("details")) for item in found] == [1, 1, 0, 1]


# The act, its answer and its undo


@pytest.mark.parametrize("read_at", [None, NOON - DAY], ids=["unread", "read"])
def test_snoozing_answers_with_the_time_and_an_undo(user, notify, read_at):
    one = notify("News", read_at=read_at)
    client = htmx(user, "/page/?a=1")
    [item] = items(client.get(DROPDOWN, {"scope": "themis-bell-panel"}))
    [_hour, _evening, tomorrow, _monday] = choices(item)

    form = parse(client.post(tomorrow["hx-post"], item.one("form").fields)).one("form")
    assert form.one("span").text == "Reminds you tomorrow at 9 a.m."
    assert form["data-themis-dismissed"] == str(one.pk)
    assert form["hx-target"] == "#themis-bell-panel-notice"
    assert rows().get().is_snoozed
    assert listed(client.get(DROPDOWN)) == []

    back = parse(client.post(form["hx-post"], form.fields))
    assert back.one(data_themis_restored=str(one.pk))
    assert rows().values_list("visible_from", "read_at").get() == (None, read_at)


def test_snoozing_without_htmx_tells_it_on_the_page_that_is_returned_to(user, notify):
    notify("News", source_app="tasks")
    client = browser(user)
    [item] = items(client.get(INBOX, {"source": "tasks"}))
    choice = choices(item)[1]

    page = client.post(choice["formaction"], item.one("form").fields, follow=True)
    assert page.redirect_chain[0][0].startswith("/notifications/?source=tasks&themis_snoozed=")
    form = parse(page).one("form", class_="themis-notice")
    assert form.one("span").text == "Reminds you today at 6 p.m."
    assert form.fields["next"] == "/notifications/?source=tasks"

    page = client.post(form["action"], form.fields, follow=True)
    assert listed(page) == ["News"]


def test_notice_tells_the_real_time_where_the_page_was_left_open(user, notify, clock):
    notify()
    client = htmx(user)
    choice = choices(items(client.get(DROPDOWN))[0])[1]
    clock(NOON + 7 * HOUR)

    answer = client.post(choice["hx-post"])
    assert parse(answer).one("span").text == "Reminds you tomorrow at 6 p.m."
    assert rows().get().visible_from == NOON + DAY + 6 * HOUR


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("until", ["", "x", "1 hour", "HOUR"])
def test_snoozing_until_something_else_changes_nothing(user, notify, headers, until):
    one = notify()

    assert browser(user, headers).post(snooze(one, until)).status_code == 400
    assert rows().get().visible_from is None


def test_snoozing_beyond_the_expiry_is_refused(user, notify):
    one = notify(expires_at=NOON + 2 * HOUR)

    assert htmx(user).post(snooze(one, "tomorrow")).status_code == 400
    assert listed(htmx(user).get(DROPDOWN)) == ["News"]


@pytest.mark.parametrize("name", ["snooze", "wake", "read", "dismiss"])
def test_nobody_reaches_what_is_anothers_or_scheduled_and_unseen(user, other, notify, name):
    theirs = notify(to=other)
    put_off(theirs, NOON + DAY)
    unseen = notify_user(user, "Scheduled", visible_from=NOON + DAY)
    before = list(rows().values())

    for one in (theirs, unseen):
        answer = htmx(user).post(f"{address(name, one)}?until=hour")
        assert answer.status_code == 404
    assert list(rows().values()) == before


@pytest.mark.parametrize("kind", ["nothing", "forged", "another's", "of another one", "read all's"])
def test_invalid_undo_of_a_snooze_changes_nothing(user, other, notify, kind):
    one, second, hers = notify(), notify(), notify(to=other)

    def undo_of(client, notification):
        answer = client.post(snooze(notification, "hour"))
        return parse(answer).one("form").fields["undo"]

    client = htmx(user)
    good = undo_of(client, one)
    undo = {
        "nothing": "",
        "forged": good[:-1],
        "another's": undo_of(htmx(other), hers),
        "of another one": undo_of(client, second),
        "read all's": parse(client.post(READ_ALL)).one("form").fields.get("undo", ""),
    }[kind]

    assert client.post(address("snooze", one), {"undo": undo}).status_code == 400
    one.refresh_from_db()
    assert one.is_snoozed


def test_undo_of_a_snooze_that_another_page_has_changed_changes_nothing(user, notify):
    one = notify()
    client = htmx(user)
    form = parse(client.post(snooze(one, "hour"))).one("form")
    client.post(snooze(one, "tomorrow"))

    assert client.post(form["hx-post"], form.fields).status_code == 200
    assert rows().get().visible_from == NOON + 21 * HOUR


# The filter


def test_snoozed_filter_is_offered_to_people_who_have_snoozed_something(user, notify, clock):
    one = notify()
    notify_user(user, "Scheduled", visible_from=NOON + DAY)
    client = browser(user)
    assert "Snoozed" not in chips(client.get(INBOX))

    put_off(one, NOON + HOUR)
    assert "Snoozed" in chips(client.get(INBOX))
    clock(NOON + HOUR)
    assert "Snoozed" not in chips(client.get(INBOX))
    assert "Snoozed" in chips(client.get(INBOX, SNOOZED))


def test_snoozed_list_shows_until_when_and_offers_show_now_and_dismiss(user, notify):
    notify("Plain")
    notify_user(user, "Scheduled", visible_from=NOON + DAY)
    one = notify("Snoozed", source_app="tasks", level="warning")
    put_off(one, NOON + HOUR)
    client = browser(user)

    page = client.get(INBOX, SNOOZED)
    assert listed(page) == ["Snoozed"]
    [item] = items(page)
    assert item.one("time").text == "until today, 1 p.m."
    assert [button["aria-label"] for button in item.all("button")] == [
        "Show now: Snoozed",
        "Dismiss: Snoozed",
    ]
    assert "themis-item--unread" not in item["class"]
    assert not parse(page).all("button", id="themis-inbox-read-all")
    assert listed(client.get(INBOX, SNOOZED | {"level": "warning"})) == ["Snoozed"]
    assert listed(client.get(INBOX, SNOOZED | {"level": "danger"})) == []


def test_snoozed_list_has_words_of_its_own_when_empty(user, notify):
    notify()

    empty = parse(browser(user).get(INBOX, SNOOZED)).one(class_="themis-empty")
    assert empty.one("p", class_="themis-empty__title").text == "Nothing is snoozed"


def test_pages_of_the_snoozed_list_follow_each_other(user, make, settings):
    settings.THEMIS_PAGE_SIZE = 4
    make(10)
    rows().snooze(NOON + HOUR)
    client, found, page = browser(user), [], f"{INBOX}?state=snoozed"
    while page:
        html = client.get(page)
        found += listed(html)
        more = parse(html).all("div", class_="themis-more")
        page = more[0].one("a")["href"] if more else ""
    assert found == [str(number) for number in reversed(range(10))]
    unfolded = client.get(ITEMS, SNOOZED | {"through": rows()[3].pk})
    assert len(listed(unfolded)) == 7


def test_show_now_brings_it_back_to_the_top_and_undo_puts_it_off_again(user, notify, clock):
    one = notify("Old")
    notify("New")
    put_off(one, NOON + DAY)
    clock(NOON + HOUR)
    client = htmx(user)
    [item] = items(client.get(ITEMS, SNOOZED))

    form = parse(client.post(item.one("form")["action"], item.one("form").fields)).one("form")
    assert form.one("span").text == "Shown in your notifications"
    assert form["data-themis-woken"] == str(round((NOON + HOUR).timestamp() * 1_000_000))
    assert listed(client.get(DROPDOWN)) == ["Old", "New"]

    client.post(form["hx-post"], form.fields)
    assert listed(client.get(DROPDOWN)) == ["New"]
    assert rows().first().visible_from == NOON + DAY


def test_dismissing_a_snoozed_one_can_be_undone(user, notify, clock):
    one = notify("Old")
    put_off(one, NOON + DAY)
    client = htmx(user)

    form = parse(client.post(address("dismiss", one))).one("form")
    assert listed(client.get(ITEMS, SNOOZED)) == []
    client.post(form["hx-post"], form.fields)
    assert listed(client.get(ITEMS, SNOOZED)) == ["Old"]


# What is back


@LISTS
def test_what_has_woken_up_stands_on_top_until_it_is_read(user, notify, clock, where):
    old = notify("Snoozed")
    notify_user(user, "Scheduled", visible_from=NOON + 2 * HOUR)
    put_off(old, NOON + HOUR)
    notify("Plain")
    client = browser(user)
    assert listed(client.get(address(where))) == ["Plain"]

    clock(NOON + 3 * HOUR)
    page = client.get(address(where))
    assert listed(page) == ["Scheduled", "Snoozed", "Plain"]
    scheduled, snoozed, plain = items(page)
    assert [item.one("time").text for item in (scheduled, snoozed, plain)] == [
        "1 hour ago",
        "2 hours ago",
        "3 hours ago",
    ]
    marks = [item.all(class_="themis-item__back") for item in (scheduled, snoozed, plain)]
    assert [len(found) for found in marks] == [0, 1, 0]
    assert marks[1][0].text == "Back"

    rows().mark_read()
    assert listed(client.get(address(where))) == ["Plain", "Scheduled", "Snoozed"]


def test_reminders_stand_above_the_days_and_follow_the_filters(user, notify, clock):
    for level in ("info", "danger"):
        put_off(notify(level, level=level), NOON + HOUR)
    notify("Plain")
    clock(NOON + HOUR)
    client = browser(user)

    days = parse(client.get(INBOX)).all("div", class_="themis-day")
    assert [day.one("h2").text for day in days] == ["Reminders", "Today"]
    assert [len(day.all("li")) for day in days] == [2, 1]
    assert listed(client.get(INBOX, {"state": "unread"})) == ["danger", "info", "Plain"]
    assert listed(client.get(INBOX, {"level": "danger"})) == ["danger"]


def test_no_notification_is_twice_on_a_page_that_is_unfolded(user, make, settings, clock):
    """Also one that was read on top, before the page with its own place is fetched."""
    settings.THEMIS_PAGE_SIZE = 3
    make(9)
    put_off(rows()[0], NOON + HOUR)
    put_off(rows()[4], NOON + HOUR)
    clock(NOON + HOUR)
    client = htmx(user)
    html = browser(user).get(INBOX)
    found = listed(html)
    assert found[:2] == ["4", "0"]
    rows().filter(title="4").mark_read()

    more = parse(html).all("div", class_="themis-more")
    while more:
        html = client.get(more[0].one("a")["hx-get"])
        found += listed(html)
        more = parse(html).all("div", class_="themis-more")
    assert sorted(found) == [str(number) for number in range(9)]


def test_more_reminders_than_fit_on_top_are_in_their_place_below(user, make, settings, clock):
    settings.THEMIS_PAGE_SIZE = settings.THEMIS_DROPDOWN_SIZE = 3
    make(5)
    rows().snooze(NOON + HOUR)
    clock(NOON + HOUR)

    for where in (DROPDOWN, INBOX):
        assert sorted(listed(browser(user).get(where))) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("junk", ["x", "1.x.-5", "/inbox/", "9" * 3000])
def test_a_parameter_of_the_pages_own_is_no_list_of_ids(user, notify, junk):
    notify("News")

    assert listed(browser(user).get(INBOX, {"without": junk, "before": 2**62})) == ["News"]


def test_reminder_marked_as_unread_again_is_back(user, notify, clock):
    one = notify("Snoozed")
    put_off(one, NOON + HOUR)
    clock(NOON + 2 * HOUR)
    client = htmx(user)

    client.post(address("read", one))
    item = parse(client.post(address("unread", one))).one("li")
    assert item.one(class_="themis-item__back").text == "Back"


def test_days_stay_in_order_around_one_that_was_scheduled_long_ago(user, notify, clock):
    notify_user(user, "Planned", visible_from=NOON + 3 * DAY)
    notify("First day")
    clock(NOON + 2 * DAY)
    notify("Third day")
    clock(NOON + 4 * DAY)
    rows().mark_read()

    page = parse(browser(user).get(INBOX))
    assert [day.text for day in page.all("h2", class_="themis-day__name")] == [
        "November 27",
        "November 25",
    ]
    told = [
        (item.one(class_="themis-item__title").text, item.one("time").text)
        for item in page.all("li")
    ]
    assert told == [
        ("Third day", "noon"),
        ("First day", "noon"),
        # Under the day of its neighbours, with its own.
        ("Planned", "yesterday"),
    ]


def test_heading_of_an_older_page_is_no_later_than_the_page_above(user, notify, clock, settings):
    settings.THEMIS_PAGE_SIZE = 1
    notify_user(user, "Planned", visible_from=NOON + 3 * DAY)
    notify("First day")
    clock(NOON + 4 * DAY)
    rows().mark_read()

    more = parse(browser(user).get(INBOX)).one("div", class_="themis-more").one("a")
    more_html = htmx(user).get(more["hx-get"])
    older = parse(more_html)
    assert listed(more_html) == ["Planned"]
    assert not older.all("h2")


# Read all


@pytest.mark.parametrize("where", [DROPDOWN, INBOX])
def test_read_all_reads_what_is_back_on_the_page_and_nothing_that_woke_since(
    user, notify, clock, where
):
    shown, later = notify("On the page"), notify("Wakes later")
    put_off(shown, NOON + HOUR)
    put_off(later, NOON + 2 * HOUR)
    notify("Plain")
    clock(NOON + HOUR)
    form = parse(browser(user).get(where)).one("form", class_="themis-read-all")
    clock(NOON + 2 * HOUR)

    answer = parse(htmx(user).post(READ_ALL, form.fields)).one("form")
    assert answer.one("span").text == "2 marked as read"
    assert [row.title for row in rows().filter(read_at=None)] == ["Wakes later"]
    htmx(user).post(READ_ALL, answer.fields)
    assert rows().filter(read_at=None).count() == 3


# Its cost


def test_back_and_snoozed_cost_a_page_two_queries_more(user, notify, statements, clock):
    for title in ("back", "asleep", "plain"):
        notify(title)
    client = browser(user)
    few = {where: len(statements(lambda w=where: client.get(w))) for where in (DROPDOWN, INBOX)}
    rows().filter(title="back").snooze(NOON + HOUR)
    rows().filter(title="asleep").snooze(NOON + 2 * HOUR)
    clock(NOON + HOUR)

    for where, more in ((DROPDOWN, 1), (INBOX, 2)):
        assert len(statements(lambda w=where: client.get(w))) == few[where] + more


def test_reminders_of_a_list_are_computed_once(user, make, monkeypatch):
    """They are the same for all, and so are the buttons."""
    from themis_htmx.ui import buttons

    made, original = [], buttons.reminders
    monkeypatch.setattr(buttons, "reminders", lambda: made.append(1) or original())
    make(20)

    html = browser(user).get(ITEMS).content.decode()
    assert len(re.findall('themis-item__remind"', html)) == 80
    assert len(made) == 1
