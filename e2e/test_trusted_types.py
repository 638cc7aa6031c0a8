"""Trusted Types beside the strict policy, with the one policy of the page that htmx needs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel, settle
from example import csp

# Each page remembers who wrote HTML, and which scripts were loaded, whatever its policy says.
RECORD = """
window.writers = [];
window.scripts = [];
const make = trustedTypes.createPolicy.bind(trustedTypes);
trustedTypes.createPolicy = (name, { createHTML, createScriptURL }) => make(name, {
  createHTML(html) {
    window.writers.push(new Error().stack.split("\\n")[2]);
    return createHTML(html);
  },
  createScriptURL(address) {
    window.scripts.push(new URL(address, location.href).pathname);
    return createScriptURL(address);
  },
});
"""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "csp.md"


def policy_of_the_page():
    """The script that docs/csp.md shows, and what it adds to the strict policy."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## Trusted Types\n")[2]
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", section, re.M | re.S)
    return blocks[0][1], blocks[1][1].strip()


@pytest.fixture(autouse=True)
def _trusted_types(monkeypatch):
    monkeypatch.setattr(csp, "POLICY", f"{csp.POLICY}; {policy_of_the_page()[1]}")


def assert_only_htmx_writes_html(page):
    settle(page)
    writers = page.evaluate("window.writers")
    assert writers, "nothing was written, so nothing was tried"
    assert [line for line in writers if "/django_htmx/htmx" not in line] == []


def test_kit_works_under_trusted_types_and_only_htmx_writes_html(visit, ana, notify, three, htmx):
    page = visit(ana, "/team/?bell=loud", script=RECORD + policy_of_the_page()[0])
    act(open_panel(page), "Second", "Mark as read")
    expect_unread(page, 2)
    notify("Fourth", level="danger")
    expect(page.locator(".themis-toast")).to_have_count(1)
    assert_only_htmx_writes_html(page)

    page.goto("/notifications/")
    act(page.locator("main"), "First", "Dismiss")
    expect(item(page.locator("main"), "First")).to_have_count(0)
    assert_only_htmx_writes_html(page)

    page.goto("/notifications/preferences/")
    page.get_by_role("radio", name="Needs attention").press(" ")
    settle(page)
    assert any("/themis_htmx/preferences" in path for path in page.evaluate("window.scripts"))
