"""No rule of a host's stylesheet changes anything inside the kit, whatever it names."""

from itertools import product

import pytest

from scripts.pictures import difference

pytestmark = pytest.mark.seldom

STATES = ["bell-3", "panel-new", "panel-loading", "panel-empty", "item-menu", "toasts"]
STATES += ["notice-read", "notice-failed", "list-filtered", "list", "preferences-sources"]

ELEMENTS = [
    *("*", "a", "article", "b", "bdi", "button", "code", "details", "div", "em", "fieldset"),
    *("footer", "form", "h1", "h2", "h3", "header", "i", "img", "input", "label", "legend", "li"),
    *("main", "nav", "ol", "option", "p", "section", "select", "small", "span", "strong"),
    *("summary", "svg", "symbol", "path", "circle", "use", "template", "time", "ul"),
]
ATTRIBUTES = [
    *("[aria-current]", "[aria-hidden]", "[aria-label]", "[aria-pressed]", "[class]", "[dir]"),
    *('[class*="item"]', '[class^="themis"]', "[data-themis-item]", "[for]", "[height]"),
    *("[hidden]", "[href]", "[id]", "[lang]", '[method="post"]', "[name]", "[open]", "[popover]"),
    *("[role]", '[role="group"]', '[role="status"]', '[role="switch"]', "[title]", "[width]"),
    *('[type="button"]', '[type="checkbox"]', '[type="hidden"]', '[type="radio"]', "[value]"),
]
CONDITIONS = [":checked", ":empty", ":enabled", ":first-child", ":last-child", ":link", ":not(x)"]
PSEUDO_ELEMENTS = [
    *("::before", "::after", "::marker", "::first-letter", "::first-line", "::backdrop"),
]

RULES = {
    "box": """
        display: flex; position: relative; float: right; inset: 3px; width: 77%; min-width: 300px;
        height: 99px; min-height: 50px; max-width: 40ch; margin: 3rem 7px; padding: 2rem; gap: 9px;
        border: 3px dashed red; border-radius: 30px; box-sizing: content-box; overflow: scroll;
        transform: rotate(2deg); zoom: 1.1; z-index: 9; flex: 1 0 50%; flex-wrap: wrap-reverse;
        align-self: center; vertical-align: top; object-fit: fill; clip-path: inset(5px);
        columns: 2; translate: 3px; rotate: 9deg; aspect-ratio: 3; max-height: 20px; order: 3""",
    "text": """
        color: red; font: italic 900 30px / 3 monospace; letter-spacing: 5px; word-spacing: 9px;
        text-align: right; text-decoration: line-through; text-indent: 40px; quotes: none;
        text-shadow: 1px 1px red; text-transform: uppercase; white-space: pre; hyphens: auto;
        overflow-wrap: anywhere; word-break: break-all; -webkit-line-clamp: 1; tab-size: 2;
        text-underline-offset: 9px; font-variant: small-caps; text-overflow: ellipsis;
        caret-color: red; line-height: 1""",
    "mark": """
        content: "!"; background: red linear-gradient(red, blue); box-shadow: 2px 2px 9px red;
        outline: 5px solid red; opacity: 0.3; filter: blur(2px); appearance: none; scale: 1.1;
        list-style: square inside; transition: all 9s; animation: themis-leave 9s; fill: red;
        stroke: blue; stroke-width: 9; stroke-dasharray: 3; fill-opacity: 0.5; cursor: wait;
        visibility: hidden; pointer-events: none; user-select: none; accent-color: red;
        mix-blend-mode: difference; mask: linear-gradient(red, blue); will-change: opacity;
        stroke-linecap: butt; stroke-linejoin: bevel; paint-order: stroke""",
}

# The sheet of the host comes before the kit's or after it; there is one at a time.
PUT = """([css, isFirst]) => {
  const sheet = document.querySelector("#host-sheet") ?? document.createElement("style");
  sheet.id = "host-sheet";
  if (sheet.textContent !== css) sheet.textContent = css;
  document.head[isFirst ? "prepend" : "append"](sheet);
}"""

# All that the browser computes for each element of the kit but the outermost ones, which a host may
# place. Of pseudo-elements a few properties of each kind are enough, and reading them takes long.
# Returns the elements whose style is not as it was at the last call, each with what is different.
COMPARE = """([states, pseudoElements]) => {
  const some = ["content", "color", "background-color", "font-size", "float", "margin-left"];
  const read = (style, names) => names.map((each) => `${each}: ${style.getPropertyValue(each)}`);
  const all = [...getComputedStyle(document.body)];
  const inStates = states.map((state) => `#${state} .themis *`).join(", ");
  const now = [...document.querySelectorAll(inStates)].flatMap((element) => {
    const own = getComputedStyle(element);
    const state = element.closest(".gallery-state").id;
    const name = `${state} ${element.localName}.${element.getAttribute("class") ?? ""}`;
    const isBlock = own.display.includes("block") || own.display === "list-item";
    const isThere = {
      "::before": true,
      "::after": true,
      "::marker": own.display === "list-item",
      "::first-letter": isBlock,
      "::first-line": isBlock,
      "::backdrop": element.hasAttribute("popover"),
    };
    const pseudos = pseudoElements.filter((pseudo) => isThere[pseudo]);
    return [
      [name, read(own, all)],
      ...pseudos.map((pseudo) => [name + pseudo, read(getComputedStyle(element, pseudo), some)]),
    ];
  });
  const then = window.lastStyles ?? now;
  window.lastStyles = now;
  const changed = now.map(([name, style], at) => {
    const words = style.filter((words, number) => words !== then[at][1][number]);
    return words.length ? [name, words.slice(0, 6)] : null;
  });
  return { number: now.length, changed: changed.filter(Boolean) };
}"""


@pytest.fixture
def gallery(visit, db):
    """Every component in every state, in a browser that takes foreign sheets."""
    options = {"reduced_motion": "reduce", "viewport": {"width": 1280, "height": 900}}
    return visit(None, "/gallery/bare/states/", bypass_csp=True, **options)


@pytest.mark.parametrize("kind", RULES)
def test_no_rule_of_a_host_changes_anything_inside_the_kit(gallery, kind):
    assert gallery.evaluate(COMPARE, [STATES, PSEUDO_ELEMENTS])["number"] > 1_000
    for is_first in (True, False):
        gallery.evaluate(PUT, [hostile_sheet(RULES[kind]), is_first])

        changed = gallery.evaluate(COMPARE, [STATES, PSEUDO_ELEMENTS])["changed"]

        place = "before the kit's" if is_first else "after the kit's"
        lines = (f"{place}: {name}: {', '.join(style)}" for name, style in changed[:40])
        assert not changed, "\n".join(lines)


def test_rules_of_a_host_reach_the_element_that_a_project_calls_its_own(gallery):
    gallery.evaluate("document.querySelector('#list .themis-item__title').className = 'themis-own'")
    gallery.evaluate(COMPARE, [["list"], []])
    gallery.evaluate(PUT, [hostile_sheet(RULES["text"]), True])

    changed = gallery.evaluate(COMPARE, [["list"], []])["changed"]

    assert "list p.themis-own" in dict(changed)


def test_icons_look_the_same_whatever_a_host_says_of_drawings(gallery):
    items = gallery.locator("#items .gallery-state__stage")
    before = items.screenshot(animations="disabled")
    places = ("svg *", "symbol", "path")
    rules = [f"{each}:not(#host) {{ {RULES[kind]} }}" for kind in RULES for each in places]
    gallery.evaluate(PUT, ["\n".join(rules), False])

    # Chromium smooths the same edges in other ways; a filled icon comes to 2 and more.
    assert difference(items.screenshot(animations="disabled"), before) < 0.3


def hostile_sheet(declarations):
    """Return a sheet whose rules weigh as much as an id; it leaves out the outermost elements."""
    selectors = product([*ELEMENTS, *ATTRIBUTES, *CONDITIONS], ["", *PSEUDO_ELEMENTS])
    rules = (f":where(.themis) {one}:not(#host){pseudo}" for one, pseudo in selectors)
    return "\n".join(f"{rule} {{ {declarations} }}" for rule in rules)
