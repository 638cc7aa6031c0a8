"""Which chunks of a fan-out are done: what keeps a task that runs twice from writing twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, models, router, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# No broker hands a task out again after so long, and a row is a few bytes.
KEPT = timedelta(days=30)


class FanOutChunkQuerySet(QuerySet["FanOutChunk"]):
    """Chunks of a fan-out that are done, with the verbs of doing them once."""

    def claim(self, key: UUID) -> bool:
        """Mark the chunk as done, within the caller's transaction; return whether it was not yet.

        Where another transaction has marked it and not yet ended, this waits for how it ends.
        """
        database = router.db_for_write(self.model)
        try:
            # A savepoint of its own: PostgreSQL allows nothing more after an error.
            with transaction.atomic(using=database):
                self.model(key=key).save(using=database, force_insert=True)
        except IntegrityError:
            return False
        return True

    def forget_old(self) -> int:
        """Delete those that no task will ask for any more; return how many."""
        old = self.using(router.db_for_write(self.model)).filter(
            created_at__lt=timezone.now() - KEPT
        )
        return old.delete()[0]


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
