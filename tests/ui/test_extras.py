"""The image and the actions of a notification, as a list, a toast and the admin show them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.helpers.browsers import address, browser, htmx, shown_by
from tests.helpers.markup import parse, repeated_ids
from themis_htmx.models import UserProfile

FACE = "/static/ana.svg?a=1&b='\""
APPROVE = {"label": "Approve", "url": "/requests/42/approve/?a=1&b='\"", "method": "post"}
VIEW = {"label": "<u>View</u>", "url": "https://example.org/42?a=1&b=2"}
LISTS = pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items"])


def item(response):
    return parse(response).one("li", data_themis_item=True)


def one_of(item, number):
    return item.one(id=f"{item['id']}-action-{number}")


@pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items", "read"])
def test_image_stands_over_the_icon_of_its_level(notify, where):
    disc = item(shown_by(where, notify(image=FACE, level="danger"))).one(class_="themis-disc")

    image = disc.one("img")
    assert image["src"] == FACE
    assert image["alt"] == ""
    assert (image["loading"], image["referrerpolicy"]) == ("lazy", "no-referrer")
    # It cannot move anything when it comes.
    assert (image["width"], image["height"]) == ("36", "36")
    # Below the image, for when it cannot be loaded, and on its corner.
    assert len(disc.all("use", href="#themis-icon-danger")) == 2


@LISTS
@pytest.mark.parametrize(
    ("level", "corners"), [("info", 0), ("success", 1), ("warning", 1), ("danger", 1)]
)
def test_level_stands_on_the_corner_of_an_image_unless_it_is_info(notify, where, level, corners):
    shown = item(shown_by(where, notify(image=FACE, level=level)))
    assert len(shown.all(class_="themis-disc__level")) == corners


@LISTS
def test_icon_of_the_source_gives_way_to_the_image_and_the_level_stays(notify, settings, where):
    settings.THEMIS_SOURCES = {"tasks": {"name": "Tasks", "icon": "tasks.svg"}}
    one = notify(image=FACE, level="warning", source_app="tasks")

    disc = item(shown_by(where, one)).one(class_="themis-disc")

    assert [image["src"] for image in disc.all("img")] == ["/static/tasks.svg", FACE]
    assert disc.one("use", href="#themis-icon-warning")


@LISTS
def test_actions_are_a_form_with_a_token_and_a_link(notify, where):
    shown = item(shown_by(where, notify("<u>", actions=[APPROVE, VIEW])))

    button, link = one_of(shown, 1), one_of(shown, 2)
    assert (button.tag, button.text, button["aria-label"]) == ("button", "Approve", "Approve: <u>")
    form = button.parent
    assert (form["method"], form["action"]) == ("post", APPROVE["url"])
    assert set(form.fields) == {"csrfmiddlewaretoken", "next"}
    assert (link.tag, link.text, link["href"]) == ("a", VIEW["label"], VIEW["url"])
    assert link["aria-label"] == "<u>View</u>: <u>"


def test_form_of_an_action_says_the_page_to_come_back_to(user, notify):
    one = notify(actions=[APPROVE])
    page = address("inbox") + "?state=unread"

    shown = item(browser(user).get(page))
    assert one_of(shown, 1).parent.fields["next"] == page

    htmx(user).post(address("read", one))
    again = htmx(user, "/page/?a=1").post(address("unread", one), {"scope": "themis-bell-panel"})
    assert one_of(item(again), 1).parent.fields["next"] == "/page/?a=1"


@LISTS
def test_read_notification_has_no_actions_until_it_is_unread_again(user, notify, where):
    one = notify(actions=[APPROVE, VIEW], read_at=timezone.now())
    shown = browser(user).get(address(where))
    assert not parse(shown).all(class_="themis-actions")

    again = htmx(user).post(address("unread", one))
    assert len(item(again).all(class_="themis-action")) == 2


def test_toast_shows_the_image_and_no_action(user, notify):
    notify(image=FACE, actions=[APPROVE, VIEW], level="danger")
    toast = parse(browser(user).get(address("toasts"), {"since": 0})).one("article")
    assert toast.one("img")["src"] == FACE
    assert not toast.all(class_="themis-actions")


@LISTS
def test_ids_of_actions_are_unique_in_a_page(user, notify, where):
    for _number in range(3):
        notify(actions=[APPROVE, VIEW])
    assert repeated_ids(browser(user).get(address(where)).content.decode()) == []


def test_read_answer_of_a_notification_that_was_put_away_is_empty(user, notify):
    """A view that an action posts to may dismiss it; then the row leaves the list."""
    one = notify(actions=[APPROVE])
    type(one).objects.filter(pk=one.pk).dismiss()

    answer = htmx(user).post(address("read", one))

    assert (answer.status_code, answer.content.strip()) == (200, b"")
    assert answer["Themis"] == "1"


@pytest.mark.parametrize(("full_text", "image"), [(True, FACE), (False, None)])
def test_desktop_alert_has_the_image_only_with_full_text(user, notify, full_text, image):
    UserProfile.objects.create(
        user=user,
        browser_notifications_enabled=True,
        browser_notifications_full_text=full_text,
    )
    notify("News", image=FACE)
    query = {"since": 0, "alerts": "full" if full_text else "count"}

    badge = parse(browser(user).get(address("bell"), query)).one(data_themis_token=True)

    assert badge["data-themis-alert-title"]
    assert badge.attrs.get("data-themis-alert-image") == image


def test_admin_links_to_the_image_and_names_the_actions(admin_client, notify):
    one = notify(image=FACE, actions=[APPROVE, VIEW])

    page = parse(admin_client.get(reverse("admin:themis_usernotification_change", args=[one.pk])))

    assert page.one("a", href=FACE)["rel"] == "noreferrer"
    assert "Approve: post /requests/42/approve/" in page.text
    assert not page.all("u")
    assert not page.all(name="extras")
