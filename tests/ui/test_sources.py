"""The name of a source: from the project, from the app itself, or from its label."""

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
def test_source_name_comes_from_the_setting_the_app_or_its_label(settings, source, name):
    settings.THEMIS_SOURCES = {"tasks": "The board", "themis": "Bell"}

    assert source_name(source) == name


def test_source_name_of_the_setting_is_translated_when_shown(settings):
    settings.THEMIS_SOURCES = {"calendar": gettext_lazy("Monday")}

    with override("de"):
        assert source_name("calendar") == "Montag"
    assert source_name("calendar") == "Monday"


def test_source_name_may_be_left_empty_by_a_project(settings):
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
def test_source_setting_may_give_an_icon_beside_the_name(settings, told, name, icon):
    settings.THEMIS_SOURCES = {"tasks": told}

    assert (source_name("tasks"), source_icon("tasks")) == (name, icon)


def test_source_name_beside_an_icon_is_translated_when_shown(settings):
    settings.THEMIS_SOURCES = {"calendar": {"name": gettext_lazy("Monday"), "icon": "x.svg"}}

    with override("de"):
        assert source_name("calendar") == "Montag"
