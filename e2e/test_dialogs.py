"""Toasts above a modal dialog of the page, where they can be pressed."""

import re

import pytest
from playwright.sync_api import expect

from e2e.screen import bell

pytestmark = pytest.mark.seldom

DIALOG = """() => {
  const dialog = document.createElement("dialog");
  const close = document.createElement("button");
  close.textContent = "Close the dialog";
  close.addEventListener("click", () => dialog.close());
  dialog.append(close);
  document.querySelector("main").append(dialog);
  dialog.showModal();
}"""


@pytest.fixture
def page(visit, ana, htmx):
    page = visit(ana, "/team/?bell=loud")
    expect(bell(page)).to_be_visible()
    return page


def toast(page, title):
    return page.locator(".themis-toast:visible", has_text=title)


def close(page, title):
    toast(page, title).get_by_role("button", name=f"Close: {title}").click()
    expect(toast(page, title)).to_have_count(0)


def test_a_toast_that_arrives_over_a_modal_dialog_can_be_closed(page, notify):
    page.evaluate(DIALOG)
    notify("Disk full", level="danger")
    close(page, "Disk full")
    expect(page.locator("dialog")).to_be_visible()


def test_a_toast_that_was_there_can_be_closed_once_a_dialog_is_open(page, notify):
    notify("Disk full", level="danger")
    expect(toast(page, "Disk full")).to_be_visible()
    page.evaluate(DIALOG)
    close(page, "Disk full")


def test_a_toast_stays_when_the_dialog_closes(page, notify):
    page.evaluate(DIALOG)
    notify("Disk full", level="danger")
    expect(toast(page, "Disk full")).to_be_visible()
    page.get_by_role("button", name="Close the dialog").click()
    close(page, "Disk full")


def test_toasts_arrive_after_a_dialog_was_removed_with_some(page, notify):
    page.evaluate(DIALOG)
    notify("Disk full", level="danger")
    expect(toast(page, "Disk full")).to_be_visible()
    page.evaluate("document.querySelector('dialog').remove()")
    notify("Disk on fire", level="danger")
    close(page, "Disk on fire")


def test_a_toast_over_a_dialog_leads_where_it_says(page, notify):
    page.evaluate("document.body.setAttribute('hx-boost', 'true')")
    page.evaluate("window.kept = true")
    page.evaluate(DIALOG)
    notify("Look here", level="danger", url="/requests/")
    toast(page, "Look here").get_by_role("link", name="Look here").click()
    expect(page).to_have_url(re.compile("/requests/$"))
    assert page.evaluate("window.kept") is None


def test_a_header_that_frames_what_is_fixed_in_it_does_not_cut_toasts_off(page, notify):
    page.evaluate(
        "document.querySelector('header').style.cssText = 'filter: blur(0); height: 60px'"
    )
    notify("Disk full", level="danger")
    expect(toast(page, "Disk full")).to_be_visible()
    box = toast(page, "Disk full").bounding_box()
    size = page.viewport_size
    assert 0 < size["width"] - box["x"] - box["width"] < 40
    assert 0 < size["height"] - box["y"] - box["height"] < 40
    close(page, "Disk full")
