"""Nothing jumps: not when a page loads, not when something arrives, not when the panel fills."""

import re

import pytest
from playwright.sync_api import expect

from e2e.screen import ALERTS, bell, expect_unread, item, panel, reload_changed, settle
from tests.helpers.daily import daily

WATCH = """
window.shifts = [];
const note = (entries) => window.shifts.push(...entries.map((entry) => [
  entry.value, ...entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120)),
]));
const observer = new PerformanceObserver((list) => note(list.getEntries()));
observer.observe({ type: "layout-shift", buffered: true });
const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
window.shiftsSoFar = async () => {
  await frame();
  await frame();
  note(observer.takeRecords());
  return window.shifts;
};
"""

# On a slow machine the browser shows the first part of a page while it parses the rest, and that
# part moves when the rest comes. This link makes it wait for the last element before it shows any.
WAIT = '<link rel="expect" href="#whole" blocking="render"></head>'
WHOLE = '<i id="whole" hidden></i></body>'


@pytest.fixture
def watched(visit, ana, htmx):
    """A page whose every layout shift is noted, as the browser itself counts them."""

    def watched(path, **options):
        page = visit(ana, path, **options)
        page.context.add_init_script(WATCH)
        reload_changed(page, _show_whole)
        return page

    return watched


def _show_whole(html):
    return html.replace("</head>", WAIT).replace("</body>", WHOLE)


def shifts(page):
    settle(page)
    return page.evaluate("window.shiftsSoFar()")


@pytest.mark.parametrize(
    "path", ["/", "/team/?bell=loud", "/notifications/", "/notifications/preferences/"]
)
@pytest.mark.parametrize("width", daily([390, 1280], [390]))
def test_page_layout_does_not_shift_on_load_or_on_arrival(watched, notify, three, path, width):
    page = watched(path, viewport={"width": width, "height": 800})
    expect_unread(page, 3)
    assert shifts(page) == []
    for number in (4, 5):
        notify(f"Number {number}")
        expect_unread(page, number)
    assert shifts(page) == []


@pytest.mark.parametrize("permission", ["granted", "denied", "default"])
@pytest.mark.parametrize("width", daily([390, 1280], [1280]))
def test_words_about_desktop_alerts_move_nothing(watched, ana, permission, width):
    ana.profile.browser_notifications_enabled = permission == "granted"
    ana.profile.save()
    page = watched(
        "/notifications/preferences/",
        viewport={"width": width, "height": 800},
        script=f"{ALERTS} window.Notification.permission = '{permission}';",
    )
    expect(page.locator("[data-themis-alert-state]")).to_have_text(re.compile("^(On|Off|Blocked)"))
    assert shifts(page) == []


def test_shift_recorder_notices_a_moved_element(watched, three):
    page = watched("/notifications/")
    expect_unread(page, 3)
    page.evaluate("document.querySelector('main').style.marginTop = '200px'")
    assert shifts(page) != []


def test_shift_recorder_notices_an_element_moved_while_the_page_loads(watched, three):
    page = watched("/notifications/")
    page.context.add_init_script(
        "addEventListener('DOMContentLoaded', () => requestAnimationFrame(() => setTimeout(() => {"
        " document.querySelector('main').style.marginTop = '200px' })))"
    )
    page.reload()
    expect_unread(page, 3)
    assert shifts(page) != []


def test_open_panel_does_not_shift_when_a_notification_arrives(watched, notify, three):
    page = watched("/")
    # By a script: what follows a click within half a second does not count as a shift.
    bell(page).evaluate("button => button.click()")
    shown = panel(page)
    expect(item(shown, "Third")).to_be_visible()
    notify("Fourth")
    expect(shown.get_by_role("button", name="1 new notification")).to_be_visible()
    assert shifts(page) == []
