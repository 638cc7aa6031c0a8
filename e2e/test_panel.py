import re

from playwright.sync_api import expect

from e2e.screen import bell, expect_unread, item, open_panel, panel


def test_panel_opens_and_closes_by_mouse(visit, ana, three, htmx):
    page = visit(ana)
    expect(item(open_panel(page), "Third")).to_be_visible()
    bell(page).click()
    expect(panel(page)).to_be_hidden()


def test_panel_opens_by_keyboard_and_escape_focuses_the_bell(visit, ana, three, htmx):
    page = visit(ana)
    bell(page).focus()
    page.keyboard.press("Enter")
    expect(item(panel(page), "Third")).to_be_visible()
    page.keyboard.press("Tab")
    expect(panel(page).get_by_role("button", name="All", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(bell(page)).to_be_focused()


def test_click_outside_closes_the_panel_and_focuses_the_bell(visit, ana, three, htmx):
    page = visit(ana)
    open_panel(page)
    page.mouse.click(5, 700)
    expect(panel(page)).to_be_hidden()
    expect(bell(page)).to_be_focused()


def test_panel_fetches_its_content_only_when_first_opened(visit, ana, three, htmx):
    page = visit(ana)
    fetched = []
    page.on("request", lambda request: "/dropdown/" in request.url and fetched.append(request))
    for _ in range(2):
        open_panel(page)
        bell(page).click()
    assert len(fetched) == 1


def test_panel_shows_only_unread_notifications_under_the_unread_filter(
    visit, ana, notify, three, htmx
):
    three[1].__class__.objects.filter(pk=three[1].pk).mark_read()
    shown = open_panel(visit(ana))
    shown.get_by_role("button", name=re.compile("^Unread")).click()
    expect(item(shown, "Second")).to_have_count(0)
    expect(item(shown, "First")).to_be_visible()
    pressed = shown.get_by_role("button", name=re.compile("^Unread"))
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()


def test_panel_of_an_empty_inbox_says_that_all_is_read(visit, ana, htmx):
    expect(open_panel(visit(ana))).to_contain_text("You’re all caught up")


def test_panel_says_when_notifications_are_off_and_links_to_preferences(visit, ana, htmx):
    ana.profile.notifications_enabled = False
    ana.profile.save()
    shown = open_panel(visit(ana))
    expect(shown).to_contain_text("Notifications are off")
    shown.get_by_role("link", name="Turn on").click()
    expect(shown.page).to_have_url(re.compile("/preferences/$"))


def test_panel_links_to_the_whole_list(visit, ana, three, htmx):
    page = visit(ana)
    open_panel(page).get_by_role("link", name="See all notifications").click()
    expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
    expect_unread(page, 3)


def test_panel_escapes_markup_in_title_and_message(visit, ana, notify, htmx):
    notify("<img src=x onerror=alert(1)>", message="<script>alert(1)</script>")
    shown = open_panel(visit(ana))
    expect(shown).to_contain_text("<img src=x onerror=alert(1)>")
    expect(shown.locator("img, script")).to_have_count(0)


def test_panel_refreshed_while_it_loads_shows_no_error(visit, ana, three, htmx):
    page = visit(ana)
    held = []
    page.route("**/dropdown/*", lambda route: held.append(route))
    with page.expect_request("**/dropdown/*"):
        bell(page).click()
    with page.expect_request("**/dropdown/*"):
        panel(page).locator("[data-themis-list]").dispatch_event("themis:refresh")
    expect(panel(page).locator(".themis-skeleton")).to_be_visible()
    held[1].continue_()
    expect(item(panel(page), "Second")).to_be_visible()
    expect(panel(page).locator(".themis-empty__title")).to_have_count(0)


def test_links_of_the_panel_keep_the_focus_when_it_is_refreshed(visit, ana, three, htmx):
    shown = open_panel(visit(ana))
    for name in ("Notification preferences", "See all notifications"):
        link = shown.get_by_role("link", name=name)
        link.focus()
        with shown.page.expect_response("**/dropdown/*"):
            shown.locator("[data-themis-list]").dispatch_event("themis:refresh")
        expect(shown.locator(".htmx-request")).to_have_count(0)
        expect(link).to_be_focused()
