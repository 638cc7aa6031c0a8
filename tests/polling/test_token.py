"""The poll token: valid for the session it was made for, and while nothing has changed."""

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer, TimestampSigner
from django.test import RequestFactory
from django.utils import timezone

from tests.helpers.oracle import expected_digest
from themis_htmx.polling.digest import current_digest, unread_of
from themis_htmx.polling.token import Token, unchanged_user
from themis_htmx.tokens import Digest

DIGEST = Digest(unread=2, newest=11, total=21)
NONSENSE = ["", "x", ".", "1.2.11.21", "1.2.11.21.signature", "ä", "\x00", "a.b.c.d.e.f.g"]


def _in(seconds):
    return timezone.now() + timedelta(seconds=seconds)


@pytest.fixture
def request_of():
    """A request of somebody who holds a session cookie, with a token."""

    def request_of(user, token="", cookie="her-session"):
        request = RequestFactory().get("/", {"token": token})
        request.user = user
        if cookie:
            request.COOKIES["sessionid"] = cookie
        return request

    return request_of


@pytest.fixture
def shown(user, request_of):
    """The token of a bell that is up to date."""
    return Token.of(request_of(user), unread_of(user).digest).sign()


def test_poll_token_can_be_read_back(user, request_of):
    token = Token.of(request_of(user), DIGEST)
    assert Token.read(token.sign()) == token


@pytest.mark.parametrize("text", NONSENSE)
def test_malformed_text_is_no_poll_token(text):
    assert Token.read(text) is None


def test_altered_poll_token_is_refused(user, other, request_of):
    text = Token.of(request_of(other), DIGEST).sign()
    said, moment, signature = text.rsplit(".", 2)
    forged = ".".join([said.removesuffix(str(other.pk)) + str(user.pk), moment, signature])
    assert Token.read(forged) is None
    assert Token.read(text[:-1]) is None


def test_text_signed_for_another_purpose_is_no_poll_token(user, request_of):
    said = Token.of(request_of(user), DIGEST).sign().rsplit(".", 2)[0]
    assert Token.read(TimestampSigner(salt="elsewhere", sep=".").sign(said)) is None
    assert Token.read(Signer(sep=".").sign(said)) is None


def test_poll_token_reveals_neither_title_nor_session(user, notify, request_of):
    notify("Secret")
    text = Token.of(request_of(user), DIGEST).sign()
    assert "Secret" not in text
    assert "her-session" not in text


def test_poll_token_is_short_enough_for_a_url(user, request_of):
    largest = Digest(100, 2**63, 100 * 2**63)
    assert len(Token.of(request_of(user), largest).sign()) < 250


def test_unchanged_bell_is_recognized_by_one_query_without_a_user(
    user, shown, request_of, django_assert_num_queries
):
    request = request_of(None, shown)
    with django_assert_num_queries(1):
        assert unchanged_user(request)


@pytest.mark.parametrize("text", NONSENSE)
def test_malformed_poll_token_counts_as_changed_without_a_query(
    db, text, request_of, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert not unchanged_user(request_of(None, text))


def test_poll_token_of_another_session_counts_as_changed(user, shown, request_of):
    assert not unchanged_user(request_of(None, shown, cookie="his-session"))


def test_poll_without_a_session_cookie_counts_as_changed(user, request_of):
    bare = Token.of(request_of(user, cookie=""), unread_of(user).digest).sign()
    assert not unchanged_user(request_of(None, bare, cookie=""))


def test_poll_token_counts_as_changed_after_ten_minutes(user, shown, request_of):
    with time_machine.travel(_in(598)):
        assert unchanged_user(request_of(None, shown))
    with time_machine.travel(_in(602)):
        assert not unchanged_user(request_of(None, shown))


def test_poll_token_with_an_impossible_user_counts_as_changed(shown, request_of):
    token = Token.read(shown)._replace(user="nobody").sign()
    assert not unchanged_user(request_of(None, token))


def test_compiled_digest_equals_the_digest_that_the_orm_computes(user, other, notify):
    notify("One")
    notify("Two", read_at=_in(-5))
    notify("Three", expires_at=_in(-5))
    notify("Four", expires_at=_in(60))
    notify("Hers", to=other)
    for someone in (user, other):
        assert current_digest(str(someone.pk), "default") == expected_digest(someone)
    assert current_digest(str(user.pk), "default").unread == 2
