"""htmx attributes on a project's <body>: the kit's elements do not inherit them."""

import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel, reload_changed

pytestmark = pytest.mark.seldom

OWN = {
    "hx-boost": "true",
    "hx-confirm": "Sure?",
    "hx-include": "footer",
    "hx-indicator": "footer",
    "hx-params": "none",
    "hx-push-url": "true",
    "hx-select": "#content",
    "hx-select-oob": "#content",
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
    "hx-target": "#content",
}
CONFIG = '{"includeIndicatorStyles":false'


@pytest.fixture(params=["", ":inherited"], ids=["plain attributes", "inherited modifier"])
def own(request, visit, ana, htmx):
    """A page whose <body> has htmx attributes, either plain or with the modifier of htmx 4."""

    # The beta inherits what is to be asked for, too, and no page works that way.
    implicit = not request.param and htmx != "4-beta"
    config = CONFIG + (',"implicitInheritance":true' if implicit else "")
    body = " ".join(f'{name}{request.param}="{value}"' for name, value in OWN.items())

    def own(path="/team/"):
        page = visit(ana, path)
        reload_changed(
            page, lambda html: html.replace("<body>", f"<body {body}>").replace(CONFIG, config)
        )
        return page

    return own


def test_bell_and_panel_work_under_htmx_attributes_of_the_body(own, three, notify):
    page = own()
    notify("Fourth")
    expect_unread(page, 4)
    shown = open_panel(page)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    act(shown, "First", "Dismiss")
    expect(item(shown, "First")).to_have_count(0)
    expect_unread(page, 2)
    assert page.url.endswith("/team/")
    expect(page.get_by_role("heading", name="Team")).to_be_visible()


def test_list_works_under_htmx_attributes_of_the_body(own, three):
    page = own("/notifications/")
    shown = page.locator("main")
    shown.get_by_role("link", name="Unread", exact=True).click()
    expect(shown.locator(".themis-chip--on")).to_contain_text("Unread")
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown).to_contain_text("3 marked as read")
    expect(shown.locator(".themis-item")).to_have_count(0)
    assert page.url.endswith("/notifications/?state=unread")


def test_preferences_work_under_htmx_attributes_of_the_body(own, ana, foreseen):
    page = own("/notifications/preferences/")
    switch = page.get_by_role("switch", name="Say what it is about")
    switch.check(force=True)
    expect(page.get_by_text("Saved")).to_be_visible()
    foreseen += ["503", "did not work"]
    page.route(
        "**/preferences/form/",
        lambda route: route.fulfill(status=503) if route.request.post_data else route.continue_(),
    )
    switch.uncheck(force=True)
    expect(page.locator("main").get_by_text("That did not work.")).to_be_visible()
    expect(switch).to_be_checked()
    expect(page.locator("#themis-preferences")).to_be_visible()
    assert page.url.endswith("/preferences/")


def test_link_of_the_panel_loads_a_whole_page_under_a_boosted_body(own, three):
    page = own()
    page.evaluate("window.kept = 'yes'")
    open_panel(page).get_by_role("link", name="See all notifications").click()
    expect(page.locator("main .themis-item")).to_have_count(3)
    expect(page.locator(".themis-panel:visible")).to_have_count(0)
    assert page.evaluate("window.kept") is None
