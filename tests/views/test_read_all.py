"""Marking all read: its reach, its answers and its undo."""

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
    """The titles of all unread rows, of any user and also expired ones, oldest first."""

    def unread():
        found = UserNotification.objects.filter(read_at=None).order_by("pk")
        return [row.title for row in found]

    return unread


def test_read_all_marks_every_visible_notification_of_the_user(user, other, notify, unread):
    notify("Another's", to=other)
    notify("Expired", expires_at=timezone.now())
    for title in "ab":
        notify(title)

    assert htmx(user).post(READ_ALL).status_code == 200
    assert unread() == ["Another's", "Expired"]


def test_read_all_keeps_the_instant_of_an_earlier_read(user, notify):
    one = notify(read_at=EARLIER)

    htmx(user).post(READ_ALL)

    one.refresh_from_db()
    assert one.read_at == EARLIER


def test_read_all_leaves_notifications_from_after_the_page_unread(user, notify, unread):
    notify("Shown")
    form = parse(browser(user).get(address("inbox"))).one("form", class_="themis-read-all")
    notify("New")

    htmx(user).post(READ_ALL, form.fields)

    assert unread() == ["New"]


def test_read_all_of_an_empty_panel_leaves_a_later_notification_unread(user, notify, unread):
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
def test_read_all_reaches_only_notifications_under_its_filters(user, notify, unread, filters, left):
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
def test_read_all_with_an_invalid_up_to_changes_nothing(user, notify, unread, up_to, headers):
    notify("News")

    response = browser(user, headers).post(READ_ALL, {"up_to": up_to})
    assert response.status_code == 400
    assert unread() == ["News"]


def test_read_all_answers_htmx_with_the_number_and_an_undo(user, notify, unread):
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
def test_read_all_offers_undo_only_when_something_was_marked(user, notify, number, words):
    for _time in range(number):
        notify()

    html = parse(htmx(user).post(READ_ALL))
    assert html.one("span").text == words
    assert len(html.all("button")) == number


@pytest.mark.parametrize("headers", [{}, BOOSTED])
def test_page_after_read_all_without_htmx_shows_a_notice_with_undo(user, notify, unread, headers):
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


def test_undo_of_read_all_takes_back_only_its_own_reads(user, notify, unread):
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
def test_invalid_undo_of_read_all_changes_nothing(user, other, notify, unread, kind, headers):
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


def test_undo_of_read_all_is_refused_after_a_day(user, notify, unread, time_machine):
    time_machine.move_to(EARLIER, tick=False)
    notify("News")
    client = htmx(user)
    undo = parse(client.post(READ_ALL)).one("form").fields["undo"]

    time_machine.move_to(EARLIER + timedelta(hours=25), tick=False)
    assert client.post(READ_ALL, {"undo": undo}).status_code == 400
    assert unread() == []


def test_undo_of_read_all_leaves_reads_of_other_users_alone(user, other, notify, unread):
    now = timezone.now()
    notify("Hers", to=other, read_at=now)
    notify("Mine", read_at=now)

    htmx(user).post(READ_ALL, {"undo": sign_instant(user, now)})

    assert unread() == ["Mine"]
