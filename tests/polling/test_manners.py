"""A poll leaves no trace: no session saved, extended or made, no cookie, no message eaten."""

import re

import pytest
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from themis_htmx.notifications import notify_user

BELL = reverse("themis:bell")
ENGINES = ["db", "cache", "cached_db", "signed_cookies", "file"]


@pytest.fixture(params=ENGINES)
def engine(request, settings, tmp_path):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    settings.SESSION_FILE_PATH = str(tmp_path)
    return request.param


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def token_on(client):
    page = client.get("/page/").content.decode()
    return re.search(r'name="token"\s+value="([^"]+)"', page)[1]


@pytest.fixture
def saves(monkeypatch):
    """Record each save of a session, whatever the engine."""
    saved = []
    ordinary = SessionMiddleware.process_response

    def process(self, request, response):
        response = ordinary(self, request, response)
        if "sessionid" in response.cookies:
            saved.append(request.path)
        return response

    monkeypatch.setattr(SessionMiddleware, "process_response", process)
    return saved


def polled_without_a_trace(client, token, saves, told):
    """The answer to a poll, before which somebody is ``told`` something or nobody is."""
    if told:
        notify_user(told, "News")
    saves.clear()
    response = client.get(BELL, {"token": token})
    assert response.status_code == (200 if told else 204)
    assert not response.cookies
    assert saves == []
    return response


@pytest.mark.parametrize("each_request", [False, True])
@pytest.mark.parametrize("new", [False, True], ids=["unchanged", "changed"])
def test_poll_neither_saves_nor_extends_the_session(
    engine, settings, signed_in, user, saves, each_request, new
):
    token = token_on(signed_in)
    settings.SESSION_SAVE_EVERY_REQUEST = each_request
    polled_without_a_trace(signed_in, token, saves, user if new else None)
    signed_in.get("/page/")
    assert saves == (["/page/"] if each_request else [])


def test_poll_does_not_move_the_expiry_of_a_database_session(signed_in, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    token = token_on(signed_in)
    before = Session.objects.values_list("expire_date", "session_data").get()
    signed_in.get(BELL, {"token": token})
    signed_in.get(BELL)
    assert Session.objects.values_list("expire_date", "session_data").get() == before


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_poll_keeps_the_user_signed_in_after_a_change_of_the_secret_key(
    engine, settings, signed_in
):
    token = token_on(signed_in)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    assert signed_in.get(BELL, {"token": "aged"}).status_code == 200
    assert signed_in.get(BELL, {"token": token}).status_code in {200, 204}
    settings.SECRET_KEY_FALLBACKS = []
    assert signed_in.get("/notifications/").status_code == 200


def test_anonymous_poll_gets_no_session_or_cookie_and_runs_no_query(
    client, db, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get(BELL, {"token": "x"})
    assert response.status_code == 204
    assert response.headers["HX-Trigger"].startswith(("themis:signed-out", "{"))
    assert not response.cookies
    assert Session.objects.count() == 0


def test_poll_leaves_the_cookie_of_an_ended_session_alone(signed_in):
    token = token_on(signed_in)
    Session.objects.all().delete()
    response = signed_in.get(BELL, {"token": "x"})
    assert response.status_code == 204
    assert not response.cookies
    assert token


def test_poll_consumes_no_flash_message(signed_in, user, rf):
    session = signed_in.session
    request = rf.get("/")
    request.session, request.user = session, user
    storage = messages.storage.session.SessionStorage(request)
    storage.add(messages.INFO, "Keep me")
    storage.update(type("Response", (), {})())
    session.save()
    notify_user(user, "News")
    signed_in.get(BELL, {"token": "x"})
    assert "Keep me" in str(signed_in.session.items())


def test_an_unchanged_poll_costs_one_query(signed_in, django_assert_num_queries):
    token = token_on(signed_in)
    with django_assert_num_queries(1):
        signed_in.get(BELL, {"token": token})


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        # The first look, then session, user and digest.
        pytest.param({}, 4, id="without a list"),
        # The number of new ones as well.
        pytest.param({"shown": "0"}, 5, id="with a list"),
        # The user's preferences as well.
        pytest.param({"alerts": "count", "since": "0"}, 6, id="with desktop alerts"),
    ],
)
def test_changed_poll_costs_four_to_six_queries_with_session_and_user(
    signed_in, user, django_assert_num_queries, sent, number
):
    token = token_on(signed_in)
    notify_user(user, "News")
    with django_assert_num_queries(number):
        signed_in.get(BELL, {"token": token, **sent})


def test_poll_with_an_aged_token_costs_three_queries(
    signed_in, monkeypatch, django_assert_num_queries
):
    token = token_on(signed_in)
    monkeypatch.setattr("themis_htmx.polling.token.LIFETIME", -1)
    # Session, user and digest.
    with django_assert_num_queries(3):
        signed_in.get(BELL, {"token": token})


def test_poll_with_an_aged_token_gets_a_204_with_a_new_token(signed_in, settings, monkeypatch):
    token = token_on(signed_in)
    monkeypatch.setattr("themis_htmx.polling.token.LIFETIME", -1)
    response = signed_in.get(BELL, {"token": token})
    assert (response.status_code, response.content) == (204, b"")
    monkeypatch.undo()
    renewed = response.headers["Themis-Token"]
    assert signed_in.get(BELL, {"token": renewed}).status_code == 204
    assert "Themis-Token" not in signed_in.get(BELL, {"token": renewed}).headers


def test_every_answer_to_a_poll_is_private_and_has_the_themis_header(signed_in):
    token = token_on(signed_in)
    for parameters in ({"token": token}, {}, {"shown": "x"}):
        response = signed_in.get(BELL, parameters)
        assert response.headers["Cache-Control"] == "private, no-store"
        assert "Cookie" in response.headers["Vary"]
        assert response.headers["Themis"] == "1"
        assert not response.has_header("ETag")


def test_next_user_of_the_same_browser_gets_their_own_badge(client, user, other):
    client.force_login(user)
    notify_user(user, "Hers")
    token = token_on(client)
    client.logout()
    client.force_login(other)
    response = client.get(BELL, {"token": token})
    assert response.status_code == 200
    assert b"themis-badge" not in response.content


def test_token_of_another_browser_is_answered_with_a_new_token(signed_in, user):
    elsewhere = Client()
    elsewhere.force_login(user)
    response = signed_in.get(BELL, {"token": token_on(elsewhere)})
    assert response.status_code == 204
    assert "Themis-Token" in response.headers


def test_unchanged_poll_does_not_load_the_session(signed_in, monkeypatch):
    token = token_on(signed_in)
    monkeypatch.setattr(SessionBase, "_get_session", lambda *_: pytest.fail("it did"))
    assert signed_in.get(BELL, {"token": token}).status_code == 204


def test_poll_works_under_login_required_middleware(signed_in, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    token = token_on(signed_in)
    assert signed_in.get(BELL, {"token": token}).status_code == 204
    assert Client().get(BELL).status_code == 204


def log_who_it_was(get_response):
    """A middleware of a project, as an access log would be."""

    def middleware(request):
        response = get_response(request)
        response.headers["X-Who"] = str(request.user.pk)
        return response

    return middleware


def note_when_it_was(get_response):
    """A middleware of a project that writes into the session after the view."""

    def middleware(request):
        response = get_response(request)
        request.session["seen"] = request.path
        return response

    return middleware


def tell_whether_there_was_a_session(get_response):
    """A middleware that asks the session what Django's own does, as django-hijack has it."""

    def middleware(request):
        response = get_response(request)
        known = not request.session.is_empty() and request.session.accessed
        response.headers["X-Session"] = "yes" if known else "no"
        return response

    return middleware


@pytest.mark.parametrize("new", [False, True], ids=["unchanged", "changed"])
def test_middleware_can_ask_after_a_poll_whether_the_session_was_accessed(
    engine, settings, signed_in, user, saves, new
):
    middleware = "tests.polling.test_manners.tell_whether_there_was_a_session"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]
    token = token_on(signed_in)
    settings.SESSION_SAVE_EVERY_REQUEST = True
    response = polled_without_a_trace(signed_in, token, saves, user if new else None)
    assert response.headers["X-Session"] == ("yes" if new else "no")


@pytest.mark.parametrize("new", [False, True], ids=["unchanged", "changed"])
def test_middleware_can_read_user_and_session_after_a_poll(
    engine, settings, signed_in, user, saves, new
):
    own = [
        "tests.polling.test_manners.log_who_it_was",
        "tests.polling.test_manners.note_when_it_was",
    ]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, *own]
    token = token_on(signed_in)
    settings.SESSION_SAVE_EVERY_REQUEST = True
    response = polled_without_a_trace(signed_in, token, saves, user if new else None)
    assert response.headers["X-Who"] == str(user.pk)
    assert signed_in.session["seen"] == "/page/"


def test_middleware_that_reads_the_user_after_a_poll_keeps_a_rotated_session(
    engine, settings, signed_in
):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.polling.test_manners.log_who_it_was"]
    token = token_on(signed_in)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    assert signed_in.get(BELL, {"token": token}).status_code == 204
    settings.SECRET_KEY_FALLBACKS = []
    assert signed_in.get("/notifications/").status_code == 200


def test_request_for_toasts_does_not_save_the_session(engine, settings, signed_in, user, saves):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    notify_user(user, "News")
    saves.clear()
    response = signed_in.get(reverse("themis:toasts"), {"since": 0})
    assert "News" in response.content.decode()
    assert "sessionid" not in response.cookies
    assert saves == []
