"""Preferences, toasts, other windows, the policy and the looks, in Firefox and in WebKit."""

import pytest
from django.contrib.sessions.models import Session

from e2e.browsers.waiting import wait_until
from e2e.test_hosts import FAINT
from themis.models import UserProfile

# Whether an element is as wide as its words are in a paragraph of the same font.
IS_AS_WIDE_AS_ITS_WORDS = """([element]) => {
  const width = (each) => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return range.getBoundingClientRect().width;
  };
  const probe = document.body.appendChild(document.createElement("p"));
  probe.textContent = element.textContent.trim();
  probe.style.cssText = `width: max-content; font: ${getComputedStyle(element).font}`;
  return Math.abs(width(element) - width(probe)) < 2;
}"""
PANEL = "[data-themis-panel]"
FORM = "#themis-preferences"


def test_preference_is_saved_when_it_is_chosen(visit, ana):
    page = visit(ana, "/notifications/preferences/")
    page.part(f"{FORM} .themis-choice", "Urgent only").click()
    page.part(".themis-saved").expect_words("Saved")
    assert UserProfile.objects.get(user=ana).notifications_min_level == "danger"
    page.part(f"{FORM} input[role=switch]", "Notifications").click()
    wait_until(lambda: not UserProfile.objects.get(user=ana).notifications_enabled)


def test_preference_is_chosen_by_keyboard_and_keeps_the_focus(visit, ana):
    page = visit(ana, "/notifications/preferences/")
    page.part(f"{FORM} input[type=radio]", "Everything").focus()
    page.press("ArrowRight")
    page.part(".themis-saved").expect_words("Saved")
    page.part(f"{FORM} input[type=radio]:checked", "Needs attention").expect_focus()


def test_toast_comes_up_with_a_new_notification_and_is_closed(visit, ana, notify):
    page = visit(ana, "/team/?bell=loud")
    page.part("button.themis-bell__button").expect(1)
    notify("Disk full", level="danger")
    page.part(".themis-toast", "Disk full").expect(1)
    wait_until(lambda: page.title.startswith("(1) Team"))
    page.button("Close: Disk full", ".themis-toast").click()
    page.part(".themis-toast").expect(0)
    page.expect_unread(1)


def test_click_on_a_toast_follows_its_link_and_marks_it_read(visit, ana, notify):
    page = visit(ana, "/team/?bell=loud")
    page.part("button.themis-bell__button").expect(1)
    notify("Look here", url="/requests/")
    page.link("Look here", ".themis-toast").click()
    wait_until(lambda: page.path == "/requests/")
    page.expect_unread(0)


def test_notification_read_in_one_window_is_shown_read_in_another(visit, ana, three, without_polls):
    page = visit(ana, "/notifications/")
    other = page.second_window("/team/")
    other.open_panel()
    other.item("Second").hover()
    other.button("Mark as read: Second", PANEL).click()
    page.part("main .themis-dot").expect(2)
    page.expect_unread(2)


def test_signing_out_clears_the_notifications_in_every_other_window(
    visit, ana, three, without_polls
):
    page = visit(ana)
    page.open_panel()
    page.item("Second").expect(1)
    other = page.second_window("/team/")
    other.button("Log out").click()
    page.part(".themis-item").expect(0)
    page.part(".themis-badge").expect(0)
    page.link("Sign in to see your notifications").expect(1)


def test_ended_session_turns_the_bell_into_a_link_to_sign_in(visit, ana, notify):
    page = visit(ana)
    Session.objects.all().delete()
    notify("Unseen")
    page.link("Sign in to see your notifications").click()
    wait_until(lambda: page.path == "/accounts/login/?next=/")


def test_change_is_shown_at_once_by_the_stream(visit, ana, notify, live, without_polls):
    page = visit(ana, "/team/", through=live)
    wait_until(lambda: live.open)
    notify("News")
    page.expect_unread(1)


def test_strict_policy_is_in_force_and_the_kit_never_offends_it(visit, ana, three, complaints):
    page = visit(ana, "/team/?bell=loud")
    page.open_panel()
    page.item("Third").expect(1)
    assert complaints == []
    page.run(
        "() => { const script = document.createElement('script');"
        " script.textContent = 'window.ran = true'; document.body.append(script); }"
    )
    wait_until(lambda: complaints)
    assert complaints.pop().startswith("script-src")
    assert not page.run("() => window.ran")


@pytest.mark.parametrize("path", ["", "list/", "preferences/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_in_the_light_and_in_the_dark(visit, ana, three, scheme, path):
    page = visit(ana, f"/gallery/bare/{path}?scheme={scheme}")
    if not path:
        page.open_panel()
        page.item("Third").expect(1)
        ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 30, 36)"}[scheme]
        assert page.panel.style("backgroundColor") == ground
    # A colour may be on its way yet.
    wait_until(lambda: page.run(FAINT, ".themis") == [])


def test_panel_is_mirrored_in_a_language_from_right_to_left(visit, ana, three):
    page = visit(ana, "/team/", language="ar")
    page.part("button.themis-bell__button").click()
    page.item("Third").expect(1)
    bell, panel = page.part("[data-themis-bell]").box(), page.panel.box()
    assert abs(panel["left"] - bell["left"]) < 2
    disc = page.part(f"{PANEL} .themis-item:first-of-type .themis-disc").box()
    assert disc["left"] > panel["left"] + panel["width"] / 2
    badge = page.part(".themis-badge").box()
    assert badge["left"] < bell["left"] + bell["width"] / 2
    page.press("Escape")
    page.panel.expect(0)


def test_letters_of_arabic_are_joined(visit, ana, three):
    """A first letter that stands apart makes a word wider or narrower."""
    page = visit(ana, "/gallery/bare/list/?lang=ar")
    for part in (".themis-day__name", ".themis-chip--on"):
        assert page.part(f"main {part}").ask(IS_AS_WIDE_AS_ITS_WORDS), part
