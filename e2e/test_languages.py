"""Times in each language: the script words them as the server does, so that nothing jumps."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.helpers.daily import daily
from themis_htmx.models import UserNotification

LANGUAGES = ["en", "de", "fr", "es", "ar", "ja", "it", "nl", "pl", "pt-BR", "zh-CN"]
AGES = [
    *(timedelta(minutes=minutes) for minutes in (1, 2, 3, 11, 22, 59)),
    *(timedelta(hours=hours) for hours in (1, 2, 5)),
]


@pytest.fixture
def aged(noon, notify):
    """One notification of each age, some seconds past the full minute."""
    for age in AGES:
        created = timezone.now() - age - timedelta(seconds=10)
        UserNotification.objects.filter(pk=notify("x").pk).update(created_at=created)


def times(page):
    return page.locator("time[data-themis-time=ago]")


def tick(page):
    """Wipe what the server wrote and let half a minute pass, so that the script writes."""
    times(page).evaluate_all("(all) => all.forEach((each) => { each.textContent = ''; })")
    page.clock.run_for(31_000)


# Of each script one, and a language with three plurals.
@pytest.mark.parametrize("language", daily(LANGUAGES, ["en", "ar"]))
def test_script_writes_times_in_the_same_words_as_the_server(visit, ana, aged, language):
    page = visit(ana, "/notifications/", locale=language)
    said = times(page).all_inner_texts()

    tick(page)

    assert len(said) == len(AGES)
    expect(times(page)).to_have_text(said)


@pytest.mark.parametrize("language", daily(["ar-EG", "es-MX", "de-CH"], ["ar-EG"]))
def test_script_keeps_the_language_of_times_whatever_the_page_claims(visit, ana, aged, language):
    """The times say their own language; what the host's page claims does not matter."""
    page = visit(ana, "/notifications/", locale=language)
    said = times(page).all_inner_texts()
    page.evaluate("document.documentElement.lang = 'en'")

    tick(page)

    assert not any("ago" in words for words in said)
    expect(times(page)).to_have_text(said)


@pytest.mark.parametrize(
    ("language", "label"),
    daily([("de", "99+"), ("ja", "99+"), ("es", "+99"), ("ar", "+99")], [("ar", "+99")]),
)
def test_count_above_99_is_written_alike_on_the_badge_and_above_the_list(
    visit, ana, language, label
):
    rows = [UserNotification(user=ana, title=f"{number}") for number in range(120)]
    UserNotification.objects.bulk_create(rows)

    page = visit(ana, "/notifications/", locale=language)

    expect(page.locator(".themis-badge")).to_have_text(label)
    expect(page.locator(".themis-list [data-themis-count]")).to_have_text(label)
