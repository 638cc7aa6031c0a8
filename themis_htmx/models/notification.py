"""Notifications: the table and its constraint, the queries (unread, pages by key, search), and the
changes of state (read, dismiss, undo).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import looks_up_ids_first, write_alias
from themis_htmx.levels import LEVEL_LENGTH, NEEDING_ATTENTION, URGENT, Level
from themis_htmx.models.address import URL_LENGTH
from themis_htmx.models.fields import AddressField, ExactCharField
from themis_htmx.models.indexes import AnySetIndex, LatestIndex, newest_first
from themis_htmx.models.moving import moving
from themis_htmx.models.source import SOURCE_LENGTHS, source_fields
from themis_htmx.users import user_key

TITLE_LENGTH = 200
UNREAD_CAP = 100
# Rows that a search looks through at a time, since no index serves a level or a source.
SEARCH_WINDOW = 5000


class Page(NamedTuple):
    """Some notifications, newest first, and the id before which older ones are found, if any."""

    notifications: list[UserNotification]
    older: int | None


class NotificationQuerySet(QuerySet["UserNotification"]):
    """A queryset of notifications, with the questions and changes of the inbox."""

    # Questions

    def for_user(self, user: Any) -> Self:
        """Filter by ``user``, in the database that is written to.

        A lagging replica would contradict what the user did a moment ago.
        """
        return self.using(write_alias()).filter(user_id=user_key(user))

    def about(self, source_app: Any, source_model: Any, source_id: Any) -> Self:
        """Filter the ones about one source, of all users, in the database that is written to.

        ``source_app``, ``source_model``, ``source_id``
            As given to ``notify_user()``: each is turned into text, and compared exactly. The model
            and the id may be ``""``, for notifications that were sent without one.

        The changes below follow it: ``about("tasks", "Task", task.pk).dismiss()`` puts away for
        everybody what is settled. Put ``for_user(user)`` before it for one person.

        Raises ``ValueError`` if an argument is ``None`` or too long, or ``source_app`` is empty:
        the source of an object that is not saved yet would be that of others.
        """
        return self.using(write_alias()).filter(
            **source_fields(source_app, source_model, source_id)
        )

    def unexpired(self) -> Self:
        """Leave out the expired ones."""
        return self.filter(live_q())

    def visible(self) -> Self:
        """Leave out the dismissed and the expired ones, which no list shows."""
        return self.unexpired().filter(dismissed_at=None)

    def unread(self) -> Self:
        """Filter the ones that count on the badge."""
        return self.filter(unread_q())

    def expired(self) -> Self:
        """Filter the expired ones, which nobody sees and cleanup will delete."""
        return self.filter(expired_q())

    def settled(self) -> Self:
        """Filter the ones that are read, dismissed or expired."""
        return self.filter(settled_q())

    def newest_first(self) -> Self:
        """Order by id, descending. Ids never tie, and paging goes by them."""
        return self.order_by(newest_first(self.db))

    def newest(self, number: int) -> Self:
        """Return the newest ``number``, newest first."""
        if not looks_up_ids_first(self.db):
            return self.newest_first()[:number]
        return self.filter(pk__in=self.newest_ids(number)).newest_first()

    def newest_ids(self, number: int) -> list[int]:
        """Return the ids of the newest ``number``."""
        return list(self.newest_first().values_list("id", flat=True)[:number])

    def page(self, *, before: int | None = None, through: int = 0, size: int) -> Page:
        """Return at most ``size`` notifications older than the id ``before``, newest first.

        Pages go by key and not by offset, so the last one costs no more than the first. A list
        that had been unfolded down to the id ``through`` comes back as long, up to ten pages.
        """
        if through:
            size = max(size, len(self.filter(pk__gte=through).newest_ids(10 * size)))
        older = self if before is None else self.filter(pk__lt=before)
        found = list(older.newest(size + 1))
        return Page(found[:size], found[size - 1].pk if len(found) > size else None)

    def search(
        self,
        exact: Mapping[str, str],
        *,
        before: int | None = None,
        through: int = 0,
        size: int,
    ) -> Page:
        """Return a :meth:`page` of the notifications whose fields equal ``exact``.

        The search looks through 5,000 rows. If they hold less than a page, and older rows remain,
        ``older`` is the last id that was looked at. A list that had been unfolded down to the id
        ``through`` comes back as long, within these rows.
        """
        older = self if before is None else self.filter(pk__lt=before)
        end = older._end_of_window()
        # A planner that knows the value to be rare would read every row that has it, instead of
        # walking the newest. It does not look into a CASE.
        rare = Case(When(**exact, then=True), default=False)
        found = older.unexpired().filter(rare, pk__gte=end)
        page = found.page(through=through, size=size)
        return page._replace(older=page.older or end or None)

    def _end_of_window(self) -> int:
        """Return the last id that a search looks at, or 0 if no older rows remain."""
        # Expired ones count, so that the index alone answers. One more id tells that rows remain.
        window = slice(SEARCH_WINDOW - 1, SEARCH_WINDOW + 1)
        ids = self.newest_first().values_list("id", flat=True)[window]
        return ids[0] if len(ids) > 1 else 0

    def created_at_of(self, pk: int) -> datetime | None:
        """Return the creation date of the notification ``pk``, or ``None`` if there is none."""
        return next(iter(self.filter(pk=pk).values_list("created_at", flat=True)), None)

    def recent_sources(self, among: int = 100) -> list[str]:
        """Return the source apps of the newest ``among`` notifications, in alphabetical order."""
        recent = self.newest(among).values_list("source_app", flat=True)
        return sorted(set(recent) - {""})

    # Changes: each returns the number of rows changed

    def mark_read(self, at: datetime | None = None) -> int:
        """Mark the unread ones as read; a row that was read keeps its first ``read_at``."""
        return self.filter(read_at=None).update(read_at=at or timezone.now(), dedup_key=None)

    def mark_unread(self) -> int:
        """Mark the undismissed ones as unread. A dedup key that was cleared is not set again."""
        return self.filter(dismissed_at=None).exclude(read_at=None).update(read_at=None)

    def dismiss(self) -> int:
        """Dismiss, and mark the unread ones as read at the same instant."""
        now = timezone.now()
        undismissed = self.filter(dismissed_at=None)
        return undismissed.update(
            read_at=Coalesce("read_at", now), dismissed_at=now, dedup_key=None
        )

    def restore(self) -> int:
        """Undo :meth:`dismiss`: a row that the dismissal had marked as read is unread again."""
        # MariaDB assigns from left to right, so read_at is compared before dismissed_at is cleared.
        return self.exclude(dismissed_at=None).update(
            read_at=Case(When(read_at=F("dismissed_at"), then=None), default=F("read_at")),
            dismissed_at=None,
        )

    def undo_mark_read(self, at: datetime) -> int:
        """Undo ``mark_read(at)``: the rows read at that very instant are unread again."""
        return self.filter(read_at=at, dismissed_at=None).update(read_at=None)

    def move(self, from_user: Any, to_user: Any) -> int:
        """Give the notifications of ``from_user`` to ``to_user``, as when two accounts become one.

        ``from_user``
            The user who has them, saved.
        ``to_user``
            The user who gets them, saved and another one.

        Returns their number. Read, dismissed and expired ones move too, and each keeps its state.
        If both users have an unread one about the same source, ``to_user`` then has two. A move
        takes two queries, in a transaction, and one on SQLite, which locks no rows. It sends no
        signal. A mistake raises ``ValueError`` or ``TypeError`` that names the argument.
        """
        with moving(from_user, to_user) as (old, new):
            # The moved rows give up their dedup keys, since to_user may hold the same ones. They
            # still count as duplicates, which are found by their source.
            mine = self.using(write_alias()).filter(user_id=old)
            return mine.update(user_id=new, dedup_key=None)


class UserNotification(models.Model):
    """A notification of one user, written by the ``notify_…`` functions alone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        # "notifications" is taken by three popular packages.
        related_name="themis_notifications",
        # The composite indexes below begin with the user.
        db_index=False,
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    message = models.TextField(_("message"), blank=True)
    level = models.CharField(_("level"), max_length=LEVEL_LENGTH, choices=Level, default=Level.INFO)
    url = AddressField(_("URL"), max_length=URL_LENGTH, blank=True)
    source_app = ExactCharField(
        _("source app"), max_length=SOURCE_LENGTHS["source_app"], blank=True
    )
    source_model = ExactCharField(
        _("source model"), max_length=SOURCE_LENGTHS["source_model"], blank=True
    )
    source_id = ExactCharField(_("source id"), max_length=SOURCE_LENGTHS["source_id"], blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    # Set by deduplicate=True, cleared by reading and dismissing, and never set again. A hash, since
    # on MariaDB a unique index over the source columns would be too wide for some row formats, and
    # one with a condition is silently not created.
    dedup_key = models.UUIDField(null=True, editable=False)

    # For the type checker, whose plugin does not see the column in a package of models.
    user_id: Any

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            # Deduplication holds between processes because of this constraint.
            models.UniqueConstraint(fields=["user", "dedup_key"], name="themis_dedup_key"),
        ]
        indexes = [
            # The badge and the poll read the newest unread of a user and their expiry from it.
            LatestIndex(fields=["user", "read_at", "id", "expires_at"], name="themis_unread"),
            # The pages of the inbox. Rows are read whole, so only MariaDB needs the expiry.
            LatestIndex(
                fields=["user", "dismissed_at", "id"], mariadb=["expires_at"], name="themis_inbox"
            ),
            # Deduplication, and the deletion of a source's notifications with the source.
            models.Index(
                fields=["source_app", "source_model", "source_id", "user"], name="themis_source"
            ),
            # By this one cleanup finds the few rows that are dismissed or may have expired.
            AnySetIndex(fields=["id"], any_set=["dismissed_at", "expires_at"], name="themis_ended"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_read(self) -> bool:
        """True if it is marked as read, which dismissing does too."""
        return self.read_at is not None

    @property
    def is_dismissed(self) -> bool:
        """True if the user has put it away."""
        return self.dismissed_at is not None

    @property
    def is_urgent(self) -> bool:
        """True if its level comes through a muted source."""
        return self.level in URGENT

    @property
    def needs_attention(self) -> bool:
        """True if its level is shown in words, beside its icon."""
        return self.level in NEEDING_ATTENTION

    @property
    def is_expired(self) -> bool:
        """True if its time has passed. It is invisible from then on, deleted or not."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


# The rules that the properties state of an instance, as conditions in SQL


def expired_q(now: Any = None) -> Q:
    """Return the condition that a row has expired by ``now``, an instant or an expression."""
    return Q(expires_at__lte=now or timezone.now())


def live_q(now: Any = None) -> Q:
    """Return the condition that a row has not expired by ``now``; most rows never do."""
    return Q(expires_at=None) | Q(expires_at__gt=now or timezone.now())


def unread_q(now: Any = None) -> Q:
    """Return the condition that a row counts as unread at ``now``.

    Dismissing a row reads it, so ``read_at`` alone decides.
    """
    return Q(read_at=None) & live_q(now)


def settled_q(now: Any = None) -> Q:
    """Return the condition that a row is read, dismissed or expired at ``now``."""
    return Q(read_at__isnull=False) | Q(dismissed_at__isnull=False) | expired_q(now)
