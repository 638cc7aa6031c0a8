"""The read side: every question about notifications, and every verb upon them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import connections, models, router
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.levels import Level
from themis_htmx.models.fields import ExactCharField
from themis_htmx.models.indexes import AnySetIndex, LatestIndex, newest_first
from themis_htmx.users import user_key

UNREAD_CAP = 100
# No index serves a level or a source: a search for them looks through so many rows at a time.
LOOK = 5000


class Page(NamedTuple):
    """Some notifications, newest first, and the id before which older ones are found."""

    notifications: list[UserNotification]
    older: int | None


class NotificationQuerySet(QuerySet["UserNotification"]):
    """Notifications, with the questions and verbs of the inbox."""

    # Questions

    def for_user(self, user: Any) -> Self:
        """Those of ``user``, from the database that is written to.

        A lagging replica would contradict what the user did a moment ago.
        """
        return self.using(router.db_for_write(self.model)).filter(user_id=user_key(user))

    def unexpired(self) -> Self:
        """Those whose time has not passed; an expired row is invisible from that instant."""
        return self.filter(live_expiry())

    def visible(self) -> Self:
        """Those that a list may show: neither dismissed nor expired."""
        return self.unexpired().filter(dismissed_at=None)

    def unread(self) -> Self:
        """Those that count on the badge. Dismissing reads, so ``read_at`` alone decides."""
        return self.unexpired().filter(read_at=None)

    def expired(self) -> Self:
        """Those that nobody sees any more, waiting for cleanup."""
        return self.filter(expires_at__lte=timezone.now())

    def not_unread(self) -> Self:
        """Those that hold no one's attention: read, dismissed or expired."""
        return self.filter(
            Q(read_at__isnull=False)
            | Q(dismissed_at__isnull=False)
            | Q(expires_at__lte=timezone.now())
        )

    def newest_first(self) -> Self:
        """Newest first. Ids order them: they never tie, and paging goes by them."""
        return self.order_by(newest_first(connections[self.db].vendor))

    def newest(self, number: int) -> Self:
        """The newest ``number``, newest first."""
        if connections[self.db].vendor != "mysql":
            return self.newest_first()[:number]
        # Asked for whole rows at once, MariaDB often sorts all of the user's.
        return self.filter(pk__in=self.newest_ids(number)).newest_first()

    def newest_ids(self, number: int) -> list[int]:
        """The ids of the newest ``number``."""
        return list(self.newest_first().values_list("id", flat=True)[:number])

    def page(self, *, before: int | None = None, through: int = 0, size: int) -> Page:
        """At most ``size`` of those older than the id ``before``, newest first.

        By key and never by offset, so the last page costs what the first one costs. With
        ``through`` a list that was unfolded stays so: down to that id, at most ten pages.
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
        """A :meth:`page` of those with ``exact`` fields, looked for among the newest 5,000.

        Where these have less than a page and are not all, ``older`` is the last id looked at.
        With ``through`` a list stays unfolded within these, and goes on from there.
        """
        older = self if before is None else self.filter(pk__lt=before)
        end = older._end_of_look()
        # Told what is rare, a planner leaves the walk for all there is; a CASE does not tell.
        rare = Case(When(**exact, then=True), default=False)
        found = older.unexpired().filter(rare, pk__gte=end)
        page = found.page(through=through, size=size)
        return page._replace(older=page.older or end or None)

    def _end_of_look(self) -> int:
        """The last id that a search looks at, 0 where it comes to the end of all."""
        # Expired ones count, so that the index alone answers. One more tells whether to go on.
        ids = self.newest_first().values_list("id", flat=True)[LOOK - 1 : LOOK + 1]
        return ids[0] if len(ids) > 1 else 0

    def created(self, pk: int) -> datetime | None:
        """When the one with this id was created, where there is one."""
        return next(iter(self.filter(pk=pk).values_list("created_at", flat=True)), None)

    def recent_sources(self, among: int = 100) -> list[str]:
        """The source apps of the newest ``among``, in alphabetical order."""
        recent = self.newest(among).values_list("source_app", flat=True)
        return sorted(set(recent) - {""})

    # Verbs: each returns how many rows it changed

    def mark_read(self, at: datetime | None = None) -> int:
        """Read the unread ones; a row that was read keeps its first ``read_at``."""
        return self.filter(read_at=None).update(read_at=at or timezone.now(), dedup_key=None)

    def mark_unread(self) -> int:
        """Take the reading back. The dedup key stays away: it is a one-way lock."""
        return self.filter(dismissed_at=None).exclude(read_at=None).update(read_at=None)

    def dismiss(self) -> int:
        """Put away, reading the unread ones at the same instant."""
        now = timezone.now()
        undismissed = self.filter(dismissed_at=None)
        return undismissed.update(
            read_at=Coalesce("read_at", now), dismissed_at=now, dedup_key=None
        )

    def restore(self) -> int:
        """Take the dismissal back, and the reading where the dismissal had read it."""
        # MariaDB assigns from left to right: read_at must look before dismissed_at is gone.
        return self.exclude(dismissed_at=None).update(
            read_at=Case(When(read_at=F("dismissed_at"), then=None), default=F("read_at")),
            dismissed_at=None,
        )

    def unread_since(self, at: datetime) -> int:
        """Take back a ``mark_read(at)``: unread again is what was read at that very instant."""
        return self.filter(read_at=at, dismissed_at=None).update(read_at=None)


def live_expiry(now: Any = None) -> Q:
    """The condition that a row has not expired by ``now``, an instant or an expression."""
    return Q(expires_at=None) | Q(expires_at__gt=now or timezone.now())


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

    # Said for the type checker, whose plugin does not see it in a package of models.
    user_id: Any

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
