"""Signed undo instants: valid for the same user, unaltered, and for a day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing

from themis_htmx.http.undo import (
    Snooze,
    read_instant,
    read_snooze,
    sign_instant,
    sign_snooze,
)

NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def test_signed_undo_instant_is_read_back_exactly(user):
    assert read_instant(user, sign_instant(user, NOON)) == NOON


def test_undo_signature_of_another_user_is_refused(user, other):
    assert read_instant(other, sign_instant(user, NOON)) is None


@pytest.mark.parametrize(
    "forge",
    [lambda signed: signed[:-1], lambda signed: "x" + signed, str.upper],
    ids=["shortened", "lengthened", "upper case"],
)
def test_altered_undo_signature_is_refused(user, forge):
    assert read_instant(user, forge(sign_instant(user, NOON))) is None


@pytest.mark.parametrize("signed", ["", "x", "a:b:c", "\x00", "ä" * 9])
def test_malformed_undo_signature_is_refused(user, signed):
    assert read_instant(user, signed) is None


def test_undo_signature_for_another_purpose_is_refused(user):
    elsewhere = signing.dumps([str(user.pk), NOON.isoformat()], salt="elsewhere")

    assert read_instant(user, elsewhere) is None


@pytest.mark.parametrize(("hours", "holds"), [(23, True), (25, False)])
def test_undo_signature_is_valid_for_a_day(user, time_machine, hours, holds):
    time_machine.move_to(NOON, tick=False)
    signed = sign_instant(user, NOON)

    time_machine.move_to(NOON + timedelta(hours=hours), tick=False)
    assert (read_instant(user, signed) is not None) == holds


def test_signed_snooze_is_read_back_by_its_own_user_for_a_day(user, other, time_machine):
    now = NOON
    time_machine.move_to(now, tick=False)
    snooze = Snooze(7, now + timedelta(hours=1), None, now)
    signed = sign_snooze(user, snooze)

    assert read_snooze(user, signed) == snooze
    assert read_snooze(other, signed) is None
    assert read_snooze(user, sign_instant(user, now)) is None
    assert read_instant(user, signed) is None
    time_machine.move_to(now + timedelta(days=1, seconds=1), tick=False)
    assert read_snooze(user, signed) is None
