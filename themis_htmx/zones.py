"""The time zones that a person chooses from, by region."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path

from django.utils.translation import pgettext_lazy

# The regions of the database of time zones that are places; its other names are old or technical.
REGIONS = {
    "Africa": pgettext_lazy("time zones", "Africa"),
    "America": pgettext_lazy("time zones", "America"),
    "Antarctica": pgettext_lazy("time zones", "Antarctica"),
    "Arctic": pgettext_lazy("time zones", "Arctic"),
    "Asia": pgettext_lazy("time zones", "Asia"),
    "Atlantic": pgettext_lazy("time zones", "Atlantic Ocean"),
    "Australia": pgettext_lazy("time zones", "Australia"),
    "Europe": pgettext_lazy("time zones", "Europe"),
    "Indian": pgettext_lazy("time zones", "Indian Ocean"),
    "Pacific": pgettext_lazy("time zones", "Pacific Ocean"),
}


def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the regions, each with its zones as pairs of key and name, in order."""
    return [
        (str(REGIONS.get(region, region)), [(name, zone_name(name)) for name in group])
        for region, group in groupby(zone_names(), lambda name: name.partition("/")[0])
    ]


def zone_name(key: str) -> str:
    """Return what a zone is called within its region, ``Argentina, Salta`` for example."""
    return (key.partition("/")[2] or key).replace("/", ", ").replace("_", " ")


# The files of the system do not change while the process runs.
@cache
def zone_names() -> tuple[str, ...]:
    """Return the keys of the zones: one a place, or all where the system has no such list."""
    listed = {line.split("\t")[2] for line in _table() if not line.startswith("#")}
    known = listed or zoneinfo.available_timezones()
    return (*sorted(name for name in known if name.partition("/")[0] in REGIONS), "UTC")


def _table() -> Iterator[str]:
    """Yield the lines of ``zone.tab``, which names a zone for each place and none twice."""
    for path in (Path(folder, "zone.tab") for folder in zoneinfo.TZPATH):
        if path.is_file():
            yield from path.read_text("utf-8").splitlines()
            return
    try:
        yield from (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    except (ModuleNotFoundError, FileNotFoundError):
        return
