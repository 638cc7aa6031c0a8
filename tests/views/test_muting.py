"""Muting over HTTP, from the menu of an item, with htmx and without."""

import pytest
from django.urls import reverse

from tests.helpers.browsers import BOOSTED, address, browser, htmx, shown_by
from tests.helpers.markup import parse
from themis_htmx.models import SourcePreference

NAMES = ["mute", "unmute"]
FROM_ITEM = {"scope": "themis-bell-2-panel", "next": "/page/?a=1", "source_app": "tasks"}
BOTH = pytest.mark.parametrize("open_", [browser, htmx])
WITHOUT_HTMX = pytest.mark.parametrize("headers", [{}, BOOSTED])


@pytest.fixture(autouse=True)
def names(settings):
    settings.THEMIS_SOURCES = {"tasks": "The board"}


@pytest.fixture
def muted(user):
    """Return the sources that a user muted, each with its ``including_urgent``."""

    def muted(owner=user):
        rows = SourcePreference.objects.filter(user=owner)
        return dict(rows.values_list("source_app", "including_urgent"))

    return muted


@BOTH
def test_muting_views_mute_and_unmute_a_source_of_the_user(user, other, muted, open_):
    SourcePreference.objects.mute(other, "tasks")
    client = open_(user)

    for _time in "12":
        client.post(address("mute"), FROM_ITEM)
        assert muted() == {"tasks": False}
    for _time in "12":
        client.post(address("unmute"), FROM_ITEM)
        assert muted() == {}
    assert muted(other) == {"tasks": False}


@BOTH
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source_app", [None, "", "x" * 101, "\x00"])
def test_muting_views_answer_an_invalid_source_with_a_bad_request(
    user, muted, open_, name, source_app, caplog
):
    SourcePreference.objects.mute(user, "tasks")
    sent = {} if source_app is None else {"source_app": source_app}

    response = open_(user).post(address(name), sent)

    assert response.status_code == 400
    assert "source_app: " in caplog.text
    assert response["Cache-Control"] == "private, no-store"
    assert muted() == {"tasks": False}


def test_mute_view_answers_htmx_with_a_notice_that_offers_undo(user, muted):
    client = htmx(user, "/page/?a=1")

    html = parse(client.post(address("mute"), FROM_ITEM))
    form = html.one("form")
    assert form.one("span").text == "The board muted"
    assert form["action"] == form["hx-post"] == address("unmute")
    assert form["hx-target"] == "#themis-bell-2-panel-notice"
    assert form.one("button", id="themis-bell-2-panel-undo").text == "Undo"
    assert form.fields["next"] == "/page/?a=1"

    back = parse(client.post(form["action"], form.fields))
    assert back.text == "Undone"
    assert not back.all("form")
    assert muted() == {}


@WITHOUT_HTMX
def test_page_after_muting_without_htmx_shows_a_notice_with_undo(user, muted, notify, headers):
    notify(source_app="tasks")
    client = browser(user, headers)

    response = client.post(address("mute"), FROM_ITEM)
    assert (response.status_code, response["Location"]) == (302, "/page/?a=1&themis_muted=tasks")

    slot = parse(browser(user).get(address("inbox"), {"themis_muted": "tasks"}))
    form = slot.one(id="themis-inbox-notice").one("form")
    assert form.one("span").text == "The board muted"
    assert form.fields["next"] == address("inbox")
    response = client.post(form["action"], form.fields)
    assert response["Location"] == address("inbox") + "?themis_unmuted=1"
    assert muted() == {}


@pytest.mark.parametrize("source_app", ["billing", "Tasks", "<u>", "x" * 200, ""])
def test_inbox_shows_no_muted_notice_for_a_source_that_is_not_muted(user, other, source_app):
    SourcePreference.objects.mute(user, "tasks")
    SourcePreference.objects.mute(other, "billing")

    html = parse(browser(user).get(address("inbox"), {"themis_muted": source_app}))
    assert html.one(id="themis-inbox-notice").elements == []


@pytest.mark.parametrize("place", ["//evil.example/", "https://evil.example/", "page"])
@pytest.mark.parametrize("name", NAMES)
def test_muting_views_never_redirect_to_another_host(user, name, place):
    response = browser(user).post(address(name), FROM_ITEM | {"next": place})

    assert response["Location"].partition("?")[0] == reverse("themis:inbox")


@BOTH
def test_muting_forms_are_accepted_as_rendered(user, notify, muted, open_):
    notify(source_app="tasks")
    client = open_(user, enforce_csrf_checks=True)

    item = parse(client.get(address("inbox"))).one("li", data_themis_item=True)
    button = item.one("button", formaction=address("mute"))
    assert button["hx-post"] == address("mute")
    assert client.post(address("mute"), item.one("form").fields).status_code in (200, 302)
    assert muted() == {"tasks": False}


@pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items", "read"])
def test_item_can_be_muted_only_when_it_has_a_source(notify, where):
    one = notify("News", source_app="tasks")
    item = parse(shown_by(where, one)).one("li", data_themis_item=True)
    menu = item.one("details")
    assert menu.one("summary")["aria-label"] == "More about: News"
    assert menu.one("button", class_="themis-item__mute").text == "Mute The board"
    assert "open" not in menu.attrs

    one.delete()
    item = parse(shown_by(where, notify("News"))).one("li", data_themis_item=True)
    assert not item.all("button", class_="themis-item__mute")
    assert "source_app" not in item.one("form").fields


@pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items", "read"])
def test_item_of_a_source_that_has_to_come_cannot_be_muted(settings, notify, where):
    settings.THEMIS_SOURCES = {"tasks": {"name": "The board", "required": ["bell"]}}

    item = parse(shown_by(where, notify("News", source_app="tasks"))).one(
        "li", class_="themis-item"
    )

    assert not item.all("button", class_="themis-item__mute")


@pytest.mark.parametrize("level", ["info", "danger"])
def test_icon_of_a_source_replaces_the_icon_of_the_level(settings, notify, level):
    settings.THEMIS_SOURCES = {"tasks": {"name": "The board", "icon": 'tasks/"><u>.svg'}}

    item = parse(shown_by("inbox", notify(source_app="tasks", level=level))).one("li")

    icon = item.one(class_="themis-disc").one("img")
    assert icon["src"] == "/static/tasks/%22%3E%3Cu%3E.svg"
    assert icon["alt"] == ""
    assert not item.one(class_="themis-disc").all("svg")
    assert f"themis-item--{level}" in item["class"]
    assert [told.text for told in item.all(class_="themis-item__level")] == ["Urgent"] * (
        level == "danger"
    )
