"""Source preferences: the table of the channels that users choose by source, and its changes."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import connections, models, transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import locks_rows, write_alias
from themis_htmx.levels import URGENT, Level
from themis_htmx.live.publish import publish
from themis_htmx.models.fields import ExactCharField
from themis_htmx.models.moving import moving
from themis_htmx.models.source import SOURCE_LENGTHS, source_part
from themis_htmx.policies import Channel, Policy, channel_name, policy_of
from themis_htmx.users import user_key

# No level has this weight: nothing passes.
ABOVE_ALL_LEVELS = 100


class SourcePreferenceQuerySet(QuerySet["SourcePreference"]):
    """A queryset of source preferences, with the questions about them and their changes."""

    # Questions

    def for_user(self, user: Any) -> Self:
        """Filter by ``user``, in the database that is written to."""
        return self.using(write_alias()).filter(user_id=user_key(user))

    def muted(self) -> Self:
        """Filter the sources that their users have muted, which is to turn off the bell."""
        return self.filter(bell=False)

    # Changes

    def choose(self, user: Any, source_app: Any, channel: str, wanted: bool) -> None:  # noqa: FBT001
        """Store whether ``user`` wants what comes from ``source_app`` in ``channel``.

        ``source_app``
            1 to 100 characters.
        ``channel``
            ``"bell"``, ``"desktop"`` or ``"email"``. What is not in the bell reaches no other.
        ``wanted``
            ``True`` or ``False``. The default of the source is not stored, and a row that says
            nothing any more is deleted.

        A mistake raises ``ValueError`` or ``TypeError`` that names the argument, and so does
        ``False`` for a channel in which the source is required.
        """
        source_app, channel = _checked(source_app), channel_name(channel)
        if not isinstance(wanted, bool):
            raise TypeError(f"wanted: {wanted!r} is not True or False.")
        policy = policy_of(source_app, channel)
        if policy is Policy.REQUIRED and not wanted:
            raise ValueError(
                f"wanted: False, but {source_app!r} is required in {channel!r} by THEMIS_SOURCES."
            )
        if wanted == policy.is_on:
            self._forget(user, source_app, channel)
        else:
            row = self.model(user_id=user_key(user), source_app=source_app, **{channel: wanted})
            self._upsert([row], [channel])
        if channel == Channel.BELL:
            publish([user_key(user)])

    def mute(self, user: Any, source_app: Any) -> None:
        """Mute ``source_app`` for ``user``: turn off its bell, and leave the rest as it is.

        ``source_app`` has 1 to 100 characters. Anything else raises ``ValueError`` that names it,
        and so does a source that is required.
        """
        self.choose(user, source_app, Channel.BELL, wanted=False)

    def unmute(self, user: Any, source_app: Any) -> int:
        """Unmute ``source_app``; return 1 if it was muted, otherwise 0. Raises as ``mute`` does."""
        source_app = _checked(source_app)
        if not policy_of(source_app).is_on:
            chosen = self.for_user(user).filter(source_app=source_app, bell=True)
            if was_muted := not chosen.exists():
                self.choose(user, source_app, Channel.BELL, wanted=True)
            return int(was_muted)
        unmuted = self._forget(user, source_app, Channel.BELL, Q(bell=False))
        if unmuted:
            publish([user_key(user)])
        return unmuted

    def mute_urgent(self, user: Any, source_app: Any, *, including_urgent: bool) -> int:
        """Hold back urgent notifications where the source is turned off, or let them through.

        Returns the number of rows found, 0 if nothing is turned off. Raises as ``mute`` does.
        """
        source_app = _checked(source_app)
        mine = self.for_user(user).filter(source_app=source_app)
        found = mine.update(including_urgent=including_urgent)
        if not found and including_urgent and _is_off_somewhere(source_app):
            row = self.model(user_id=user_key(user), source_app=source_app, including_urgent=True)
            self._upsert([row], ["including_urgent"])
            found = 1
        elif found and not including_urgent:
            mine.filter(_says_nothing(source_app)).delete()
        if found:
            publish([user_key(user)])
        return found

    def move(self, from_user: Any, to_user: Any) -> int:
        """Give the preferences of ``from_user`` to ``to_user``, as when two accounts become one.

        ``from_user``
            The user who has them, saved.
        ``to_user``
            The user who gets them, saved and another one.

        Returns the number of sources. What ``to_user`` has chosen for a source stays; a channel of
        which they have said nothing is taken over. A move takes six queries, in a transaction, and
        five on SQLite, which locks no rows, and one more where something is taken over. A mistake
        raises ``ValueError`` or ``TypeError`` that names the argument.
        """
        with moving(from_user, to_user) as (old, new):
            mine = self.using(write_alias()).filter(user_id=old)
            # A no-op UPDATE, to take SQLite's write lock before reading. A transaction that reads
            # first fails to write if another committed in between.
            mine.update(including_urgent=F("including_urgent"))
            rows = list(mine)
            self._upsert([row.copy_for(new) for row in rows], ["source_app"])
            self._take_over(new, rows)
            mine.delete()
            if rows:
                publish([old, new])
        return len(rows)

    def _take_over(self, user_key: Any, rows: list[SourcePreference]) -> None:
        """Fill the gaps in the rows of a user with ``rows`` of another one."""
        given = {row.source_app: row for row in rows}
        theirs = self.using(write_alias()).filter(user_id=user_key, source_app__in=given)
        if locks_rows(write_alias()):
            theirs = theirs.select_for_update()
        filled = [row for row in theirs if row.fill_from(given[row.source_app])]
        if filled:
            self.using(write_alias()).bulk_update(filled, Channel.values)

    def _upsert(self, rows: list[SourcePreference], columns: list[str]) -> None:
        """Insert ``rows``; of one that the user has already, write these columns only."""
        database = write_alias()
        # A single statement, so that no other tab comes in between.
        self.using(database).bulk_create(
            rows,
            update_conflicts=True,
            update_fields=columns,
            unique_fields=_unique_fields(database),
        )

    def _forget(self, user: Any, source_app: str, channel: str, condition: Q | None = None) -> int:
        """Set a column to the default, and delete the row if it says nothing any more.

        Returns the number of rows that were changed.
        """
        mine = self.for_user(user).filter(source_app=source_app)
        # The update locks the row, so that no other tab says something before it is deleted.
        with transaction.atomic(using=write_alias()):
            stated = mine.filter(condition or Q(), **{f"{channel}__isnull": False})
            changed = stated.update(**{channel: None})
            if changed:
                mine.filter(_says_nothing(source_app)).delete()
        return changed


def least_weight(policy: Policy) -> Case:
    """Return an expression for the least weight of a level that a row lets into the bell."""
    wanted = Q(bell=True) | Q(bell=None) if policy.is_on else Q(bell=True)
    return Case(
        When(wanted, then=0),
        When(including_urgent=True, then=ABOVE_ALL_LEVELS),
        default=Level.DANGER.weight,
        output_field=IntegerField(),
    )


def least_weight_without_row(policy: Policy) -> int:
    """Return the least weight of a level for a user who has no row."""
    return 0 if policy.is_on else Level.DANGER.weight


def _checked(source_app: Any) -> str:
    part = source_part("source_app", source_app)
    if not part:
        raise ValueError(f"source_app: {source_app!r} is empty; name what is to be chosen.")
    return part


def _is_off_somewhere(source_app: str) -> bool:
    return not all(policy_of(source_app, channel).is_on for channel in Channel)


def _says_nothing(source_app: str) -> Q:
    """Return the condition that a row of the source says nothing beyond the defaults."""
    silent = Q(**{f"{channel}__isnull": True for channel in Channel.values})
    # Where something is off by default, "urgent ones too" says something alone.
    return silent & Q(including_urgent=False) if _is_off_somewhere(source_app) else silent


def _unique_fields(database: str) -> list[str] | None:
    """Return the columns whose unique index an upsert names, ``None`` on MariaDB.

    MariaDB's ON DUPLICATE KEY names no columns and reacts to every unique index.
    """
    named = connections[database].features.supports_update_conflicts_with_target
    return ["user", "source_app"] if named else None


class SourcePreference(models.Model):
    """The channels in which a user wants a source; a row exists where they differ from the default.

    ``bell``, ``desktop`` and ``email`` are ``None`` for the default of the source.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        related_name="themis_source_preferences",
        # The unique index begins with the user.
        db_index=False,
    )
    source_app = ExactCharField(_("source app"), max_length=SOURCE_LENGTHS["source_app"])
    bell = models.BooleanField(_("bell"), null=True, blank=True)
    desktop = models.BooleanField(_("desktop"), null=True, blank=True)
    email = models.BooleanField(_("e-mail"), null=True, blank=True)
    including_urgent = models.BooleanField(_("urgent ones too"), default=False)

    objects = SourcePreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source preference")
        verbose_name_plural = _("source preferences")
        constraints = [
            models.UniqueConstraint(fields=["user", "source_app"], name="themis_source_preference"),
        ]

    def __str__(self) -> str:
        return self.source_app

    def wants(self, channel: str, level: str = Level.INFO.value) -> bool:
        """Return whether a notification of ``level`` from this source is wanted in ``channel``.

        An unsaved row answers for a user who has chosen nothing.
        """
        policy = policy_of(self.source_app, channel)
        chosen = getattr(self, channel)
        if policy is Policy.REQUIRED or (policy.is_on if chosen is None else chosen):
            return True
        return level in URGENT and not self.including_urgent

    def copy_for(self, user_key: Any) -> SourcePreference:
        """Return an unsaved copy for the user of this key."""
        columns = {name: getattr(self, name) for name in (*Channel.values, "including_urgent")}
        return SourcePreference(user_id=user_key, source_app=self.source_app, **columns)

    def fill_from(self, other: SourcePreference) -> bool:
        """Take from ``other`` what this row leaves to the default; return whether it took any."""
        gaps = [name for name in Channel.values if getattr(self, name) is None]
        taken = [name for name in gaps if getattr(other, name) is not None]
        for name in taken:
            setattr(self, name, getattr(other, name))
        return bool(taken)
