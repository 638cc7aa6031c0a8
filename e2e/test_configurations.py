"""What a project sets for all of its htmx does not change what the kit's requests do."""

import re
import time

import pytest
from playwright.sync_api import expect

from e2e.screen import (
    act,
    bell,
    expect_unread,
    item,
    open_panel,
    reload_changed,
    settle,
)

pytestmark = pytest.mark.seldom

BEFORE = '{"includeIndicatorStyles":false'
SWAP_ALL = {
    "2": ',"responseHandling":[{"code":".*","swap":true}]',
    "4-beta": ',"noSwap":[]',
    "4": ',"noSwap":[]',
}
SWAP_NOTHING = ',"responseHandling":[{"code":".*","swap":false,"error":true}]'
TRANSITIONS = {
    "2": ',"globalViewTransitions":true',
    "4-beta": ',"transitions":true',
    "4": ',"transitions":true',
}


@pytest.fixture
def configured(visit, ana):
    """Open a page whose configuration of htmx has a further entry."""

    def configured(entry, path="/team/"):
        page = visit(ana, path)
        reload_changed(page, lambda html: html.replace(BEFORE, BEFORE + entry))
        expect(bell(page)).to_be_visible()
        return page

    return configured


def quiet_polls(page, number):
    """Wait until so many polls have found nothing new."""
    for _poll in range(number):
        with page.expect_response(lambda response: "/bell/" in response.url) as answered:
            pass
        assert answered.value.status == 204
    settle(page)


def test_a_quiet_poll_changes_nothing_where_every_answer_is_swapped(
    configured, three, notify, htmx
):
    page = configured(SWAP_ALL[htmx])
    quiet_polls(page, 2)
    expect_unread(page, 3)
    notify("Fourth")
    expect_unread(page, 4)


def test_a_sign_out_is_noticed_where_every_answer_is_swapped(configured, three, htmx):
    page = configured(SWAP_ALL[htmx])
    page.context.clear_cookies()
    expect(page.get_by_role("link", name="Sign in to see your notifications")).to_be_visible()


def test_the_panel_works_where_no_answer_is_swapped(configured, three, notify):
    page = configured(SWAP_NOTHING)
    shown = open_panel(page)
    act(shown, "Second", "Mark as read")
    expect_unread(page, 2)
    expect(item(shown, "Second")).not_to_contain_text("Unread")


def test_no_transition_of_the_page_begins_by_itself(configured, three, notify, htmx):
    page = configured(TRANSITIONS[htmx])
    page.evaluate(
        """() => {
            window.transitions = 0;
            const start = document.startViewTransition.bind(document);
            document.startViewTransition = (act) => {
                window.transitions += 1;
                return start(act);
            };
        }"""
    )
    quiet_polls(page, 1)
    notify("Fourth")
    expect_unread(page, 4)
    shown = open_panel(page)
    act(shown, "Second", "Mark as read")
    expect_unread(page, 3)
    act(shown, "First", "Dismiss")
    expect_unread(page, 2)
    assert page.evaluate("window.transitions") == 0


# The extension json-enc of htmx 2, as its own repository has it.
JSON_ENC = """
htmx.defineExtension("NAME", {
  onEvent(name, event) {
    if (name === "htmx:configRequest") event.detail.headers["Content-Type"] = "application/json";
  },
  encodeParameters(xhr, parameters, element) {
    xhr.overrideMimeType("text/json");
    const fields = {};
    parameters.forEach((value, key) => (fields[key] = value));
    return JSON.stringify(fields);
  },
});
document.body.setAttribute("hx-ext", "NAME");
// As pages do that send JSON: the token of the form cannot be read there.
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
"""


def send_json(page, name):
    """Have the page send JSON, by the extension of this name."""
    page.evaluate("() => {" + JSON_ENC.replace("NAME", name) + "}")


@pytest.mark.parametrize("name", ["json-enc", "json-enc-custom", "form-json"])
def test_the_kit_sends_forms_where_the_page_sends_json(visit, ana, three, notify, name):
    page = visit(ana, "/team/")
    page.wait_for_function("() => window.htmx")
    send_json(page, name)
    shown = open_panel(page)
    shown.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    three[0].__class__.objects.filter(title="Third").mark_unread()
    notify("Fourth")
    shown.get_by_role("button", name="Undo").click()
    expect_unread(page, 4)


def test_a_form_that_arrives_as_json_is_refused_and_the_page_says_so(
    visit, ana, three, notify, foreseen
):
    foreseen += ["415", "did not work"]
    page = visit(ana, "/team/")
    page.wait_for_function("() => window.htmx")
    send_json(page, "another-one")
    shown = open_panel(page)
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown.get_by_text("That did not work. Please try again.")).to_be_visible()
    expect_unread(page, 3)


# The extension preload of htmx 2, in short: what is pointed at is asked for in advance.
PRELOAD = """
htmx.defineExtension("preload", {
  onEvent(name, event) {
    if (name !== "htmx:beforeRequest") return;
    if (!event.detail.requestConfig.headers["HX-Preloaded"]) return;
    event.preventDefault();
    event.detail.xhr.onload = null;
    event.detail.xhr.send();
  },
});
document.body.setAttribute("hx-ext", "preload");
document.body.setAttribute("preload", "mouseover");
for (const node of document.querySelectorAll("[hx-get]")) {
  node.addEventListener(node.closest("[preload]").getAttribute("preload"), () => setTimeout(() => {
    const headers = { "HX-Preloaded": "true" };
    htmx.ajax("GET", node.getAttribute("hx-get"), { source: node, headers });
  }, 100));
}
"""


def test_a_filter_that_is_pressed_works_where_the_page_preloads_its_links(
    visit, ana, three, foreseen
):
    page = visit(ana, "/notifications/")
    page.wait_for_function("() => window.htmx")
    page.evaluate("() => {" + PRELOAD + "}")
    # The answer is later than the request that is made in advance.
    page.route("**/items/**", lambda route: (time.sleep(0.5), route.continue_()))

    page.locator("main").get_by_role("link", name="Unread", exact=True).click()

    expect(page.locator("main .themis-chip--on")).to_contain_text("Unread")


def test_the_list_leads_to_its_own_page_where_that_has_a_base(visit, ana, three, htmx):
    page = visit(ana, "/notifications/", bypass_csp=True)
    reload_changed(page, lambda html: html.replace("<head>", '<head><base href="/">'))
    shown = page.locator("main")
    expect(bell(page)).to_be_visible()
    chip = shown.get_by_role("link", name="Unread", exact=True)
    assert chip.evaluate("(link) => link.href").endswith("/notifications/?state=unread")
    chip.click()
    expect(shown.locator(".themis-chip--on")).to_contain_text("Unread")
    expect(page).to_have_url(re.compile(r"/notifications/\?state=unread$"))
    expect(shown.locator(".themis-item")).to_have_count(3)
    # The drawings of the icons are found in spite of it.
    assert page.locator(".themis-bell__button use").evaluate("(use) => use.getBBox().width") > 0
