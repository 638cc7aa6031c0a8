"""Finished chunks of fan-outs, recorded so that a task that runs twice does not write twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias

# Long after any broker would hand a task out again, and a row takes a few bytes.
KEPT = timedelta(days=30)


class FanOutChunkQuerySet(QuerySet["FanOutChunk"]):
    """A queryset of finished chunks, with the changes that let each be done once."""

    def claim(self, key: UUID) -> bool:
        """Mark the chunk as done; return ``False`` if it was marked already.

        The mark is part of the caller's transaction. If another transaction has marked the chunk
        and is still open, this waits for its end.
        """
        database = write_alias()
        try:
            # A savepoint, since PostgreSQL refuses all that follows an error in a transaction.
            with transaction.atomic(using=database):
                self.model(key=key).save(using=database, force_insert=True)
        except IntegrityError:
            return False
        return True

    def forget_old(self) -> int:
        """Delete the chunks of more than 30 days ago; return how many there were."""
        old = self.using(write_alias()).filter(created_at__lt=timezone.now() - KEPT)
        return old.delete()[0]


class FanOutChunk(models.Model):
    """A finished chunk of a fan-out, written in one transaction with its notifications."""

    key = models.UUIDField(primary_key=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = FanOutChunkQuerySet.as_manager()

    class Meta:
        verbose_name = _("fan-out chunk")
        verbose_name_plural = _("fan-out chunks")

    def __str__(self) -> str:
        return str(self.key)
