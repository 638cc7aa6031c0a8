"""What each user wants by e-mail, when the next e-mail is due, and who is at work on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias
from themis_htmx.mail.conf import mail_setting
from themis_htmx.mail.models.insisting import insist
from themis_htmx.mail.modes import MODE_LENGTH, NOT_CHOSEN, Mode
from themis_htmx.mail.slots import next_slot
from themis_htmx.models import UserProfile
from themis_htmx.models.profile import stored as stored_profile
from themis_htmx.users import all_users, user_key

# The first e-mail tells what came within that time before it was turned on, and each later one
# looks back that much further than the one before: a long transaction commits late what it dates
# back.
LOOKS_BACK = timedelta(days=1)
# So long a run has for the few users whom it claims at a time. Should it die, another one takes
# over after that.
LEASE = timedelta(minutes=10)
# Waits after a failure, doubled each time.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)
# No summary is further away than a week and a day that an island left out. A later one, and a wait
# longer than the longest, was set while the clock was ahead.
FARTHEST = timedelta(days=9)


class MailPreferenceQuerySet(QuerySet["MailPreference"]):
    """A queryset of preferences, with the questions and changes of the command and the outlet."""

    # Questions

    def stored(self, user: Any) -> MailPreference:
        """Return the preference of ``user`` as it is stored, or an unsaved one.

        Raises ``TypeError`` unless ``user`` is a user of the project.
        """
        key = user_key(user)
        return self.using(write_alias()).filter(pk=key).first() or self.model(user_id=key)

    def due(self, now: datetime) -> Self:
        """Filter the ones to be looked at by ``now``, of which nobody else has taken hold."""
        wrong = Q(next_at__gt=now + FARTHEST)
        free = (
            Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + 2 * LONGEST_WAIT)
        )
        return self.using(write_alias()).filter(free, Q(next_at__lte=now) | wrong)

    # Changes

    def choose(self, user: Any, mode: str, *, hour: int, weekday: int) -> None:
        """Store what ``user`` wants, and when the next summary is due.

        ``mode``
            One of the values of ``Mode``.
        ``hour``, ``weekday``
            When summaries come, by the clock in the user's time zone: 0 to 23, and 0 for Monday to
            6 for Sunday.

        What is urgent and on its way is mailed all the same. Raises ``ValueError`` that names the
        argument, and ``TypeError`` unless ``user`` is a user of the project.
        """
        row = self.model(
            user_id=user_key(user),
            mode=_within("mode", mode, Mode.values),
            hour=_within("hour", hour, range(24)),
            weekday=_within("weekday", weekday, range(7)),
        )
        row.schedule(stored_profile(user))
        if not self.rewrite(row, pk=row.pk):
            try:
                with transaction.atomic(using=write_alias()):
                    row.save(using=write_alias(), force_insert=True)
            except IntegrityError:
                # The outlet may have made the row in between. Otherwise the user is gone.
                if not self.rewrite(row, pk=row.pk):
                    raise

    def rewrite(self, row: MailPreference, **of: Any) -> int:
        """Store what ``row`` says in the rows that ``of`` finds; return their number.

        An e-mail that is to come sooner than the next summary stays due.
        """
        is_pending = ~Q(next_at=None) & (Q(digest_at=None) | ~Q(next_at=F("digest_at")))
        sooner = is_pending & (Q(next_at__lt=row.digest_at) if row.digest_at else Q())
        # MariaDB assigns from left to right, so what is compared comes before what is changed.
        begins = Q(mode=Mode.OFF) | Q(mode=NOT_CHOSEN, digest_at=None)
        return (
            self.using(write_alias())
            .filter(**of)
            .update(
                since=Case(When(begins, then=Value(row.since)), default=F("since")),
                next_at=Case(When(sooner, then=F("next_at")), default=Value(row.digest_at)),
                digest_at=row.digest_at,
                mode=row.mode,
                hour=row.hour,
                weekday=row.weekday,
            )
        )

    def add_missing(self, keys: Iterable[Any]) -> None:
        """Make rows for those of some users who have none, and have not chosen.

        Those whose row was made when the site's default had no summaries get a time for them.
        """
        is_wanted = Q(themis_mail_preference=None)
        if default_mode().has_summaries:
            is_wanted |= Q(
                themis_mail_preference__mode=NOT_CHOSEN, themis_mail_preference__digest_at=None
            )
        users = all_users(write_alias()).filter(is_wanted, pk__in=list(keys))
        found = users.values_list("pk", "themis_profile__time_zone", "themis_mail_preference")
        made: list[MailPreference] = []
        known: dict[str, list[MailPreference]] = defaultdict(list)
        for key, zone, stored in found:
            row = self.model(user_id=key)
            row.schedule(UserProfile(user_id=key, time_zone=zone or ""))
            (made if stored is None else known[zone]).append(row)
        if made:
            self.using(write_alias()).bulk_create(made, ignore_conflicts=True)
        for rows in known.values():
            # Those of a time zone have the same times.
            self._without_summaries().rewrite(rows[0], pk__in=[row.pk for row in rows])

    def _without_summaries(self) -> Self:
        """Filter those who have not chosen, and for whom no summary is set up."""
        return self.using(write_alias()).filter(mode=NOT_CHOSEN, digest_at=None)

    def pull(self, keys: Iterable[Any], *, also_off: bool) -> int:
        """Have the command look at some users at its next run; return their number.

        ``also_off`` includes those who have e-mail off.
        """
        rows = self.using(write_alias()).filter(pk__in=list(keys))
        if not also_off:
            rows = rows.exclude(mode__in=modes_off())
        # Also where that time has come already. A run that is at work on the user then sees that
        # something happened meanwhile.
        return insist(lambda: rows.update(next_at=timezone.now()))

    def claim(self, keys: Iterable[Any], now: datetime) -> list[MailPreference]:
        """Take hold of those of some users who are due, for the length of a lease; return them.

        Of two runs that claim the same user at once, one changes the row. Users and profiles are
        read along, once they are held: whatever a user chose before counts.
        """
        mine = uuid4()
        due = self.due(now).filter(pk__in=list(keys))
        held_until = timezone.now() + LEASE
        if not insist(lambda: due.update(held_until=held_until, held_by=mine)):
            return []
        rows = self.using(write_alias()).filter(held_by=mine)
        claimed = list(rows.select_related("user__themis_profile").order_by("next_at", "pk"))
        for each in claimed:
            each.forget_future(now)
        return claimed


class MailPreference(models.Model):
    """What a user wants by e-mail. A user who has not chosen has the site's defaults.

    Ask ``wanted_mode`` and ``wanted_hour``, which know the defaults. A user who has not chosen may
    have a row, for an e-mail that comes in every mode.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        verbose_name=_("user"),
        related_name="themis_mail_preference",
    )
    mode = models.CharField(
        _("mode"), max_length=MODE_LENGTH, choices=Mode, default=NOT_CHOSEN, blank=True
    )
    hour = models.PositiveSmallIntegerField(
        _("hour"), default=8, validators=[MaxValueValidator(23)]
    )
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), default=0, choices=list(WEEKDAYS.items())
    )
    # What was there before is not told.
    since = models.DateTimeField(_("tells from"), default=timezone.now, editable=False)
    digest_at = models.DateTimeField(_("next summary at"), null=True, editable=False)
    # When the command next looks at the user: at the summary, or sooner for what is urgent.
    next_at = models.DateTimeField(_("next e-mail at"), null=True, editable=False, db_index=True)
    # Until then a run is at work on the user, or waits after a failure.
    held_until = models.DateTimeField(_("held until"), null=True, editable=False)
    held_by = models.UUIDField(null=True, editable=False, db_index=True)
    last_sent_at = models.DateTimeField(_("last e-mail at"), null=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)

    # For the type checker, whose plugin does not see the column in a package of models.
    user_id: Any

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail preferences")
        verbose_name_plural = _("e-mail preferences")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def wanted_mode(self) -> Mode:
        """The mode that the user chose, or that of the site."""
        return default_mode() if self.mode == NOT_CHOSEN else Mode(self.mode)

    @property
    def wanted_hour(self) -> int:
        """The hour of summaries that the user chose, or that of the site."""
        hour: int = mail_setting("DEFAULT_HOUR") if self.mode == NOT_CHOSEN else self.hour
        return hour

    def schedule(self, profile: UserProfile) -> None:
        """Set the row up to begin now, in the time zone of ``profile``; nothing is saved."""
        now = timezone.now()
        self.since = now - LOOKS_BACK
        self.next_at = self.digest_at = self.slot_after(now, profile)

    def forget_future(self, now: datetime) -> None:
        """Forget e-mails of the future, from when the clock was ahead; nothing is saved."""
        if self.last_sent_at and self.last_sent_at > now:
            self.last_sent_at = None
        self.since = min(self.since, now - LOOKS_BACK)

    def needs_slot(self, now: datetime) -> bool:
        """Return whether the summary is due, or its time was set while the clock was ahead."""
        return self.digest_at is None or not now < self.digest_at <= now + FARTHEST

    def slot_after(self, instant: datetime, profile: UserProfile) -> datetime | None:
        """Return the first summary after ``instant``, ``None`` if the mode has none."""
        mode = self.wanted_mode
        if not mode.has_summaries:
            return None
        weekday = self.weekday if mode == Mode.WEEKLY else None
        return next_slot(instant, profile.zone, self.wanted_hour, weekday)

    def finish(self, *, later: datetime | None, digest_at: datetime | None, has_sent: bool) -> None:
        """Let go of the row after it was dealt with.

        ``later``
            When to look at the user again, if that is before the next summary.
        ``digest_at``
            When the next summary is due.
        ``has_sent``
            Whether an e-mail was sent.

        What was changed meanwhile, by the user or by something urgent, stays as it is.
        """
        now, instants = timezone.now(), [each for each in (later, digest_at) if each]
        # A summary has looked at all that there was. Without summaries two days are enough for what
        # quiet hours may hold back.
        has_looked = digest_at != self.digest_at
        since = now - (LOOKS_BACK if has_looked else 2 * LOOKS_BACK)
        moves_on = has_looked or digest_at is None
        columns: dict[str, Any] = {
            "held_until": None,
            "held_by": None,
            "failures": 0,
            **({"since": max(self.since, since)} if moves_on else {}),
            **({"last_sent_at": now} if has_sent else {}),
        }
        times = {"digest_at": digest_at, "next_at": min(instants, default=None)}
        seen = {"digest_at": self.digest_at, "next_at": self.next_at}
        unchanged = self._row().filter(**seen)
        if not insist(lambda: unchanged.update(**times, **columns)):
            kept = {name: _unless_changed(name, seen[name], times[name]) for name in times}
            insist(lambda: self._row().update(**kept, **columns))

    def move_summary(self, slot: datetime | None) -> None:
        """Have the next summary at ``slot``, instead of when it was due so far."""
        # MariaDB assigns from left to right, so what is compared comes before what is changed.
        rows = MailPreference.objects.using(write_alias()).filter(pk=self.pk)
        rows.filter(digest_at=self.digest_at).update(
            next_at=Case(When(next_at=F("digest_at"), then=Value(slot)), default=F("next_at")),
            digest_at=slot,
        )

    def release(self) -> None:
        """Let go of the row as if it had not been claimed: the next run tries it again."""
        insist(lambda: self._row().update(held_until=None, held_by=None))

    def put_off(self) -> None:
        """Let go of the row after a failure: it is tried again, each time after a longer wait."""
        wait = min(FIRST_WAIT * 2 ** min(self.failures, 12), LONGEST_WAIT)
        held_until = timezone.now() + wait
        # A number that the column surely holds.
        failures = min(self.failures + 1, 30_000)
        columns = {"held_until": held_until, "held_by": None, "failures": failures}
        insist(lambda: self._row().update(**columns))

    def _row(self) -> MailPreferenceQuerySet:
        """Query the row, while it is held as when it was read.

        A run that was thought to be dead, and is not, changes nothing of what another one does.
        """
        rows = MailPreference.objects.using(write_alias())
        return rows.filter(pk=self.pk, held_by=self.held_by)


def default_mode() -> Mode:
    """Return the mode of users who have not chosen."""
    return Mode(mail_setting("DEFAULT_MODE"))


def modes_off() -> list[str]:
    """Return the stored modes that mean off."""
    return [Mode.OFF, *([NOT_CHOSEN] if default_mode() == Mode.OFF else [])]


def _unless_changed(name: str, seen: datetime | None, new: datetime | None) -> Case:
    return Case(When(**{name: seen}, then=Value(new)), default=F(name))


def _within(argument: str, value: Any, choices: Any) -> Any:
    if value not in choices:
        allowed = ", ".join(map(str, choices))
        raise ValueError(f"{argument}: {value!r} is none of {allowed}.")
    return value
