"""What was mailed: one row for each notification that an e-mail has told of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias

# Far longer than a summary looks back, so that nothing is told twice.
KEPT = timedelta(days=90)
# Rows that one statement deletes.
AT_ONCE = 5000


class MailedQuerySet(QuerySet["Mailed"]):
    """A queryset of what was mailed, with the changes that keep it."""

    def mark(self, user_key: Any, notifications: Iterable[int]) -> None:
        """Mark notifications, given by their ids, as told to a user by e-mail."""
        now = timezone.now()
        rows = [self.model(notification=pk, user_id=user_key, sent_at=now) for pk in notifications]
        # One that was mailed before, by a run that was thought to be dead, keeps its first mark.
        self.using(write_alias()).bulk_create(rows, ignore_conflicts=True)

    def forget_old(self) -> int:
        """Delete the marks of more than 90 days ago; return how many there were."""
        old = self.using(write_alias()).filter(sent_at__lt=timezone.now() - KEPT)
        forgotten = 0
        while ids := list(old.order_by("sent_at").values_list("pk", flat=True)[:AT_ONCE]):
            forgotten += self.using(write_alias()).filter(pk__in=ids).delete()[0]
        return forgotten


class Mailed(models.Model):
    """The mark of a notification that was mailed.

    It keeps the notification's number instead of a foreign key, because a key would take cleanup
    off its fast way to delete. It outlives its user: when two accounts become one, what was mailed
    to the old one belongs to the other.
    """

    notification = models.BigIntegerField(_("notification"), primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=_("user"),
        related_name="themis_mailed",
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, db_index=True)

    # For the type checker, whose plugin does not see the column in a package of models.
    user_id: Any

    objects = MailedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailed notification")
        verbose_name_plural = _("mailed notifications")

    def __str__(self) -> str:
        return str(self.notification)
