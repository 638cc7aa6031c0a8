"""WCAG 2.2 AA: the findings of axe, and checks that need the actions of a person."""

import re

import pytest
from playwright.sync_api import expect

from e2e.axe import violations
from e2e.screen import act, bell, expect_unread, item, next_poll, open_panel
from e2e.test_hosts import LOOKS, TARGETS
from example.gallery.states import STATES
from tests.helpers.daily import daily

# Nothing is lost where a page's text is set twice as large.
TWICE_THE_TEXT = "document.documentElement.style.fontSize = '200%'"
CUT_OFF = """(place) => [...document.querySelectorAll(`${place} *`)]
  .filter((element) => element.checkVisibility() && !element.closest(".themis-sr, option, select"))
  .filter((element) => getComputedStyle(element).webkitLineClamp === "none")
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
  .filter((element) => getComputedStyle(element).overflowX !== "visible")
  .map((element) => `${element.className}: ${element.textContent.trim().slice(0, 40)}`)"""

DAILY_LOOKS = [LOOKS[0], LOOKS[1], LOOKS[7], LOOKS[9]]
# The structure is the same on every host, whose colours and sizes test_hosts measures.
LOOKS_AND_WIDTHS = [
    ("/gallery/bare/%s?scheme=light", 320),
    ("/gallery/bare/%s?scheme=dark", 1280),
    ("/gallery/admin/%s?scheme=light", 1280),
    ("/gallery/bare/%s?lang=ar", 320),
    ("/gallery/bare/%s?lang=ja", 320),
]


@pytest.mark.parametrize(("look", "width"), daily(LOOKS_AND_WIDTHS, [LOOKS_AND_WIDTHS[1]]))
def test_axe_finds_no_violation_on_the_page_of_all_states(visit, ana, look, width):
    page = visit(ana, look % "states/", viewport={"width": width, "height": 900})
    # All states on one page repeat some ids; each state alone is looked at below.
    assert violations(page, ".gallery-state__stage", but=["duplicate-id-aria"]) == []


@pytest.mark.seldom
@pytest.mark.parametrize("template", sorted({state.template for state in STATES}))
def test_axe_finds_no_violation_in_each_state_on_its_own_page(visit, ana, template):
    page = visit(ana, "/gallery/bare/preferences/")
    # Where nobody is signed in the bell is empty.
    states = [each for each in STATES if each.template == template and each.unread is not None]
    found = {}
    for state in states:
        page.goto(f"/gallery/bare/states/{state.name}/")
        found[state.name] = violations(page, ".gallery-state__stage")
    assert found == {state.name: [] for state in states}


@pytest.mark.parametrize(
    ("scheme", "width"),
    daily([("light", 390), ("dark", 390), ("light", 1280), ("dark", 1280)], [("light", 390)]),
)
def test_axe_finds_no_violation_on_the_pages_of_a_project(visit, ana, three, scheme, width):
    page = visit(ana, color_scheme=scheme, viewport={"width": width, "height": 800})
    shown = open_panel(page)
    act(shown, "Second", "Dismiss")
    expect(shown.get_by_role("button", name="Undo")).to_be_visible()
    assert violations(page, "html") == []
    for path in ("/notifications/", "/notifications/preferences/"):
        page.goto(path)
        assert violations(page, "html") == []


@pytest.mark.parametrize(
    "name",
    daily(
        ["panel", "list", "preferences", "preferences-sources", "toasts"],
        ["panel", "preferences-sources"],
    ),
)
def test_every_control_is_at_least_24_pixels_wide_and_high(visit, ana, name):
    page = visit(ana, f"/gallery/bare/states/{name}/")
    assert page.evaluate(TARGETS, ".gallery-state__stage") == []


@pytest.mark.parametrize("name", ["panel", "list", "preferences", "preferences-sources"])
@pytest.mark.parametrize("width", daily([640, 1280], [640]))
def test_text_twice_as_large_is_not_cut_off(visit, ana, name, width):
    size = {"width": width, "height": 900}
    page = visit(ana, f"/gallery/bare/states/{name}/", viewport=size)
    page.evaluate(TWICE_THE_TEXT)
    assert page.evaluate(CUT_OFF, ".gallery-state__stage") == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)


def test_bell_and_panel_have_an_accessible_role_and_name(visit, ana, three, htmx):
    page = visit(ana)
    expect(bell(page)).to_have_accessible_name("Notifications, 3 unread")
    expect(bell(page)).to_have_attribute("aria-haspopup", "dialog")
    shown = open_panel(page)
    expect(shown).to_have_role("dialog")
    expect(shown).to_have_accessible_name("Notifications")


def test_tab_key_moves_through_the_panel_in_visual_order(visit, ana, three, htmx):
    page = visit(ana)
    open_panel(page)
    seen = []
    for _step in range(9):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText")
        )
    assert [re.sub(r"\s+", " ", name) for name in seen] == [
        "All",
        "Unread 3",
        "Mark all read",
        "Notification preferences",
        "Third",
        "Mark as read: Third",
        "Dismiss: Third",
        "More about: Third",
        "Second",
    ]


def test_link_of_an_unread_notification_is_described_as_unread(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    link = page.locator("main").get_by_role("link", name="Second")
    link.focus()
    expect(link).to_have_accessible_description("Unread")
    act(page.locator("main"), "Second", "Mark as read")
    expect(link).to_have_accessible_description("")


def test_escape_inside_the_panel_closes_it_and_focuses_the_bell(visit, ana, three, htmx):
    page = visit(ana)
    shown = open_panel(page)
    shown.get_by_role("link", name="Second").focus()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(bell(page)).to_be_focused()


@pytest.mark.parametrize("place", daily(["panel", "list"], ["panel"]))
@pytest.mark.parametrize("verb", ["Mark as read", "Dismiss"])
def test_focus_is_not_lost_after_marking_read_or_dismissing(visit, ana, three, htmx, place, verb):
    page = visit(ana, "/" if place == "panel" else "/notifications/")
    shown = open_panel(page) if place == "panel" else page.locator("main")
    for title in ("Third", "First", "Second"):
        item(shown, title).get_by_role("button", name=f"{verb}: ").press("Enter")
        gone = item(shown, title).get_by_role("button", name=f"{verb}: ")
        expect(gone).to_have_count(0)
        assert page.evaluate("document.activeElement !== document.body"), title


def test_focus_is_not_lost_after_mark_all_read_and_its_undo(visit, ana, three, htmx):
    page = visit(ana)
    shown = open_panel(page)
    shown.get_by_role("button", name="Mark all read").press("Enter")
    undo = shown.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(shown.get_by_role("button", name="Mark as unread: Third")).to_have_count(1)
    assert page.evaluate("document.activeElement !== document.body")
    undo.press("Enter")
    expect_unread(page, 3)
    expect(undo).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_status_region_announces_only_a_rise_of_the_unread_count(visit, ana, notify, three, htmx):
    page = visit(ana, clock=True)
    page.evaluate(
        "window.said = []; new MutationObserver(() => window.said.push("
        "document.querySelector('[data-themis-status]').textContent)).observe("
        "document.querySelector('[data-themis-status]'), "
        "{ childList: true, characterData: true, subtree: true })"
    )
    for _poll in range(2):
        next_poll(page)
    assert page.evaluate("window.said") == []
    notify("Fourth")
    expect_unread(page, 4)
    act(open_panel(page), "Second", "Mark as read")
    expect_unread(page, 3)
    next_poll(page)
    assert page.evaluate("window.said") == ["Notifications, 4 unread"]


def test_marking_a_notification_unread_is_not_announced_as_a_new_one(visit, ana, three, htmx):
    three[0].__class__.objects.filter(title="Third").mark_read()
    page = visit(ana)
    shown = open_panel(page)
    act(shown, "Third", "Mark as unread")
    expect_unread(page, 3)
    expect(page.locator("[data-themis-status]")).to_have_text("")


# Each pair of tokens that stand on each other: foreground, background, and the contrast needed.
SURFACES = ["--_surface", "--_hover", "--_unread"]
LEVELS = ["--_info", "--_success", "--_warning", "--_danger"]
DISC = """light-dark(color-mix(in oklab, var({0}) 13%, var(--_surface)),
    color-mix(in oklab, var({0}) 22%, var(--_surface)))"""
PAIRS = [
    *((text, ground, 4.5) for text in ("--_text", "--_muted", "--_accent") for ground in SURFACES),
    *((level, ground, 4.5) for level in LEVELS for ground in SURFACES),
    *((level, DISC.format(level), 3) for level in LEVELS),
    ("--_accent", "color-mix(in oklab, var(--_accent) 10%, var(--_surface))", 4.5),
    ("--_on-badge", "--_badge", 4.5),
]
CONTRASTS = """pairs => {
  const place = document.querySelector(".themis");
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const tone = (said) => {
    const probe = place.appendChild(document.createElement("i"));
    probe.style.color = said.startsWith("--") ? `var(${said})` : said;
    brush.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0.05);
  };
  return pairs.map(([what, ground]) => [what, ground].map(tone).sort())
    .map(([dark, light]) => light / dark);
}"""


@pytest.mark.parametrize("look", daily(LOOKS, DAILY_LOOKS))
def test_every_pair_of_colour_tokens_has_enough_contrast(visit, ana, look):
    page = visit(ana, look % "states/panel/")
    found = page.evaluate(CONTRASTS, [pair[:2] for pair in PAIRS])
    assert len(found) == len(PAIRS) > 25
    faint = [(f"{has:.2f}", *pair) for has, pair in zip(found, PAIRS, strict=True) if has < pair[2]]
    assert faint == []
