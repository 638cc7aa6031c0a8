"""The channels of a notification, and what the project says about them for each source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from themis_htmx.conf import setting


# A new channel needs a column of SourcePreference, and so a migration.
class Channel(TextChoices):
    """A channel by which notifications reach a user. What is not in the bell reaches no other."""

    BELL = "bell", pgettext_lazy("notification channel", "Bell")
    DESKTOP = "desktop", pgettext_lazy("notification channel", "Desktop")
    EMAIL = "email", pgettext_lazy("notification channel", "E-mail")


def channel_name(channel: Any) -> str:
    """Return the name of a channel; raise ``ValueError`` if there is none of that name."""
    if channel not in Channel.values:
        known = ", ".join(Channel.values)
        raise ValueError(f"channel: {channel!r} is unknown; use one of {known}.")
    return str(Channel(channel).value)


# What an entry of THEMIS_SOURCES may say.
_KEYS = ("name", "icon", "required", *Channel.values)


class Policy(Enum):
    """What THEMIS_SOURCES says of a source in a channel: its default, or that it is required."""

    ON = "on"
    OFF = "off"
    REQUIRED = "required"

    @property
    def is_on(self) -> bool:
        """True if a user who has chosen nothing gets what comes from the source."""
        return self is not Policy.OFF


def policy_of(source_app: str, channel: str = Channel.BELL) -> Policy:
    """Return what the project says of ``source_app`` in ``channel``.

    A source that is required in any channel is required in the bell, since only what is stored
    there reaches another one. Notifications without a source are on everywhere.
    """
    entry = source_entry(source_app) if source_app else {}
    required = entry.get("required") or ()
    if channel in required or (required and channel == Channel.BELL):
        return Policy.REQUIRED
    return Policy.ON if entry.get(channel, True) else Policy.OFF


def find_mistakes(sources: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Find unknown keys in THEMIS_SOURCES and mistakes about channels, each with the way out.

    An entry that is no dictionary has neither.
    """
    for source, entry in sources.items():
        if isinstance(entry, Mapping):
            name = f"THEMIS_SOURCES[{source!r}]"
            yield from _wrong_keys(name, entry)
            yield from _wrong_channels(name, str(source), entry)


def _wrong_keys(name: str, entry: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for key, value in entry.items():
        if key not in _KEYS:
            yield f"{name} has {key!r}, which is no key.", f"The keys are {', '.join(_KEYS)}."
        elif key in Channel.values and not isinstance(value, bool):
            yield f"{name}[{key!r}] is {value!r}.", "It must be True or False."


def _wrong_channels(
    name: str, source_app: str, entry: Mapping[Any, Any]
) -> Iterator[tuple[str, str]]:
    known = ", ".join(Channel.values)
    required = entry.get("required", [])
    if not isinstance(required, list | tuple | set | frozenset):
        yield f"{name}['required'] is {required!r}.", f"It must be a list of channels: {known}."
        return
    for channel in required:
        if channel not in Channel.values:
            words = f"{name}['required'] names {channel!r}, which is no channel."
            yield words, f"The channels are {known}."
    for channel in Channel.values:
        if entry.get(channel) is False and policy_of(source_app, channel) is Policy.REQUIRED:
            hint = "What is required cannot be off: leave out one of the two."
            if channel == Channel.BELL:
                hint += " What is required in any channel is required in the bell."
            yield f"{name}[{channel!r}] is False, and the channel is required.", hint


def source_entry(source_app: str) -> Mapping[str, Any]:
    """Return the entry in THEMIS_SOURCES, in which a name alone is short for a dictionary."""
    entry = setting("THEMIS_SOURCES").get(source_app)
    return entry if isinstance(entry, Mapping) else {"name": entry}
