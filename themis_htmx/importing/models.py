"""What was imported: ranges of ids, and the preferences that were written."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from themis_htmx.databases import write_alias
from themis_htmx.models.fields import ExactCharField
from themis_htmx.models.source import SOURCE_LENGTHS


class ImportedRange(models.Model):
    """A range of ids of notifications, kept for the rows of a table of another kit.

    The id of a notification less ``offset`` is the id of the old row. So nothing is imported twice,
    and what was imported is told from all else, without a mark on any row. No other notification
    gets an id in the range, since it was reserved at once.
    """

    table = ExactCharField(max_length=100)
    # The newest old row of the range before this one, 0 for the first range.
    after = models.BigIntegerField()
    offset = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    # The last id that was dealt with. It is written together with the notifications.
    done = models.BigIntegerField()
    is_being_removed = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[ImportedRange]] = models.Manager()

    class Meta:
        constraints = [
            # Of two runs that begin at once, one makes the range.
            models.UniqueConstraint(fields=["table", "after"], name="themis_imported_range"),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.first} to {self.last}"

    @property
    def is_done(self) -> bool:
        """True if every old row was dealt with that was there when the range was made."""
        return self.done >= self.last

    def others(self) -> models.QuerySet[ImportedRange]:
        """Query the ranges that have an id of this one."""
        return ranges().filter(first__lte=self.last, last__gte=self.first).exclude(pk=self.pk)

    def advance(self, done: int) -> bool:
        """Note that all up to the id ``done`` was dealt with; False if another run was faster.

        To be called in the transaction that writes the rows, and before it reads anything, since
        SQLite refuses to let a transaction write after what it has read was changed.
        """
        mine = ranges().filter(pk=self.pk, done=self.done, is_being_removed=False)
        self.done = done
        return bool(mine.update(done=done))


class ImportedPreference(models.Model):
    """A preference that was written for a user by an import; it is not written a second time.

    ``source_app`` is ``""`` for the preferences of e-mail. ``columns`` is empty where the user had
    chosen something here already, so that nothing was written.
    """

    # Without a constraint in the database: code that has this app no more can delete users while
    # the table is still there.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="themis_imported_preferences",
        db_index=False,
        db_constraint=False,
    )
    source_app = ExactCharField(max_length=SOURCE_LENGTHS["source_app"], blank=True)
    columns = models.JSONField(default=dict)

    # For the type checker, whose plugin does not see the column in a package of models.
    user_id: Any
    objects: ClassVar[models.Manager[ImportedPreference]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "source_app"], name="themis_imported_preference"
            ),
        ]

    def __str__(self) -> str:
        return self.source_app


def ranges() -> models.QuerySet[ImportedRange]:
    """Query the ranges, oldest first, in the database that is written to."""
    return ImportedRange.objects.using(write_alias()).order_by("first")


def imported_ids() -> list[tuple[int, int]]:
    """Return the first and the last id of each range."""
    return list(ranges().values_list("first", "last"))


def imported_q() -> Q:
    """Return the condition that a notification was imported."""
    return Q(
        Exists(ImportedRange.objects.filter(first__lte=OuterRef("pk"), last__gte=OuterRef("pk")))
    )
