"""The bell and its panel, in Firefox and in WebKit."""

from e2e.browsers.waiting import wait_until
from themis.models import UserNotification

PANEL = "[data-themis-panel]"


def test_badge_shows_a_new_notification_without_a_reload(visit, ana, notify):
    page = visit(ana)
    page.expect_unread(0)
    page.run("() => { window.kept = true; }")
    notify("Request approved")
    page.expect_unread(1)
    page.open_panel().expect_words("Request approved")
    assert page.run("() => window.kept")


def test_panel_opens_and_closes_by_mouse(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    page.item("Third").expect(1)
    page.bell.click()
    page.panel.expect(0)


def test_panel_is_reached_walked_and_left_by_keyboard(visit, ana, three):
    page = visit(ana)
    page.part("button.themis-bell__button").focus()
    page.press("Enter")
    page.item("Third").expect(1)
    page.press("Tab")
    page.button("All", PANEL).expect_focus()
    page.press("ArrowDown")
    page.link("Third", PANEL).expect_focus()
    page.press("ArrowDown")
    page.link("Second", PANEL).expect_focus()
    page.press("Escape")
    page.panel.expect(0)
    page.bell.expect_focus()


def test_click_beside_the_panel_closes_it_and_focuses_the_bell(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    page.point(5, 700, press=True)
    page.panel.expect(0)
    page.bell.expect_focus()


def test_buttons_of_a_notification_come_by_mouse_and_mark_it_read_and_unread(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    actions = page.item("Second").expect(1).ask
    opacity = "([e]) => getComputedStyle(e.querySelector('.themis-item__actions')).opacity"
    assert actions(opacity) == "0"
    page.item("Second").hover()
    wait_until(lambda: actions(opacity) == "1")
    page.button("Mark as read: Second", PANEL).click()
    page.expect_unread(2)
    page.button("Mark as unread: Second", PANEL).click()
    page.expect_unread(3)


def test_dismissed_notification_leaves_the_panel_and_undo_restores_it(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    page.item("Second").hover()
    page.button("Dismiss: Second", PANEL).click()
    page.item("Second").expect(0)
    page.link("First", PANEL).expect_focus()
    page.expect_unread(2)
    page.button("Undo", PANEL).click()
    page.item("Second").expect(1)
    page.expect_unread(3)


def test_mark_all_read_marks_every_notification_and_undo_takes_it_back(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    page.button("Mark all read", PANEL).click()
    page.expect_unread(0)
    page.panel.expect_words("3 marked as read")
    page.button("Undo", PANEL).click()
    page.expect_unread(3)


def test_notification_is_put_off_by_its_menu(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    page.item("Second").hover()
    page.part(f"{PANEL} .themis-item:hover summary").click()
    page.button("Tomorrow morning", PANEL).click()
    page.item("Second").expect(0)
    page.expect_unread(2)


def test_panel_shows_only_unread_notifications_under_the_unread_filter(visit, ana, three):
    UserNotification.objects.filter(title="Second").mark_read()
    page = visit(ana)
    page.open_panel()
    page.button("Unread", PANEL).click()
    page.item("Second").expect(0)
    page.item("First").expect(1)


def test_open_panel_offers_a_new_notification_before_it_changes(visit, ana, notify, three):
    page = visit(ana)
    page.open_panel()
    page.item("Third").expect(1)
    notify("Fourth")
    bar = page.button("1 new notification", PANEL).expect(1)
    page.item("Fourth").expect(0)
    bar.click()
    page.item("Fourth").expect(1)


def test_click_on_a_notification_follows_its_link_and_marks_it_read(visit, ana, three):
    page = visit(ana)
    page.open_panel()
    page.item("Second").click()
    wait_until(lambda: page.path == "/requests/")
    page.expect_unread(2)


def test_panel_is_a_sheet_at_the_lower_edge_of_a_narrow_window(visit, ana, three):
    page = visit(ana, "/gallery/bare/")
    page.resize(470, 800)
    page.open_panel()
    wait_until(lambda: page.panel.box()["bottom"] == page.run("() => innerHeight"))
    assert page.panel.box()["width"] == page.run("() => innerWidth")


def test_by_touch_the_buttons_are_there_and_the_panel_works(visit, ana, three, browser_name):
    # WebKit's driver has no finger: a tap is a press of its mouse, which finds the buttons as well.
    page = visit(ana, **({"touch": True} if browser_name == "firefox" else {}))
    page.part("button.themis-bell__button").tap()
    page.item("Second").expect(1)
    if browser_name == "firefox":
        shown = "(found) => found.map((each) => getComputedStyle(each).opacity)"
        assert page.part(f"{PANEL} .themis-item__actions").ask(shown) == ["1", "1", "1"]
    page.button("Mark as read: Second", PANEL).tap()
    page.expect_unread(2)
    page.part("main h1").tap()
    page.panel.expect(0)
