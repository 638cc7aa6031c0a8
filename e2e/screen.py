"""Where things are on the screen, by the names that a person would use."""

import re

from playwright.sync_api import expect


def bell(page):
    return page.get_by_role("button", name=re.compile("^Notifications"))


def panel(page):
    return page.get_by_role("dialog", name="Notifications")


def open_panel(page):
    bell(page).click()
    expect(panel(page).locator(".themis-panel__head")).to_be_visible()
    return panel(page)


def item(place, title):
    return place.locator(".themis-item:visible", has_text=title)


def act(place, title, verb):
    """Press one of a notification's buttons, as a person who points at it would."""
    item(place, title).hover()
    item(place, title).get_by_role("button", name=f"{verb}: ").click()


def expect_unread(page, count):
    name = f"Notifications, {count} unread" if count else "Notifications"
    expect(page.locator(".themis-bell__button").first).to_have_accessible_name(name)
    badge = page.locator(".themis-badge")
    if count:
        expect(badge).to_have_text(str(count))
    else:
        expect(badge).to_have_count(0)


def wait_until(page, ready):
    """Let the page go on until ``ready()`` is, for 8 seconds at most."""
    for _ in range(400):
        if ready():
            return
        page.wait_for_timeout(20)
    raise AssertionError("What was waited for did not come.")


def reload_changed(page, change):
    """Load the page anew, and let ``change`` make of its HTML what the browser gets."""

    def answer(route):
        answered = route.fetch()
        route.fulfill(response=answered, body=change(answered.text()))

    page.route(lambda url: url == page.url, answer)
    page.reload()


def go_boosted(page, path):
    """Follow a link of the page by htmx, which puts the other page into this one."""
    page.wait_for_function("() => window.htmx")
    page.evaluate(
        "path => { const link = document.createElement('a'); link.href = path;"
        " link.id = 'there'; link.textContent = 'there'; link.setAttribute('hx-boost', 'true');"
        " document.querySelector('main').append(link); htmx.process(link); link.click(); }",
        path,
    )
    page.wait_for_function("() => !document.getElementById('there')")


def let_pass(page):
    """Let every animation that runs come to its end, as some seconds would."""
    page.evaluate(
        "() => document.getAnimations().filter((each) => each.playState === 'running')"
        ".forEach((each) => each.finish())"
    )
