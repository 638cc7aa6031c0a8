"""The time zone of a user: once it is changed, summaries come at the chosen hour of the new one."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone

from themis_htmx.databases import write_alias
from themis_htmx.mail.models import MailPreference
from themis_htmx.models import UserProfile

_UID = "themis.mail.zones"


def connect() -> None:
    """Follow the profiles, whose time zone the summaries go by."""
    post_save.connect(_follow, sender=UserProfile, dispatch_uid=_UID)


def disconnect() -> None:
    """Follow the profiles no more."""
    post_save.disconnect(sender=UserProfile, dispatch_uid=_UID)


def _follow(sender: type, instance: UserProfile, **kwargs: Any) -> None:
    rows = MailPreference.objects.using(write_alias()).filter(pk=instance.pk)
    row = rows.exclude(digest_at=None).first()
    # One that is due is left to the command.
    if row and row.digest_at and row.digest_at > timezone.now():
        row.move_summary(row.slot_after(timezone.now(), instance))
