"""Actions in a row: a view of the project is asked once, and nothing that it answers is shown."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from e2e.screen import (
    bell,
    expect_unread,
    item,
    open_panel,
    pause_clock,
    settle,
    wait_until,
)
from example.tasks.approvals import notify_approvers
from example.tasks.models import Request
from tests.helpers.daily import daily
from themis.models import UserNotification

FAILED = "That did not work. Please try again."
FOREIGN = "<title>Sign in</title><h1>Captive portal</h1><form>Password</form>"
HTML = {"Content-Type": "text/html", "Themis": "1", "HX-Retarget": "body", "HX-Redirect": "/team/"}
APPROVE = {"label": "Approve", "url": "/requests/1/approve/", "method": "post"}
DECLINE = {"label": "Decline", "url": "/requests/1/decline/", "method": "post"}
ACTED = "**/requests/1/*/"


@pytest.fixture
def asked(three, notify, without_polls):
    """A question between other rows, whose view each journey stands in for."""
    notify("May I?", actions=[APPROVE, DECLINE])
    notify("Fourth")


@pytest.fixture(params=daily(["panel", "list"], ["panel"]))
def shown(request, visit, ana, asked, htmx):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


@pytest.fixture
def answer(shown):
    """Answer the view's requests, and keep each."""
    requests = []

    def answer_with(**answer):
        def handle(route):
            requests.append(route.request)
            route.fulfill(**answer)

        shown.page.route(ACTED, handle)
        return requests

    return answer_with


def button(place, name="Approve"):
    return item(place, "May I?").get_by_role("button", name=name)


def is_read():
    return UserNotification.objects.get(title="May I?").is_read


@pytest.mark.parametrize(
    "good",
    [
        {"status": 204},
        {"status": 200, "headers": HTML, "body": FOREIGN},
        {"status": 302, "headers": {"Location": "/team/"}},
    ],
    ids=["nothing", "a page", "a redirect"],
)
def test_action_asks_the_view_once_and_marks_the_row_read(shown, answer, good):
    page, requests = shown.page, answer(**good)
    address, followed = page.url, []
    page.on("request", lambda request: followed.append(request.url.endswith("/team/")))
    button(shown).dblclick()
    expect_unread(page, 4)
    expect(item(shown, "May I?")).not_to_contain_text("Unread")
    expect(item(shown, "May I?").locator(".themis-action")).to_have_count(0)
    settle(page)
    assert is_read()
    assert [(each.method, each.url.rpartition("/requests/")[2]) for each in requests] == [
        ("POST", "1/approve/")
    ]
    assert "csrfmiddlewaretoken=" in requests[0].post_data
    assert page.url == address
    assert not any(followed)
    expect(page.get_by_text("Captive portal")).to_have_count(0)
    expect(shown.locator(".themis-item:visible")).to_have_count(5)


@pytest.mark.parametrize(
    "bad",
    [{"status": 404}, {"status": 500, "headers": HTML, "body": FOREIGN}, None],
    ids=["404", "500", "no network"],
)
def test_action_that_failed_says_so_and_leaves_the_row_as_it_was(shown, answer, bad, foreseen):
    foreseen += ["Failed to load resource", FAILED]
    page = shown.page
    if bad is None:
        page.route(ACTED, lambda route: route.abort())
    else:
        answer(**bad)
    button(shown).press("Enter")
    expect(page.get_by_text(FAILED).filter(visible=True)).to_be_visible()
    expect(button(shown)).to_be_focused()
    expect(button(shown)).not_to_have_attribute("aria-disabled", "true")
    expect(item(shown, "May I?")).to_contain_text("Unread")
    expect_unread(page, 5)
    assert not is_read()
    page.unroute(ACTED)
    page.route(ACTED, lambda route: route.fulfill(status=204))
    button(shown).press("Enter")
    expect_unread(page, 4)
    expect(page.get_by_text(FAILED).filter(visible=True)).to_have_count(0)


@pytest.mark.parametrize("locks", ["navigator.locks", "undefined"], ids=["secure", "insecure"])
def test_action_under_way_says_so_and_takes_no_second_press(shown, locks):
    held = []
    shown.page.evaluate(f"Object.defineProperty(navigator, 'locks', {{ value: {locks} }})")
    shown.page.route(ACTED, lambda route: held.append(route))
    approve, decline = button(shown), button(shown, "Decline")
    approve.focus()
    approve.press("Enter")
    expect(approve).to_have_attribute("aria-busy", "true")
    for pressed in (approve, decline):
        expect(pressed).to_have_attribute("aria-disabled", "true")
        # However long after the first one: this press belongs to no double click.
        pressed.evaluate("button => button.click()")
    settle(shown.page, held="/approve/")
    assert len(held) == 1
    held[0].fulfill(status=204)
    expect_unread(shown.page, 4)
    toggle = item(shown, "May I?").get_by_role("button", name="Mark as unread")
    expect(toggle).to_be_focused()
    assert len(held) == 1


def test_second_press_of_a_double_click_does_not_follow_the_link_of_the_row(visit, ana, asked):
    page = visit(ana, clock=True)
    shown = open_panel(page)
    page.route(ACTED, lambda route: route.fulfill(status=204))
    box = button(shown).bounding_box()
    place = box["x"] + 10, box["y"] + 10
    pause_clock(page)
    page.mouse.click(*place)
    expect(item(shown, "May I?").locator(".themis-action")).to_have_count(0)
    address = page.url
    page.mouse.click(*place)
    page.clock.run_for(499)
    settle(page)
    assert page.url == address
    page.clock.run_for(10)
    page.mouse.click(*place)
    expect(page).to_have_url(re.compile("/requests/$"))


def test_second_tab_does_not_ask_the_view_while_the_first_one_does(visit, ana, asked):
    page = visit(ana, "/notifications/")
    other = page.context.new_page()
    other.goto("/notifications/")
    held = []
    page.context.route(ACTED, lambda route: held.append(route))
    button(page.locator("main")).click()
    wait_until(page, lambda: held)
    button(other.locator("main")).click()
    settle(other)
    held[0].fulfill(status=204)
    for each in (page, other):
        expect_unread(each, 4)
        expect(item(each.locator("main"), "May I?").locator(".themis-action")).to_have_count(0)
    assert len(held) == 1


def test_action_after_the_session_ended_leads_to_sign_in_and_changes_nothing(
    visit, ana, ben, htmx, without_polls
):
    req = Request.objects.create(title="Second monitor", requester=ben)
    notify_approvers(req)
    page = visit(ana)
    shown = open_panel(page)
    Session.objects.all().delete()
    shown.get_by_role("button", name="Approve").click()
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/$"))
    req.refresh_from_db()
    assert req.status == "pending"
    assert not UserNotification.objects.get().is_read


def test_request_is_approved_in_the_panel_and_its_row_leaves(
    visit, ana, ben, notify, htmx, without_polls
):
    """The view dismisses the question for everybody; the keyboard goes on with the next row."""
    # Its first button would be pressed by a key that is held down.
    notify("Other news", url="", actions=[DECLINE])
    req = Request.objects.create(title="Second monitor", requester=ben)
    notify_approvers(req)
    page = visit(ana, "/team/")
    shown = open_panel(page)
    page.evaluate("window.isSamePage = true")
    shown.get_by_role("button", name="Approve: Ben asks: Second monitor").press("Enter")
    expect(item(shown, "Second monitor")).to_have_count(0)
    expect(shown.get_by_role("button", name="Mark as read: Other news")).to_be_focused()
    expect_unread(page, 1)
    req.refresh_from_db()
    assert req.status == "approved"
    assert page.evaluate("window.isSamePage") is True
    assert UserNotification.objects.for_user(ben).get().title == "Request approved"


def test_last_row_leaves_an_empty_list_after_its_action(visit, ana, ben, htmx, without_polls):
    notify_approvers(Request.objects.create(title="Second monitor", requester=ben))
    shown = open_panel(visit(ana))
    shown.get_by_role("button", name="Decline").click()
    expect(shown).to_contain_text("You’re all caught up")
    expect(bell(shown.page)).to_have_accessible_name("Notifications")
    # Focus is somewhere in the panel, so that Esc still closes it.
    shown.page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


def test_link_of_a_row_marks_it_read_and_is_followed(visit, ana, notify, htmx):
    notify("Report ready", actions=[{"label": "View", "url": "/team/"}])
    page = visit(ana)
    open_panel(page).get_by_role("link", name="View: Report ready").click()
    expect(page).to_have_url(re.compile("/team/$"))
    expect_unread(page, 0)


def test_actions_work_without_javascript(visit, ana, ben):
    req = Request.objects.create(title="Second monitor", requester=ben)
    notify_approvers(req)
    page = visit(ana, "/notifications/?state=unread", java_script_enabled=False)
    page.locator("main").get_by_role("button", name="Approve: ").click()
    expect(page).to_have_url(re.compile(r"/notifications/\?state=unread$"))
    expect(page.get_by_text("Request approved.")).to_be_visible()
    req.refresh_from_db()
    assert req.status == "approved"


def test_image_that_cannot_be_loaded_gives_way_to_the_icon(visit, ana, notify, htmx):
    notify("Lost", image="/gallery/", level="danger")
    notify("Found", image="/static/taskboard/faces/ana.svg")
    shown = open_panel(visit(ana))
    found, lost = (item(shown, title).locator(".themis-disc__face") for title in ("Found", "Lost"))
    expect(found).to_be_visible()
    assert found.evaluate("face => [face.width, face.height, face.naturalWidth > 0]") == [
        36,
        36,
        True,
    ]
    expect(lost).to_be_hidden()
    expect(item(shown, "Lost").locator(".themis-disc > svg")).to_be_visible()
    expect(item(shown, "Lost").locator(".themis-disc__level")).to_be_hidden()


def test_lost_image_gives_way_to_the_icon_without_javascript(visit, ana, notify):
    notify("Lost", image="/gallery/", level="danger")
    page = visit(ana, "/notifications/", java_script_enabled=False)
    page.wait_for_load_state("networkidle")
    lost = page.locator("main .themis-disc__face")
    assert lost.evaluate("face => face.getBoundingClientRect().width") == 0
