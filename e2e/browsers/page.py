"""A page in a browser, and the parts of it that a person sees."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from e2e.browsers.waiting import wait_until

KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "ArrowDown": "\ue015",
    "ArrowRight": "\ue014",
    "Space": " ",
}

# The elements that are seen and have these words in their name, or in their text.
FIND = """
  const words = (element) => element?.textContent ?? "";
  const name = (element) => element.ariaLabel
    ?? [...(element.labels ?? [])].map(words).join(" ")
    + (element.getAttribute("aria-labelledby") ?? "").split(" ")
      .map((id) => words(document.getElementById(id))).join(" ");
  const told = (element) => `${name(element) || words(element)}`.replace(/\\s+/g, " ").trim();
  const found = [...document.querySelectorAll(css)].filter((element) =>
    element.checkVisibility({ visibilityProperty: true }) && told(element).includes(text));
"""

# The middle of an element, in the window, if a person who presses there would meet it.
POINT = """([element]) => {
  if (!element) return null;
  const middle = () => {
    const box = element.getClientRects()[0];
    return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
  };
  let [x, y] = middle();
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    [x, y] = middle();
  }
  const met = document.elementFromPoint(x, y);
  return element.contains(met) || met?.contains(element) ? [x, y] : null;
}"""


class Page:
    """A window of a browser."""

    def __init__(self, driver, address):
        self.driver, self.address = driver, address
        self.window = driver.open_window()

    def goto(self, path):
        self.driver.go_to(self.window, self.address + path)
        return self

    def back(self):
        self.driver.go_back(self.window)

    def forward(self):
        self.driver.go_forward(self.window)

    def second_window(self, path):
        return Page(self.driver, self.address).goto(path)

    def resize(self, width, height):
        self.driver.resize(self.window, width, height)

    def run(self, function, *arguments):
        return self.driver.run(self.window, function, *arguments)

    @property
    def path(self):
        parts = urlsplit(self.run("() => location.href"))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def title(self):
        return self.run("() => document.title")

    def part(self, css, text=""):
        return Part(self, css, text)

    def button(self, text, inside=""):
        return self.part(f"{inside} button, {inside} summary", text)

    def link(self, text, inside=""):
        return self.part(f"{inside} a[href]", text)

    def item(self, title, inside="[data-themis-panel]"):
        return self.part(f"{inside} .themis-item", title)

    @property
    def bell(self):
        return self.part(".themis-bell__button", "Notifications")

    @property
    def panel(self):
        return self.part("[data-themis-panel]")

    def open_panel(self):
        self.part("button.themis-bell__button").click()
        self.part("[data-themis-panel] .themis-panel__head").expect(1)
        return self.panel

    def press(self, *names):
        for name in names:
            value = KEYS[name]
            presses = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
            self.driver.act(self.window, [{"type": "key", "id": "keys", "actions": presses}])

    def point(self, x, y, *, press=False, by="mouse"):
        actions = [{"type": "pointerMove", "duration": 0, "x": x, "y": y}]
        if press:
            actions += [{"type": each, "button": 0} for each in ("pointerDown", "pointerUp")]
        pointer = {"type": "pointer", "id": by, "parameters": {"pointerType": by}}
        self.driver.act(self.window, [pointer | {"actions": actions}])

    def expect_unread(self, count):
        name = f"Notifications, {count} unread" if count else "Notifications"
        wait_until(lambda: self.bell.names() == [name])
        self.part(".themis-badge", str(count or "")).expect(1 if count else 0)


@dataclass(frozen=True)
class Part:
    """What is seen of a page and matches a selector, with these words in it."""

    page: Page
    css: str
    text: str = ""

    def ask(self, function, *rest):
        """Call a function of JavaScript with the elements."""
        call = f"(css, text, ...rest) => {{ {FIND} return ({function})(found, ...rest); }}"
        return self.page.run(call, self.css, self.text, *rest)

    def names(self):
        return self.ask("(found) => found.map(told)")

    def expect(self, count):
        """Wait until so many are seen."""
        try:
            wait_until(lambda: len(self.names()) == count)
        except AssertionError:
            seen = f"{self.css} {self.text!r}: {self.names()}, not {count}"
            raise AssertionError(f"{seen}, at {self.page.path}") from None
        return self

    def expect_words(self, words):
        """Wait until these words are in it."""
        wait_until(lambda: any(words in each for each in self.ask("(found) => found.map(words)")))
        return self

    def place(self):
        """Wait until it can be pressed and no longer moves; return its middle."""
        previous = []

        def rest():
            at = self.ask(POINT)
            previous.append(at)
            return at if at and previous[-2:] == [at, at] else None

        try:
            return wait_until(rest)
        except AssertionError:
            raise AssertionError(f"{self.css} {self.text!r} could not be pressed") from None

    def hover(self):
        self.page.point(*self.place())
        return self

    def click(self):
        self.hover()
        # What it does where the pointer is may have moved it.
        self.page.point(*self.place(), press=True)
        return self

    def tap(self):
        self.page.point(*self.place(), press=True, by="touch")
        return self

    def focus(self):
        self.expect(1).ask("([element]) => element.focus()")
        return self

    def expect_focus(self):
        wait_until(lambda: self.ask("(found) => found.includes(document.activeElement)"))

    def box(self):
        return self.expect(1).ask("([element]) => element.getBoundingClientRect().toJSON()")

    def style(self, name):
        return self.expect(1).ask("([e], name) => getComputedStyle(e)[name]", name)
