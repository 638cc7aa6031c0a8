"""The poll token: it holds for who it was made for, and while nothing has changed."""

import pytest
from django.core.signing import Signer

from themis_htmx.inbox import Digest
from themis_htmx.polling import make_token, still_holds

DIGEST = Digest(unread=2, newest=11, total=21)


def test_a_token_holds_while_nothing_has_changed(user):
    assert still_holds(make_token(user, DIGEST), user, DIGEST)


@pytest.mark.parametrize("change", [{"unread": 3}, {"newest": 12}, {"total": 22}])
def test_a_token_holds_no_longer_when_anything_has(user, change):
    assert not still_holds(make_token(user, DIGEST), user, DIGEST._replace(**change))


def test_another_users_token_holds_nothing(user, other):
    assert not still_holds(make_token(user, DIGEST), other, DIGEST)


@pytest.mark.parametrize("token", ["", "x", ":", "1:2:11:21", "1:2:11:21:signature", "ä", "\x00"])
def test_nonsense_holds_nothing(user, token):
    assert not still_holds(token, user, DIGEST)


def test_an_altered_token_holds_nothing(user, other):
    token = make_token(other, DIGEST)
    said, signature = token.rsplit(":", 1)
    forged = ":".join([said.replace(str(other.pk), str(user.pk), 1), signature])

    assert not still_holds(forged, user, DIGEST)
    assert not still_holds(token[:-1], other, DIGEST)


def test_what_was_signed_for_another_purpose_holds_nothing(user):
    said = make_token(user, DIGEST).rsplit(":", 1)[0]

    assert not still_holds(Signer(salt="elsewhere").sign(said), user, DIGEST)
    assert not still_holds(Signer().sign(said), user, DIGEST)


def test_a_token_says_nothing_of_the_title_and_fits_into_an_address(user, notify):
    notify("Secret")

    assert "Secret" not in make_token(user, DIGEST)
    assert len(make_token(user, Digest(100, 2**63, 100 * 2**63))) < 200
