"""A mistake in the calling code raises at once and names the argument and its value."""

from datetime import UTC, date, datetime
from itertools import combinations

import pytest
from asgiref.sync import async_to_sync

from themis_htmx.delivery.draft import draft
from themis_htmx.models import UserNotification
from themis_htmx.notifications import anotify_user, anotify_users, notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

UNSAFE_URLS = [
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\x00//evil.example",
    "  //evil.example",
    "\\\\evil.example",
    "tasks/1/",
    "../tasks/",
    "?page=2",
    "#top",
    "example.org",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,hello",
    "mailto:ada@example.org",
    "ftp://example.org/",
    "http:example.org",
    "http://",
    "https:///path",
    "http://[",
]


def stored(title="News", **options):
    return draft(title, **options)


@pytest.mark.parametrize(
    ("argument", "value", "error"),
    [
        *(("title", value, ValueError) for value in ["", " \n\t", "\u00a0", "\x00\x07", None]),
        *(("level", value, ValueError) for value in ["critical", "INFO", "", None, 1, []]),
        ("expires_at", NOON.replace(tzinfo=None), ValueError),
        ("expires_at", date(2026, 1, 1), TypeError),
        ("expires_at", "2026-01-01T12:00Z", TypeError),
        ("expires_at", 0, TypeError),
    ],
)
def test_draft_raises_for_a_bad_argument_and_names_it_with_its_value(argument, value, error):
    with pytest.raises(error) as raised:
        stored(**{argument: value})

    assert str(raised.value).startswith(f"{argument}: {value!r} is ")


@pytest.mark.parametrize("url", UNSAFE_URLS)
def test_draft_raises_for_an_unsafe_url(url):
    with pytest.raises(ValueError, match=r"^url: '.+' is neither a path on this site"):
        stored(url=url)


@pytest.mark.parametrize(
    ("argument", "limit"),
    [("url", 2000), ("source_app", 100), ("source_model", 100), ("source_id", 255)],
)
def test_draft_raises_for_a_url_or_source_field_that_is_too_long(argument, limit):
    assert stored(**{argument: "/" + "a" * (limit - 1)})

    with pytest.raises(ValueError, match=rf"^{argument}: {limit + 1} .* {limit} fit: '/aaa"):
        stored(**{argument: "/" + "a" * limit})


@pytest.mark.parametrize(
    "missing", [names for size in (1, 2, 3) for names in combinations(SOURCE, size)]
)
def test_deduplicate_raises_and_names_the_missing_source_fields(missing):
    given_source = {name: part for name, part in SOURCE.items() if name not in missing}

    with pytest.raises(ValueError, match=f"^deduplicate: True .*empty: {', '.join(missing)}\\.$"):
        stored(deduplicate=True, **given_source)


def test_source_id_of_control_characters_alone_counts_as_missing():
    with pytest.raises(ValueError, match="empty: source_id"):
        stored(deduplicate=True, **SOURCE | {"source_id": "\x00\n"})


@pytest.fixture(params=[notify_user, notify_users, anotify_user, anotify_users])
def send(request):
    """Each of the four functions, called for a list of users."""
    name, call = request.param.__name__, request.param
    if name.startswith("a"):
        call = async_to_sync(call)
    if name.endswith("users"):
        return call
    return lambda users, *args, **options: call(users[0], *args, **options)


MISTAKES = [
    {"title": ""},
    {"level": "critical"},
    {"url": "javascript:alert(1)"},
    {"source_id": "a" * 256},
    {"expires_at": datetime(2026, 1, 1)},  # noqa: DTZ001
    {"deduplicate": True},
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: next(iter(mistake)))
def test_notify_functions_raise_for_a_mistake_before_writing_anything(user, send, mistake):
    with pytest.raises(ValueError, match=f"^{next(iter(mistake))}: "):
        send([user], **{"title": "News"} | mistake)

    assert not UserNotification.objects.exists()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: next(iter(mistake)))
def test_notify_functions_raise_for_a_mistake_even_without_a_recipient(db, user, send, mistake):
    user.profile.notifications_enabled = False
    user.profile.save()

    for nobody in (None, user):
        with pytest.raises(ValueError, match=f"^{next(iter(mistake))}: "):
            send([nobody], **{"title": "News"} | mistake)


def test_four_notify_functions_accept_the_same_arguments(user, send):
    assert send([user], "News", "Body", level="danger", url="/a/", deduplicate=True, **SOURCE)

    made = UserNotification.objects.get()
    assert (made.title, made.message, made.level, made.url) == ("News", "Body", "danger", "/a/")
