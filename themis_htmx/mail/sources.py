"""The sources whose e-mails a user cannot turn off."""

from __future__ import annotations

from themis_htmx.conf import setting
from themis_htmx.policies import Channel, Policy, policy_of


def required_sources() -> list[str]:
    """Return the sources whose e-mails come in every mode, at once."""
    return [source for source in setting("THEMIS_SOURCES") if is_required(source)]


def is_required(source_app: str) -> bool:
    """Return whether the project sends every e-mail of ``source_app``, whatever users choose."""
    return policy_of(source_app, Channel.EMAIL) is Policy.REQUIRED
