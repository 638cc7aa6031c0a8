"""The bell works however it came onto the page: by another script, a new body, or a morph."""

import pytest
from playwright.sync_api import expect

from e2e.libraries import load
from e2e.screen import bell, expect_unread, item, open_panel, panel, reload_changed, settle

pytestmark = pytest.mark.seldom

# The header of the page as the server sends it now, in place of the one that is shown.
FRESH = """
const answer = await fetch(location.href);
const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
const header = document.querySelector("header");
"""
WAYS = {
    "by innerHTML": "header.innerHTML = fresh.querySelector('header').innerHTML;",
    "as one element": "header.replaceWith(fresh.querySelector('header'));",
    "with a new body": "document.body.replaceWith(fresh.body);",
    "by a script that has htmx see to it": "header.replaceWith(fresh.querySelector('header'));"
    " htmx.process(document.querySelector('header'));",
    "after a time without it": "header.remove(); await new Promise(requestAnimationFrame);"
    " document.body.prepend(fresh.querySelector('header'));",
}


def replace_header(page, way):
    page.evaluate(f"async () => {{ {FRESH} {way} }}")


def expect_a_working_bell(page, notify, unread):
    """It polls, and its panel opens, is loaded, and can be acted in."""
    expect(bell(page)).to_be_visible()
    notify("Arrives later")
    expect_unread(page, unread + 1)
    shown = open_panel(page)
    item(shown, "Arrives later").get_by_role("button", name="Mark as read: ").click(force=True)
    expect_unread(page, unread)
    expect(shown).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


@pytest.mark.parametrize("way", WAYS)
def test_a_header_that_another_script_puts_in_has_a_bell_that_works(
    visit, ana, three, notify, htmx, way
):
    page = visit(ana, "/team/")
    expect(bell(page)).to_be_visible()
    replace_header(page, WAYS[way])
    expect_a_working_bell(page, notify, 3)


def test_a_page_that_had_no_bell_gets_one_that_works(visit, sign_in, ana, three, notify, htmx):
    page = visit(None, "/accounts/login/")
    sign_in(page, ana)
    page.evaluate(
        "async () => { const answer = await fetch('/team/');"
        " const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');"
        " document.querySelector('header').replaceWith(fresh.querySelector('header')); }"
    )
    expect_a_working_bell(page, notify, 3)


def test_a_body_that_was_kept_and_is_shown_again_has_a_bell_that_works(
    visit, ana, three, notify, htmx
):
    page = visit(ana, "/team/")
    expect(bell(page)).to_be_visible()
    page.evaluate(
        """async () => {
            const kept = document.body.cloneNode(true);
            document.body.replaceWith(document.createElement("body"));
            await new Promise(requestAnimationFrame);
            document.body.replaceWith(kept);
        }"""
    )
    expect_a_working_bell(page, notify, 3)


def test_the_count_of_a_page_that_was_kept_is_asked_for_at_once(
    visit, ana, three, without_polls, htmx
):
    page = visit(ana, "/team/")
    expect_unread(page, 3)
    page.evaluate("window.kept = document.body.cloneNode(true)")
    three[0].__class__.objects.all().mark_read()
    page.evaluate("document.body.replaceWith(window.kept)")
    expect_unread(page, 0)


def test_a_list_that_another_script_puts_in_works(visit, ana, three, htmx):
    page = visit(ana, "/team/")
    page.evaluate(
        "async () => { const answer = await fetch('/notifications/');"
        " const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');"
        " document.querySelector('main').innerHTML = fresh.querySelector('main').innerHTML; }"
    )
    shown = page.locator("main")
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown).to_contain_text("3 marked as read")
    expect_unread(page, 0)
    assert page.url.endswith("/team/")


def morph_by_htmx(page, style):
    """Let htmx replace the header, as a button of the page would."""
    page.evaluate(
        """(style) => new Promise((resolve) => {
            const button = document.createElement("button");
            button.setAttribute("hx-get", location.href);
            button.setAttribute("hx-select", style.startsWith("inner") ? "header > *" : "header");
            button.setAttribute("hx-target", "header");
            button.setAttribute("hx-swap", style);
            document.querySelector("main").append(button);
            document.addEventListener("htmx:afterSwap", resolve, { once: true });
            document.addEventListener("htmx:after:swap", resolve, { once: true });
            htmx.process(button);
            button.click();
            button.remove();
        })""",
        style,
    )


@pytest.mark.parametrize("htmx", ["4-beta", "4"], indirect=True)
@pytest.mark.parametrize("style", ["outerMorph", "innerMorph"])
def test_a_morph_by_htmx_leaves_a_bell_that_works(visit, ana, three, notify, htmx, style):
    page = visit(ana, "/team/")
    open_panel(page)
    page.keyboard.press("Escape")
    morph_by_htmx(page, style)
    settle(page)
    expect_a_working_bell(page, notify, 3)


@pytest.mark.parametrize("style", ["outerHTML", "innerHTML"])
def test_the_extension_idiomorph_leaves_a_bell_that_works(visit, ana, three, notify, style):
    page = visit(ana, "/team/")
    load(page, "idiomorph/dist/idiomorph.js")
    page.evaluate(
        f"async () => {{ {FRESH} const part = fresh.querySelector('header');"
        " window.button = document.querySelector('.themis-bell__button');"
        f" Idiomorph.morph(header, part.{style}, {{ morphStyle: '{style}' }}); }}"
    )
    assert page.evaluate("window.button.isConnected") is False
    expect_a_working_bell(page, notify, 3)


def test_a_morph_brings_the_count_of_the_server_and_the_open_panel_is_loaded_anew(
    visit, ana, three, notify, without_polls
):
    page = visit(ana, "/team/?bell=loud")
    shown = open_panel(page)
    load(page, "idiomorph/dist/idiomorph.js")
    notify("Fourth")
    page.evaluate(
        f"async () => {{ {FRESH} const part = fresh.querySelector('header');"
        " Idiomorph.morph(header, part.outerHTML); }"
    )
    expect_unread(page, 4)
    expect(item(shown, "Fourth")).to_be_visible()
    expect(page).to_have_title("(4) Team · Taskboard")


def test_the_preferences_are_set_up_again_after_a_morph(visit, ana):
    page = visit(ana, "/notifications/preferences/")
    updates = page.get_by_role("switch", name="Live updates")
    updates.uncheck(force=True)
    load(page, "idiomorph/dist/idiomorph.js")
    state = page.locator("[data-themis-alert-state]")
    words = state.text_content()
    page.evaluate(
        f"async () => {{ {FRESH} Idiomorph.morph(document.body, fresh.body.outerHTML); }}"
    )
    expect(bell(page)).to_be_visible()
    expect(updates).to_be_visible()
    expect(updates).not_to_be_checked()
    expect(page.get_by_role("button", name="Save")).to_be_hidden()
    expect(state).to_have_text(words)
    page.get_by_role("switch", name="Say what it is about").check(force=True)
    expect(page.get_by_text("Saved")).to_be_visible()
    updates.check(force=True)
    page.reload()
    expect(updates).to_be_checked()


@pytest.fixture
def turbo(visit, ana, foreseen):
    """A page on which Turbo follows the links."""
    # Turbo leaves its own error unhandled when it cancels a request for a newer one.
    foreseen.append("^signal is aborted without reason$")
    page = visit(ana, "/team/", bypass_csp=True)
    # htmx 4 would answer the way back, too, and whoever comes first wins.
    config = '"includeIndicatorStyles":false'
    reload_changed(page, lambda html: html.replace(config, f'{config},"history":false'))
    load(page, "@hotwired/turbo/dist/turbo.es2017-umd.js")
    page.evaluate("window.sameWindow = true")
    return page


def go(page, name):
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
    expect(page.locator("main h1")).to_contain_text(name)
    assert page.evaluate("window.sameWindow")


def test_the_bell_works_after_a_visit_by_turbo_and_on_the_way_back(turbo, three, notify, htmx):
    go(turbo, "Reports")
    expect_a_working_bell(turbo, notify, 3)
    turbo.go_back()
    expect(turbo.locator("main h1")).to_contain_text("Team")
    expect_a_working_bell(turbo, notify, 3)
    go(turbo, "Events")
    expect_a_working_bell(turbo, notify, 3)


def test_a_list_that_turbo_has_kept_is_refreshed_on_the_way_back(turbo, three, without_polls):
    turbo.evaluate("Turbo.visit('/notifications/')")
    shown = turbo.locator("main")
    expect(item(shown, "Second")).to_contain_text("Unread")
    go(turbo, "Team")
    three[1].__class__.objects.filter(pk=three[1].pk).mark_read()
    turbo.go_back()
    expect(item(shown, "Second")).to_be_visible()
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    expect_unread(turbo, 2)


def test_the_bell_works_after_turbo_has_morphed_the_page(turbo, three, notify, htmx):
    turbo.evaluate(
        """() => {
            for (const name of ["method", "scroll"]) {
                const meta = document.createElement("meta");
                meta.name = `turbo-refresh-${name}`;
                meta.content = name === "method" ? "morph" : "preserve";
                document.head.append(meta);
            }
            return new Promise((resolve) => {
                document.addEventListener("turbo:render", resolve, { once: true });
                Turbo.visit(location.href, { action: "replace" });
            });
        }"""
    )
    expect_a_working_bell(turbo, notify, 3)


def test_the_bell_works_after_unpoly_has_replaced_the_header(visit, ana, three, notify, htmx):
    page = visit(ana, "/team/", bypass_csp=True)
    load(page, "unpoly/unpoly.js")
    page.evaluate("up.render({ target: 'header', url: location.href, cache: false })")
    settle(page)
    expect_a_working_bell(page, notify, 3)


def test_a_signed_out_bell_stays_a_link_to_sign_in_whatever_else_comes_in(visit, ana, three, htmx):
    page = visit(ana, "/team/")
    expect(bell(page)).to_be_visible()
    page.context.clear_cookies()
    link = page.get_by_role("link", name="Sign in to see your notifications")
    expect(link).to_be_visible()
    page.evaluate("document.querySelector('.themis-bell').append(document.createElement('i'))")
    settle(page)
    expect(link).to_be_visible()
    expect(panel(page)).to_be_hidden()
