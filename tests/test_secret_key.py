"""A change of SECRET_KEY: what lives on while the old key is a fallback, and what ends."""

from datetime import UTC, datetime

import pytest

from themis_htmx.http.undo import Snooze, read_instant, read_snooze, sign_instant, sign_snooze
from themis_htmx.mail.unsubscribe import unsubscribe_path, user_of_token
from themis_htmx.tokens import Digest, SignedToken

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def poll_token(user):
    signed = SignedToken("session", Digest(1, 2, 3), str(user.pk)).sign()
    return lambda: SignedToken.read(signed)


def undo_of_read_all(user):
    signed = sign_instant(user, NOON)
    return lambda: read_instant(user, signed)


def undo_of_snooze(user):
    signed = sign_snooze(user, Snooze(7, NOON, None, None))
    return lambda: read_snooze(user, signed)


def unsubscribe_address(user):
    token = unsubscribe_path(user.pk).rstrip("/").rpartition("/")[2]
    return lambda: user_of_token(token)


@pytest.mark.parametrize(
    "sign", [poll_token, undo_of_read_all, undo_of_snooze, unsubscribe_address]
)
def test_signed_text_lives_while_the_old_secret_key_is_a_fallback(user, settings, sign):
    read = sign(user)
    assert read()

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new"
    assert read()

    settings.SECRET_KEY_FALLBACKS = []
    assert read() is None
