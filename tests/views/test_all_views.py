"""Rules for every view: its name, methods and and headers."""

import pytest
from django.urls import get_resolver

from tests.helpers.browsers import (
    BOOSTED,
    HTMX,
    ITEM_NAMES,
    READ_NAMES,
    RESTORING,
    WRITE_NAMES,
    address,
    browser,
    htmx,
)
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification

EVERY_NAME = [*READ_NAMES, *WRITE_NAMES]
PAGES = ["inbox", "preferences"]
SAID = {"up_to": "0", "next": "/page/", "state": "", "undo": ""}


def test_every_public_url_name_has_a_view():
    _prefix, resolver = get_resolver().namespace_dict["themis"]

    assert set(EVERY_NAME) <= {name for name in resolver.reverse_dict if isinstance(name, str)}


@pytest.mark.parametrize("headers", [{}, HTMX, BOOSTED, RESTORING])
@pytest.mark.parametrize("name", READ_NAMES)
def test_read_views_answer_get_and_head(user, many, name, headers):
    client = browser(user, headers)

    assert client.get(address(name)).status_code == 200
    assert client.head(address(name)).status_code == 200
    assert client.head(address(name)).content == b""


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", READ_NAMES[:-1])
def test_read_views_refuse_methods_other_than_get_and_head(user, name, method):
    response = getattr(browser(user), method)(address(name))

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
@pytest.mark.parametrize("name", WRITE_NAMES)
def test_write_views_refuse_methods_other_than_post(user, many, rows, name, method):
    client, before = browser(user), None
    before = rows()

    response = getattr(client, method)(address(name, many))

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert rows() == before


@pytest.mark.parametrize("name", [*WRITE_NAMES, "preferences_form"])
@pytest.mark.parametrize("open_", [browser, htmx])
def test_a_post_without_the_csrf_token_is_refused(user, many, rows, name, open_):
    client = open_(user, enforce_csrf_checks=True)
    before = rows()

    assert client.post(address(name, many), SAID).status_code == 403
    assert rows() == before


@pytest.mark.parametrize(
    ("shown_in", "action"),
    [("inbox", "read"), ("inbox", "dismiss"), ("inbox", "read_all"), ("dropdown", "read")],
)
@pytest.mark.parametrize("open_", [browser, htmx])
def test_forms_of_inbox_and_dropdown_are_accepted_as_rendered(user, many, shown_in, action, open_):
    client = open_(user, enforce_csrf_checks=True)
    html = parse(client.get(address(shown_in)))
    names = {True: "formaction", False: "action"}
    source = html.one(**{names[action == "dismiss"]: address(action, many)})
    form = source if source.tag == "form" else source.parent

    assert client.post(address(action, many), form.fields).status_code in (200, 302)
    many.refresh_from_db()
    assert many.is_read


@pytest.mark.parametrize("open_", [browser, htmx])
def test_preferences_form_is_accepted_as_rendered(user, open_):
    client = open_(user, enforce_csrf_checks=True)
    form = parse(client.get(address("preferences"))).one("form", id="themis-preferences")
    chosen = form.fields | {"notifications_min_level": "danger"}

    assert client.post(form["action"], chosen).status_code in (200, 302)
    assert type(user).objects.get().profile.notifications_min_level == "danger"


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", EVERY_NAME)
def test_every_answer_is_private_and_has_the_themis_header(
    user, many, name, method, headers, signed_in
):
    client = browser(user if signed_in else None, headers)

    assert_private(getattr(client, method)(address(name, many)))


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("inbox_items", {"before": "-1"}, 400),
        ("bell", {"shown": "x"}, 400),
        ("dropdown", {str(number): "" for number in range(1001)}, 400),
        ("bell", {str(number): "" for number in range(1001)}, 400),
    ],
)
def test_bad_request_answer_is_private_and_has_the_themis_header(
    user, name, query, status, headers
):
    response = browser(user, headers).get(address(name), query)

    assert response.status_code == status
    assert_private(response)


@pytest.mark.parametrize("name", ITEM_NAMES)
def test_not_found_answer_is_private_and_has_the_themis_header(user, many, name):
    UserNotification.objects.all().delete()

    response = browser(user).post(address(name, UserNotification(pk=1)))

    assert response.status_code == 404
    assert_private(response)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("headers", [{}, HTMX, BOOSTED, RESTORING])
def test_page_url_always_gives_the_whole_page(user, name, headers):
    response = browser(user, headers).get(address(name))

    assert parse(response).one("main").one("h1").text
    assert "HX-Retarget" not in response


def assert_private(response):
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"].split(", ")
    assert response["Themis"] == "1"
