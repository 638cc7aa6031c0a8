"""Muted sources: the table, its queries, and its changes (mute, unmute, mute urgent ones too)."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import connections, models
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias
from themis_htmx.levels import Level
from themis_htmx.models.fields import ExactCharField
from themis_htmx.models.moving import moving
from themis_htmx.models.source import SOURCE_LENGTHS, source_part
from themis_htmx.users import user_key


class MutedSourceQuerySet(QuerySet["MutedSource"]):
    """A queryset of muted sources, with the questions and changes of muting."""

    # Questions

    def for_user(self, user: Any) -> Self:
        """Filter by ``user``, in the database that is written to."""
        return self.using(write_alias()).filter(user_id=user_key(user))

    def holding_back(self, source_app: str, level: str) -> Self:
        """Filter the rows that keep a notification of this source and level away from their user.

        An urgent one comes through, unless the user said otherwise.
        """
        muted = self.filter(source_app=source_app)
        return muted.filter(including_urgent=True) if Level(level).is_urgent else muted

    # Changes

    def mute(self, user: Any, source_app: Any) -> None:
        """Mute ``source_app`` for ``user``; a row that is there stays as it is.

        ``source_app`` has 1 to 100 characters. Anything else raises ``ValueError`` that names it.
        """
        self._add([self.model(user_id=user_key(user), source_app=_checked(source_app))])

    def _add(self, rows: list[MutedSource]) -> None:
        """Insert ``rows``, except those of which the user has one already."""
        database = write_alias()
        # A single statement, so that no other tab comes in between. On a conflict it writes the
        # value that is there already.
        self.using(database).bulk_create(
            rows,
            update_conflicts=True,
            update_fields=["source_app"],
            unique_fields=_unique_fields(database),
        )

    def unmute(self, user: Any, source_app: Any) -> int:
        """Unmute ``source_app``; return the number of rows deleted. Raises as ``mute`` does."""
        rows, _by_model = self.for_user(user).filter(source_app=_checked(source_app)).delete()
        return rows

    def mute_urgent(self, user: Any, source_app: Any, *, including_urgent: bool) -> int:
        """Hold back urgent notifications of a muted source too, or let them through.

        Returns the number of rows found, 0 if the source is not muted. Raises as ``mute`` does.
        """
        mine = self.for_user(user).filter(source_app=_checked(source_app))
        return mine.update(including_urgent=including_urgent)

    def move(self, from_user: Any, to_user: Any) -> int:
        """Give the muted sources of ``from_user`` to ``to_user``, as when two accounts become one.

        ``from_user``
            The user who has them, saved.
        ``to_user``
            The user who gets them, saved and another one.

        Returns their number. If both users have muted a source, the row of ``to_user`` stays as it
        is, and the other one is deleted. A move takes five queries, in a transaction, and four on
        SQLite, which locks no rows. A mistake raises ``ValueError`` or ``TypeError`` that names the
        argument.
        """
        with moving(from_user, to_user) as (old, new):
            mine = self.using(write_alias()).filter(user_id=old)
            # A no-op UPDATE, to take SQLite's write lock before reading. A transaction that reads
            # first fails to write if another committed in between.
            mine.update(including_urgent=F("including_urgent"))
            muted = list(mine.values("source_app", "including_urgent"))
            self._add([self.model(user_id=new, **columns) for columns in muted])
            mine.delete()
        return len(muted)


def _checked(source_app: Any) -> str:
    part = source_part("source_app", source_app)
    if not part:
        raise ValueError(f"source_app: {source_app!r} is empty; name what is to be muted.")
    return part


def _unique_fields(database: str) -> list[str] | None:
    """Return the columns whose unique index an upsert names, ``None`` on MariaDB.

    MariaDB's ON DUPLICATE KEY names no columns and reacts to every unique index.
    """
    named = connections[database].features.supports_update_conflicts_with_target
    return ["user", "source_app"] if named else None


class MutedSource(models.Model):
    """A source whose notifications a user does not want."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        related_name="themis_muted_sources",
        # The unique index begins with the user.
        db_index=False,
    )
    source_app = ExactCharField(_("source app"), max_length=SOURCE_LENGTHS["source_app"])
    including_urgent = models.BooleanField(_("urgent ones too"), default=False)

    objects = MutedSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("muted source")
        verbose_name_plural = _("muted sources")
        constraints = [
            models.UniqueConstraint(fields=["user", "source_app"], name="themis_muted_source"),
        ]

    def __str__(self) -> str:
        return self.source_app
