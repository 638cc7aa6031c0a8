"""What a user does not want to hear from: every question about muted sources, and every verb."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import connections, models, router
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from themis_htmx.levels import Level
from themis_htmx.models.fields import ExactCharField
from themis_htmx.models.source import source_part
from themis_htmx.users import user_key


class MutedSourceQuerySet(QuerySet["MutedSource"]):
    """Muted sources, with the questions and verbs of muting."""

    # Questions

    def for_user(self, user: Any) -> Self:
        """Those of ``user``, from the database that is written to."""
        return self.using(router.db_for_write(self.model)).filter(user_id=user_key(user))

    def holding_back(self, source_app: str, level: str) -> Self:
        """Those that keep a notification of this source and level away.

        An urgent one comes through, unless the user said otherwise.
        """
        muted = self.filter(source_app=source_app)
        return muted if Level(level).weight < 2 else muted.filter(including_urgent=True)

    # Verbs

    def mute(self, user: Any, source_app: Any) -> None:
        """Keep what ``source_app`` sends away from ``user``; muted already, it stays as it is.

        ``source_app`` has 1 to 100 characters. Raises ``ValueError`` that names it otherwise.
        """
        row = self.model(user_id=user_key(user), source_app=_checked(source_app))
        database = router.db_for_write(self.model)
        # One statement, between whose halves no other tab can come. It writes what is there.
        self.using(database).bulk_create(
            [row],
            update_conflicts=True,
            update_fields=["source_app"],
            unique_fields=_unique_fields(database),
        )

    def unmute(self, user: Any, source_app: Any) -> int:
        """Let it through again; return how many rows that changed. Raises as ``mute`` does."""
        rows, _by_model = self.for_user(user).filter(source_app=_checked(source_app)).delete()
        return rows

    def mute_urgent(self, user: Any, source_app: Any, *, including_urgent: bool) -> int:
        """Say whether urgent ones of a muted source are kept away too. Raises as ``mute`` does.

        Returns how many rows that found: none where the source is not muted.
        """
        mine = self.for_user(user).filter(source_app=_checked(source_app))
        return mine.update(including_urgent=including_urgent)


def _checked(source_app: Any) -> str:
    part = source_part("source_app", source_app)
    if not part:
        raise ValueError(f"source_app: {source_app!r} is empty; name what is to be muted.")
    return part


def _unique_fields(database: str) -> list[str] | None:
    """What an upsert must name, or on MariaDB must not: there it goes by every unique index."""
    named = connections[database].features.supports_update_conflicts_with_target
    return ["user", "source_app"] if named else None


class MutedSource(models.Model):
    """A source that a user does not want to hear from."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        related_name="themis_muted_sources",
        # The unique index begins with it.
        db_index=False,
    )
    source_app = ExactCharField(_("source app"), max_length=100)
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
