"""The markup: accessible, unique, safe on both lines of htmx and under a strict CSP."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.helpers.browsers import READ_NAMES, address, browser, htmx
from tests.helpers.hosts import render, spelled
from tests.helpers.markup import parse, repeated_ids
from themis_htmx.models import UserNotification

SOURCES = {
    "bell": spelled("bell"),
    "inbox": spelled("inbox"),
    "preferences": spelled("preferences"),
    "everything": "".join(spelled(name) for name in ("bell", "bell", "inbox", "preferences")),
}
HARDENED = {
    "hx-request": '{"timeout":10000}',
    "hx-config": "timeout:10000",
    "hx-status:4xx": "swap:none",
    "hx-status:5xx": "swap:none",
    "hx-history": "false",
}
FORBIDDEN = re.compile(r"on[a-z]+|style|hx-on.*|hx-vars|hx-disabled-elt|hx-disable")
RUNS = re.compile(r"\s*(js|javascript):", re.IGNORECASE)


@pytest.fixture
def inbox(user, notify):
    """Something of everything, on two pages, read and unread."""
    now = timezone.now()
    UserNotification.objects.bulk_create(
        UserNotification(user=user, title=str(number), source_app="many") for number in range(20)
    )
    notify("Read", level="success", read_at=now, created_at=now - timedelta(days=3))
    notify("Warning", message="Message", level="warning", url="/tasks/1/", source_app="tasks")
    return notify("Danger", message="Message", level="danger", url="https://other.example/")


@pytest.fixture
def answers(user, inbox):
    """The HTML of every answer that has any, by name."""
    client, whole = htmx(user), browser(user)
    posts = {name: client.post(address(name, inbox)) for name in ("read", "unread", "dismiss")}
    posts["restore"] = client.post(address("restore", inbox))
    posts["read_all"] = client.post(address("read_all"))
    posts["undo"] = client.post(
        address("read_all"), {"undo": parse(posts["read_all"]).one("form").fields["undo"]}
    )
    posts["saved"] = client.post(address("preferences_form"), {"notifications_min_level": "info"})
    muting = {"source_app": "many"}
    posts["mute"] = client.post(address("mute"), muting)
    posts["source"] = client.post(address("preferences_source"), muting | {"desktop": "off"})
    posts["unmute"] = client.post(address("unmute"), muting)
    posts["wrong"] = client.post(address("preferences_form"), {})
    told = {"themis_read": 1, "themis_undo": "x"}
    posts["told"] = whole.get(address("inbox"), told)
    posts["older"] = client.get(address("inbox_items"), {"before": inbox.pk})
    gets = {name: whole.get(address(name)) for name in READ_NAMES}
    return {name: response.content.decode() for name, response in (gets | posts).items()}


def test_no_answer_contains_markup_that_a_strict_csp_refuses(answers):
    for name, html in answers.items():
        for element in parse(html).all():
            assert element.tag != "style", name
            assert element.tag != "script" or element["src"], name
            assert not [attr for attr in element.attrs if FORBIDDEN.fullmatch(attr)], name
            assert not [value for value in element.attrs.values() if RUNS.match(value or "")], name
            assert "[" not in element.attrs.get("hx-trigger", ""), name
            assert not str(element.attrs.get("hx-trigger")).startswith("every"), name


def test_every_requesting_element_is_hardened_for_htmx_2_and_htmx_4(answers):
    for name, html in answers.items():
        for element in parse(html).all():
            if "hx-get" in element.attrs or "hx-post" in element.attrs:
                assert HARDENED.items() <= element.attrs.items(), name
                assert element["hx-target"], name
                assert element["hx-swap"], name


def test_every_request_of_the_markup_goes_to_a_url_of_the_kit(answers):
    for name, html in answers.items():
        for element in parse(html).all():
            for attribute in ("hx-get", "hx-post", "action", "formaction"):
                assert element.attrs.get(attribute, "/notifications/").startswith("/notifications/")
            assert (element.attrs.get("hx-push-url") or "/").startswith("/"), name


def test_every_form_posts_its_csrf_token_and_its_page(answers):
    forms = [(name, form) for name, html in answers.items() for form in parse(html).all("form")]

    assert len(forms) > 50
    for name, form in forms:
        assert form["method"] == "post", name
        assert form.fields["csrfmiddlewaretoken"], name
        assert form.fields["next"].startswith("/"), name


def test_every_control_has_an_accessible_name(answers):
    for name, html in answers.items():
        tree = parse(html)
        for control in (*tree.all("button"), *tree.all("a")):
            told = control.text or control.attrs.get("aria-label") or "aria-labelledby"
            assert told != "aria-labelledby" or told in control.attrs or "hidden" in control.attrs
            assert "tabindex" not in control.attrs, name
        for picture in tree.all("svg"):
            assert picture.attrs.get("aria-hidden") or picture.parent.attrs.get("aria-hidden")


def test_every_id_on_a_page_is_unique_panels_and_notices_included(user, inbox, answers):
    page = render(SOURCES["everything"], user, "/page/?themis_dismissed=7")
    client = htmx(user)
    for scope in ("themis-bell-panel", "themis-bell-2-panel"):
        page += client.get(address("dropdown"), {"scope": scope}).content.decode()
        page += client.post(address("dismiss", inbox), {"scope": scope}).content.decode()
        client.post(address("restore", inbox))

    assert len(parse(page).all(id=True)) > 100
    assert repeated_ids(page) == []
    assert {name: repeated_ids(html) for name, html in answers.items() if repeated_ids(html)} == {}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_referenced_id_exists(user, inbox, source):
    tree = parse(render(source, user))
    ids = {element["id"] for element in tree.all(id=True)}

    for element in tree.all():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            assert set((element.attrs.get(attribute) or "").split()) <= ids
        for attribute in ("hx-target", "hx-include", "href"):
            pointed = re.findall(r"#([\w-]+)", element.attrs.get(attribute) or "")
            assert set(pointed) <= ids
