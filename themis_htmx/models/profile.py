"""Profiles: the preferences of each user, and the defaults for a user who has stored none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, router, transaction
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias
from themis_htmx.levels import LEVEL_LENGTH, MINIMUMS, Level
from themis_htmx.models.fields import DefaultingOneToOneField
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


def stored(user: Any) -> UserProfile:
    """Return the profile of ``user`` as it is stored now, or an unsaved one with the defaults."""
    found = UserProfile.objects.using(write_alias()).filter(user_id=user_key(user)).first()
    return found or UserProfile(user=user)
