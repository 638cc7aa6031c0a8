from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from e2e.screen import (
    act,
    bell,
    expect_unread,
    next_poll,
    open_panel,
    run_clock,
    settle,
    wait_until,
)
from example.tasks.models import Task


def test_badge_shows_a_new_notification_without_a_reload(visit, ana, notify, htmx):
    page = visit(ana)
    expect_unread(page, 0)
    page.evaluate("document.body.dataset.kept = 'yes'")
    notify("Request approved")
    expect_unread(page, 1)
    assert page.evaluate("document.body.dataset.kept") == "yes"


def test_task_assigned_by_one_user_appears_in_the_bell_of_another(visit, ana, ben, htmx):
    task = Task.objects.create(title="Deploy v2")
    hers, his = visit(ana, task.get_absolute_url()), visit(ben)
    expect_unread(his, 0)
    hers.get_by_label("Assignee").select_option(label="Ben")
    hers.get_by_role("button", name="Assign").click()
    expect_unread(his, 1)
    expect(open_panel(his)).to_contain_text("Task assigned: Deploy v2")


def test_status_region_is_silent_on_load_and_announces_a_new_notification(visit, ana, notify, htmx):
    notify("Was there before")
    page = visit(ana, clock=True)
    status = page.locator("[data-themis-status]")
    next_poll(page)
    expect(status).to_have_text("")
    notify("Comes now")
    expect(status).to_have_text("Notifications, 2 unread")


def test_badge_follows_a_read_made_elsewhere_without_an_announcement(visit, ana, three, htmx):
    page = visit(ana)
    expect_unread(page, 3)
    three[0].__class__.objects.filter(pk=three[0].pk).mark_read()
    expect_unread(page, 2)
    expect(page.locator("[data-themis-status]")).to_have_text("")


def test_an_unchanged_poll_touches_no_node(visit, ana, three, htmx):
    page = visit(ana)
    node = page.locator(".themis-badge").element_handle()
    with page.expect_response(lambda r: "/bell/" in r.url) as polled:
        pass
    assert polled.value.status == 204
    assert node.evaluate("node => node.isConnected")


def test_open_panel_offers_a_new_notification_without_changing_its_list(
    visit, ana, notify, three, htmx
):
    page = visit(ana)
    panel = open_panel(page)
    notify("Fourth")
    bar = panel.get_by_role("button", name="1 new notification")
    expect(bar).to_be_visible()
    expect(panel.get_by_text("Fourth")).to_have_count(0)
    bar.click()
    expect(panel.get_by_text("Fourth")).to_be_visible()
    expect(bar).to_be_hidden()


def test_page_in_the_background_does_not_poll_until_it_is_visible(visit, ana, htmx):
    page = visit(ana, clock=True)
    polls = []
    page.on("request", lambda request: "/bell/" in request.url and polls.append(request))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})"
    )
    settle(page)
    polls.clear()
    run_clock(page, 3)
    assert polls == []
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    wait_until(page, lambda: polls)


def test_bell_ignores_a_login_page_in_answer_to_a_poll(visit, ana, notify, three, htmx, complaints):
    page = visit(ana, clock=True)
    login = "<title>Sign in</title><form>Sign in</form>"
    page.route("**/bell/*", lambda route: route.fulfill(body=login, content_type="text/html"))
    next_poll(page)
    expect_unread(page, 3)
    assert page.title() != "Sign in"
    page.unroute("**/bell/*")
    notify("Fourth")
    expect_unread(page, 4)


def test_page_has_one_bell_that_shows_a_new_notification(visit, ana, notify, htmx):
    page = visit(ana, "/")
    assert bell(page).count() == 1
    notify("Hello")
    expect_unread(page, 1)


def test_poll_after_marking_read_sends_no_token_so_no_replica_answers(
    visit, ana, three, htmx, settings
):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    shown = open_panel(page)
    with page.expect_request("**/bell/*") as polled:
        act(shown, "Second", "Mark as read")
    assert parse_qs(urlsplit(polled.value.url).query).get("token") is None
    expect_unread(page, 2)
