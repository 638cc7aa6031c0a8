"""The page that an answer leads to: the one before, without old notices, on this host only."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxMiddleware

from themis_htmx.http.location import current_page, is_partial, next_page

INBOX = reverse("themis:inbox")
HTMX = {"HX-Request": "true"}
ELSEWHERE = [
    "//evil.example/",
    "///evil.example/",
    "https://evil.example/",
    "http://evil.example/",
    "http:///evil.example/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "JavaScript://testserver/%0aalert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "data:text/html,x",
    "\x00/page/",
    " /page/",
    "page",
    "page/",
    "../page/",
    "?a=1",
    "http://[",
    "",
]


@pytest.fixture
def ask():
    """A request as the views see it."""

    def ask(path="/page/", headers=None, secure=False, **data):
        make = RequestFactory(headers=headers)
        request = make.post(path, data, secure=secure) if data else make.get(path, secure=secure)
        HtmxMiddleware(lambda request: HttpResponse())(request)
        return request

    return ask


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        (HTMX, True),
        ({"HX-Request": "false"}, False),
        (HTMX | {"HX-Boosted": "true"}, False),
        (HTMX | {"HX-History-Restore-Request": "true"}, False),
        (HTMX | {"HX-Boosted": "false"}, True),
    ],
)
def test_only_an_unboosted_htmx_request_is_partial(ask, headers, partial):
    assert is_partial(ask(headers=headers)) is partial


def test_request_without_the_htmx_middleware_is_never_partial():
    assert is_partial(RequestFactory(headers=HTMX).get("/")) is False


@pytest.mark.parametrize(
    "place", ["/page/", "/page/?a=1&b=%20", "/", "http://testserver/page/", "http://testserver"]
)
def test_next_page_is_the_page_that_the_form_names(ask, place):
    assert next_page(ask(next=place)) == place


@pytest.mark.parametrize("place", ELSEWHERE)
def test_next_page_is_the_inbox_when_the_form_names_another_host(ask, place):
    assert next_page(ask(next=place)) == INBOX


def test_next_page_never_leaves_https_for_http(ask):
    place = "http://testserver/page/"

    assert next_page(ask(secure=True, next=place)) == INBOX
    assert next_page(ask(secure=True, next="https://testserver/page/")) != INBOX


def test_next_page_of_a_request_without_a_form_is_the_inbox(ask):
    assert next_page(ask("/page/?next=/other/")) == INBOX


@pytest.mark.parametrize(
    ("place", "to"),
    [
        ("/page/", "/page/?themis_dismissed=7&themis_undo=a%3Ab"),
        ("/page/?a=1", "/page/?a=1&themis_dismissed=7&themis_undo=a%3Ab"),
        ("//evil.example", f"{INBOX}?themis_dismissed=7&themis_undo=a%3Ab"),
    ],
)
def test_next_page_carries_the_outcome_in_query_parameters(ask, place, to):
    assert next_page(ask(next=place), dismissed=7, undo="a:b") == to


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/page/", "/page/"),
        ("/page/?a=1&a=2&b=", "/page/?a=1&a=2&b="),
        ("/page/?themis_dismissed=7", "/page/"),
        ("/page/?themis_read=2&a=1&themis_undo=x&themis_saved=1", "/page/?a=1"),
        ("/page/?q=%C3%A4%26b", "/page/?q=%C3%A4%26b"),
        ("/page/?themis=1", "/page/?themis=1"),
    ],
)
def test_current_page_drops_the_parameters_of_an_earlier_outcome(ask, path, place):
    assert current_page(ask(path)) == place
    htmx = HTMX | {"HX-Current-URL": f"http://testserver{path}"}
    assert current_page(ask("/notifications/dropdown/", htmx)) == place


@pytest.mark.parametrize("kind", [{}, HTMX | {"HX-Boosted": "true"}])
def test_current_page_of_a_full_page_request_ignores_hx_current_url(ask, kind):
    request = ask("/page/", kind | {"HX-Current-URL": "http://testserver/other/"})

    assert current_page(request) == "/page/"


def test_current_page_of_htmx_without_hx_current_url_is_the_inbox(ask):
    """Coming back to the requested fragment would show half a page."""
    assert current_page(ask("/notifications/dropdown/", HTMX)) == INBOX


@pytest.mark.parametrize("address", [*ELSEWHERE[:-1], "http://testserver//evil.example/"])
def test_current_page_is_a_path_on_this_host_for_any_hx_current_url(ask, address):
    page = current_page(ask("/page/", HTMX | {"HX-Current-URL": address.replace("\x00", "%00")}))

    assert page.startswith("/")
    assert not page.startswith(("//", "/\\"))


def test_current_page_accepts_an_hx_current_url_with_1001_parameters(ask):
    address = "/other/?" + "&".join(f"a{number}=1" for number in range(1001))

    assert current_page(ask("/page/", HTMX | {"HX-Current-URL": address})).startswith("/")
