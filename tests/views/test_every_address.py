"""Rules for all addresses of the kit, those of e-mail and Web Push among them."""

import re

import pytest

from tests.helpers import every_address, hostile
from tests.helpers.browsers import HTMX, browser

# A script, the same for everybody.
PUBLIC = {"service_worker"}
# RFC 8058: the signature in the address stands for the token of a form.
WITHOUT_CSRF = {"mail_unsubscribe"}
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@pytest.fixture
def addresses(user, many):
    """Return the path of each address of the kit, by name; they are found, and not listed here."""
    values = every_address.values_for(many)
    return {name: every_address.path_of(name, **values) for name in every_address.names()}


@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "signed out"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_no_answer_of_any_address_of_the_kit_may_be_kept_by_a_cache(
    user, addresses, headers, method, is_signed_in
):
    client = browser(user if is_signed_in else None, headers)

    answers = {name: getattr(client, method)(path) for name, path in addresses.items()}

    assert len(answers) > 20
    kept = [
        name
        for name, answer in answers.items()
        if answer.status_code != 405 and "no-store" not in answer.headers.get("Cache-Control", "")
    ]
    assert set(kept) <= PUBLIC


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_no_address_but_that_of_unsubscribing_takes_a_post_without_a_csrf_token(
    user, addresses, headers
):
    client = browser(user, headers, enforce_csrf_checks=True)

    statuses = {name: client.post(path).status_code for name, path in addresses.items()}

    assert {name for name, status in statuses.items() if status not in {403, 405}} == WITHOUT_CSRF


@pytest.mark.parametrize("there", ["https://example.com/", "//example.com", "/\\example.com"])
@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "signed out"])
def test_no_address_redirects_to_the_host_that_a_form_names(user, addresses, is_signed_in, there):
    client = browser(user if is_signed_in else None)
    fields = {"next": there, "mode": "daily", "hour": "8", "weekday": "0", "source": "tasks"}
    fields |= {"source_app": "tasks", "up_to": "0", "choice": "hour", "channel": "bell"}

    answers = [client.post(path, fields) for path in addresses.values()]

    redirects = [answer["Location"] for answer in answers if answer.status_code == 302]
    assert len(redirects) > 5
    assert [to for to in redirects if not re.match("/(?!/)[a-z]", to) or "example" in to] == []


@pytest.mark.parametrize("is_signed_in", [True, False], ids=["signed in", "signed out"])
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_get_and_head_of_every_address_leave_the_database_as_it_was(
    user, addresses, rows, statements, headers, method, is_signed_in
):
    client = browser(user if is_signed_in else None, headers)
    before = rows()

    for name, path in addresses.items():
        for fields in ({}, hostile.FIELDS, {"undo": "", "themis_muted": "tasks"}):
            ran = statements(lambda at=path, said=fields: getattr(client, method)(at, said))
            writes = [sql for sql in ran if sql.lstrip("( ").upper().startswith(CHANGES)]
            assert (name, writes) == (name, [])
    assert rows() == before
