"""The kit looks right on hosts that say it with a root's size, a class, or a dark bar."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from e2e.screen import bell, open_panel, settle
from e2e.test_hosts import FAINT
from tests.helpers.daily import daily

# What a host's own page has before the bell's scripts run.
DARK = "html, body { background: #16181d; color: #eceef2 }"
BARS = {
    "Bootstrap 3": ('class="navbar navbar-inverse"', "background: #222"),
    "Bootstrap 4": ('class="navbar navbar-dark bg-dark"', "background: #343a40"),
    "Bootstrap 5.3": ('class="navbar" data-bs-theme="dark"', "background: #212529"),
}


@pytest.fixture
def host(visit, ana, three):
    """Open a page of the gallery as a host that says something else of its root or its bar."""

    def open_host(path="", css="", attributes="", bar="", **options):
        options = {"bypass_csp": True, "reduced_motion": "reduce"} | options
        page = visit(ana, "/gallery/bare/", **options)

        def change(route):
            html = route.fetch().text()
            html = re.sub(r"<html\s", f"<html {attributes} ", html, count=1)
            html = re.sub("<header", f"<header {bar}", html, count=1)
            route.fulfill(body=html.replace("</head>", f"<style>{css}</style></head>"))

        page.route(f"**/gallery/bare/{path.partition('?')[0]}*", change)
        page.goto(f"/gallery/bare/{path}")
        return page

    return open_host


def is_light(colour):
    """Return whether a computed colour, in numbers of 255 or of 1, is a light one."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)[:3]]
    if colour.startswith("oklab"):
        return numbers[0] > 0.75
    return min(numbers) > (150 if colour.startswith("rgb") else 0.6)


def pixel(page, x, y):
    """Return the colour that is seen at a place of the page, as three numbers."""
    clip = {"x": int(x), "y": int(y), "width": 1, "height": 1}
    picture = Image.open(BytesIO(page.screenshot(clip=clip)))
    return picture.convert("RGB").getpixel((0, 0))


def style(locator, name):
    return locator.evaluate("(element, name) => getComputedStyle(element)[name]", name)


@pytest.mark.parametrize("size", daily(["62.5%", "10px", "20px"], ["62.5%"]))
def test_sizes_hold_whatever_the_font_size_of_the_root(host, size):
    page = host(css=f"html {{ font-size: {size} }}")
    panel = open_panel(page)

    assert style(panel.locator(".themis-item__title").first, "fontSize") == "14px"
    assert style(panel.locator(".themis-item__meta").first, "fontSize") == "12.04px"


def test_text_of_the_list_page_keeps_the_readers_own_size_on_a_small_root(host):
    page = host("list/", css="html { font-size: 62.5% }")

    assert style(page.locator(".themis-item__title").first, "fontSize") == "14px"


@pytest.mark.parametrize(
    "attributes",
    daily(['class="dark"', 'data-theme="dark"', 'data-bs-theme="dark"'], ['class="dark"']),
)
@pytest.mark.parametrize("path", daily(["list/", "preferences/"], ["list/"]))
def test_pages_are_readable_where_a_class_or_an_attribute_says_dark(host, attributes, path):
    page = host(path, attributes=attributes, css=DARK)

    assert page.evaluate(FAINT, ".themis") == []
    card = page.locator(".themis-item, .themis-card").first
    assert style(card, "colorScheme") == "dark"


def test_panel_is_dark_where_a_class_says_dark(host):
    panel = open_panel(host(attributes='class="dark"', css=DARK))

    assert style(panel, "backgroundColor") == "rgb(27, 30, 36)"


def test_disc_of_a_level_is_seen_on_the_dark_tint_of_what_is_unread(host, notify):
    notify("Fourth", level="danger")
    page = host("list/", css=DARK, attributes='class="dark"')
    disc = page.locator(".themis-disc").first.bounding_box()
    row = pixel(page, disc["x"] - 6, disc["y"] + 18)
    red, _green, blue = pixel(page, disc["x"] + 4, disc["y"] + 18)

    assert row[2] > row[0]
    assert red > row[0] + 25
    assert red > blue + 8


def test_a_page_that_says_light_is_light_on_a_dark_system(host):
    css = ":root { color-scheme: light dark } html, body { background: #fff; color: #222 }"
    page = host("list/", attributes='data-theme="light"', css=css, color_scheme="dark")

    assert page.evaluate(FAINT, ".themis") == []


def test_list_page_is_readable_on_a_dark_page_that_says_nothing(host):
    page = host("list/", css=DARK)

    assert page.evaluate(FAINT, ".themis") == []


def test_one_variable_of_a_framework_alone_is_not_taken_for_the_framework(host):
    page = host(
        css=":root { color-scheme: dark; --color-base-100: #f3f4f6; --color-primary: #eee }"
    )
    panel = open_panel(page)

    assert page.evaluate(FAINT, "[data-themis-panel]") == []
    assert style(panel, "backgroundColor") == "rgb(27, 30, 36)"


@pytest.mark.parametrize("name", daily(BARS, ["Bootstrap 5.3"]))
def test_bell_is_light_in_a_dark_bar_and_its_panel_is_as_the_page(host, name):
    bar, background = BARS[name]
    css = f"""
        .navbar {{ {background} }}
        :root {{ --bs-body-bg: #fff; --bs-body-color: #212529; --bs-link-color: #0d6efd }}
        [data-bs-theme="dark"] {{ color-scheme: dark; --bs-body-bg: #212529;
            --bs-body-color: #dee2e6 }}
    """
    page = host(css=css, bar=bar)

    assert is_light(style(bell(page), "color"))
    panel = open_panel(page)
    assert is_light(style(panel, "backgroundColor"))
    assert is_light(style(panel, "borderTopColor"))
    assert is_light(style(panel.locator(".themis-panel__head"), "borderBottomColor"))
    assert page.evaluate(FAINT, "[data-themis-panel]") == []


@pytest.mark.parametrize("path", ["", "?lang=ar"], ids=["left to right", "right to left"])
def test_ring_around_the_badge_has_the_colour_of_any_bar(host, path):
    page = host(path, css="header { background: #7a1450; color: #fff }")
    icon = page.locator("button.themis-bell__button svg")
    # The whole bell is filled, so that there is something to cut the ring out of.
    icon.evaluate("(svg) => svg.setAttribute('style', 'background: #fff')")
    badge = page.locator(".themis-badge").bounding_box()
    start = badge["x"] - 1 if not path else badge["x"] + badge["width"]

    assert pixel(page, start, badge["y"] + 9) == (0x7A, 0x14, 0x50)
    assert pixel(page, badge["x"] + 9, badge["y"] + badge["height"]) == (0x7A, 0x14, 0x50)
    assert pixel(page, badge["x"] + 9, badge["y"] + badge["height"] + 3) == (255, 255, 255)


def test_active_chip_and_notice_have_an_edge_on_a_dark_page_that_says_nothing(host):
    page = host("list/?state=unread", css=DARK)
    # The list comes anew.
    with page.expect_response(lambda response: "/items/" in response.url):
        page.get_by_role("button", name="Mark all read").click()
    settle(page)
    notice = ".themis-notice:visible"
    expect(page.locator(notice)).to_be_visible()

    for part in (".themis-chip--on", notice):
        box = page.locator(part).first.bounding_box()
        # It may lie between two rows of pixels.
        rows = [pixel(page, box["x"] + box["width"] / 2, box["y"] + row) for row in (-1, 0, 1)]
        # Against a page of #16181d, 3 to 1 begins at this grey.
        assert max(min(colour) for colour in rows) > 100, part


def test_bell_does_not_look_pressed_while_a_toast_is_there(host, notify):
    page = host()
    notify("Fourth")
    expect(page.locator(".themis-toast")).to_be_visible()
    page.mouse.move(400, 300)

    assert style(bell(page), "backgroundColor") == "rgba(0, 0, 0, 0)"


def test_mark_all_read_stands_at_the_end_also_on_a_line_of_its_own(host):
    page = host("list/", viewport={"width": 320, "height": 700})
    button = page.get_by_role("button", name="Mark all read")
    filters = page.locator(".themis-filters").bounding_box()
    box = button.bounding_box()

    assert box["y"] > filters["y"] + 30
    # Its padding reaches out, so that its words are in line with the cards below.
    assert abs(box["x"] + box["width"] - 8 - filters["x"] - filters["width"]) < 1


@pytest.mark.parametrize(("width", "lines"), [(390, 3), (1280, 1)])
def test_choices_stand_in_one_line_or_each_on_its_own(host, width, lines):
    page = host("preferences/", viewport={"width": width, "height": 800})
    choices = page.locator("#themis-preferences .themis-choice")
    boxes = [choice.bounding_box() for choice in choices.all()]

    assert len(boxes) == 3
    assert len({box["y"] for box in boxes}) == lines
    assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) < 1


def test_icons_have_a_size_without_any_stylesheet(visit, ana, three, foreseen):
    foreseen.append("net::ERR_FAILED")
    page = visit(ana, "/gallery/bare/", java_script_enabled=False)
    page.route("**/*.css", lambda route: route.abort())
    page.reload()

    box = page.locator(".themis-bell__button svg").bounding_box()
    assert (box["width"], box["height"]) == (20, 20)


ZOOMED = ["html { zoom: 1.25 }", "header { zoom: 1.5 }", "body { zoom: 0.8 }"]


@pytest.mark.seldom
@pytest.mark.parametrize("css", ZOOMED)
@pytest.mark.parametrize("path", ["", "?lang=ar"], ids=["left to right", "right to left"])
def test_panel_stays_at_the_bell_on_a_zoomed_page(host, css, path):
    apart = ".themis-bell { margin-inline-start: 400px }"
    page = host(path, css=css + apart, viewport={"width": 1000, "height": 800})
    page.locator("button.themis-bell__button").click()
    expect(page.locator(".themis-panel__head")).to_be_visible()

    panel = page.locator("[data-themis-panel]").bounding_box()
    bell = page.locator("[data-themis-bell]").bounding_box()
    assert abs(panel["y"] - bell["y"] - bell["height"] - 8) < 2
    if path:
        assert abs(panel["x"] - bell["x"]) < 2
    else:
        assert abs(panel["x"] + panel["width"] - bell["x"] - bell["width"]) < 2


def test_panel_follows_the_bell_when_a_banner_above_it_goes(host):
    page = host()
    banner = "const b = document.createElement('p'); b.id = 'banner'; b.style.height = '90px';"
    page.evaluate(f"() => {{ {banner} document.body.prepend(b) }}")
    panel = open_panel(page)
    before = panel.bounding_box()["y"]

    page.evaluate("document.querySelector('#banner').remove()")

    page.wait_for_function(
        "([panel, y]) => panel.getBoundingClientRect().y < y - 80",
        arg=[panel.element_handle(), before],
    )


def test_bell_and_toasts_are_not_printed(host):
    page = host()
    expect(bell(page)).to_be_visible()
    page.emulate_media(media="print")

    expect(page.locator("[data-themis-bell]").first).to_be_hidden()
