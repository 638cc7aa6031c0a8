"""The kit in German, French, Spanish, Arabic and Japanese: whole, unbroken and by locale."""

import gettext
import html
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils.translation import override

from scripts.messages import extract
from tests.helpers.browsers import READ_NAMES, address, htmx
from tests.helpers.markup import parse
from themis_htmx.models import MutedSource, UserNotification, UserProfile
from themis_htmx.polling.digest import Digest
from themis_htmx.ui import times
from themis_htmx.ui.bell import unread_label

KIT = Path(__file__).resolve().parents[2] / "themis_htmx"
LANGUAGES = ["ar", "de", "es", "fr", "ja"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+[^>]*>")
SAID_IN_ATTRIBUTES = (
    "title|aria-label|data-themis-(?:state-[a-z]+|sign-in|fresh|muting|alert-title)"
)
SAID = re.compile(rf'>([^<>]+)<|\s(?:{SAID_IN_ATTRIBUTES})="([^"]*)"')
NOW = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def catalog(language, package=KIT):
    path = package / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(language):
    return [message for message in catalog(language) if message.id]


def forms(text):
    return text if isinstance(text, tuple) else (text,)


def keys(catalog):
    return {(message.context, forms(message.id)) for message in catalog if message.id}


def compiled(language):
    """Return the contents of the shipped file, as Python itself reads it."""
    with (KIT / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    return {key: text for key, text in found.items() if key}


def as_compiled(message):
    """The entries that a message becomes: one, or one for each plural form."""
    name = forms(message.id)[0]
    name = f"{message.context}\x04{name}" if message.context else name
    if isinstance(message.id, str):
        return {name: message.string}
    return {(name, number): text for number, text in enumerate(message.string)}


def numbers_of(plural_form, language):
    """The numbers, of those up to 1,000, that are said in a plural form."""
    with (KIT / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        plural = gettext.GNUTranslations(file).plural
    return [number for number in range(1001) if plural(number) == plural_form]


@in_each_language
def test_every_string_is_translated_and_no_translation_is_a_guess(language):
    lacking = [
        message.id
        for message in messages(language)
        if not all(forms(message.string)) or message.fuzzy
    ]

    assert len(messages(language)) > 100
    assert lacking == []
    assert list(catalog(language).obsolete) == [], "translations of strings that are gone"


@in_each_language
def test_every_translation_has_a_plural_form_for_every_number(language):
    wanted = catalog(language).num_plurals
    assert {
        len(message.string) for message in messages(language) if isinstance(message.id, tuple)
    } == {wanted}
    assert wanted == {"ar": 6, "ja": 1, "es": 3}.get(language, 2)


@in_each_language
def test_every_translation_keeps_the_placeholders_and_markup_of_its_text(language):
    broken = []
    for message in messages(language):
        wanted = sorted(PLACEHOLDER.findall(forms(message.id)[-1]))
        for number, text in enumerate(forms(message.string)):
            # "One minute ago" needs no figure where the form is said of one number only.
            spelled_out = isinstance(message.id, tuple) and len(numbers_of(number, language)) == 1
            found = sorted(PLACEHOLDER.findall(text))
            if found != wanted and not (spelled_out and not found):
                broken.append((message.id, text))

    assert broken == []


@in_each_language
def test_compiled_translations_equal_their_sources(language):
    written = {}
    for message in messages(language):
        written |= as_compiled(message)

    assert compiled(language) == written, "run `make messages`"


@in_each_language
def test_translation_keeps_the_punctuation_at_the_end_of_its_text(language):
    """No full stop, colon or space comes or goes by mistake."""
    ends = {".": ".。", ":": ":："}
    wrong = [
        (message.id, text)
        for message in messages(language)
        for text in forms(message.string)
        if text != text.strip()
        or text[-1:] not in ends.get(forms(message.id)[0][-1], text[-1:])
        or (text[-1:] in ".。:" and forms(message.id)[0][-1] not in ends)
    ]

    assert wrong == []


def test_every_string_of_the_sources_is_in_the_translations(tmp_path):
    if not shutil.which("xgettext"):
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Only GNU gettext finds the strings: apt-get install gettext")
    copy = shutil.copytree(KIT, tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__"))

    extract(copy)

    for language in LANGUAGES:
        assert keys(catalog(language, copy)) == keys(catalog(language)), "run `make messages`"


@pytest.fixture
def walk(user, notify, settings, monkeypatch):
    """Everything that the pages and fragments say, once; the data is figures."""
    monkeypatch.setattr("themis_htmx.models.notification.SEARCH_WINDOW", 2)
    settings.THEMIS_SOURCES = {"one": "101", "two": "102"}
    page = htmx(user)

    def post(name, *args, **data):
        return page.post(reverse(f"themis:{name}", args=args), {"scope": "themis-inbox"} | data)

    def walk():
        for model in (UserNotification, MutedSource, UserProfile):
            model.objects.all().delete()
        for query in ({}, {"level": "danger"}):
            yield page.get(address("inbox"), query)
        yield page.get(address("dropdown"), {"scope": "themis-bell-panel"})
        first, second, *_others, last = [
            notify(f"{number}", message="7", level=level, source_app=source, url="/")
            for number, level in enumerate(["info", "success", "warning", "danger"])
            for source in ("one", "two")
        ]
        notify("8", read_at=NOW, created_at=NOW - timedelta(days=400))
        for name in READ_NAMES:
            yield page.get(address(name), {"since": 0, "shown": 0})
        # Looked for further back: nothing so far, nothing more so far, and nothing more.
        for before, day in (("", ""), (last.pk, "7"), (second.pk, "7")):
            seeking = {"level": "success", "before": before, "day": day}
            yield page.get(address("inbox_items"), seeking)
        yield from (post("read", first.pk), post("unread", first.pk))
        yield from (post("dismiss", second.pk), post("restore", second.pk))
        yield (read := post("read_all", up_to=last.pk))
        yield post("read_all", undo=parse(read).fields["undo"])
        yield from (post("mute", source_app="one"), page.get(address("preferences")))
        yield post("unmute", source_app="one")
        yield post("mute", source_app="one", scope="themis-preferences")
        yield post("preferences_form", notifications_min_level="info")
        # Saving that form turned notifications off.
        yield page.get(address("inbox"))

    return walk


def words(responses):
    found = set()
    for response in responses:
        assert response.status_code in {200, 204}
        for pair in SAID.findall(response.content.decode()):
            said = html.unescape("".join(pair)).strip()
            found |= {said} if re.search("[A-Za-z]{2}", said) else set()
    return found


@pytest.mark.django_db
@in_each_language
def test_no_page_or_fragment_shows_english_in_another_language(walk, language):
    same = {text for message in messages(language) for text in forms(message.string)}
    english = words(walk())
    with override(language):
        left = (words(walk()) & english) - same

    assert len(english) > 60, "so little was said that nothing was looked at"
    assert left == set()


@pytest.mark.parametrize(
    ("language", "minutes", "hours", "date"),
    [
        ("en", "2 minutes ago", "5 hours ago", "Nov. 24, 2026, 3:05 p.m."),
        ("ar", "قبل دقيقتين", "قبل 5 ساعات", "24 نوفمبر، 2026، 3:05 م"),
        ("de", "vor 2 Minuten", "vor 5 Stunden", "24. November 2026, 15:05"),
        ("es", "hace 2 minutos", "hace 5 horas", "24 de noviembre de 2026, 15:05"),
        ("es-mx", "hace 2 minutos", "hace 5 horas", None),
        ("fr", "il y a 2 minutes", "il y a 5 heures", "24 novembre 2026 à 15:05"),
        ("ja", "2 分前", "5 時間前", "2026年11月24日 15:05"),
    ],
)
def test_times_are_worded_in_the_active_language(
    site_in_utc, time_machine, language, minutes, hours, date
):
    time_machine.move_to(NOW, tick=False)

    with override(language):
        assert times.how_long_ago(NOW - timedelta(minutes=2)) == minutes
        assert times.how_long_ago(NOW - timedelta(hours=5)) == hours
        assert date in {times.date_and_time(NOW), None}
        assert times.language() == language[:2]


def test_times_are_marked_as_english_where_the_kit_lacks_the_language(site_in_utc, time_machine):
    time_machine.move_to(NOW, tick=False)

    with override("it"):
        assert times.how_long_ago(NOW - timedelta(minutes=2)) == "2 minutes ago"
        assert times.language() == "en"


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "99+"), ("de", "99+"), ("fr", "99+"), ("ja", "99+"), ("es", "+99"), ("ar", "+99")],
)
def test_count_above_99_is_written_as_in_the_active_language(language, label):
    with override(language):
        assert unread_label(Digest(unread=100, newest=100, total=100)) == label
        assert unread_label(Digest(unread=99, newest=99, total=99)) == "99"
