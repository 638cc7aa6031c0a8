"""The page with the list, the way back, and a browser without scripts, in Firefox and in WebKit."""

import threading

from e2e.browsers.complaints import Middleware
from e2e.browsers.waiting import wait_until
from themis.models import UserNotification
from themis.notifications import notify_user

ITEMS = "main .themis-item"


def test_filter_narrows_the_list_and_back_and_forward_go_with_it(visit, ana, notify, three):
    notify("Request approved", source_app="requests")
    page = visit(ana, "/notifications/")
    page.link("Requests", "main").click()
    page.part(ITEMS).expect(1)
    assert "?" in page.path
    page.back()
    page.part(ITEMS).expect(4)
    assert page.path == "/notifications/"
    page.forward()
    page.part(ITEMS).expect(1)


def test_show_older_appends_to_the_list_and_takes_the_focus_there(visit, ana):
    for number in range(50):
        notify_user(ana, f"Number {number}", url="/requests/")
    page = visit(ana, "/notifications/")
    for count, newest in ((40, 29), (50, 9)):
        page.link("Show older", "main").click()
        page.part(ITEMS).expect(count)
        page.link(f"Number {newest}", ITEMS).expect_focus()
    page.link("Show older", "main").expect(0)


def test_page_shown_again_by_the_way_back_is_at_work(visit, ana, notify):
    page = visit(ana, "/team/")
    page.expect_unread(0)
    page.goto("/accounts/login/?next=/reports/")
    notify("Meanwhile")
    page.back()
    wait_until(lambda: page.path == "/team/")
    page.expect_unread(1)
    notify("Now")
    page.expect_unread(2)
    page.open_panel().expect_words("Meanwhile")


def test_panel_loads_again_on_a_page_that_was_left_while_it_loaded(
    visit, ana, three, without_polls, monkeypatch, foreseen
):
    """WebKit keeps such a page, and says on it that the request failed."""
    foreseen.append("^htmx:afterRequest|^htmx:sendAbort")
    came, answers, respond = threading.Event(), threading.Event(), Middleware.__call__

    def respond_late(middleware, request):
        if "/dropdown/" in request.path:
            came.set()
            answers.wait(10)
        return respond(middleware, request)

    monkeypatch.setattr(Middleware, "__call__", respond_late)
    page = visit(ana, "/team/")
    page.part("button.themis-bell__button").click()
    wait_until(came.is_set)
    page.goto("/accounts/login/?next=/reports/")
    answers.set()
    page.back()
    wait_until(lambda: page.path == "/team/")
    page.part("button.themis-bell__button").click()
    page.item("Third").expect(1)


def test_without_javascript_the_bell_is_a_link_with_a_count(visit, ana, three):
    page = visit(ana, javascript=False)
    page.expect_unread(3)
    page.link("Notifications, 3 unread").click()
    wait_until(lambda: page.path == "/notifications/")
    page.part(ITEMS).expect(3)


def test_without_javascript_notifications_are_read_dismissed_and_restored(visit, ana, three):
    page = visit(ana, "/notifications/", javascript=False)
    page.item("Second", "main").hover()
    page.button("Mark as read: Second", "main").click()
    page.expect_unread(2)
    page.item("Third", "main").hover()
    page.button("Dismiss: Third", "main").click()
    page.item("Third", "main").expect(0)
    page.button("Undo", "main").click()
    page.item("Third", "main").expect(1)
    page.button("Mark all read", "main").click()
    page.expect_unread(0)
    assert not UserNotification.objects.unread().exists()


def test_without_javascript_preferences_are_saved_by_a_button(visit, ana):
    page = visit(ana, "/notifications/preferences/", javascript=False)
    page.part("#themis-preferences input[role=switch]", "Notifications").click()
    page.button("Save", "#themis-preferences").click()
    page.part("main").expect_words("Saved")
    ana.themis_profile.refresh_from_db()
    assert not ana.themis_profile.notifications_enabled
