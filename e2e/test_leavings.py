"""What stays behind in a browser for whoever uses it next, and what its tabs tell each other."""

import re

from playwright.sync_api import expect

from e2e.screen import act, expect_unread, go_boosted, item, open_panel, settle

# For an init script: a tab that hears what the kit's tabs say, and keeps it across its pages.
LISTEN = """
window.heard = [];
window.BroadcastChannel = class extends BroadcastChannel {
  postMessage(message) {
    window.heard.push(JSON.stringify(message));
    super.postMessage(message);
  }
};
"""
STORED = """async () => {
  const stored = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const answer of await cache.matchAll()) stored.push(await answer.text());
  }
  return [JSON.stringify(stored), (await indexedDB.databases()).length];
}"""


def test_browser_keeps_no_text_of_a_notification_for_the_next_person(visit, ana, notify, htmx):
    for number in range(3):
        notify(f"Secret {number}", message="Secret message")
    page = visit(ana, "/team/?bell=loud")
    act(open_panel(page), "Secret 1", "Mark as read")
    page.goto("/team/?bell=loud")
    go_boosted(page, "/notifications/")
    page.locator("main").get_by_role("link", name="Unread").click()
    expect(page).to_have_url(re.compile("state=unread"))
    notify("Secret toast", level="danger")
    expect_unread(page, 3)
    act(page.locator("main"), "Secret 2", "Dismiss")
    go_boosted(page, "/team/")
    settle(page)

    stored, databases = page.evaluate(STORED)

    assert "Secret" not in stored
    assert databases == 0


def test_tabs_tell_each_other_that_something_has_changed_and_not_what(visit, ana, notify, htmx):
    notify("Secret")
    page = visit(ana, "/notifications/", script=LISTEN)
    act(page.locator("main"), "Secret", "Mark as read")
    expect(item(page.locator("main"), "Secret").locator(".themis-dot")).to_have_count(0)
    act(page.locator("main"), "Secret", "Dismiss")
    expect(item(page.locator("main"), "Secret")).to_have_count(0)
    settle(page)

    assert set(page.evaluate("window.heard")) == {'"changed"'}
