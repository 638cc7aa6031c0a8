"""Notifications: the table and its constraint, the queries (unread, pages by key, search), and the
changes of state (read, dismiss, undo).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import looks_up_ids_first, write_alias
from themis_htmx.levels import LEVEL_LENGTH, NEEDING_ATTENTION, URGENT, Level
from themis_htmx.live.publish import publish
from themis_htmx.models.address import URL_LENGTH
from themis_htmx.models.extras import (
    Action,
    ExtrasField,
    says_others,
    stored_actions,
    stored_image,
)
from themis_htmx.models.fields import AddressField, ExactCharField
from themis_htmx.models.indexes import AnySetIndex, LatestIndex, TimedIndex, newest_first
from themis_htmx.models.instants import future_instant
from themis_htmx.models.moving import moving
from themis_htmx.models.publishing import PublishingQuerySet
from themis_htmx.models.silent import announced_q
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


class NotificationQuerySet(PublishingQuerySet["UserNotification"]):
    """A queryset of notifications, with the questions and changes of the inbox."""

    # Questions

    def for_user(self, user: Any) -> Self:
        """Filter by ``user``, in the database that is written to.

        A lagging replica would contradict what the user did a moment ago.
        """
        key = user_key(user)
        mine = self.using(write_alias()).filter(user_id=key)
        mine._owner = key
        return mine

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

    def awake(self) -> Self:
        """Leave out the ones that are not to be seen yet: snoozed, or scheduled for later."""
        return self.filter(awake_q())

    def current(self) -> Self:
        """Leave out the expired ones, and the ones that are not to be seen yet."""
        return self.filter(live_q(), awake_q())

    def visible(self) -> Self:
        """Leave out the ones that no list shows: dismissed, expired, or not to be seen yet."""
        return self.filter(live_q(), awake_q(), dismissed_at=None)

    def snoozed(self) -> Self:
        """Filter the ones that their user has put off until later.

        A notification that was scheduled is none of them: its user has not seen it yet.
        """
        # Snoozing makes unread. The condition is here for the index.
        return self.unexpired().filter(snoozed_q(), read_at=None)

    def scheduled(self) -> Self:
        """Filter the ones that their user is not to see yet, and has never seen."""
        return self.unexpired().filter(
            visible_from__gt=timezone.now(), visible_from=F("created_at"), dismissed_at=None
        )

    def back(self) -> Self:
        """Filter the unread ones whose time to be seen has come, after a snooze or as scheduled."""
        # As a range, which an index serves: a column that is compared is not NULL.
        now = timezone.now()
        return self.unexpired().filter(read_at=None, visible_from__lte=now)

    def known(self) -> Self:
        """Leave out the expired ones, and the scheduled ones that their user has never seen."""
        return self.unexpired().filter(known_q())

    def unread(self) -> Self:
        """Filter the ones that count on the badge."""
        return self.filter(unread_q())

    def announced(self) -> Self:
        """Leave out the ones that nobody is told of: they came from another kit."""
        return self.filter(announced_q())

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

    def page_of_few(self, *, before: int | None = None, through: int = 0, size: int) -> Page:
        """Return a :meth:`page` of a queryset that an index finds in another order.

        All its ids are read: in search of a page in order of ids, SQLite and PostgreSQL would walk
        everything unread.
        """
        ids = sorted(self.order_by().values_list("pk", flat=True), reverse=True)
        older = [pk for pk in ids if before is None or pk < before]
        size = max(size, min(10 * size, sum(pk >= through for pk in ids)) if through else 0)
        return self.model.objects.using(self.db).filter(pk__in=older[: size + 1]).page(size=size)

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
        found = older.current().filter(rare, pk__gte=end)
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
        """Mark the unread ones as read; a row that was read keeps its first ``read_at``.

        The ones that are not to be seen yet stay unread: otherwise nobody would be told of them.
        """
        unread = self.awake().filter(read_at=None)
        return unread._change(read_at=at or timezone.now(), dedup_key=None)

    def mark_unread(self) -> int:
        """Mark the undismissed ones as unread. A dedup key that was cleared is not set again."""
        return self.filter(dismissed_at=None).exclude(read_at=None)._change(read_at=None)

    def dismiss(self) -> int:
        """Dismiss, and mark the unread ones as read at the same instant."""
        now = timezone.now()
        undismissed = self.filter(dismissed_at=None)
        return undismissed._change(
            read_at=Coalesce("read_at", now), dismissed_at=now, dedup_key=None
        )

    def restore(self) -> int:
        """Undo :meth:`dismiss`: a row that the dismissal had marked as read is unread again."""
        # MariaDB assigns from left to right, so read_at is compared before dismissed_at is cleared.
        return self.exclude(dismissed_at=None)._change(
            read_at=Case(When(read_at=F("dismissed_at"), then=None), default=F("read_at")),
            dismissed_at=None,
        )

    def undo_mark_read(self, at: datetime) -> int:
        """Undo ``mark_read(at)``: the rows read at that very instant are unread again."""
        return self.filter(read_at=at, dismissed_at=None)._change(read_at=None)

    def snooze(self, until: datetime) -> int:
        """Put off until an instant: nobody sees them before it, and then they are unread.

        ``until``
            The instant from which they are seen again; an aware datetime if ``USE_TZ`` is on.

        They are announced then like new ones, also those that had been read. Left as they are: what
        is dismissed, what expires before ``until``, and what is scheduled and was never seen.

        Raises ``ValueError`` or ``TypeError`` that names ``until`` unless it is in the future.
        """
        instant = future_instant("until", until)
        seen = self.known().filter(live_q(instant), dismissed_at=None)
        return seen._change(visible_from=instant, read_at=None)

    def wake(self, at: datetime | None = None) -> int:
        """Show now what is snoozed or scheduled for later, as if its time had come."""
        now = at or timezone.now()
        asleep = self.unexpired().filter(visible_from__gt=now, dismissed_at=None)
        # MariaDB assigns from left to right, so visible_from is compared before it is changed.
        return asleep._change(
            created_at=Case(When(visible_from=F("created_at"), then=now), default=F("created_at")),
            visible_from=now,
        )

    def undo_snooze(
        self, until: datetime, *, visible_from: datetime | None, read_at: datetime | None
    ) -> int:
        """Undo ``snooze(until)``, or ``wake()`` at that instant.

        ``until``
            The instant until which they were put off. Others, and dismissed ones, stay as they are.
        ``visible_from``, ``read_at``
            The values of these columns before.
        """
        changed = self.filter(visible_from=until, dismissed_at=None)
        return changed._change(visible_from=visible_from, read_at=read_at)

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
            moved = mine.update(user_id=new, dedup_key=None)
            if moved:
                publish([old, new])
            return moved

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows, and publish it for those who had one unread."""
        owners = self._owners(unread_q())
        deleted = super().delete()
        if deleted[0]:
            publish(owners)
        return deleted

    # As Django marks its own: templates may not call it, and managers do not offer it.
    delete.alters_data = delete.queryset_only = True  # type: ignore[attr-defined]


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
    # Until then nobody sees it. A scheduled one has the same instant in created_at, since that is
    # when its user learns of it; in a snoozed one it is later.
    visible_from = models.DateTimeField(_("visible from"), null=True, blank=True)
    # Set by deduplicate=True, cleared by reading and dismissing, and never set again. A hash, since
    # on MariaDB a unique index over the source columns would be too wide for some row formats, and
    # one with a condition is silently not created.
    dedup_key = models.UUIDField(null=True, editable=False)
    # The number of notifications that group=True has put away in favour of this one.
    others = models.PositiveIntegerField(_("others"), default=0, db_default=0, editable=False)
    extras = ExtrasField(_("image and actions"), null=True, blank=True)

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
            # The badge and the poll read from it the newest unread of a user, and from when to when
            # each is to be seen.
            LatestIndex(
                fields=["user", "read_at", "id", "expires_at", "visible_from"], name="themis_unread"
            ),
            # The pages of the inbox. Rows are read whole, so only MariaDB needs the two instants.
            LatestIndex(
                fields=["user", "dismissed_at", "id"],
                mariadb=["expires_at", "visible_from"],
                name="themis_inbox",
            ),
            # The few that are back, and the ones that are snoozed.
            TimedIndex(
                fields=["user", "read_at", "visible_from", "expires_at"], name="themis_timed"
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

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, as the admin does, and publish it if it was unread."""
        deleted = super().delete(*args, **options)
        if not self.is_read:
            publish([self.user_id])
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]

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

    @property
    def is_awake(self) -> bool:
        """True unless it is not to be seen yet, as it is snoozed or scheduled for later."""
        return self.visible_from is None or self.visible_from <= timezone.now()

    @property
    def was_snoozed(self) -> bool:
        """True if its user has put it off until later, whether that time has come or not."""
        return self.visible_from is not None and self.visible_from > self.created_at

    @property
    def is_back(self) -> bool:
        """True if it is unread, and the time has come until which its user had put it off."""
        return self.was_snoozed and self.is_awake and not self.is_read

    @property
    def shown_at(self) -> datetime:
        """The instant from which its user could see it: its creation, or the end of a snooze."""
        return self.visible_from or self.created_at

    @property
    def is_snoozed(self) -> bool:
        """True if its user has put it off, and its time has not come yet."""
        return self.was_snoozed and not self.is_awake

    @property
    def image(self) -> str:
        """The address of its image, or ``""``: a path on this site or an https address."""
        return stored_image(self.extras)

    @property
    def uncounted_others(self) -> int:
        """The number of others of its group, 0 if its title says it already."""
        return 0 if says_others(self.extras) else self.others

    @property
    def actions(self) -> list[Action]:
        """Its actions, at most two."""
        return stored_actions(self.extras)


# The rules that the properties state of an instance, as conditions in SQL


def expired_q(now: Any = None) -> Q:
    """Return the condition that a row has expired by ``now``, an instant or an expression."""
    return Q(expires_at__lte=now or timezone.now())


def live_q(now: Any = None) -> Q:
    """Return the condition that a row has not expired by ``now``; most rows never do."""
    return Q(expires_at=None) | Q(expires_at__gt=now or timezone.now())


def awake_q(now: Any = None) -> Q:
    """Return the condition that a row is to be seen by ``now``; most rows are at once."""
    return Q(visible_from=None) | Q(visible_from__lte=now or timezone.now())


def snoozed_q(now: Any = None) -> Q:
    """Return the condition that the user has put a row off until after ``now``."""
    return Q(visible_from__gt=now or timezone.now()) & Q(visible_from__gt=F("created_at"))


def known_q(now: Any = None) -> Q:
    """Return the condition that a row's user has seen it, or may see it by ``now``."""
    return awake_q(now) | Q(visible_from__gt=F("created_at"))


def unread_q(now: Any = None) -> Q:
    """Return the condition that a row counts as unread at ``now``."""
    return awaited_q(now) & awake_q(now)


def awaited_q(now: Any = None) -> Q:
    """Return the condition that a row is unread at ``now``, whether it is to be seen yet or not.

    Dismissing a row reads it, so ``read_at`` alone decides.
    """
    return Q(read_at=None) & live_q(now)


def settled_q(now: Any = None) -> Q:
    """Return the condition that a row is read, dismissed or expired at ``now``."""
    return Q(read_at__isnull=False) | Q(dismissed_at__isnull=False) | expired_q(now)
