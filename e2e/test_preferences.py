import pytest
from playwright.sync_api import expect

from e2e.screen import ALERTS, choose
from tests.helpers.daily import daily
from themis.models import UserProfile


@pytest.fixture(
    params=daily(["/notifications/preferences/", "/settings/"], ["/settings/"]),
    ids=["kit page", "project page"],
)
def page(request, visit, ana, htmx):
    return visit(ana, request.param, script=ALERTS)


def saved(page):
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


def stored(ana):
    return UserProfile.objects.get(user=ana)


def test_no_notification_arrives_while_notifications_are_turned_off(page, notify, ana):
    page.get_by_role("switch", name="Notifications").uncheck()
    saved(page)
    assert notify("Anything", level="danger") is None
    page.get_by_role("switch", name="Notifications").check()
    expect(page.get_by_role("switch", name="Notifications")).to_be_checked()
    saved(page)
    assert notify("Anything") is not None


def test_choosing_needs_attention_stops_levels_below_warning(page, notify, ana):
    choose(page, "Needs attention")
    saved(page)
    assert notify("Quiet", level="success") is None
    assert notify("Loud", level="warning") is not None


def test_choosing_urgent_only_stops_levels_below_danger(page, notify):
    choose(page, "Urgent only")
    saved(page)
    assert notify("Loud", level="warning") is None
    assert notify("Louder", level="danger") is not None


def test_full_text_of_desktop_alerts_is_remembered(page, ana):
    page.get_by_role("switch", name="Say what it is about").check()
    saved(page)
    assert stored(ana).browser_notifications_full_text


def test_choice_of_desktop_alerts_is_remembered(page, ana):
    page.get_by_role("switch", name="Desktop alerts").check()
    saved(page)
    assert stored(ana).browser_notifications_enabled


def test_choice_of_retention_is_remembered(page, ana):
    page.get_by_label("Keep read notifications").select_option(label="30 days")
    saved(page)
    assert stored(ana).notification_retention_days == 30
    page.reload()
    expect(page.get_by_label("Keep read notifications")).to_have_value("30")


def test_saving_a_preference_keeps_the_focus(page):
    choice = page.get_by_role("radio", name="Everything")
    choice.focus()
    page.keyboard.press("ArrowRight")
    saved(page)
    expect(page.get_by_role("radio", name="Needs attention")).to_be_focused()
    expect(page.get_by_role("radio", name="Needs attention")).to_be_checked()


def test_second_preference_chosen_during_a_save_shows_no_error(page, ana):
    held, asked = [], []
    page.route("**/preferences/form/", lambda route: _hold_first(route, held, asked))
    choose(page, "Urgent only")
    choose(page, "Needs attention")
    saved(page)
    assert asked == ["POST", "POST"]
    expect(page.locator("[data-themis-action-error]:visible")).to_have_count(0)
    expect(page.get_by_role("radio", name="Needs attention")).to_be_checked()


def _hold_first(route, held, asked):
    asked.append(route.request.method)
    if held:
        route.continue_()
    held.append(route)


def test_saving_in_one_tab_keeps_a_preference_chosen_in_another(page, ana):
    other = page.context.new_page()
    other.goto(page.url)
    choose(other, "Urgent only")
    saved(other)
    expect(page.get_by_role("radio", name="Urgent only Errors")).to_be_checked()
    page.get_by_role("switch", name="Say what it is about").check()
    saved(page)
    assert stored(ana).notifications_min_level == "danger"
    expect(other.get_by_role("switch", name="Say what it is about")).to_be_checked()
