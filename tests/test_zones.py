"""The time zones to choose from."""

import sys
import zoneinfo
from itertools import chain

import pytest
from django.utils.translation import override

from themis_htmx import zones
from themis_htmx.zones import zone_name, zone_names, zones_by_region


@pytest.fixture
def no_table(monkeypatch):
    """A system without the list of places."""
    zone_names.cache_clear()
    monkeypatch.setattr(zones, "_table", list)
    yield
    zone_names.cache_clear()


def keys(groups):
    return [key for _region, names in groups for key, _name in names]


def test_every_zone_that_is_offered_can_be_loaded():
    for key in zone_names():
        assert zoneinfo.ZoneInfo(key)


def test_zones_are_offered_by_region_in_order():
    groups = zones_by_region()

    assert [region for region, _names in groups][:3] == ["Africa", "America", "Antarctica"]
    assert dict(groups)["Europe"][4:6] == [
        ("Europe/Belgrade", "Belgrade"),
        ("Europe/Berlin", "Berlin"),
    ]
    assert keys(groups)[-1] == "UTC"
    assert len(set(keys(groups))) == len(keys(groups)) > 350


def test_place_with_several_names_is_offered_once():
    assert "Asia/Kolkata" in zone_names()
    assert "Asia/Calcutta" not in zone_names()


def test_system_without_the_list_of_places_offers_every_zone_of_a_region(no_table):
    offered = set(chain(keys(zones_by_region())))

    assert {"Asia/Kolkata", "Asia/Calcutta", "UTC"} <= offered
    assert not {each for each in offered if each.startswith(("Etc/", "posix"))}


def test_system_without_any_files_of_zones_needs_no_list_of_places(monkeypatch):
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    monkeypatch.setitem(sys.modules, "tzdata", None)

    assert list(zones._table()) == []


def test_zone_is_named_by_its_place():
    assert zone_name("America/Argentina/Buenos_Aires") == "Argentina, Buenos Aires"
    assert zone_name("UTC") == "UTC"


def test_regions_are_translated():
    with override("xx"):
        assert zones_by_region()[0][0] == "Africa"
