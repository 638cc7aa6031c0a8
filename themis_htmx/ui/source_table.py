"""The context of the table of sources: a row for each, with a switch for each channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from themis_htmx.conf import setting
from themis_htmx.models import SourcePreference
from themis_htmx.outlets import registered
from themis_htmx.policies import Channel, Policy, policy_of
from themis_htmx.ui.sources import recent_sources, source_label

# The field by which a row says whether urgent ones come whatever is off; not a channel.
URGENT = "urgent"


@dataclass(frozen=True)
class Cell:
    """A switch of a row: its field in the form, its words, and how it stands."""

    name: str
    label: str
    is_on: bool
    is_disabled: bool = False
    is_required: bool = False

    @property
    def value(self) -> str:
        """The value that a press of the switch sends: the opposite of the one that is shown."""
        return "off" if self.is_on else "on"


@dataclass(frozen=True)
class SourceRow:
    """A source with its name, its switches, and the words for a source that is off."""

    source_app: str
    name: str
    cells: list[Cell]
    words: str

    @property
    def id(self) -> str:
        """The id of the row, the same in every tab. A source may have any characters."""
        return f"themis-source-{sha256(self.source_app.encode()).hexdigest()[:12]}"


def channels_shown() -> list[Channel]:
    """Return the channels that have a column: the bell, the desktop, and those of the outlets."""
    added = {channel for outlet in registered() for channel in outlet.columns}
    return [each for each in Channel if each in {Channel.BELL, Channel.DESKTOP, *added}]


def column_labels(channels: Iterable[Channel]) -> list[str]:
    """Return the words at the head of the columns, those of the urgent ones last."""
    return [*(str(channel.label) for channel in channels), _urgent_label()]


def source_rows(user: Any, channels: Iterable[Channel]) -> list[SourceRow]:
    """Return a row for each source that the project names or ``user`` knows, by name.

    A user knows the sources of the newest notifications, and those for which a choice is stored.
    """
    stored = {row.source_app: row for row in SourcePreference.objects.for_user(user)}
    known = {*setting("THEMIS_SOURCES"), *recent_sources(user), *stored} - {""}
    rows = [stored.get(each) or SourcePreference(source_app=each) for each in known]
    return sorted(
        (row_of(row, channels) for row in rows),
        key=lambda row: (row.name.casefold(), row.source_app),
    )


def source_row(user: Any, source_app: str) -> SourceRow:
    """Return the row of one source as it is stored now."""
    mine = SourcePreference.objects.for_user(user).filter(source_app=source_app)
    return row_of(mine.first() or SourcePreference(source_app=source_app), channels_shown())


def row_of(row: SourcePreference, channels: Iterable[Channel]) -> SourceRow:
    """Return the row of a stored preference; an unsaved one stands for the defaults."""
    has_bell = row.wants(Channel.BELL)
    cells = [_cell(row, channel, has_bell=has_bell) for channel in channels]
    urgent = Cell(
        URGENT,
        _urgent_label(),
        is_on=not row.including_urgent,
        # Where nothing is off, they come with the others.
        is_disabled=all(cell.is_on for cell in cells),
    )
    words = "" if has_bell else _words_of_off(row)
    return SourceRow(row.source_app, source_label(row.source_app), [*cells, urgent], words)


def _cell(row: SourcePreference, channel: Channel, *, has_bell: bool) -> Cell:
    """Return the switch of a channel. Without the bell, every other one is shown as off."""
    is_required = policy_of(row.source_app, channel) is Policy.REQUIRED
    return Cell(
        channel.value,
        str(channel.label),
        is_on=has_bell and row.wants(channel),
        is_disabled=is_required or not (has_bell or channel is Channel.BELL),
        is_required=is_required,
    )


def _words_of_off(row: SourcePreference) -> str:
    if row.including_urgent:
        return _("Off: nothing arrives")
    return _("Off: only urgent ones arrive")


def _urgent_label() -> str:
    return pgettext("sources", "Urgent ones always")
