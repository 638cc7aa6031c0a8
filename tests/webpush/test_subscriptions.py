"""Subscribing: what the script asks, what the site stores, and what sign-out leaves behind."""

import pytest
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from tests.helpers import push
from tests.helpers.push import Browser
from themis_htmx.tokens import hash_cookie
from themis_htmx.webpush.jobs import run
from themis_htmx.webpush.models import PushMessage, PushSubscription

pytestmark = pytest.mark.django_db
STATE = "themis:push_state"


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def fresh(service):
    """A browser that has not told the site of its subscription."""
    return Browser(service)


def subscribe(client, browser, **changes):
    return client.post(reverse("themis:push_subscribe"), browser.fields | changes)


def test_state_says_who_is_signed_in_and_what_the_script_needs(signed_in, alerted):
    state = signed_in.get(reverse(STATE)).json()

    assert state["owner"]
    assert state["wanted"] is True
    assert state["subscribe"] == reverse("themis:push_subscribe")
    assert state["words"] == "You have new notifications"
    assert state["csrf"]
    assert state["session"] == hash_cookie(signed_in.cookies["sessionid"].value)


def test_state_says_nothing_to_a_visitor(client):
    response = client.get(reverse(STATE))

    assert response.json() == {"owner": ""}
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


def test_state_makes_no_session_for_a_visitor(client, settings):
    settings.CSRF_USE_SESSIONS = True

    response = client.get(reverse(STATE))

    assert not response.cookies
    assert not Session.objects.exists()


def test_state_leaves_the_database_as_it_was(signed_in, statements):
    ran = statements(lambda: signed_in.get(reverse(STATE)))

    assert ran
    assert all(sql.startswith("SELECT") for sql in ran)


def test_subscription_is_stored_with_the_language_of_the_page(signed_in, user, fresh):
    with override("de"):
        response = subscribe(signed_in, fresh)

    assert response.status_code == 204
    stored = PushSubscription.objects.get()
    assert (stored.user, stored.endpoint) == (user, fresh.endpoint)
    assert (stored.p256dh, stored.auth) == (fresh.p256dh, fresh.auth)
    assert stored.language == "de"


def test_subscribing_again_renews_the_one_that_is_there(signed_in, fresh):
    subscribe(signed_in, fresh)
    first = PushSubscription.objects.get()
    subscribe(signed_in, fresh)

    again = PushSubscription.objects.get()
    assert (again.pk, again.created_at) == (first.pk, first.created_at)
    assert again.renewed_at > first.renewed_at


def test_two_tabs_that_subscribe_a_browser_at_once_make_one_subscription(
    signed_in, user, fresh, monkeypatch
):
    """The other tab's row comes between this one's question and its insert."""
    at = type(PushSubscription.objects.all()).at

    def answer_before_the_other_tab(rows, endpoint):
        found = list(at(rows, endpoint))
        monkeypatch.undo()
        subscribe(signed_in, fresh)
        return at(rows, endpoint).filter(pk__in=[each.pk for each in found])

    monkeypatch.setattr(type(PushSubscription.objects.all()), "at", answer_before_the_other_tab)
    monkeypatch.setattr(type(PushSubscription.objects), "at", answer_before_the_other_tab)

    assert subscribe(signed_in, fresh).status_code == 204
    assert PushSubscription.objects.get().user == user


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://example.com/push"},
        {"endpoint": "https://127.0.0.1/"},
        {"endpoint": ""},
        {"p256dh": ""},
        {"p256dh": "A" * 87},
        {"p256dh": "BA" + "A" * 85},
        {"auth": ""},
        {"auth": "é"},
        {"auth": "AAAA"},
    ],
)
def test_subscription_that_cannot_be_used_is_refused(signed_in, fresh, changes):
    response = subscribe(signed_in, fresh, **changes)

    assert response.status_code == 400
    assert response.json()["error"]
    assert not PushSubscription.objects.exists()


def test_user_has_at_most_sixteen_and_the_one_last_seen_longest_ago_goes(signed_in, service):
    browsers = [Browser(service, f"number-{n}") for n in range(17)]
    for browser in browsers[:16]:
        subscribe(signed_in, browser)
    subscribe(signed_in, browsers[0])
    subscribe(signed_in, browsers[16])

    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert len(kept) == 16
    assert browsers[1].endpoint not in kept
    assert {browsers[0].endpoint, browsers[16].endpoint} <= kept


def test_browser_of_another_user_is_taken_over_and_gets_nothing_of_theirs(
    signed_in, fresh, other, notify, alerted, push_now
):
    subscribe(signed_in, fresh)
    fresh.service.answers = [503]
    notify("Private")
    push_now()
    theirs = Client()
    theirs.force_login(other)

    assert subscribe(theirs, fresh).status_code == 204

    stored = PushSubscription.objects.get()
    assert stored.user == other
    assert not PushMessage.objects.exists()


def test_nobody_takes_over_a_browser_by_its_address_alone(signed_in, fresh, other):
    subscribe(signed_in, fresh)
    thief = Client()
    thief.force_login(other)

    response = subscribe(thief, fresh, **Browser(fresh.service).fields)

    assert response.status_code == 400
    assert PushSubscription.objects.get().user.username == "ada"


def test_unsubscribing_deletes_the_subscription_of_this_browser_alone(signed_in, service):
    one, two = Browser(service, "one"), Browser(service, "two")
    subscribe(signed_in, one)
    subscribe(signed_in, two)

    response = signed_in.post(reverse("themis:push_unsubscribe"), one.fields)

    assert response.status_code == 204
    assert PushSubscription.objects.get().endpoint == two.endpoint


@pytest.mark.parametrize("name", ["push_unsubscribe", "push_test"])
def test_subscription_of_another_user_is_not_found(signed_in, fresh, other, name):
    subscribe(signed_in, fresh)
    theirs = Client()
    theirs.force_login(other)

    response = theirs.post(reverse(f"themis:{name}"), fresh.fields)

    assert response.status_code == 404
    assert PushSubscription.objects.exists()
    assert push.jobs == []


@pytest.mark.parametrize("name", ["push_subscribe", "push_unsubscribe", "push_test"])
def test_acts_need_a_user_a_post_and_the_token_of_a_form(user, fresh, name):
    address = reverse(f"themis:{name}")
    strict = Client(enforce_csrf_checks=True)

    assert Client().post(address, fresh.fields).status_code == 403
    assert strict.get(address).status_code == 405
    strict.force_login(user)
    assert strict.post(address, fresh.fields).status_code == 403
    token = strict.get(reverse(STATE)).json()["csrf"]
    answered = strict.post(address, fresh.fields, headers={"x-csrftoken": token})
    assert answered.status_code in {204, 404}


def test_test_is_handed_to_the_executor_and_reaches_the_browser(signed_in, fresh):
    subscribe(signed_in, fresh)

    response = signed_in.post(reverse("themis:push_test"), fresh.fields)

    assert response.status_code == 202
    assert fresh.service.requests == []
    [(job, keys)] = push.jobs
    assert run(job, keys) == {"tested": 1}
    [message] = fresh.messages
    assert (message["title"], message["test"]) == ("This is a test", True)


@pytest.fixture
def sign_out(settings, signed_in):
    """Sign out as a person does. The test client's own logout() has no request with a cookie."""
    settings.ROOT_URLCONF = "tests.live.urls_sign_out"
    return lambda: signed_in.post("/logout/")


def test_signing_out_ends_the_subscription_of_this_session_alone(
    signed_in, sign_out, user, service
):
    here, elsewhere = Browser(service, "here"), Browser(service, "elsewhere")
    subscribe(signed_in, here)
    second = Client()
    second.force_login(user)
    subscribe(second, elsewhere)

    sign_out()

    assert PushSubscription.objects.get().endpoint == elsewhere.endpoint


def test_person_who_signs_out_leaves_although_the_subscription_cannot_be_deleted(
    signed_in, sign_out, fresh, monkeypatch, caplog
):
    subscribe(signed_in, fresh)

    def fail(*arguments):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(PushSubscription.objects, "for_user", fail, raising=False)
    sign_out()

    assert "sessionid" not in {name for name, morsel in signed_in.cookies.items() if morsel.value}
    assert "the disk is full" in caplog.text


def test_account_of_another_kind_that_signs_out_ends_no_subscription(signed_in, fresh, rf):
    subscribe(signed_in, fresh)
    request = rf.get("/")
    request.COOKIES = {name: morsel.value for name, morsel in signed_in.cookies.items()}

    user_logged_out.send(object, request=request, user=object())

    assert PushSubscription.objects.count() == 1


def test_signing_out_without_a_subscription_costs_one_query(sign_out, statements):
    ran = statements(sign_out)

    assert len([sql for sql in ran if "pushsubscription" in sql]) == 1


def test_views_answer_503_without_a_key(signed_in, settings):
    settings.THEMIS_WEBPUSH = {}

    assert signed_in.get(reverse(STATE)).status_code == 503
