"""The import: old rows are read in batches, and each batch is written in a transaction of its own.

Rows are written straight into the table, not by ``notify_user()``: they have a state already, and
nobody is to be told of them. What is stored is checked as ``notify_user()`` would check it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from themis_htmx.cleanup.pace import Pace
from themis_htmx.conf import setting
from themis_htmx.databases import write_alias
from themis_htmx.delivery.draft import draft
from themis_htmx.importing.ids import reserve_ids
from themis_htmx.importing.kits import KITS, Kit, State
from themis_htmx.importing.locks import wait_for_others
from themis_htmx.importing.models import ImportedRange, ranges
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import clean_instant

BATCH = 1000
# Times that a batch is tried where somebody else comes between.
ATTEMPTS = 3
# Mistakes that a dry run lists.
LISTED = 20

# Given an old row and what would be stored of it, returns what is to be stored, or None.
Mapper = Callable[[Any, dict[str, Any]], dict[str, Any] | None]
Progress = Callable[[float], None]


class StoppedError(Exception):
    """An import cannot go on; the words say why, and the way out."""


class Import:
    """One run, and its numbers so far."""

    def __init__(
        self,
        kit: Kit,
        *,
        mapper: Mapper | None = None,
        batch_size: int = BATCH,
        progress: Progress = lambda share: None,
    ) -> None:
        self._kit, self._mapper, self._batch_size = kit, mapper, batch_size
        self._progress = progress
        self._has_waited = False
        self._now = timezone.now()
        self._oldest = self._now - timedelta(days=setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS"))
        self.counts: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.mistakes: list[str] = []

    def run(self) -> None:
        """Import what is not imported yet. A run that was killed is resumed by running again."""
        while (mine := self._next_range()) is not None:
            pace = Pace(write_alias())
            while not mine.is_done:
                start = perf_counter()
                self._import_batch(mine)
                pace.rest(perf_counter() - start)
                self._progress(_share(mine.first - 1, mine.done, mine.last))

    def try_out(self) -> None:
        """Read and check everything that a run would import, and write nothing."""
        start, last = self._kit.span(_dealt_with(self._ranges()))
        after = start - 1
        while rows := self._kit.read(after, last, self._batch_size):
            for row in rows:
                try:
                    self._make(row, offset=0)
                except StoppedError as mistake:
                    self.counts["mistakes"] += 1
                    self.mistakes = [*self.mistakes, str(mistake)][:LISTED]
            after = rows[-1].pk
            self._progress(_share(start - 1, after, last))

    # Ranges

    def _ranges(self) -> list[ImportedRange]:
        return list(ranges().filter(table=self._kit.table))

    def _next_range(self) -> ImportedRange | None:
        # Read once, since another run may make or end one in between.
        mine = self._ranges()
        if any(each.is_being_removed for each in mine):
            raise StoppedError(
                f"The import of {self._kit.table!r} is being taken out again. Run this command "
                "with --undo until it ends."
            )
        if unfinished := next((each for each in mine if not each.is_done), None):
            return unfinished
        after = _dealt_with(mine)
        if not self._has_waited and not self._kit.span(after)[0]:
            # The only rows that are new may be those of a transaction that is open.
            with self._waiting(after):
                pass
        start, _last = self._kit.span(after)
        return self._make_range(after) if start else None

    def _make_range(self, after: int) -> ImportedRange:
        made = ImportedRange(table=self._kit.table, after=after, offset=0, first=0, last=0, done=0)
        try:
            with self._waiting(after):
                # Before it reads, since the constraint refuses it to all runs but one.
                made.save(using=write_alias(), force_insert=True)
                start, last = self._kit.span(after)
                made.first = reserve_ids(last - start + 1)
                made.last, made.done = made.first + last - start, made.first - 1
                made.offset = made.first - start
                if made.others().exists():
                    raise StoppedError("Another import has taken the same ids. Run this one again.")
                made.save(using=write_alias(), force_update=True)
        except IntegrityError as error:
            raise _another_run() from error
        return made

    @contextmanager
    def _waiting(self, after: int) -> Iterator[None]:
        """Open a transaction that begins when those have ended that write to the old table."""
        try:
            with transaction.atomic(using=write_alias()):
                wait_for_others(self._kit.model, after)
                self._has_waited = True
                yield
        except OperationalError as error:
            words = f"Somebody else has been at work on {self._kit.table!r} for too long: {error}"
            raise StoppedError(f"{_sentence(words)} Run this one again.") from error

    # Batches

    def _import_batch(self, mine: ImportedRange) -> None:
        before = mine.done
        for attempt in range(1, ATTEMPTS + 1):
            counts, left_out = self.counts.copy(), self.left_out.copy()
            try:
                return self._write_batch(mine)
            except BaseException as error:
                # What was not written is not counted, also where somebody stops the run.
                mine.done, self.counts, self.left_out = before, counts, left_out
                # A user was deleted since they were read: the next attempt leaves them out. Or
                # another run has done this batch, which it sees, also at REPEATABLE READ.
                if attempt == ATTEMPTS or not isinstance(error, IntegrityError | OperationalError):
                    raise
        return None

    def _write_batch(self, mine: ImportedRange) -> None:
        rows = self._kit.read(mine.done - mine.offset, mine.last - mine.offset, self._batch_size)
        made = [one for row in rows if (one := self._make(row, offset=mine.offset)) is not None]
        done = rows[-1].pk + mine.offset if len(rows) == self._batch_size else mine.last
        with transaction.atomic(using=write_alias()):
            if not mine.advance(done):
                raise _another_run()
            UserNotification.objects.using(write_alias()).bulk_create(made)

    # Rows

    def _make(self, row: Any, *, offset: int) -> UserNotification | None:
        """Return the notification for an old row, ``None`` if it is left out."""
        if reason := self._kit.reason_to_leave_out(row):
            self.left_out[reason] += 1
            return None
        fields = self._mapped(row, self._derived(row))
        if fields is None:
            self.left_out["by --map"] += 1
            return None
        notification = self._checked(row, fields)
        notification.pk = row.pk + offset
        self._count(notification)
        return notification

    def _derived(self, row: Any) -> dict[str, Any]:
        try:
            return self._kit.fields(row)
        except Exception as error:
            if self._mapper is not None:
                # It may know what to store of such a row, or leave it out.
                return {}
            raise self._stopped(row, f"{type(error).__name__}: {error}") from error

    def _mapped(self, row: Any, fields: dict[str, Any]) -> dict[str, Any] | None:
        if self._mapper is None:
            return fields
        try:
            mapped = self._mapper(row, fields)
        except Exception as error:
            words = f"--map raised {type(error).__name__}: {error}"
            raise self._stopped(row, words) from error
        if mapped is not None and not isinstance(mapped, dict):
            raise self._stopped(row, f"--map returned {mapped!r}, neither a dictionary nor None.")
        return mapped

    def _checked(self, row: Any, fields: dict[str, Any]) -> UserNotification:
        try:
            # Alone, as what was imported neither groups nor takes the place of a later one.
            columns = draft(**{"title": "", **fields}).alone().columns()
        except (TypeError, ValueError) as error:
            raise self._stopped(row, str(error)) from error
        instants = self._instants(row)
        return UserNotification(user_id=self._kit.user_key(row), **(instants | columns))

    def _instants(self, row: Any) -> dict[str, Any]:
        """Return the instants that the kit gives for a row, checked."""
        mend = f"Mend state() of {_named(self._kit)}."
        try:
            state = self._kit.state(row, self._now)
        except Exception as error:
            words = f"state() raised {type(error).__name__}: {error}"
            raise self._stopped(row, words, mend) from error
        if not isinstance(state, State):
            raise self._stopped(row, f"state() returned {state!r}, which is no State.", mend)
        if state.created_at is None:
            raise self._stopped(row, "created_at: None is not a datetime.", mend)
        try:
            return {name: clean_instant(name, value) for name, value in state._asdict().items()}
        except (TypeError, ValueError) as error:
            raise self._stopped(row, str(error), mend) from error

    def _stopped(self, row: Any, words: str, way_out: str = "") -> StoppedError:
        way_out = way_out or self._way_out(words)
        return StoppedError(f"{self._kit.table} {row.pk}: {_sentence(words)} {way_out}")

    def _way_out(self, words: str) -> str:
        if words.startswith("--map") or self._mapper:
            return "Mend the function."
        if type(self._kit) in KITS.values():
            return "Give --map a function that returns something else, or None to leave it out."
        return (
            f"Mend fields() of {_named(self._kit)}, or give --map a function that returns None to "
            "leave the row out."
        )

    def _count(self, made: UserNotification) -> None:
        self.counts["imported"] += 1
        self.counts["dismissed" if made.is_dismissed else "read" if made.is_read else "unread"] += 1
        self.counts["without an address"] += not made.url
        self.counts["old"] += made.is_read and made.created_at < self._oldest


def _dealt_with(mine: list[ImportedRange]) -> int:
    """Return the newest old primary key up to which all was dealt with, 0 if nothing was."""
    for each in mine:
        if not each.is_done:
            return each.done - each.offset
    return mine[-1].last - mine[-1].offset if mine else 0


def _named(kit: Kit) -> str:
    return f"{type(kit).__module__}.{type(kit).__qualname__}"


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _another_run() -> StoppedError:
    return StoppedError("Another run imports the same table. Let it end, and run this one again.")


def _share(first: int, now: int, last: int) -> float:
    return min((now - first) / max(last - first, 1), 1.0)
