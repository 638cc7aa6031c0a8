"""What a source is called: by the project, by the app itself, or by its label in words."""

import pytest
from django.utils.translation import gettext_lazy, override

from themis_htmx.ui.sources import source_icon, source_label, source_name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("tasks", "The board"),
        ("auth", "Authentication and Authorization"),
        ("themis", "Bell"),
        ("bank_accounts", "Bank accounts"),
        ("not an app", "Not an app"),
    ],
)
def test_a_source_has_a_name_for_people(settings, source, name):
    settings.THEMIS_SOURCES = {"tasks": "The board", "themis": "Bell"}

    assert source_name(source) == name


def test_a_projects_name_is_translated_when_it_is_shown(settings):
    settings.THEMIS_SOURCES = {"calendar": gettext_lazy("Monday")}

    with override("de"):
        assert source_name("calendar") == "Montag"
    assert source_name("calendar") == "Monday"


def test_a_project_may_leave_a_name_empty(settings):
    settings.THEMIS_SOURCES = {"auth": ""}

    assert source_name("auth") == ""


def test_source_label_falls_back_to_the_app_label(settings):
    settings.THEMIS_SOURCES = {"auth": "", "tasks": "The board"}

    assert [source_label(source) for source in ("auth", "tasks")] == ["auth", "The board"]


@pytest.mark.parametrize(
    ("told", "name", "icon"),
    [
        ("The board", "The board", ""),
        ({"name": "The board"}, "The board", ""),
        ({"name": "The board", "icon": "tasks/icon.svg"}, "The board", "tasks/icon.svg"),
        ({"icon": "tasks/icon.svg"}, "Tasks", "tasks/icon.svg"),
        ({"name": ""}, "", ""),
    ],
)
def test_a_source_may_have_an_icon_beside_its_name(settings, told, name, icon):
    settings.THEMIS_SOURCES = {"tasks": told}

    assert (source_name("tasks"), source_icon("tasks")) == (name, icon)


def test_a_name_beside_an_icon_is_translated_when_it_is_shown(settings):
    settings.THEMIS_SOURCES = {"calendar": {"name": gettext_lazy("Monday"), "icon": "x.svg"}}

    with override("de"):
        assert source_name("calendar") == "Montag"
