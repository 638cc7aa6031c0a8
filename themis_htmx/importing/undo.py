"""The way back: what was imported is deleted, and nothing else.

The old tables were never touched, so the old kit goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from django.db.models import F, ProtectedError, RestrictedError

from themis_htmx.databases import write_alias
from themis_htmx.importing.kits import GenericNotifications, Kit
from themis_htmx.importing.models import ImportedRange, ranges
from themis_htmx.importing.preferences import undo_preferences
from themis_htmx.importing.run import BATCH, StoppedError
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet


def count_imported(table: str) -> int:
    """Return the number of notifications that an undo would delete."""
    return sum(_rows(each).count() for each in ranges().filter(table=table))


def undo(
    kit: Kit, *, batch_size: int = BATCH, progress: Callable[[float], None] = lambda share: None
) -> Counter[str]:
    """Delete what was imported from a kit's table; return the numbers of what was deleted.

    Each batch is deleted by itself. An undo that was killed is resumed by running again. The ids
    stay reserved: what a later import brings again stands below what was sent since the first one.
    """
    counts: Counter[str] = Counter()
    mine = ranges().filter(table=kit.table)
    mine.update(is_being_removed=True)
    total = count_imported(kit.table) or 1
    for each in mine:
        for keys in _batches(each, batch_size):
            counts["notifications"] += _delete(keys)
            progress(min(counts["notifications"] / total, 1.0))
    counts["preferences"] = undo_preferences() if isinstance(kit, GenericNotifications) else 0
    mine.update(done=F("first") - 1, is_being_removed=False)
    return counts


def _rows(each: ImportedRange) -> NotificationQuerySet:
    rows = UserNotification.objects.using(write_alias())
    return rows.filter(pk__gte=each.first, pk__lte=each.last)


def _batches(each: ImportedRange, size: int) -> Iterator[list[int]]:
    while keys := list(_rows(each).order_by("pk").values_list("pk", flat=True)[:size]):
        yield keys


def _delete(keys: list[int]) -> int:
    rows = UserNotification.objects.using(write_alias()).filter(pk__gte=keys[0], pk__lte=keys[-1])
    try:
        return rows.delete()[1].get(UserNotification._meta.label, 0)
    except (ProtectedError, RestrictedError) as error:
        raise StoppedError(
            f"Some notifications cannot be deleted, because rows of the project refer to them: "
            f"{error.args[0]} Delete these rows first, and run this again."
        ) from error
