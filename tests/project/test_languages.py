"""The kit in each language that it ships: whole, unbroken and by locale."""

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
from django.utils.translation import gettext as gettext_of
from django.utils.translation import ngettext, override, pgettext, to_locale

from scripts.messages import extract
from tests.helpers.browsers import READ_NAMES, address, htmx
from tests.helpers.daily import daily
from tests.helpers.markup import parse
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.tokens import Digest
from themis_htmx.ui import times
from themis_htmx.ui.bell import unread_label
from themis_htmx.zones import zones_by_region

KIT = Path(__file__).resolve().parents[2] / "themis_htmx"
LANGUAGES = ["ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt-br", "zh-hans"]
PLURAL_FORMS = {"ar": 6, "es": 3, "ja": 1, "pl": 4, "zh-hans": 1}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|</?\w+[^>]*>")
SAID_IN_ATTRIBUTES = (
    "title|aria-label|data-themis-(?:state-[a-z]+|sign-in|fresh|muting|alert-title)"
)
SAID = re.compile(rf'>([^<>]+)<|\s(?:{SAID_IN_ATTRIBUTES})="([^"]*)"')
NOW = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def translation(language, package=KIT):
    return package / "locale" / to_locale(language) / "LC_MESSAGES"


def catalog(language, package=KIT):
    with (translation(language, package) / "django.po").open("rb") as file:
        return read_po(file, locale=to_locale(language))


def messages(language):
    return [message for message in catalog(language) if message.id]


def forms(text):
    return text if isinstance(text, tuple) else (text,)


def keys(catalog):
    return {(message.context, forms(message.id)) for message in catalog if message.id}


def compiled(language):
    """Return the contents of the shipped file, as Python itself reads it."""
    with (translation(language) / "django.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    return {key: text for key, text in found.items() if key}


def as_compiled(message):
    """The entries that a message becomes: one, or one for each plural form."""
    name = forms(message.id)[0]
    name = f"{message.context}\x04{name}" if message.context else name
    if isinstance(message.id, str):
        return {name: message.string}
    return {(name, number): text for number, text in enumerate(message.string)}


def in_context(message):
    """Return the words that a page shows for a message, in the active language."""
    return pgettext(message.context, message.id) if message.context else gettext_of(message.id)


def numbers_of(plural_form, language):
    """The numbers, of those up to 1,000, that are said in a plural form."""
    with (translation(language) / "django.mo").open("rb") as file:
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
    assert wanted == PLURAL_FORMS.get(language, 2)


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


@in_each_language
def test_pages_do_not_say_what_the_admin_says_for_the_same_english(language):
    """An app that stands before the kit wins where both translate one string without a context."""
    with override(language):
        others = {
            message.id: said
            for message in messages(language)
            if isinstance(message.id, str)
            and any(file.startswith("templates/") for file, _line in message.locations)
            and (said := in_context(message)) != message.string
        }

    assert others == {}


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

    def snooze(pk):
        choice = reverse("themis:snooze", args=[pk]) + "?until=tomorrow"
        return page.post(choice, {"scope": "themis-inbox"})

    def snoozed():
        return page.get(address("inbox"), {"state": "snoozed"})

    def walk():
        for model in (UserNotification, SourcePreference, UserProfile):
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
        yield from (snooze(last.pk), snoozed(), post("wake", last.pk))
        yield from (snoozed(), page.get(address("inbox")))
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
@pytest.mark.parametrize("language", daily(LANGUAGES, ["ar", "de"]))
def test_no_page_or_fragment_shows_english_in_another_language(walk, language):
    same = {text for message in messages(language) for text in forms(message.string)}
    # Nobody has translated the names of the places that stand for time zones.
    same |= {name for _region, zones in zones_by_region() for _key, name in zones}
    english = words(walk())
    with override(language):
        left = (words(walk()) & english) - same

    assert len(english) > 60, "so little was said that nothing was looked at"
    # The name of a source, and a word that is the same in both languages.
    assert {text for text in left if text.rpartition(": ")[2] not in same} == set()


@pytest.mark.parametrize(
    ("language", "minutes", "hours", "date"),
    [
        ("en", "2 minutes ago", "5 hours ago", "Nov. 24, 2026, 3:05 p.m."),
        ("ar", "قبل دقيقتين", "قبل 5 ساعات", "24 نوفمبر، 2026، 3:05 م"),
        ("de", "vor 2 Minuten", "vor 5 Stunden", "24. November 2026, 15:05"),
        ("es", "hace 2 minutos", "hace 5 horas", "24 de noviembre de 2026, 15:05"),
        ("es-mx", "hace 2 minutos", "hace 5 horas", None),
        ("fr", "il y a 2 minutes", "il y a 5 heures", "24 novembre 2026 à 15:05"),
        ("it", "2 minuti fa", "5 ore fa", "24 Novembre 2026, 15:05"),
        ("ja", "2 分前", "5 時間前", "2026年11月24日 15:05"),
        ("nl", "2 minuten geleden", "5 uur geleden", "24 november 2026 om 15:05"),
        ("nl-be", "2 minuten geleden", "5 uur geleden", None),
        ("pl", "2 minuty temu", "5 godzin temu", "24 listopada 2026, 15:05"),
        ("pt-br", "há 2 minutos", "há 5 horas", "24 de Novembro de 2026 às 15:05"),
        ("zh-hans", "2分钟前", "5小时前", "2026年11月24日 15:05"),
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
        assert language.startswith(times.language().lower())


@pytest.mark.parametrize(
    ("language", "monday", "date"),
    [
        ("en", "Reminds you Monday at 9 a.m.", "until December 7, 9 a.m."),
        ("ar", "موعد التذكير: الاثنين الساعة 9:00 ص", "حتى 7 ديسمبر، 9:00 ص"),
        ("de", "Erinnerung: Montag um 09:00 Uhr", "bis 7. Dezember, 09:00"),
        ("es", "Recordatorio: lunes a las 09:00", "recordatorio: 7 de diciembre, 09:00"),
        ("fr", "Rappel\u00a0: lundi à 09:00", "rappel\u00a0: 7 décembre à 09:00"),
        ("it", "Promemoria: lunedì alle 09:00", "promemoria: 7 Dicembre, 09:00"),
        ("ja", "月曜日 9:00にリマインドします", "12月7日 9:00まで"),
        ("nl", "Herinnering: maandag om 09:00", "tot 7 december om 09:00"),
        ("pl", "Przypomnienie: poniedziałek, 09:00", "przypomnienie: 7 grudnia, 09:00"),
        ("pt-br", "Lembrete: segunda-feira às 09:00", "até 7 de Dezembro às 09:00"),
        ("zh-hans", "将于星期一 09:00提醒您", "延后至12月7日 09:00"),
    ],
)
def test_times_to_come_fit_into_their_sentences(site_in_utc, time_machine, language, monday, date):
    time_machine.move_to(NOW, tick=False)
    soon, later = (datetime(2026, *day, 9, tzinfo=UTC) for day in ((11, 30), (12, 7)))

    with override(language):
        reminds, until = gettext_of("Reminds you %(when)s"), gettext_of("until %(when)s")
        assert reminds % {"when": times.ahead_in_sentence(soon)} == monday
        assert until % {"when": times.ahead(later)} == date


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1 nowe powiadomienie"),
        (2, "2 nowe powiadomienia"),
        (5, "5 nowych powiadomień"),
        (12, "12 nowych powiadomień"),
        (22, "22 nowe powiadomienia"),
        (25, "25 nowych powiadomień"),
    ],
)
def test_polish_has_a_form_for_few_and_one_for_many(number, words):
    with override("pl"):
        said = ngettext("%(n)d new notification", "%(n)d new notifications", number)
    assert said % {"n": number} == words


def test_times_are_marked_as_english_where_the_kit_lacks_the_language(site_in_utc, time_machine):
    time_machine.move_to(NOW, tick=False)

    with override("sv"):
        assert times.how_long_ago(NOW - timedelta(minutes=2)) == "2 minutes ago"
        assert times.language() == "en"


@pytest.mark.parametrize(
    ("language", "label"),
    [
        *[(language, "99+") for language in ("en", "de", "fr", "it", "ja", "nl", "pl", "zh-hans")],
        *[(language, "+99") for language in ("ar", "es", "pt-br")],
    ],
)
def test_count_above_99_is_written_as_in_the_active_language(language, label):
    with override(language):
        assert unread_label(Digest(unread=100, newest=100, total=100)) == label
        assert unread_label(Digest(unread=99, newest=99, total=99)) == "99"
