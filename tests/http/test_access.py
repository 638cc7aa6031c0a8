"""Signed-out visitors: a page redirects to login, a fragment names the login page in a header."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.helpers.browsers import (
    BOOSTED,
    HTMX,
    READ_NAMES,
    RESTORING,
    WRITE_NAMES,
    address,
    browser,
    htmx,
)
from themis_htmx.models import UserNotification

PAGES = ["inbox", "preferences"]
FRAGMENTS = ["dropdown", "inbox_items", "preferences_form"]
POSTS = [*WRITE_NAMES, "preferences_form"]
INBOX = reverse("themis:inbox")
SOME = UserNotification(pk=1)
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"
ELSEWHERE = ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]


@pytest.fixture(params=[False, True], ids=["open site", "LoginRequiredMiddleware"], autouse=True)
def site(request, settings):
    """Without and with the middleware that sends everyone to sign in."""
    if request.param:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, LOGIN_REQUIRED]


@pytest.fixture
def ended(user):
    """A client whose session has ended elsewhere."""

    def ended(headers=None, **options):
        client = browser(user, headers, **options)
        Session.objects.all().delete()
        return client

    return ended


def login(page):
    """The address to sign in at and come back from to ``page``."""
    return f"/login/?next={page}"


@pytest.mark.parametrize("headers", [{}, HTMX, BOOSTED, RESTORING])
@pytest.mark.parametrize("name", PAGES)
def test_signed_out_page_redirects_to_login_and_back_to_itself(name, headers):
    response = browser(headers=headers).get(address(name), {"before": "7"})

    assert response.status_code == 302
    assert response["Location"] == login(f"{address(name)}%3Fbefore%3D7")


@pytest.mark.parametrize("name", FRAGMENTS)
def test_signed_out_fragment_gets_hx_redirect_to_login(name):
    response = htmx(page="/page/?a=1#top").get(address(name))

    assert (response.status_code, response.content) == (204, b"")
    assert response["HX-Redirect"] == login("/page/%3Fa%3D1")


@pytest.mark.parametrize("name", POSTS)
def test_signed_out_post_gets_hx_redirect_to_login(name):
    client = htmx(page="/page/")

    assert client.post(address(name, SOME))["HX-Redirect"] == login("/page/")
    said = client.post(address(name, SOME), {"next": "/other/"})
    assert (said.status_code, said["HX-Redirect"]) == (204, login("/other/"))


@pytest.mark.parametrize(
    ("place", "back"),
    [
        ("//evil.example/page/", "/page/"),
        ("https://evil.example/page/", "/page/"),
        ("/\\evil.example", INBOX),
        ("javascript:alert(1)", INBOX),
        ("http://testserver//evil.example/", INBOX),
        ("http://testserver/\\evil.example/", INBOX),
        ("http://[", INBOX),
    ],
)
def test_login_redirect_ignores_an_hx_current_url_of_another_host(place, back):
    client = browser(headers=HTMX | {"HX-Current-URL": place})

    assert client.get(address("dropdown"))["HX-Redirect"] == login(back)
    assert client.post(address("read", SOME))["HX-Redirect"] == login(back)


@pytest.mark.parametrize("place", ELSEWHERE)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_login_redirect_ignores_a_next_field_of_another_host(place, headers):
    response = browser(headers=headers).post(address("read", SOME), {"next": place})

    assert response.headers.get("HX-Redirect", response.headers.get("Location")) == login(INBOX)


@pytest.mark.parametrize("headers", [{}, BOOSTED, RESTORING])
@pytest.mark.parametrize("name", FRAGMENTS)
def test_signed_out_fragment_opened_by_hand_returns_to_the_inbox(name, headers):
    """Coming back to the fragment would show half a page."""
    response = browser(headers=headers).get(address(name))

    assert (response.status_code, response["Location"]) == (302, login(INBOX))


@pytest.mark.parametrize("name", POSTS)
def test_signed_out_form_without_htmx_returns_to_its_page(name):
    response = browser().post(address(name, SOME), {"next": "/page/"})

    assert (response.status_code, response["Location"]) == (302, login("/page/"))


@pytest.mark.parametrize(
    ("headers", "back"),
    [
        ({}, INBOX),
        (BOOSTED, INBOX),
        (HTMX, INBOX),
        (HTMX | {"HX-Current-URL": "http://testserver/page/?themis_saved=1"}, "/page/"),
        (HTMX | {"HX-Current-URL": "http://testserver//evil.example/"}, INBOX),
    ],
)
def test_signed_out_poll_gets_an_event_with_the_login_url(headers, back):
    response = browser(headers=headers).get(address("bell"), {"token": "x"})

    assert (response.status_code, response.content) == (204, b"")
    assert json.loads(response["HX-Trigger"]) == {"themis:signed-out": {"url": login(back)}}
    assert "HX-Redirect" not in response


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", [*READ_NAMES, *WRITE_NAMES])
def test_anonymous_request_runs_no_query_and_gets_no_cookie(
    django_assert_num_queries, headers, name, db
):
    with django_assert_num_queries(0):
        for method in ("get", "post"):
            response = getattr(browser(headers=headers), method)(address(name, SOME))
            assert response.status_code in (204, 302)
            assert not response.cookies


@pytest.mark.parametrize("name", [*WRITE_NAMES, "preferences_form"])
def test_post_with_an_ended_session_changes_nothing(ended, notify, name):
    one = notify()

    response = ended(HTMX).post(address(name, one), {"notifications_min_level": "danger"})

    assert response["HX-Redirect"] == login(INBOX)
    one.refresh_from_db()
    assert (one.is_read, one.is_dismissed) == (False, False)
    assert not type(one.user).objects.filter(themis_profile__isnull=False).exists()


@pytest.mark.parametrize("name", ["dropdown", "read"])
def test_inactive_user_gets_hx_redirect_to_login(user, notify, name):
    client, one = htmx(user), notify()
    type(user).objects.update(is_active=False)

    assert "HX-Redirect" in getattr(client, "get" if name == "dropdown" else "post")(
        address(name, one)
    )


@pytest.mark.parametrize("url", ["/login/?tenant=a", "/login/?tenant=a&next=/x/"])
def test_login_url_may_have_a_query_of_its_own(settings, url):
    settings.LOGIN_URL = url

    for response in (
        browser().get(address("inbox")),
        htmx(page=INBOX).get(address("dropdown")),
    ):
        to = response.headers.get("HX-Redirect", response.headers.get("Location"))
        assert parse_qs(urlsplit(to).query) == {"tenant": ["a"], "next": [INBOX]}


def test_login_url_may_be_the_name_of_a_url(settings):
    settings.LOGIN_URL = "admin:login"

    response = htmx(page="/page/").get(address("dropdown"))

    assert response["HX-Redirect"] == "/admin/login/?next=/page/"


@pytest.mark.parametrize("name", [*READ_NAMES, *WRITE_NAMES])
def test_signed_in_user_is_served_by_every_view(user, notify, name):
    method = "get" if name in READ_NAMES else "post"
    # What one view asks for, another passes over.
    where, sent = f"{address(name, notify())}?until=hour", {"source_app": "tasks", "bell": "on"}

    assert getattr(htmx(user), method)(where, sent).status_code == 200


class Customer:
    """An account of another kind, whose key is the key of a user, too."""

    is_authenticated = True

    def __init__(self, pk):
        self.id = self.pk = pk


def sign_customer_in(get_response):
    """A middleware of a project that puts its customers into ``request.user``."""

    def middleware(request):
        if "customer" in request.COOKIES:
            request.user = Customer(int(request.COOKIES["customer"]))
        return get_response(request)

    return middleware


@pytest.fixture
def customer(settings, user):
    """A customer's browser; the customer has the key of the user."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.http.test_access.sign_customer_in"]
    client = browser()
    client.cookies["customer"] = str(user.pk)
    return client


@pytest.mark.parametrize("name", READ_NAMES)
def test_account_that_is_no_user_is_not_shown_the_news_of_the_user_with_its_key(
    customer, user, notify, name
):
    notify("Private")

    response = customer.get(address(name), {"since": 0})

    assert response.status_code in {204, 302}
    assert "Private" not in response.content.decode()


@pytest.mark.parametrize("name", POSTS)
def test_account_that_is_no_user_changes_nothing_of_the_user_with_its_key(
    customer, user, notify, name
):
    one = notify("Private", source_app="tasks")

    response = customer.post(address(name, one), {"source_app": "tasks"})

    assert response.status_code == 302
    assert list(UserNotification.objects.values("read_at", "dismissed_at")) == [
        {"read_at": None, "dismissed_at": None}
    ]


def test_account_that_is_no_user_sees_no_bell(customer, user, notify):
    notify("Private")

    assert "themis-bell" not in customer.get("/page/").content.decode()
