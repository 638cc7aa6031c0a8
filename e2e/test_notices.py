"""Notices with an undo stay for a while, and live updates can be stopped."""

from playwright.sync_api import expect

from e2e.screen import act, expect_unread, let_pass, open_panel, run_clock


def test_undo_notice_leaves_by_itself_unless_pointed_at_or_focused(visit, ana, three, htmx):
    page = visit(ana)
    shown = open_panel(page)
    act(shown, "Second", "Dismiss")
    undo = shown.get_by_role("button", name="Undo")
    undo.hover()
    let_pass(page)
    expect(undo).to_be_visible()
    undo.focus()
    page.mouse.move(5, 5)
    let_pass(page)
    expect(undo).to_be_visible()
    shown.get_by_role("link", name="Third").focus()
    let_pass(page)
    expect(undo).to_have_count(0)


def test_undo_notice_stays_as_long_with_reduced_motion(visit, ana, three, htmx):
    page = visit(ana, reduced_motion="reduce")
    shown = open_panel(page)
    act(shown, "Second", "Dismiss")
    undo = shown.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    let_pass(page, seconds=1.5)
    undo.click()
    expect(shown.get_by_role("link", name="Second")).to_be_visible()


def test_undo_notice_stays_on_a_page_that_ends_every_animation_at_once(visit, ana, three, htmx):
    page = visit(ana, reduced_motion="reduce")
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet();"
        " sheet.replaceSync('* { animation-duration: 0.01ms !important; }');"
        " document.adoptedStyleSheets = [sheet]; }"
    )
    shown = open_panel(page)
    act(shown, "Second", "Dismiss")
    undo = shown.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    let_pass(page, seconds=1.5)
    undo.click()
    expect(shown.get_by_role("link", name="Second")).to_be_visible()


def test_live_updates_switch_stops_and_restarts_polling(visit, ana, notify, htmx):
    page = visit(ana, "/notifications/preferences/", clock=True)
    switch = page.get_by_role("switch", name="Live updates")
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(page.get_by_text("Saved")).to_have_count(0)
    page.goto("/")
    polls = []
    page.on("request", lambda request: "/bell/" in request.url and polls.append(request))
    notify("Unseen")
    run_clock(page, 3)
    assert polls == []
    expect_unread(page, 0)
    page.goto("/notifications/preferences/")
    expect_unread(page, 1)
    expect(switch).not_to_be_checked()
    switch.check()
    notify("Seen")
    expect_unread(page, 2)
