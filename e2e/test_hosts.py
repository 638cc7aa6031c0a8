"""The hosts of the gallery: the kit looks right on them and changes nothing of theirs."""

import json

import pytest
from playwright.sync_api import expect

from e2e.screen import bell, item, open_panel
from example.gallery.pages import HOSTS as GALLERY

pytestmark = pytest.mark.seldom

# Every journey goes to these. The others of the gallery share one.
HOSTS = ["bare", "bootstrap", "daisyui", "admin"]
LOOKS = [
    *(f"/gallery/{host}/%s?scheme={scheme}" for host in HOSTS for scheme in ("light", "dark")),
    *(f"/gallery/daisyui/%s?theme={theme}" for theme in ("cupcake", "synthwave")),
]
OTHERS = [
    *(f"{host.name}/list/?scheme={host.schemes[-1]}" for host in GALLERY.values()),
    # Their bar is dark, and this page is light.
    "bootstrap5/list/?scheme=light",
    # They follow a dark system, and only Pico says so.
    "bulma/list/",
    "pico/list/",
]
OTHERS = [path for path in OTHERS if path.partition("/")[0] not in HOSTS]
PAGES = ["", "list/", "preferences/", "states/"]

# Everything that the browser computes for what is not the kit's, and the styles of the kit off.
# Of a pseudo-element without content, which is not drawn, it computes the content alone.
WHAT_THE_KIT_CHANGES = """() => {
  document.querySelectorAll(".themis, .themis-icons").forEach((element) => element.remove());
  const elements = [document.documentElement, ...document.querySelectorAll("body, body *")];
  const all = [...getComputedStyle(document.body)];
  const look = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const names = pseudo && ["none", "normal"].includes(style.content) ? ["content"] : all;
    return names.map((name) => `${name}: ${style.getPropertyValue(name)}`);
  };
  const looks = () =>
    elements.flatMap((element) => ["", "::before", "::after"].map((each) => look(element, each)));
  const before = looks();
  for (const sheet of document.styleSheets) {
    if (sheet.href?.includes("themis.css")) sheet.disabled = true;
  }
  const after = looks();
  return before.flatMap((lines, number) => lines
    .filter((line, at) => line !== after[number][at])
    .map((line) => `${elements[Math.floor(number / 3)].outerHTML.slice(0, 60)} ${line}`));
}"""

# Only properties that the kit alone decides: colours, fonts and corners may be the host's. A colour
# fills the level on the corner of an image, too. As one text, since Playwright takes many times as
# long to hand over a list of so many.
WHAT_IS_THE_KITS = """() => JSON.stringify([...document.querySelectorAll(".themis, .themis *")]
  .filter((element) => !element.closest("[hidden], [type=hidden], option, .themis-disc__level"))
  .map((element) => {
    const style = getComputedStyle(element);
    const names = ["display", "position", "float", "box-sizing", "appearance", "opacity",
      "margin-top", "margin-bottom", "padding-top", "padding-right", "padding-bottom",
      "padding-left", "border-top-width", "border-bottom-width", "font-size",
      "font-weight", "font-style", "line-height", "letter-spacing", "text-align",
      "text-decoration-line", "text-transform", "text-shadow", "white-space", "list-style-type",
      "background-image", "cursor", "fill", "stroke-width"];
    const path = `${element.closest("section").id} ${element.localName}.${element.classList}`;
    return [path, ...names.map((name) => `${name}: ${style.getPropertyValue(name)}`)];
  }))"""

# The contrast of each text and each icon that is seen with what is behind it, where it is too low.
FAINT = """(place) => {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const paint = (colors) => {
    brush.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      brush.fillStyle = color;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.background = "Canvas";
  const ground = getComputedStyle(probe).backgroundColor;
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      layers.unshift(getComputedStyle(each).backgroundColor);
    }
    return [ground, ...layers];
  };
  const faint = [];
  for (const element of document.querySelectorAll(`${place} *`)) {
    const isIcon = element.matches("svg");
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own && !isIcon) continue;
    if (!element.checkVisibility() || element.closest(".themis-sr, option")) continue;
    const layers = behind(element);
    const tones = [paint(layers), paint([...layers, getComputedStyle(element).color])];
    const [dark, light] = tones.map(luminance).sort((one, other) => one - other);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (isIcon ? 3 : 4.5)) {
      const words = `${element.getAttribute("class")} ${element.textContent.trim()}`;
      faint.push(`${contrast.toFixed(2)} ${words}`);
    }
  }
  return faint;
}"""

STILL = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
# Controls that are less than 24 pixels wide or high.
TARGETS = """(place) => [...document.querySelectorAll(`${place} *`)]
  .filter((element) => element.matches("a, button, input, select, summary"))
  .filter((element) => element.checkVisibility() && !element.closest(".themis-sr"))
  .map((element) => [element.closest("label, .themis-item") ?? element, element])
  .map(([area, element]) => [element.matches("input") ? area : element, element])
  .map(([area, element]) => [area.getBoundingClientRect(), element])
  .filter(([box, element]) => Math.min(box.width, box.height) < 24
    && !element.matches(".themis-item__link") && getComputedStyle(element).display !== "inline")
  .map(([box, element]) => `${box.width}x${box.height} ${element.outerHTML.slice(0, 100)}`)"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def everywhere(ana):
    """Ana, who may see the admin."""
    ana.is_staff = ana.is_superuser = True
    ana.save()
    return ana


@pytest.mark.parametrize("look", LOOKS)
def test_bell_opens_a_readable_panel_on_every_host(visit, ana, three, look):
    page = visit(ana, look % "")
    shown = open_panel(page)
    expect(item(shown, "Third")).to_be_visible()
    assert page.evaluate(FAINT, "[data-themis-panel]") == []


@pytest.mark.parametrize("host", HOSTS)
def test_kit_stylesheet_changes_no_element_of_the_host(visit, ana, three, host):
    page = visit(ana, f"/gallery/{host}/")
    expect(bell(page)).to_be_visible()
    assert page.evaluate(WHAT_THE_KIT_CHANGES) == []


@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/user/", "/admin/auth/user/add/"])
def test_kit_stylesheet_changes_no_element_of_the_admin(visit, everywhere, path):
    page = visit(everywhere, path)
    expect(bell(page)).to_be_visible()
    assert page.evaluate(WHAT_THE_KIT_CHANGES) == []


@pytest.mark.parametrize("host", [*HOSTS[1:], "pico"])
def test_host_stylesheet_changes_no_layout_of_the_kit(visit, ana, host):
    page = visit(ana, "/gallery/bare/states/", **STILL)
    if host == "admin":
        # So wide that the table of sources is a table beside the admin's menu, too.
        page.set_viewport_size({"width": 1600, "height": 900})
    alone = json.loads(page.evaluate(WHAT_IS_THE_KITS))
    assert len(alone) > 500
    page.goto(f"/gallery/{host}/states/")
    there = json.loads(page.evaluate(WHAT_IS_THE_KITS))
    differences = {
        f"{element[0]} {one}, not {other}"
        for element, same in zip(there, alone, strict=True)
        for one, other in zip(element, same, strict=True)
        if one != other
    }
    # By !important Pico makes room for its mark in what is invalid.
    padding = "preferences-error select.themis-select padding-"
    differences = {each for each in differences if host != "pico" or not each.startswith(padding)}
    assert not differences, "\n".join(sorted(differences))


def test_bell_panel_and_list_are_readable_and_of_their_size_on_the_other_hosts(visit, ana, three):
    page = visit(ana, "/gallery/", color_scheme="dark", **STILL)
    for path in OTHERS:
        page.goto(f"/gallery/{path}")
        panel = open_panel(page)
        assert page.evaluate(FAINT, ".themis") == [], path
        assert panel.bounding_box()["width"] == 420, path
        sizes = "titles => titles.map((title) => getComputedStyle(title).fontSize)"
        titles = page.locator(".themis-item__title")
        assert titles.evaluate_all(sizes) == 6 * ["14px"], path


@pytest.mark.parametrize("look", LOOKS)
def test_every_state_has_enough_contrast_and_large_controls(visit, ana, look):
    page = visit(ana, look % "states/")
    assert page.evaluate(FAINT, ".gallery-state__stage") == []
    assert page.evaluate(TARGETS, ".gallery-state__stage") == []


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_gallery_pages_do_not_overflow_at_320_pixels(visit, ana, three, host, locale):
    page = visit(ana, viewport={"width": 320, "height": 640}, locale=locale)
    wide = []
    for path in PAGES:
        page.goto(f"/gallery/{host}/{path}")
        if page.evaluate(OVERFLOW) > 0:
            wide.append(path)
    assert wide == []


def test_bell_in_the_admin_opens_a_readable_panel(visit, everywhere, three):
    page = visit(everywhere, "/admin/")
    shown = open_panel(page)
    expect(item(shown, "Third")).to_be_visible()
    assert page.evaluate(FAINT, "[data-themis-panel]") == []
