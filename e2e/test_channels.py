"""What a person chooses by source and channel, and the hours in which nothing interrupts."""

import copy
import re
from datetime import time

import pytest
from django.conf import settings as project
from playwright.sync_api import expect

from e2e.axe import violations
from e2e.screen import choose, go_boosted, settle, wait_until
from tests.helpers.daily import daily
from themis.models import UserProfile
from themis_htmx import outlets
from themis_htmx.models import SourcePreference
from themis_htmx.models.profile import stored as stored_profile
from themis_htmx.policies import Channel

PATHS = ["/notifications/preferences/", "/settings/"]
BERLIN = {"timezone_id": "Europe/Berlin"}
SECURITY = {"name": "Security", "required": ["bell", "email"]}


@pytest.fixture(autouse=True)
def site_in_utc(settings):
    """The site's time zone is another one than the browser's, also at a moment of Berlin's."""
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def mails():
    """An outlet that adds the column for e-mail."""
    before = dict(outlets._registered)
    outlet = outlets.Outlet()
    outlet.name, outlet.columns = "test", (Channel.EMAIL,)
    outlets.register(outlet)
    yield outlet
    outlets._registered.clear()
    outlets._registered.update(before)


@pytest.fixture(params=daily(PATHS, PATHS[:1]), ids=["kit page", "project page"])
def page(request, visit, ana, htmx, mails, settings):
    settings.THEMIS_SOURCES = {"tasks": "Tasks", "security": SECURITY}
    return visit(ana, request.param, **BERLIN)


def switch(page, name):
    return page.get_by_role("switch", name=name, exact=True)


def row(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def saved(page):
    expect(page.get_by_role("status").get_by_text("Saved")).to_be_in_viewport()


def stored(ana):
    columns = ("source_app", "bell", "desktop", "email", "including_urgent")
    return {each[0]: each[1:] for each in SourcePreference.objects.values_list(*columns)}


def quiet(ana):
    profile = UserProfile.objects.get(user=ana)
    return profile.quiet_from, profile.quiet_to, profile.time_zone


def tell_zone(outlet, settings, tmp_path):
    """Have a section of the preferences tell the zone by which it goes."""
    (tmp_path / "clock.html").write_text("<p>It is told in {{ zone }}</p>")
    settings.TEMPLATES = copy.deepcopy(project.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"] = [tmp_path]
    outlet.preferences_section = lambda request: outlets.Section(
        "clock.html", {"zone": stored_profile(request.user).zone}
    )


def start(page):
    return page.get_by_role("group", name="Quiet hours").get_by_label("From")


def end(page):
    return page.get_by_role("group", name="Quiet hours").get_by_label("Until")


def zone(page):
    return page.get_by_label("Time zone")


# The table of sources


def test_switch_of_a_source_is_saved_at_once_and_keeps_the_focus(page, ana):
    for name in ("Tasks: E-mail", "Tasks: Desktop"):
        switch(page, name).press("Space")
        expect(switch(page, name)).not_to_be_checked()
        expect(switch(page, name)).to_be_focused()
        saved(page)
    assert stored(ana) == {"tasks": (None, False, False, False)}

    switch(page, "Tasks: E-mail").press("Enter")
    expect(switch(page, "Tasks: E-mail")).to_be_checked()
    switch(page, "Tasks: Desktop").click()
    expect(switch(page, "Tasks: Desktop")).to_be_checked()
    saved(page)
    assert stored(ana) == {}


def test_source_that_is_off_in_the_bell_says_so_and_keeps_its_other_choices(page, ana, notify):
    switch(page, "Tasks: E-mail").click()
    expect(switch(page, "Tasks: E-mail")).not_to_be_checked()
    switch(page, "Tasks: Bell").click()
    expect(row(page, "Tasks")).to_contain_text("Off: only urgent ones arrive")
    expect(switch(page, "Tasks: Bell")).to_be_focused()
    for name in ("Tasks: Desktop", "Tasks: E-mail"):
        expect(switch(page, name)).to_be_disabled()
        expect(switch(page, name)).not_to_be_checked()
    assert notify("Quiet") is None
    assert notify("Loud", level="danger") is not None

    switch(page, "Tasks: Urgent ones always").click()
    expect(row(page, "Tasks")).to_contain_text("Off: nothing arrives")
    assert notify("Loud", level="danger") is None

    switch(page, "Tasks: Bell").click()
    expect(switch(page, "Tasks: Desktop")).to_be_checked()
    expect(switch(page, "Tasks: E-mail")).not_to_be_checked()
    expect(switch(page, "Tasks: E-mail")).to_be_enabled()


def test_channel_that_a_source_requires_is_shown_as_always_on(page):
    for channel in ("Bell", "E-mail"):
        required = switch(page, f"Security: {channel}, always on")
        expect(required).to_be_checked()
        expect(required).to_be_disabled()
    expect(row(page, "Security").get_by_text("Always on")).to_have_count(2)
    expect(switch(page, "Security: Desktop")).to_be_enabled()


def test_choice_for_a_source_in_one_tab_shows_in_another(page, ana):
    other = page.context.new_page()
    other.goto(page.url)
    switch(other, "Tasks: Bell").click()
    saved(other)
    expect(switch(page, "Tasks: Bell")).not_to_be_checked()
    expect(switch(page, "Tasks: Desktop")).to_be_disabled()
    switch(page, "Tasks: Urgent ones always").click()
    expect(switch(other, "Tasks: Urgent ones always")).not_to_be_checked()
    assert stored(ana) == {"tasks": (False, None, None, True)}


def test_press_in_a_page_that_is_out_of_date_does_what_its_switch_shows(page, ana):
    SourcePreference.objects.mute(ana, "tasks")
    switch(page, "Tasks: Bell").click()
    saved(page)
    expect(switch(page, "Tasks: Bell")).not_to_be_checked()
    assert stored(ana) == {"tasks": (False, None, None, False)}


def test_quick_presses_on_several_switches_are_all_stored_and_shown(page, ana):
    for channel in ("Desktop", "E-mail"):
        switch(page, f"Tasks: {channel}").click()
    switch(page, "Security: Desktop").click()
    for name in ("Tasks: Desktop", "Tasks: E-mail", "Security: Desktop"):
        expect(switch(page, name)).not_to_be_checked()
    settle(page)
    assert stored(ana) == {
        "tasks": (None, False, False, False),
        "security": (None, False, None, False),
    }


def test_choice_for_a_source_keeps_the_rest_of_the_form(page, ana):
    choose(page, "Needs attention")
    saved(page)
    switch(page, "Tasks: Bell").click()
    expect(row(page, "Tasks")).to_contain_text("Off")
    expect(page.get_by_role("radio", name="Needs attention")).to_be_checked()


def test_channel_that_has_become_required_comes_back_on(page, ana, settings, foreseen):
    foreseen += ["400", "^That did not work"]
    settings.THEMIS_SOURCES = {"tasks": SECURITY | {"name": "Tasks"}}
    switch(page, "Tasks: Bell").click()
    expect(switch(page, "Tasks: Bell, always on")).to_be_checked()
    expect(page.locator(".themis-preferences").get_by_text("That did not work")).to_be_visible()
    assert stored(ana) == {}


@pytest.mark.parametrize("path", daily(PATHS, PATHS[:1]))
def test_source_is_turned_off_and_on_without_javascript(visit, ana, notify, mails, path):
    page = visit(ana, path, java_script_enabled=False, viewport={"width": 390, "height": 500})
    switch(page, "Tasks: E-mail").click()
    saved(page)
    expect(switch(page, "Tasks: E-mail")).to_be_in_viewport()
    switch(page, "Tasks: Bell").click()
    expect(row(page, "Tasks")).to_contain_text("Off: only urgent ones arrive")
    expect(page).to_have_url(re.compile(path))
    assert stored(ana) == {"tasks": (False, None, False, False)}
    switch(page, "Tasks: Urgent ones always").click()
    expect(row(page, "Tasks")).to_contain_text("Off: nothing arrives")
    switch(page, "Tasks: Bell").click()
    expect(switch(page, "Tasks: Bell")).to_be_checked()


def test_table_of_sources_stays_a_table_when_it_is_shown_as_cards(visit, ana, mails):
    page = visit(ana, PATHS[0], viewport={"width": 320, "height": 700})
    table = page.get_by_role("table", name="By source")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Source", "Bell", "Desktop", "E-mail", "Urgent ones always"]
    )
    expect(row(page, "Tasks").get_by_role("cell")).to_have_count(4)
    bell, mail = (switch(page, f"Tasks: {each}").bounding_box() for each in ("Bell", "E-mail"))
    assert bell["x"] == mail["x"]
    assert bell["y"] < mail["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page, ".themis-preferences") == []


# Quiet hours


def test_first_quiet_hours_take_the_time_zone_of_the_browser(page, ana):
    start(page).fill("22:00")
    end(page).fill("07:00")
    saved(page)
    expect(zone(page)).to_have_value("Europe/Berlin")
    expect(page.get_by_text("On, every day")).to_be_visible()
    settle(page)
    assert quiet(ana) == (time(22), time(7), "Europe/Berlin")
    page.reload()
    expect(start(page)).to_have_value("22:00")
    expect(page.get_by_text("On, every day")).to_be_visible()


def test_time_zone_chosen_after_the_first_quiet_hours_stays(page, ana):
    start(page).fill("22:00")
    end(page).fill("07:00")
    zone(page).select_option("")
    saved(page)
    end(page).fill("06:00")
    settle(page)
    expect(zone(page)).to_have_value("")
    assert quiet(ana) == (time(22), time(6), "")


def test_time_zone_of_the_browser_is_offered_and_taken_by_one_press(page, ana):
    page.get_by_role("button", name="Use Europe/Berlin").click()
    saved(page)
    expect(zone(page)).to_have_value("Europe/Berlin")
    expect(zone(page)).to_be_focused()
    expect(page.get_by_role("button", name="Use Europe/Berlin")).to_have_count(0)
    assert quiet(ana) == (None, None, "Europe/Berlin")


def test_change_of_the_time_zone_refreshes_the_parts_that_tell_times(
    page, ana, mails, settings, tmp_path
):
    tell_zone(mails, settings, tmp_path)
    page.reload()
    expect(page.get_by_text("It is told in")).not_to_contain_text("Asia/Tokyo")
    zone(page).focus()
    zone(page).select_option("Asia/Tokyo")
    expect(page.get_by_text("It is told in Asia/Tokyo")).to_be_visible()
    expect(zone(page)).to_be_focused()
    expect(zone(page)).to_have_value("Asia/Tokyo")
    saved(page)


def test_older_name_of_a_time_zone_is_taken_too(visit, ana, htmx):
    page = visit(ana, PATHS[0], timezone_id="Asia/Calcutta")
    page.get_by_role("button", name="Use Asia/").click()
    saved(page)
    page.reload()
    expect(page.get_by_role("button", name="Use Asia/")).to_have_count(0)
    assert quiet(ana)[2].startswith("Asia/")


def test_quiet_hours_are_turned_off_by_one_press(page, ana):
    start(page).fill("22:00")
    end(page).fill("07:00")
    saved(page)
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("button", name="Turn off")).to_have_count(0)
    expect(start(page)).to_be_focused()
    saved(page)
    settle(page)
    assert quiet(ana)[:2] == (None, None)


def test_quiet_hours_turned_off_during_a_refresh_stay_off(page, ana, mails, settings, tmp_path):
    tell_zone(mails, settings, tmp_path)
    held = []
    page.route("**/preferences/form/", lambda route: _hold_get(route, held))
    start(page).fill("22:00")
    end(page).fill("07:00")
    # The other parts of the page follow the browser's time zone, which is taken with them.
    expect(page.get_by_text("It is told in Europe/Berlin")).to_be_visible()
    assert not held
    other = page.context.new_page()
    other.goto(page.url)
    switch(other, "Tasks: Bell").click()
    wait_until(page, lambda: held)

    page.get_by_role("button", name="Turn off").click()
    wait_until(page, lambda: quiet(ana)[:2] == (None, None))
    for route, response in held:
        route.fulfill(response=response)
    settle(page)
    expect(start(page)).to_have_value("")
    expect(start(page)).to_be_focused()
    expect(page.get_by_role("button", name="Turn off")).to_have_count(0)
    expect(switch(page, "Tasks: Bell")).not_to_be_checked()


def _hold_get(route, held):
    """Hold the first answer to a GET, which tells what was stored before the press."""
    if route.request.method == "GET" and not held:
        held.append((route, route.fetch()))
    else:
        route.continue_()


def test_quiet_hours_say_why_they_are_off(page):
    start(page).fill("22:00")
    expect(page.get_by_text("Off until both times are chosen")).to_be_visible()
    end(page).fill("22:00")
    expect(page.get_by_text("Off, since both times are the same")).to_be_visible()
    saved(page)


def test_time_that_is_being_typed_is_not_taken_away_by_a_change_in_another_tab(page, ana):
    other = page.context.new_page()
    other.goto(page.url)
    start(page).click()
    page.keyboard.type("10")
    switch(other, "Tasks: Bell").click()
    saved(other)
    settle(page)
    page.keyboard.type("30PM")
    expect(start(page)).to_have_value("22:30")
    zone(page).focus()
    expect(switch(page, "Tasks: Bell")).not_to_be_checked()
    expect(start(page)).to_have_value("22:30")


def test_wrong_time_gets_an_error_beside_it_that_goes_once_it_is_right(page, ana):
    start(page).evaluate("field => field.type = 'text'")
    start(page).fill("half past")
    start(page).blur()
    expect(page.get_by_text("Give a time of day, such as 22:00")).to_be_visible()
    expect(start(page)).to_have_attribute("aria-invalid", "true")
    start(page).fill("22:30")
    expect(page.get_by_text("Give a time of day, such as 22:00")).to_have_count(0)
    saved(page)
    settle(page)
    assert quiet(ana)[0] == time(22, 30)


def test_quiet_hours_are_saved_by_a_button_without_javascript(visit, ana):
    page = visit(ana, PATHS[0], java_script_enabled=False)
    start(page).fill("22:00")
    end(page).fill("07:00")
    zone(page).select_option("Europe/Paris")
    switch(page, "Urgent ones come through").uncheck()
    end(page).press("Enter")
    saved(page)
    expect(page.get_by_text("On, every day")).to_be_visible()
    assert quiet(ana) == (time(22), time(7), "Europe/Paris")
    assert not UserProfile.objects.get(user=ana).quiet_lets_urgent_through


def test_preferences_are_set_up_when_htmx_brings_their_page(visit, ana, htmx):
    page = visit(ana, "/", **BERLIN)
    go_boosted(page, PATHS[0])
    expect(page.get_by_role("button", name="Use Europe/Berlin")).to_be_visible()
    switch(page, "Tasks: Bell").click()
    saved(page)
