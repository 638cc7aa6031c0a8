"""The tables: what a user was told, what a user wants to be told, and what they muted."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.chunks import FanOutChunkQuerySet
from themis_htmx.fields import DefaultingOneToOneField, ExactCharField
from themis_htmx.inbox import NotificationQuerySet
from themis_htmx.indexes import AnySetIndex, LatestIndex
from themis_htmx.levels import Level
from themis_htmx.muting import MutedSourceQuerySet


class UserNotification(models.Model):
    """One notification of one user. Written by ``notify_user()`` and nothing else."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        # Three popular packages take "notifications".
        related_name="themis_notifications",
        # The composite indexes below begin with it.
        db_index=False,
    )
    title = models.CharField(_("title"), max_length=200)
    message = models.TextField(_("message"), blank=True)
    level = models.CharField(_("level"), max_length=7, choices=Level, default=Level.INFO)
    url = models.CharField(_("URL"), max_length=2000, blank=True)
    source_app = ExactCharField(_("source app"), max_length=100, blank=True)
    source_model = ExactCharField(_("source model"), max_length=100, blank=True)
    source_id = ExactCharField(_("source id"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    # A one-way lock: set by deduplicate=True, cleared by read and dismiss, never set again.
    # A hash, because a unique index over the source columns would be wider than MariaDB's limit
    # on some row formats, and a conditional one is silently not created there.
    dedup_key = models.UUIDField(null=True, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            # What makes deduplication hold between processes.
            models.UniqueConstraint(fields=["user", "dedup_key"], name="themis_dedup_key"),
        ]
        indexes = [
            # The badge and the poll: the newest unread of a user, expiry read from the index.
            LatestIndex(fields=["user", "read_at", "id", "expires_at"], name="themis_unread"),
            # The pages of the inbox, whose rows are read whole, and with them their expiry.
            LatestIndex(
                fields=["user", "dismissed_at", "id"], mariadb=["expires_at"], name="themis_inbox"
            ),
            # Dedup, and deleting a source's notifications with the source.
            models.Index(
                fields=["source_app", "source_model", "source_id", "user"], name="themis_source"
            ),
            # Cleanup: the few that go for another reason than having been read. Elsewhere deleting
            # takes so much longer than looking that it would cost more than it saves.
            AnySetIndex(fields=["id"], any_set=["dismissed_at", "expires_at"], name="themis_ended"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_read(self) -> bool:
        """Whether the user has seen it; a dismissed one counts as read."""
        return self.read_at is not None

    @property
    def is_dismissed(self) -> bool:
        """Whether the user has put it away."""
        return self.dismissed_at is not None

    @property
    def is_expired(self) -> bool:
        """Whether its time has passed; such a row is invisible, cleaned up or not."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class UserProfile(models.Model):
    """What a user wants: reached as ``user.themis_profile``, made when it is first saved."""

    MINIMUM_LEVELS = [
        (Level.INFO.value, Level.INFO.label),
        (Level.WARNING.value, Level.WARNING.label),
        (Level.DANGER.value, Level.DANGER.label),
    ]

    user = DefaultingOneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        verbose_name=_("user"),
        related_name="themis_profile",
    )
    notifications_enabled = models.BooleanField(_("notifications"), default=True)
    notifications_min_level = models.CharField(
        _("minimum level"), max_length=7, choices=MINIMUM_LEVELS, default=Level.INFO.value
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

    class Meta:
        verbose_name = _("notification preferences")
        verbose_name_plural = _("notification preferences")

    def __str__(self) -> str:
        return str(self.user)

    def save(self, **options: Any) -> None:
        """Write the profile; the first save writes only what differs from the defaults.

        Another process may have made the row since this instance was read without one: then
        ``update_fields``, or without it the fields that were changed, go onto that row, and the
        others are read from it.
        """
        if self.user_id is None:
            # A user who was saved since the profile was read has a key by now.
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


class MutedSource(models.Model):
    """A source that a user does not want to hear from."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        related_name="themis_muted_sources",
        # The unique index begins with it.
        db_index=False,
    )
    source_app = ExactCharField(_("source app"), max_length=100)
    including_urgent = models.BooleanField(_("urgent ones too"), default=False)

    objects = MutedSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("muted source")
        verbose_name_plural = _("muted sources")
        constraints = [
            models.UniqueConstraint(fields=["user", "source_app"], name="themis_muted_source"),
        ]

    def __str__(self) -> str:
        return self.source_app


class FanOutChunk(models.Model):
    """A chunk of a fan-out that is done; written in one transaction with its notifications."""

    key = models.UUIDField(primary_key=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = FanOutChunkQuerySet.as_manager()

    class Meta:
        verbose_name = _("fan-out chunk")
        verbose_name_plural = _("fan-out chunks")

    def __str__(self) -> str:
        return str(self.key)
