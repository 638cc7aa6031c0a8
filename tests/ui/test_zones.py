"""The options of the select of time zones."""

from django.utils.translation import override

from tests.helpers.markup import parse
from themis_htmx import zones
from themis_htmx.ui.zones import _options, zone_options
from themis_htmx.zones import zones_by_region


def test_options_have_every_zone_in_the_group_of_its_region():
    groups = parse(str(zone_options())).all("optgroup")

    assert [
        (group["label"], [(each["value"], each.text) for each in group.all("option")])
        for group in groups
    ] == zones_by_region()


def test_options_are_rendered_once_for_each_language(monkeypatch):
    _options.cache_clear()
    words = {"en": "Europe", "de": "Europa"}
    shown = {}
    for language in (*words, *words):
        with override(language):
            monkeypatch.setitem(zones.REGIONS, "Europe", words[language])
            shown.setdefault(language, []).append(zone_options())
    _options.cache_clear()

    assert all(first is second for first, second in shown.values())
    assert 'label="Europa"' in shown["de"][0]
    assert 'label="Europe"' in shown["en"][0]
