"""The image and the actions of a notification: what a call may give, and what a row may hold."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from tests.helpers.markup import parse
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.extras import Action, clean_actions, clean_image, make_extras
from themis_htmx.notifications import notify_user

APPROVE = {"label": "Approve", "url": "/requests/42/approve/", "method": "post"}
DECLINE = {"label": "Decline", "url": "/requests/42/decline/", "method": "post"}
VIEW = {"label": "View", "url": "https://example.org/42", "method": "get"}

# Neither for an image nor for an action.
UNSAFE = [
    "javascript:alert(1)",
    " \x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:image/svg+xml,<svg onload='alert(1)'/>",
    "blob:https://example.org/1",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\r\n/evil.example/",
    "\n//evil.example/",
    "https:evil.example",
    "https://",
    "faces/ana.svg",
    "/" + "a" * 2000,
]
UNSAFE_IMAGES = [*UNSAFE, "http://example.org/ana.png", "HTTP://example.org/ana.png"]
ELSEWHERE = [*UNSAFE, "http://example.org/", "https://example.org/", "https://testserver/"]


def by_update(row, extras):
    UserNotification.objects.filter(pk=row.pk).update(extras=extras)


def by_bulk_update(row, extras):
    row.extras = extras
    UserNotification.objects.bulk_update([row], ["extras"])


def by_sql(row, extras):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE themis_usernotification SET extras = %s WHERE id = %s",
            [json.dumps(extras), row.pk],
        )


@pytest.fixture(params=[by_update, by_bulk_update, by_sql])
def write(request):
    """A way past ``notify_user()``."""
    return request.param


# A call


@pytest.mark.parametrize(
    "image", ["", "/static/ana.svg", "/media/größe.png?v=2", "https://example.org/ana.png"]
)
def test_image_may_be_a_path_on_this_site_or_an_https_address(image):
    assert clean_image(image) == image


@pytest.mark.parametrize(("given", "kept"), [(None, ""), (" /a.svg\n", "/a.svg")])
def test_image_is_repaired_as_a_url_is(given, kept):
    assert clean_image(given) == kept


@pytest.mark.parametrize("image", UNSAFE_IMAGES, ids=lambda value: ascii(value)[:40])
def test_any_other_image_raises_and_names_the_argument(image):
    with pytest.raises(ValueError, match=r"^image: "):
        clean_image(image)


def test_action_is_a_link_unless_it_says_post():
    assert clean_actions([{"label": "View", "url": "/42/"}]) == [Action("View", "/42/", "get")]
    assert [each.is_post for each in clean_actions([APPROVE, VIEW])] == [True, False]


@pytest.mark.parametrize("actions", [None, [], ()])
def test_no_actions_may_be_given_as_none_or_as_an_empty_iterable(actions):
    assert clean_actions(actions) == []


def test_actions_may_be_any_iterable_of_mappings():
    assert len(clean_actions(iter([APPROVE, DECLINE]))) == 2


def test_label_is_plain_text_on_one_line_in_the_language_of_the_call():
    label = gettext_lazy("Yes")
    with override("de"):
        actions = clean_actions(
            [{"label": label, "url": "/"}, {"label": SafeString(" <b>\n\x00yes "), "url": "/"}]
        )
    assert [each.label for each in actions] == ["Ja", "<b> yes"]
    assert {type(each.label) for each in actions} == {str}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": ""}, "has no label"),
        ({"label": " \n\x00"}, "has no label"),
        ({"label": "a" * 41}, "41 characters, at most 40 fit"),
        ({"url": ""}, "'Approve' has no url"),
        ({"url": None}, "'Approve' has no url"),
        ({"method": "put"}, "'put' is unknown; use get or post"),
        ({"method": "POST"}, "'POST' is unknown; use get or post"),
        ({"method": ["post"]}, "is unknown; use get or post"),
        ({"class": "danger"}, "'class' is unknown; use label, url, method"),
    ],
)
def test_mistake_in_an_action_raises_and_says_what_is_wrong(change, words):
    with pytest.raises(ValueError, match=f"^actions: .*{words}"):
        clean_actions([APPROVE | change])


@pytest.mark.parametrize("actions", ["Approve", APPROVE, 42, True])
def test_actions_that_are_no_list_raise_and_show_how_to_write_one(actions):
    with pytest.raises(TypeError, match=r"^actions: .* is not a list of mappings such as \["):
        clean_actions(actions)


@pytest.mark.parametrize("action", ["Approve", ("Approve", "/"), None])
def test_action_that_is_no_mapping_raises_and_shows_how_to_write_one(action):
    with pytest.raises(TypeError, match=r"^actions: .* is not a mapping such as \{"):
        clean_actions([action])


def test_third_action_raises():
    with pytest.raises(ValueError, match=r"^actions: 3 are given, at most 2"):
        clean_actions([APPROVE, DECLINE, VIEW])


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("url", UNSAFE, ids=lambda value: ascii(value)[:40])
def test_action_with_an_unsafe_address_raises(url, method):
    with pytest.raises(ValueError, match=r"^actions: "):
        clean_actions([APPROVE | {"url": url, "method": method}])


@pytest.mark.parametrize("url", ELSEWHERE, ids=lambda value: ascii(value)[:40])
def test_action_that_posts_leads_to_a_path_on_this_site_alone(url):
    """The form carries a token, which nobody else may have."""
    with pytest.raises(ValueError, match=r"^actions: "):
        clean_actions([APPROVE | {"url": url}])


def test_notification_without_image_and_actions_stores_null(user, other):
    assert make_extras("", ()) is None
    notify_user(user, "News")
    assert UserNotification.objects.filter(extras__isnull=True).exists()


def test_notification_has_the_image_and_the_actions_of_its_call(user):
    made = notify_user(user, "News", image="/ana.svg", actions=[APPROVE, VIEW])
    for row in (made, UserNotification.objects.get()):
        assert row.image == "/ana.svg"
        assert row.actions == [Action(*APPROVE.values()), Action(*VIEW.values())]


# A row that was written past the call


@pytest.mark.parametrize("image", UNSAFE_IMAGES, ids=lambda value: ascii(value)[:40])
def test_unsafe_image_in_the_table_is_read_as_none(notify, write, image):
    write(notify(), {"image": image})
    assert UserNotification.objects.get().image == ""


@pytest.mark.parametrize("url", ELSEWHERE, ids=lambda value: ascii(value)[:40])
def test_unsafe_action_in_the_table_is_read_as_none(notify, write, url):
    write(notify(), {"actions": [VIEW, APPROVE | {"url": url}]})
    assert UserNotification.objects.get().actions == []


@pytest.mark.parametrize(
    "extras",
    [
        "javascript:alert(1)",
        42,
        True,
        [],
        ["image"],
        {},
        {"image": 42, "actions": 42},
        {"image": ["/a"], "actions": {"label": "a"}},
        {"image": {"a": "/a"}, "actions": "Approve"},
        {"image": None, "actions": None},
        {"actions": [None]},
        {"actions": [["Approve", "/"]]},
        {"actions": [APPROVE, DECLINE, VIEW]},
        {"actions": [APPROVE | {"onclick": "alert(1)"}]},
        {"actions": [APPROVE | {"label": "a" * 41}]},
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_odd_value_in_the_table_is_read_as_no_image_and_no_actions(notify, write, extras):
    write(notify(), extras)
    row = UserNotification.objects.get()
    assert (row.image, row.actions) == ("", [])


def test_unsafe_extras_from_a_fixture_are_read_as_none(notify, tmp_path):
    notify(image="/ana.svg", actions=[APPROVE])
    fixture = tmp_path / "notifications.json"
    call_command("dumpdata", "themis.usernotification", output=fixture, verbosity=0)
    [row] = json.loads(fixture.read_text(encoding="utf-8"))
    row["fields"]["extras"]["image"] = "javascript:alert(1)"
    row["fields"]["extras"]["actions"][0]["url"] = "//evil.example/"
    fixture.write_text(json.dumps([row]), encoding="utf-8")

    call_command("loaddata", fixture, verbosity=0)

    row = UserNotification.objects.get()
    assert (row.image, row.actions) == ("", [])


@pytest.mark.parametrize("name", ["inbox", "inbox_items", "dropdown", "toasts", "bell"])
def test_nothing_shown_links_posts_or_loads_from_an_unsafe_address(client, user, notify, name):
    UserProfile.objects.create(
        user=user, browser_notifications_enabled=True, browser_notifications_full_text=True
    )
    evil = "https://evil.example/"
    for image, url, method in [
        ("javascript:alert(1)", "javascript:alert(1)", "get"),
        ("//evil.example/", "//evil.example/", "post"),
        ("http://evil.example/", evil, "post"),
    ]:
        actions = [{"label": "Press", "url": url, "method": method}]
        by_sql(notify("Bad"), {"image": image, "actions": actions})
        client.force_login(user)

        html = client.get(reverse(f"themis:{name}"), {"since": 0, "alerts": "full"})

        assert "javascript:" not in html.content.decode()
        assert "evil.example" not in html.content.decode()
        assert not parse(html).all("img")
        UserNotification.objects.all().delete()


def test_admin_shows_a_notification_with_unsafe_extras(admin_client, notify):
    row = notify()
    by_sql(row, {"image": "javascript:alert(1)", "actions": [APPROVE | {"url": "//evil.example"}]})

    page = admin_client.get(reverse("admin:themis_usernotification_change", args=[row.pk]))

    assert page.status_code == 200
    links = [link["href"] for link in parse(page).all("a", href=True)]
    assert not [href for href in links if "javascript:" in href or "evil.example" in href]
