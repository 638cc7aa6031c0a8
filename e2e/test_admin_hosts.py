"""Faults that were found in other people's admins, each on a plain page."""

import pytest

from e2e.test_hosts import FAINT

pytestmark = pytest.mark.seldom

# A background that is on its way to another colour would be measured half way.
STILL = {"reduced_motion": "reduce"}

# As pure as a screen can show them. A theme of Bootswatch has #c00 for its danger.
STRONG = ["#f00", "#c00", "#f0f", "#00f", "#0f0"]
SET = """(colour) => {
  for (const name of ["info", "success", "warning", "danger", "link-color"]) {
    document.documentElement.style.setProperty(`--bs-${name}`, colour);
  }
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_strong_colours_of_a_host_are_readable_as_text(visit, ana, scheme):
    page = visit(ana, f"/gallery/bootstrap/states/?scheme={scheme}", **STILL)
    faint = {}
    for colour in STRONG:
        page.evaluate(SET, colour)
        faint[colour] = page.evaluate(FAINT, ".gallery-state__stage")
    assert {colour: words for colour, words in faint.items() if words} == {}


# As Bootswatch's Darkly has them on a page that does not ask for Bootstrap's dark mode.
DARKLY = """() => {
  const colours = { "body-bg": "#222", "body-color": "#fff", "link-color": "#00bc8c",
    info: "#3498db", success: "#00bc8c", warning: "#f39c12", danger: "#e74c3c" };
  for (const [name, colour] of Object.entries(colours)) {
    document.documentElement.style.setProperty(`--bs-${name}`, colour);
  }
}"""


def test_a_dark_theme_that_does_not_say_so_is_readable(visit, ana):
    page = visit(ana, "/gallery/bootstrap/states/?scheme=light", **STILL)
    page.evaluate(DARKLY)
    assert page.evaluate(FAINT, ".gallery-state__stage") == []
