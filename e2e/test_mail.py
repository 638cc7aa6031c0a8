"""The e-mail as programs show it, and what a person does with it in the demo."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from e2e.screen import settle
from tests.helpers.daily import daily
from themis_htmx.mail.models import MailPreference
from themis_htmx.notifications import notify_user
from themis_htmx.periodic import deliver_due

WIDER = "document.documentElement.scrollWidth > window.innerWidth"
COLOURS = """selector => [...document.querySelectorAll(selector)].map(element => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  let behind = element;
  while (numbers(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(numbers);
})"""

# Texts that reach beyond the window.
CUT_OFF = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const words = range.getBoundingClientRect();
    const isHidden = !texts.currentNode.parentElement.checkVisibility();
    if (isHidden || !texts.currentNode.data.trim()) continue;
    if (words.left < 0 || words.right > innerWidth) found.push(texts.currentNode.data);
  }
  return found;
}"""
ARABIC = "تأخر نشر الإصدار الثاني عن موعده المحدد في الخطة"


@pytest.fixture
def mia(django_user_model, transactional_db):
    """Somebody who wants a summary each day."""
    user = django_user_model.objects.create_user("mia", "mia@example.com")
    MailPreference.objects.choose(user, "daily", hour=8, weekday=0)
    return user


@pytest.fixture
def show(chromium, mia):
    """Have what is unread mailed, and show it as a program does that loads nothing."""
    pages = []

    def show(width, scheme):
        if not mail.outbox:
            now = timezone.now()
            MailPreference.objects.update(digest_at=now, next_at=now, since=now - timedelta(days=1))
            deliver_due()
        [email] = mail.outbox
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.route("**/*", lambda route: route.abort())
        page.set_content(email.alternatives[0][0])
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.close()


@pytest.fixture
def five(mia):
    """Notifications of every level, with long words."""
    for level in ("info", "success", "warning", "danger"):
        notify_user(mia, f"Something {level}", "It has a message.", level=level, url="/")
    notify_user(mia, "Supercalifragilisticexpialidocious" * 4, source_app="tasks", url="/x/")


def luminance(colour):
    parts = [part / 255 for part in colour[:3]]
    linear = [part / 12.92 if part <= 0.04 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(pair):
    low, high = sorted(map(luminance, pair))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", daily([320, 600], [320]))
def test_email_fits_and_can_be_read_in_both_schemes(width, scheme, five, show):
    page = show(width, scheme)

    assert not page.evaluate(WIDER)
    expect(page.get_by_role("link", name="See all notifications")).to_be_visible()
    expect(page.get_by_role("link", name="Unsubscribe")).to_be_visible()
    expect(page.get_by_text("Something danger").last).to_be_visible()
    texts = page.evaluate(COLOURS, "h1, h2, .text, .muted, .button-text, .danger, .info, .warning")
    assert len(texts) > 15
    assert min(contrast(pair) for pair in texts) >= 4.5
    page_colour = page.evaluate(COLOURS, "body")[0][1]
    assert (luminance(page_colour) > 0.5) == (scheme == "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_email_of_one_notification_has_a_button_that_opens_it(scheme, mia, show):
    notify_user(mia, "Deploy v2 is overdue", "Two wait.", level="danger", url="/x/", source_app="s")

    page = show(320, scheme)

    assert not page.evaluate(WIDER)
    assert page.evaluate(CUT_OFF) == []
    button = page.get_by_role("link", name="Open", exact=True)
    assert button.get_attribute("href").endswith("/x/")
    expect(page.get_by_role("link", name="Deploy v2 is overdue")).to_be_visible()
    expect(page.get_by_role("heading")).to_have_count(0)
    texts = page.evaluate(COLOURS, ".text, .muted, .button-text, .danger, .danger-text")
    assert min(contrast(pair) for pair in texts) >= 4.5


def test_email_of_many_notifications_shows_twenty_and_counts_the_rest(mia, show):
    for number in range(32):
        notify_user(mia, f"Report {number}", url=f"/{number}/")

    page = show(320, "light")

    assert not page.evaluate(WIDER)
    assert page.evaluate(CUT_OFF) == []
    expect(page.get_by_role("heading", name="32 unread notifications")).to_be_visible()
    expect(page.get_by_role("link", name="Report")).to_have_count(20)
    above = page.get_by_role("link", name="Report").last.bounding_box()
    below = page.get_by_text("and 12 more", exact=True).bounding_box()
    button = page.get_by_role("link", name="See all notifications").bounding_box()
    assert above["y"] < below["y"] < button["y"]


def test_email_in_arabic_runs_from_right_to_left_on_a_phone(mia, settings, show):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"LANGUAGE": lambda user: "ar"}
    notify_user(mia, ARABIC, "ينتظر شخصان.", level="danger", url="/1/", source_app="tasks")
    notify_user(mia, "Deploy v2 is overdue", "In English.", level="warning", url="/2/")
    notify_user(mia, "Supercalifragilisticexpialidocious" * 4, url="/3/")

    page = show(320, "light")

    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert not page.evaluate(WIDER)
    assert page.evaluate(CUT_OFF) == []
    for title, level in [(ARABIC, "danger"), ("Deploy v2 is overdue", "warning")]:
        words = page.get_by_role("link", name=title).bounding_box()
        disc = page.locator(f".{level}").bounding_box()
        # The disc leads, which is at the right.
        assert disc["x"] > words["x"] + words["width"]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_day_of_the_week_is_asked_for_weekly_emails_alone(visit, ana, script):
    page = visit(ana, "/notifications/preferences/", java_script_enabled=script)
    section = page.locator("#themis-mail")
    day = section.get_by_label("On, if every week")
    expect(day).to_be_hidden()

    section.get_by_text("Every week", exact=True).click()
    expect(day).to_be_visible()
    day.select_option(label="Friday")
    if not script:
        section.get_by_role("button", name="Save").click()
        expect(section).to_be_in_viewport()
    expect(page.get_by_role("status").get_by_text("Saved")).to_be_in_viewport()
    settle(page)
    preference = MailPreference.objects.get(user=ana)
    assert (preference.mode, preference.weekday) == ("weekly", 4)

    section.get_by_text("Every day").click()
    expect(day).to_be_hidden()
