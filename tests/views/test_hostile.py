"""Hostile input: fields, parts of addresses, headers and cookies of every address of the kit.

No value fails, shows markup, or reaches what is somebody else's. The addresses are found, so that a
new view takes part by itself; the values are in tests/helpers/hostile.py.
"""

import re
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.http import QueryDict
from django.template.base import Template
from django.test import Client
from django.test.utils import _TestState
from django.utils import timezone

from tests.helpers import every_address, hostile
from tests.helpers.browsers import HTMX, browser
from themis_htmx.http.undo import Snooze, sign_instant, sign_snooze
from themis_htmx.mail.models import MailPreference
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user
from themis_htmx.webpush.models import PushSubscription

NAMES = every_address.names()
KEYED = [name for name in NAMES if "pk" in every_address.parts_of(name)]
SECRET = "Grace-alone-may-read-this"
METHODS = ("get", "post")


@pytest.fixture(autouse=True)
def plain_rendering(monkeypatch):
    """Let Django copy no context for the tests: thousands of pages are asked for here."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


@pytest.fixture
def mine(user, notify):
    """A notification of the user, with others of each state."""
    now = timezone.now()
    notify("Read", read_at=now, source_app="tasks")
    notify("Dismissed", read_at=now, dismissed_at=now)
    return notify("Mine", source_app="tasks", url="/tasks/1/")


@pytest.fixture
def theirs(other):
    """A notification of somebody else, who has a row in each table of the kit."""
    UserProfile(user=other, time_zone="Europe/Berlin", browser_notifications_enabled=True).save()
    SourcePreference.objects.mute(other, SECRET)
    MailPreference.objects.choose(other, "daily", hour=8, weekday=0)
    keys = {"p256dh": "key", "auth": "secret"}
    session = {"session_hash": "a", "auth_hash": "b", "language": "en"}
    PushSubscription.objects.subscribe(other, hostile.FIELDS["endpoint"] + "/2", **keys, **session)
    return notify_user(other, SECRET, SECRET, source_app=SECRET, level="danger")


@pytest.fixture
def unharmed(theirs, user):
    """Assert that nothing of the other user has changed, or been given to the user."""

    def state():
        return {
            model._meta.label: list(model._base_manager.filter(**{at: theirs.user_id}).values())
            for model, at in tables_of_users()
        }

    before = state()
    assert sum(map(bool, before.values())) > 4

    def unharmed():
        assert state() == before

    return unharmed


def tables_of_users():
    """The models that belong to a user, each with the name of that field."""
    for model in apps.get_models():
        for each in model._meta.fields:
            if isinstance(each, ForeignKey) and each.related_model.__name__ == "User":
                yield model, each.name


@pytest.fixture
def asked(monkeypatch):
    """The names of fields that have been read since it was cleared."""
    names = set()

    def noting(read):
        def note(self, key, *rest, **options):
            # While it is made, a QueryDict looks into itself.
            if not self._mutable:
                names.add(key)
            return read(self, key, *rest, **options)

        return note

    for verb in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, verb, noting(getattr(QueryDict, verb)))
    return names


def send(client, method, path, fields, headers=None):
    """Send fields in the address, and in the form too if it is a POST."""
    address = f"{path}?{urlencode(fields)}"
    if method == "post":
        return client.post(address, fields, headers=headers)
    return client.get(address, headers=headers)


def methods_of(client, path):
    """The methods that an address takes, of GET and POST."""
    refused = client.put(path)
    return [each for each in METHODS if each.upper() in refused.headers.get("Allow", "GET")]


def bases():
    """Fields that are all as they should be; without and with those that decide for the others."""
    plain = {name: value for name, value in hostile.FIELDS.items() if name not in hostile.DECIDING}
    return [plain, *(plain | {name: hostile.FIELDS[name]} for name in sorted(hostile.DECIDING))]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_value_in_any_field_of_any_address_does_no_harm(user, mine, unharmed, asked, name):
    client = browser(user)
    path = every_address.path_of(name, **every_address.values_for(mine))
    values = [*hostile.VALUES, *hostile.tokens(user)]
    tried = set()
    for method in methods_of(client, path):
        for base in bases():
            asked.clear()
            send(client, method, path, base)
            fields = asked - hostile.OF_DJANGO
            assert fields - hostile.FIELDS.keys() == set(), "hostile.FIELDS lacks a field"
            for field in sorted(fields - {each for at, each in tried if at == method}):
                tried.add((method, field))
                for number, value in enumerate(values, start=len(tried)):
                    headers = HTMX if number % 2 else {}
                    answer = send(client, method, path, base | {field: value}, headers)
                    hostile.assert_harmless(answer, SECRET)
                for query in hostile.bytes_of(field):
                    hostile.assert_harmless(getattr(client, method)(f"{path}?{query}"), SECRET)

    # What may have been stored is shown.
    for page in ("inbox", "preferences"):
        hostile.assert_harmless(client.get(every_address.path_of(page)), SECRET)
    unharmed()


@pytest.mark.parametrize("name", [name for name in NAMES if every_address.parts_of(name)])
def test_hostile_part_of_any_address_is_not_found(user, mine, unharmed, name):
    client = browser(user)
    path = every_address.path_of(name, **dict.fromkeys(every_address.parts_of(name), "PLACE"))
    parts = [quote(value, safe="") for value in [*hostile.VALUES, *hostile.tokens(user)]]
    for part in [*parts, *hostile.BYTES]:
        answer = client.post(path.replace("PLACE", part), {"until": "hour"})
        hostile.assert_harmless(answer, SECRET)
        assert answer.status_code == 404
    unharmed()


@pytest.mark.parametrize("name", NAMES)
def test_hostile_header_or_cookie_to_any_address_does_no_harm(user, mine, unharmed, name):
    client = browser(user)
    path = every_address.path_of(name, **every_address.values_for(mine))
    method = methods_of(client, path)[-1]
    for number, value in enumerate(hostile.VALUES):
        # As a server hands them over: bytes beyond ASCII as Latin-1, and no control characters.
        text = "".join(each for each in value if each.isprintable()).encode()[:900]
        headers = dict.fromkeys(hostile.HEADERS, text.decode("latin-1"))
        headers |= HTMX if number % 2 else {}
        hostile.assert_harmless(getattr(client, method)(path, headers=headers), SECRET)
        cookies = "; ".join(f"{each}={text.decode('latin-1')}" for each in hostile.COOKIES)
        visitor = Client(headers={"Cookie": cookies})
        hostile.assert_harmless(getattr(visitor, method)(path), SECRET)
    unharmed()


@pytest.mark.parametrize("name", NAMES)
def test_ids_and_tokens_of_another_user_do_nothing_in_any_field_of_any_address(
    user, mine, theirs, unharmed, name
):
    now = timezone.now()
    client = browser(user)
    path = every_address.path_of(name, **every_address.values_for(mine))
    page = browser(theirs.user).get("/page/").content.decode()
    foreign = [
        str(theirs.pk),
        re.search(r'name="token"\s+value="([^"]+)"', page)[1],
        sign_instant(theirs.user, now),
        sign_snooze(theirs.user, Snooze(theirs.pk, now, None, None)),
        SECRET,
        hostile.FIELDS["endpoint"] + "/2",
    ]
    for method in methods_of(client, path):
        for value in foreign:
            everywhere = dict.fromkeys(hostile.FIELDS.keys() - hostile.DECIDING, value)
            deciding = [hostile.FIELDS | {each: value} for each in sorted(hostile.DECIDING)]
            for fields in (everywhere, *deciding):
                sent = send(client, method, path, fields)
                assert sent.status_code < 500
                assert value == SECRET or SECRET not in sent.content.decode()
    unharmed()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("name", KEYED)
def test_id_of_another_user_is_answered_as_one_that_does_not_exist(
    user, theirs, unharmed, name, headers
):
    client = browser(user, headers)
    missing = UserNotification(pk=theirs.pk + 1000, user=user)

    answers = [
        client.post(every_address.path_of(name, **every_address.values_for(each)) + "?until=hour")
        for each in (theirs, missing)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    unharmed()
