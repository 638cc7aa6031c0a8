"""Faults that were found in other people's admins, each on a plain page."""

import pytest

from e2e.test_hosts import FAINT

# As pure as a screen can show them. A theme of Bootswatch has #c00 for its danger.
STRONG = ["#f00", "#c00", "#f04", "#f0f", "#80f", "#00f", "#0ff", "#0f0", "#ff0", "#f40"]
SET = """(colour) => {
  for (const name of ["info", "success", "warning", "danger", "link-color"]) {
    document.documentElement.style.setProperty(`--bs-${name}`, colour);
  }
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_strong_colours_of_a_host_are_readable_as_text(visit, ana, scheme):
    page = visit(ana, f"/gallery/bootstrap/states/?scheme={scheme}")
    faint = {}
    for colour in STRONG:
        page.evaluate(SET, colour)
        faint[colour] = page.evaluate(FAINT, ".gallery-state__stage")
    assert {colour: words for colour, words in faint.items() if words} == {}
