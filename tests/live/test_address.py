"""The two attributes by which a bell knows its stream, and Django's own view at that address."""

import pytest
from django.urls import reverse

from tests.helpers.hosts import render, spelled
from tests.helpers.markup import parse

BELL = spelled("bell")

pytestmark = pytest.mark.django_db


def bells(user, number=1):
    return parse(render(BELL * number, user)).all(data_themis_bell=True)


def test_bell_names_neither_script_nor_stream_without_live_updates(user):
    [bell] = bells(user)

    assert not {"data-themis-live", "data-themis-stream"} & set(bell.attrs)


@pytest.mark.parametrize("broker", ["redis", "postgresql"])
def test_first_bell_names_the_script_and_the_stream(user, settings, broker):
    settings.THEMIS_LIVE = {"BROKER": broker}

    first, second = bells(user, 2)

    assert first["data-themis-live"] == "/static/themis_htmx/live.js"
    assert first["data-themis-stream"] == reverse("themis:stream") == "/notifications/stream/"
    assert "data-themis-stream" not in second.attrs


def test_broker_of_the_project_names_an_address_of_its_own(user, recording):
    [bell] = bells(user)

    assert bell["data-themis-stream"] == f"https://live.example.org/?user={user.pk}&a=1"


def test_page_goes_without_a_stream_when_its_address_cannot_be_found(user, recording, caplog):
    recording.failure = LookupError("no address")

    [bell] = bells(user)

    assert "data-themis-stream" not in bell.attrs
    assert "so the page polls" in caplog.text


def test_view_of_the_stream_answers_204_and_asks_nobody(client, user, django_assert_num_queries):
    client.force_login(user)

    with django_assert_num_queries(0):
        response = client.get(reverse("themis:stream"), {"token": "x"})

    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "no-store"
    assert "Vary" not in response
    assert client.get(reverse("themis:stream")).cookies == {}


def test_view_of_the_stream_sends_nobody_to_sign_in(client, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]

    assert client.get(reverse("themis:stream")).status_code == 204
    assert client.post(reverse("themis:stream")).status_code == 405
