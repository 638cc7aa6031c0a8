"""Marking all read: what it reaches, what it answers, and how it is taken back."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from tests.helpers.browsers import BOOSTED, HTMX, address, browser, htmx
from tests.helpers.markup import parse
from themis_htmx.http.undo import sign_instant
from themis_htmx.models import UserNotification

READ_ALL = reverse("themis:read_all")
EARLIER = timezone.now() - timedelta(hours=1)


@pytest.fixture
def unread():
    """The titles of what is unread, whosever it is and expired or not, oldest first."""

    def unread():
        found = UserNotification.objects.filter(read_at=None).order_by("pk")
        return [row.title for row in found]

    return unread


def test_it_reads_everything_that_the_user_can_see(user, other, notify, unread):
    notify("Another's", to=other)
    notify("Expired", expires_at=timezone.now())
    for title in "ab":
        notify(title)

    assert htmx(user).post(READ_ALL).status_code == 200
    assert unread() == ["Another's", "Expired"]


def test_what_was_read_keeps_its_first_reading(user, notify):
    one = notify(read_at=EARLIER)

    htmx(user).post(READ_ALL)

    one.refresh_from_db()
    assert one.read_at == EARLIER


def test_what_came_after_the_page_was_shown_stays_unread(user, notify, unread):
    notify("Shown")
    form = parse(browser(user).get(address("inbox"))).one("form", class_="themis-read-all")
    notify("New")

    htmx(user).post(READ_ALL, form.fields)

    assert unread() == ["New"]


def test_an_empty_page_has_shown_nothing(user, notify, unread):
    panel = parse(htmx(user).get(address("dropdown")))
    form = panel.one("form", class_="themis-read-all")
    notify("New")
    htmx(user).post(READ_ALL, form.fields)

    assert unread() == ["New"]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, []),
        ({"state": "unread"}, []),
        ({"level": "danger"}, ["info", "billing"]),
        ({"source": "billing"}, ["info", "danger"]),
        ({"source": "billing", "level": "danger"}, ["info", "danger", "billing"]),
    ],
)
def test_filters_narrow_it(user, notify, unread, filters, left):
    notify("info", source_app="tasks")
    notify("danger", source_app="tasks", level="danger")
    notify("billing", source_app="billing")

    for page in ("inbox", "dropdown"):
        form = parse(htmx(user).get(address(page), filters)).one("form", class_="themis-read-all")
        assert {name: form.fields.get(name) for name in filters} == filters

    htmx(user).post(READ_ALL, form.fields)
    assert unread() == left


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("up_to", ["x", "-1", "1.0", "٣", str(2**63), "9" * 5000])
def test_a_newest_id_that_is_none_changes_nothing(user, notify, unread, up_to, headers):
    notify("News")

    response = browser(user, headers).post(READ_ALL, {"up_to": up_to})
    assert response.status_code == 400
    assert unread() == ["News"]


def test_htmx_is_told_how_many_with_a_way_back(user, notify, unread):
    for title in "ab":
        notify(title)
    client = htmx(user, "/page/?a=1")

    form = parse(client.post(READ_ALL, {"scope": "themis-bell-panel"})).one("form")
    assert form.one("span").text == "2 marked as read"
    assert form["hx-post"] == form["action"] == READ_ALL
    assert form["hx-target"] == "#themis-bell-panel-notice"
    assert form.one("button", id="themis-bell-panel-undo").text == "Undo"
    assert form.fields["next"] == "/page/?a=1"
    assert unread() == []

    back = parse(client.post(READ_ALL, form.fields))
    assert back.one(data_themis_changed=True).text == "Undone"
    assert not back.all("form")
    assert unread() == ["a", "b"]


@pytest.mark.parametrize(("number", "words"), [(0, "0 marked as read"), (1, "1 marked as read")])
def test_nothing_done_is_nothing_to_take_back(user, notify, number, words):
    for _time in range(number):
        notify()

    html = parse(htmx(user).post(READ_ALL))
    assert html.one("span").text == words
    assert len(html.all("button")) == number


@pytest.mark.parametrize("headers", [{}, BOOSTED])
def test_without_htmx_the_page_that_is_returned_to_says_it(user, notify, unread, headers):
    notify("News", source_app="tasks")
    client = browser(user, headers)
    html = parse(client.get(address("inbox"), {"source": "tasks"}))
    form = html.one("form", class_="themis-read-all")

    response = client.post(form["action"], form.fields, follow=True)
    assert response.redirect_chain[0][0].startswith("/notifications/?source=tasks&themis_read=1&")
    assert unread() == []

    form = parse(response).one("form", class_="themis-notice")
    assert form.one("span").text == "1 marked as read"
    assert form.fields["next"] == "/notifications/?source=tasks"
    response = client.post(form["action"], form.fields, follow=True)
    assert response.redirect_chain[0][0] == "/notifications/?source=tasks&themis_undone=1"
    assert unread() == ["News"]


def test_undo_takes_back_what_was_read_then_and_nothing_else(user, notify, unread):
    notify("Earlier", read_at=EARLIER)
    notify("Dismissed since")
    notify("News")
    undo = parse(htmx(user).post(READ_ALL)).one("form").fields["undo"]
    htmx(user).post(address("dismiss", UserNotification.objects.get(title="Dismissed since")))
    notify("Later", read_at=timezone.now())

    htmx(user).post(READ_ALL, {"undo": undo, "up_to": "0"})

    assert unread() == ["News"]


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("kind", ["nothing", "forged", "altered", "another's", "another purpose"])
def test_what_cannot_be_taken_back_changes_nothing(user, other, notify, unread, kind, headers):
    now = timezone.now()
    notify("Read", read_at=now)
    notify("Unread")
    undo = {
        "nothing": "",
        "forged": "forged",
        "altered": sign_instant(user, now)[:-1],
        "another's": sign_instant(other, now),
        "another purpose": signing.dumps([str(user.pk), now.isoformat()], salt="x"),
    }[kind]

    response = browser(user, headers).post(READ_ALL, {"undo": undo})
    assert response.status_code == 400
    assert unread() == ["Unread"]


def test_an_undo_is_good_for_a_day(user, notify, unread, time_machine):
    time_machine.move_to(EARLIER, tick=False)
    notify("News")
    client = htmx(user)
    undo = parse(client.post(READ_ALL)).one("form").fields["undo"]

    time_machine.move_to(EARLIER + timedelta(hours=25), tick=False)
    assert client.post(READ_ALL, {"undo": undo}).status_code == 400
    assert unread() == []


def test_another_user_cannot_take_back_by_the_same_instant(user, other, notify, unread):
    now = timezone.now()
    notify("Hers", to=other, read_at=now)
    notify("Mine", read_at=now)

    htmx(user).post(READ_ALL, {"undo": sign_instant(user, now)})

    assert unread() == ["Mine"]
