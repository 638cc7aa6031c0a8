"""Profiles: the preferences of each user, and the defaults for a user who has stored none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias
from themis_htmx.levels import LEVEL_LENGTH, MINIMUMS, Level, weight_of
from themis_htmx.live.publish import publish
from themis_htmx.models.fields import DefaultingOneToOneField
from themis_htmx.models.instants import aware, clean_instant
from themis_htmx.models.zones import ZONE_LENGTH, find_zone, instant_at, validate_zone
from themis_htmx.users import user_key


class UserProfile(models.Model):
    """The preferences of a user, as ``user.themis_profile``; a row exists once they are saved."""

    user = DefaultingOneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        verbose_name=_("user"),
        related_name="themis_profile",
    )
    notifications_enabled = models.BooleanField(_("notifications"), default=True)
    notifications_min_level = models.CharField(
        _("minimum level"),
        max_length=LEVEL_LENGTH,
        choices=[(level.value, level.label) for level in MINIMUMS],
        default=Level.INFO.value,
    )
    browser_notifications_enabled = models.BooleanField(_("desktop alerts"), default=False)
    browser_notifications_full_text = models.BooleanField(
        _("full text in desktop alerts"), default=False
    )
    notification_retention_days = models.PositiveIntegerField(
        _("keep read notifications for"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text=_("In days; empty keeps them as long as the site does."),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet to"), null=True, blank=True)
    quiet_lets_urgent_through = models.BooleanField(
        _("urgent ones come through quiet hours"), default=True
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=ZONE_LENGTH,
        blank=True,
        default="",
        validators=[validate_zone],
        help_text=_("Such as Europe/Berlin; empty for the time zone of the site."),
    )

    # For the type checker, whose plugin does not see these in a package of models.
    user_id: Any
    objects: ClassVar[models.Manager[UserProfile]] = models.Manager()

    class Meta:
        verbose_name = _("notification preferences")
        verbose_name_plural = _("notification preferences")

    def __str__(self) -> str:
        return str(self.user)

    def save(self, **options: Any) -> None:
        """Write the profile; if it has no row yet, insert one.

        Another process may have made the row since this instance was read without one. Then
        ``update_fields``, or else the fields that differ from the defaults, are written to that
        row, and the others are read from it.
        """
        if self.user_id is None:
            # The user may have been saved, and so got a key, since the profile was read.
            self.user = self.user
        forced = options.get("force_insert") or options.get("force_update")
        if not self._state.adding or forced or self.user_id is None:
            super().save(**options)
        elif not self._insert(**options):
            self._merge(**options)
        publish([self.user_id])

    def _insert(self, using: str | None = None, **options: Any) -> bool:
        options.pop("update_fields", None)
        using = using or router.db_for_write(type(self), instance=self)
        try:
            with transaction.atomic(using=using):
                super().save(using=using, **(options | {"force_insert": True}))
        except IntegrityError:
            if not type(self)._base_manager.using(using).filter(pk=self.pk).exists():
                raise
            return False
        return True

    def _merge(self, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        changed = list(update_fields if update_fields is not None else self._changed_fields())
        super().save(**(options | {"update_fields": changed}))
        self._state.adding = False
        rest = [f.name for f in self._meta.concrete_fields if f.name not in {*changed, "user"}]
        self.refresh_from_db(fields=rest)

    def _changed_fields(self) -> list[str]:
        fields = (f for f in self._meta.concrete_fields if not f.primary_key)
        return [f.name for f in fields if getattr(self, f.attname) != f.get_default()]

    @property
    def zone(self) -> ZoneInfo:
        """The user's time zone; the site's if they have named none, or one that is unknown here."""
        return find_zone(self.time_zone) or ZoneInfo(settings.TIME_ZONE)

    def allows(self, level: str) -> bool:
        """Return whether a notification of ``level`` passes the switch and the minimum level."""
        reached = weight_of(self.notifications_min_level) <= weight_of(level)
        return self.notifications_enabled and reached

    def is_quiet(self, now: datetime | None = None) -> bool:
        """Return whether the user has quiet hours at ``now``, by default the present."""
        return self.quiet_until(now) is not None

    def quiet_until(self, now: datetime | None = None) -> datetime | None:
        """Return the end of the quiet hours that hold at ``now``; ``None`` if none hold.

        ``now`` is an instant as ``django.utils.timezone.now()`` returns it, by default the present.
        Quiet hours go by the clock on the user's wall, also on the days on which it is changed.
        """
        start, end = self.quiet_from, self.quiet_to
        if start is None or end is None or start == end:
            return None
        instant = aware(timezone.now() if now is None else now)
        until = _quiet_end(instant, start, end, self.zone)
        return None if until is None else clean_instant("quiet_until", until)


def _quiet_end(now: datetime, start: time, end: time, zone: ZoneInfo) -> datetime | None:
    """Return the end of the quiet hours that hold at ``now``, in UTC."""
    today = now.astimezone(zone).date()
    until = None
    # Where a clock change swallows the hours between two nights, they are one.
    for day in (-1, 0, 1):
        first = today + timedelta(days=day)
        last = first if start < end else first + timedelta(days=1)
        ends = instant_at(last, end, zone)
        if instant_at(first, start, zone) <= (until or now) < ends:
            until = ends
    return until


def stored(user: Any) -> UserProfile:
    """Return the profile of ``user`` as it is stored now, or an unsaved one with the defaults."""
    found = UserProfile.objects.using(write_alias()).filter(user_id=user_key(user))
    return next(iter(found), None) or UserProfile(user=user)
