"""The same call gives the same row on every database; the expected rows are written out here."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.safestring import SafeString

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

PAW = "🐾"  # One character, four bytes.
FAMILY = "👩‍👩‍👧‍👦🏳️‍🌈"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
PLAIN = {
    "title": "News",
    "message": "",
    "level": "info",
    "url": "",
    "source_app": "",
    "source_model": "",
    "source_id": "",
    "expires_at": None,
    "extras": None,
}
FACE = {"image": f"/{PAW}.svg"}
APPROVE = {"label": "Approve", "url": "/requests/42/approve/", "method": "post"}
VIEW = {"label": f"'{PAW}' \"%s\" \\ <b>", "url": "https://example.org/?a=1&b=%20", "method": "get"}

# The arguments of a call. Below, REPAIRED adds the stored row where it differs from them.
AS_IT_IS = [
    {"title": "News  "},
    {"title": " News"},
    {"title": "N\u00e4chste A\u0308nderung"},
    {"title": FAMILY, "message": FAMILY, "source_id": FAMILY},
    {"title": PAW * 200},
    {"message": PAW * 70_000},
    {"message": "a\n\tb\n\n"},
    {"message": "100% 'a' \"b\" \\ \\' %s {} ; -- \\0 \\n"},
    {"url": "/" + PAW * 1999},
    {"source_app": PAW * 100, "source_model": PAW * 100, "source_id": PAW * 255},
    {"source_app": "a ", "source_model": " a", "source_id": "\u00a0a\u200b"},
    {"source_app": "\uffff", "source_model": "\U0010ffff", "source_id": "\ufdd0"},
    {"expires_at": LAST},
    {"expires_at": NOON + timedelta(microseconds=1)},
    {"expires_at": NOON.replace(microsecond=999_999)},
    {"level": "danger"},
]
REPAIRED = [
    ({"title": "N\x00e\ud800w\udfffs"}, {"title": "News"}),
    ({"title": "a\tb\r\nc\rd"}, {"title": "a b c d"}),
    ({"title": SafeString("<b>")}, {"title": "<b>"}),
    ({"title": PAW * 201}, {"title": PAW * 199 + "…", "message": PAW * 201}),
    ({"title": 42}, {"title": "42"}),
    ({"message": "\x00a\x07\x1b\x7f\x9f\r\n\ud83d"}, {"message": "a\n"}),
    ({"message": None, "url": None}, {}),
    ({"url": " /a\x00b\n "}, {"url": "/ab"}),
    ({"source_id": "\x00\t\n42\ud800"}, {"source_id": "42"}),
    ({"source_id": 42}, {"source_id": "42"}),
    ({"source_id": -(10**30)}, {"source_id": "-1000000000000000000000000000000"}),
    ({"source_id": UUID(int=42)}, {"source_id": "00000000-0000-0000-0000-00000000002a"}),
    ({"source_id": SafeString("4<2")}, {"source_id": "4<2"}),
    ({"source_id": True}, {"source_id": "True"}),
    ({"source_id": Decimal("4.20")}, {"source_id": "4.20"}),
    ({"source_id": None}, {"source_id": ""}),
    (
        {"expires_at": datetime(2026, 6, 2, 1, 30, tzinfo=timezone(timedelta(hours=14)))},
        None,
    ),
    (
        {"expires_at": datetime(2026, 6, 2, 2, 30, tzinfo=timezone(timedelta(hours=14)))},
        {"expires_at": datetime(2026, 6, 1, 12, 30, tzinfo=UTC)},
    ),
    (
        {"expires_at": datetime(2026, 6, 1, 7, 0, 0, 5, tzinfo=timezone(-timedelta(hours=12)))},
        {"expires_at": datetime(2026, 6, 1, 19, 0, 0, 5, tzinfo=UTC)},
    ),
    ({"expires_at": datetime(1, 1, 1, tzinfo=UTC)}, None),
    (FACE, {"extras": FACE}),
    ({"image": " /a\x00b\n "}, {"extras": {"image": "/ab"}}),
    ({"image": None, "actions": None}, {}),
    ({"actions": (APPROVE, VIEW)}, {"extras": {"actions": [APPROVE, VIEW]}}),
    (
        FACE | {"actions": [{"label": " A\tb\ud800 ", "url": "/"}]},
        {"extras": FACE | {"actions": [{"label": "A b", "url": "/", "method": "get"}]}},
    ),
]
REFUSED = [
    {"title": "\x00\ud800 \n"},
    {"url": "/" + PAW * 2000},
    {"source_app": PAW * 101},
    {"source_model": PAW * 101},
    {"source_id": PAW * 256},
    {"expires_at": datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=1)))},
    {"expires_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
    {"expires_at": NOON.replace(tzinfo=None)},
    {"image": "http://example.org/a.png"},
    {"actions": [APPROVE | {"url": "https://example.org/"}]},
]
# MariaDB's own collations take some of these for one another.
LOOKALIKES = [
    "a",
    "A",
    "a ",
    " a",
    "ä",
    "a\u0308",
    "á",
    "ａ",
    "ss",
    "ß",
    "ſs",
    PAW,
    "🐕",
    "\u200ba",
]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture(params=["one", "many"])
def store(request, user):
    """Notify by one of the two ways in; return the row as the database has it, if there is one."""

    def store(**said):
        fields = {"title": "News"} | said
        if request.param == "one":
            notify_user(user, **fields)
        else:
            notify_users([user], **fields)
        return UserNotification.objects.values(*PLAIN).first()

    return store


@pytest.mark.parametrize("said", AS_IT_IS, ids=lambda said: ascii(said)[:60])
def test_value_that_every_database_can_hold_is_stored_as_it_is(store, said):
    assert store(**said) == PLAIN | said


@pytest.mark.parametrize(("said", "kept"), REPAIRED, ids=lambda said: ascii(said)[:60])
def test_value_that_some_database_cannot_hold_is_repaired_alike(store, said, kept):
    assert store(**said) == (None if kept is None else PLAIN | kept)


@pytest.mark.parametrize("said", REFUSED, ids=lambda said: ascii(said)[:60])
def test_value_that_cannot_be_repaired_raises_before_anything_is_written(store, said):
    with pytest.raises(ValueError, match=next(iter(said))):
        store(**said)

    assert not UserNotification.objects.exists()


@pytest.mark.parametrize("part", ["source_app", "source_model", "source_id"])
def test_lookalike_sources_are_no_duplicates_of_each_other(user, part):
    source = {"source_app": "a", "source_model": "a", "source_id": "a"}
    for _time in range(2):
        for value in LOOKALIKES:
            notify_user(user, value, deduplicate=True, **source | {part: value})

    rows = UserNotification.objects
    assert rows.count() == len(LOOKALIKES)
    assert [rows.get(**{part: value}).title for value in LOOKALIKES] == LOOKALIKES


@pytest.mark.parametrize("microsecond", [0, 1, 499_999, 500_000, 999_999])
def test_instants_of_a_notification_are_stored_to_the_microsecond(store, time_machine, microsecond):
    now = NOON.replace(microsecond=microsecond)
    time_machine.move_to(now, tick=False)
    store()

    UserNotification.objects.mark_read()
    UserNotification.objects.dismiss()

    row = UserNotification.objects.get()
    assert (row.created_at, row.read_at, row.dismissed_at) == (now, now, now)


def test_notify_user_returns_the_repaired_values_that_are_stored(user):
    said = {"source_id": 42, "level": "warning", "expires_at": LAST, "url": "/a"}
    said |= FACE | {"actions": [APPROVE]}
    made = notify_user(user, PAW * 201, **said)

    stored = UserNotification.objects.get()

    assert {name: getattr(made, name) for name in PLAIN} == {
        name: getattr(stored, name) for name in PLAIN
    }
    assert (made.pk, made.created_at) == (stored.pk, stored.created_at)
