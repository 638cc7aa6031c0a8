"""What pages carry: the script in the head, the part of the preferences, and the worker."""

import pytest
from django.template import Context, Template
from django.urls import reverse

from tests.helpers.hosts import render_plainly, spelled
from tests.helpers.markup import parse
from themis_htmx.webpush.keys import read_key

HEAD = "{% load themis %}{% themis_head %}"


def test_head_loads_the_script_with_the_key_and_the_addresses(settings):
    _style, _script, push = parse(render_plainly(spelled("head"))).elements

    assert push.attrs == {
        "defer": None,
        "src": "/static/themis_htmx/push.js",
        "data-themis-push": reverse("themis:push_state"),
        "data-themis-push-worker": reverse("themis:service_worker"),
        "data-themis-push-key": read_key(settings.THEMIS_WEBPUSH["PRIVATE_KEY"]).public,
    }


def test_script_has_the_nonce_of_the_page():
    rendered = Template(HEAD).render(Context({"csp_nonce": "abc"}))

    assert all(each.attrs["nonce"] == "abc" for each in parse(rendered).elements[1:])


@pytest.mark.parametrize("value", [None, {}, {"PRIVATE_KEY": "no key"}])
def test_pages_have_nothing_of_it_without_a_key(settings, value, client, user, db):
    settings.THEMIS_WEBPUSH = value
    client.force_login(user)

    assert "push" not in Template(HEAD).render(Context())
    assert "themis-push" not in client.get(reverse("themis:preferences")).content.decode()


def test_head_has_no_script_where_the_urls_are_not_included(settings):
    settings.ROOT_URLCONF = "django.contrib.auth.urls"

    assert "push" not in Template(HEAD).render(Context())


def test_head_asks_no_query(statements, db):
    assert statements(lambda: Template(HEAD).render(Context())) == []


def test_worker_shows_messages_and_keeps_its_address(client):
    response = client.get(reverse("themis:service_worker"))

    assert response["Content-Type"] == "text/javascript"
    assert b'"push"' in response.content
    assert b"notificationclick" in response.content
