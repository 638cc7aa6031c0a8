"""Drafts: the arguments of a call in the form that is stored, with no visible text lost."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.timezone import override as timezone_override
from django.utils.translation import gettext_lazy, override
from hypothesis import example, given
from hypothesis import strategies as st

from themis_htmx.delivery.draft import draft
from themis_htmx.levels import Level

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CONTROL = ["\x00", "\x07", "\x0b", "\x1b", "\x1f", "\x7f", "\x80", "\x9f", "\ud800", "\udfff"]

SAFE_URLS = [
    "",
    "/",
    "/tasks/42/?a=1&b=2#c",
    "/tasks//42",
    "/größe/",
    "http://example.org",
    "https://user@example.org:8000/a?b#c",
    "HTTPS://EXAMPLE.ORG/",
    "https://[::1]/",
    "/" + "a" * 1999,
]
TOO_LONG = {"url": "/" + "a" * 2000, "source_app": "a" * 101, "source_model": "a" * 101}


def stored(title="News", message="", **options):
    return draft(title, message, **options)


@pytest.mark.parametrize("url", SAFE_URLS)
def test_draft_keeps_a_site_path_and_an_absolute_url(url):
    assert stored(url=url).url == url


@pytest.mark.parametrize(("url", "kept"), [(None, ""), (" /a ", "/a"), ("/a\x00\n/b", "/a/b")])
def test_draft_strips_spaces_and_control_characters_from_a_url(url, kept):
    assert stored(url=url).url == kept


def test_title_of_200_characters_is_kept_as_it_is():
    made = stored("a" * 200, "Body")

    assert (made.title, made.message) == ("a" * 200, "Body")


@pytest.mark.parametrize(("body", "whole"), [("Body", "\n\nBody"), ("", "")])
def test_title_over_200_characters_is_shortened_and_heads_the_message(body, whole):
    long = stored("a" * 201, body)

    assert long.title == "a" * 199 + "…"
    assert long.message == "a" * 201 + whole


def test_shortened_title_has_no_space_before_its_ellipsis():
    assert stored("a" * 190 + " " * 9 + "b" * 9).title == "a" * 190 + "…"


def test_line_breaks_in_a_title_become_spaces():
    assert stored("Task\r\noverdue\tsince\rnoon\n").title == "Task overdue since noon "


def test_a_message_keeps_its_lines_and_tabs():
    assert stored(message="one\r\ntwo\rthree\n\tfour").message == "one\ntwo\nthree\n\tfour"


@pytest.mark.parametrize("character", CONTROL)
def test_draft_removes_characters_that_databases_do_not_store_alike(character):
    made = stored(
        f"a{character}b", f"c{character}d", **{k: v + character for k, v in SOURCE.items()}
    )

    assert made.title in {"ab", "a b"}
    assert made.message in {"cd", "c\nd"}
    assert made.source == SOURCE


@pytest.mark.parametrize("text", ["🐾 – „Größe“", "\u200fשלום", "a\u0301", "\ufeffa", "a\u00a0b"])
def test_draft_keeps_emoji_accents_and_invisible_characters(text):
    made = stored(text, text, source_id=text)

    assert (made.title, made.message, made.source_id) == (text, text, text)


def test_safe_string_in_a_title_or_message_is_still_escaped():
    made = stored(SafeString("<b>"), SafeString("<i>"))

    assert not isinstance(made.title, SafeString)
    assert conditional_escape(made.title) == "&lt;b&gt;"
    assert conditional_escape(made.message) == "&lt;i&gt;"


@pytest.mark.parametrize("value", [42, UUID(int=42), Level.INFO, gettext_lazy("Monday")])
def test_draft_stores_the_str_of_a_value_that_is_no_text(value):
    made = stored(value, value, source_app=value, source_model=value, source_id=value)

    assert {made.title, made.message, *made.source.values()} == {str(value)}
    assert type(made.source_id) is str


def test_lazy_text_is_evaluated_in_the_language_that_is_active_at_the_call():
    with override("de"):
        made = stored(gettext_lazy("Monday"), gettext_lazy("Tuesday"))

    assert (made.title, made.message) == ("Montag", "Dienstag")


@pytest.mark.parametrize("name", ["message", *SOURCE])
def test_draft_stores_none_as_an_empty_text(name):
    assert getattr(stored(**{name: None}), name) == ""


@pytest.mark.parametrize("level", ["warning", Level.WARNING, SafeString("warning")])
def test_a_level_is_stored_as_plain_text(level):
    assert (stored(level=level).level, type(stored(level=level).level)) == ("warning", str)


def test_level_of_a_notification_is_info_by_default():
    assert stored().level == "info"


def test_an_expiry_in_any_time_zone_is_the_same_instant():
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))

    assert stored(expires_at=elsewhere).expires_at == NOON


@pytest.mark.parametrize("instant", [NOON, NOON.replace(tzinfo=None)])
def test_a_project_without_time_zones_gets_a_naive_expiry(site_in_utc, settings, instant):
    settings.USE_TZ = False

    assert stored(expires_at=instant).expires_at == NOON.replace(tzinfo=None)


def test_a_project_without_time_zones_converts_to_its_own_zone_and_not_to_the_active_one(
    site_in_utc, settings
):
    settings.USE_TZ = False

    with timezone_override("Asia/Tokyo"):
        assert stored(expires_at=NOON).expires_at == NOON.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("seconds", "expired"), [(-1, True), (0, True), (1, False)], ids=["past", "now", "future"]
)
def test_draft_is_expired_from_the_very_instant_of_its_expiry(time_machine, seconds, expired):
    time_machine.move_to(NOON, tick=False)

    assert stored(expires_at=NOON + timedelta(seconds=seconds)).is_expired is expired
    assert not stored().is_expired


@pytest.mark.parametrize(
    ("seconds", "scheduled"), [(-1, False), (0, False), (1, True)], ids=["past", "now", "future"]
)
def test_draft_is_scheduled_until_the_very_instant_of_its_time(time_machine, seconds, scheduled):
    time_machine.move_to(NOON, tick=False)

    assert stored(visible_from=NOON + timedelta(seconds=seconds)).is_scheduled is scheduled


def test_validating_the_extras_of_a_draft_again_changes_nothing():
    """A worker of Celery passes the values through draft() a second time."""
    actions = [{"label": " Approve\n", "url": " /a/ ", "method": "post"}]
    extras = stored(image=" /ana.svg ", actions=actions).extras
    assert extras == {
        "image": "/ana.svg",
        "actions": [{"label": "Approve", "url": "/a/", "method": "post"}],
    }
    assert stored(**extras).extras == extras


def test_draft_refuses_an_unknown_argument_by_name():
    with pytest.raises(TypeError, match=r"^soure_app: 'tasks': no such argument; use level, url, "):
        stored(soure_app="tasks")


def test_draft_has_a_dedup_key_only_with_deduplicate():
    assert stored(**SOURCE).dedup_key is None
    assert stored(**SOURCE, deduplicate=True).dedup_key.version == 5


def test_dedup_key_depends_on_the_source_alone():
    def key(title="News", level="info", **changes):
        return stored(title, level=level, deduplicate=True, **SOURCE | changes).dedup_key

    assert key() == key("Other", "danger") == key(source_id=42)
    assert len({key(), *(key(**{name: "x"}) for name in SOURCE)}) == 4


@pytest.mark.parametrize(
    ("wait", "key"),
    [
        (None, UUID("d5a8ff04-bbdd-516c-858e-fc8d3402d4c1")),
        (timedelta(days=1), UUID("1bf8c555-f43a-5af9-8d6f-9df86dc4ee63")),
    ],
    ids=["at once", "scheduled"],
)
def test_dedup_key_of_a_source_is_the_same_in_every_release(wait, key):
    """Rows of an older release hold it, and keep duplicates away after an upgrade."""
    visible_from = wait and now() + wait

    found = draft("News", deduplicate=True, visible_from=visible_from, **SOURCE).dedup_key
    assert found == key


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a:b", "c"), ("a", "b:c")),
        (("a", "1:b"), ("a1:", "b")),
    ],
)
def test_source_parts_that_join_to_the_same_text_have_different_keys(one, another):
    def key(app, model):
        parts = {"source_app": app, "source_model": model, "source_id": "1"}
        return stored(deduplicate=True, **parts).dedup_key

    assert key(*one) != key(*another)


ANY_TEXT = st.text(st.characters() | st.sampled_from([*CONTROL, "\t", "\n", "\r", " "]))
WORDS = ANY_TEXT.map(lambda text: f"x{text}")


@given(title=WORDS | WORDS.map(lambda text: text * 40), message=ANY_TEXT)
@example(title="\r" * 199 + "end", message=" \n")
def test_any_title_and_message_fit_and_lose_no_visible_text(title, message):
    made = stored(title, message)

    assert 0 < len(made.title) <= 200
    assert not {*CONTROL, "\r"} & {*made.title, *made.message}
    is_whole = visible(made.title) == visible(title)
    assert is_whole or visible(made.message).startswith(visible(title))
    assert visible(made.message).endswith(visible(message))


def visible(text):
    """Return the text without the characters that a draft may change."""
    return "".join(char for char in text if char.isprintable() and not char.isspace())
