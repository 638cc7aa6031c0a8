"""The last run of ``deliver_notifications``, by which a check knows that it runs at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias
from themis_htmx.models import UserNotification

_ONLY_ROW = 1
# So far a run looks back for what nobody told the outlet of: longer than a transaction takes that
# commits late what it has dated back.
LOOKS_BACK = timedelta(minutes=10)


class LastRun(models.Model):
    """A table of one row: when the command last began and ended, and how far it has looked."""

    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # The newest notification at an instant, which is at most a little over ten minutes in the past,
    # and the newest one ten minutes before that.
    newest = models.BigIntegerField(default=0)
    newest_at = models.DateTimeField()
    newest_before = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager[LastRun]] = models.Manager()

    class Meta:
        verbose_name = _("last run")
        verbose_name_plural = _("last runs")

    def __str__(self) -> str:
        return str(self.began_at)

    @classmethod
    def read(cls) -> LastRun | None:
        """Return the last run, ``None`` if the command has never run."""
        return cls.objects.using(write_alias()).filter(pk=_ONLY_ROW).first()

    @classmethod
    def begin(cls) -> LastRun:
        """Remember that a run begins, and return it, with what the ones before have looked at."""
        now = timezone.now()
        run = cls.read()
        if run is None:
            newest = _newest()
            run = cls(
                pk=_ONLY_ROW, began_at=now, newest=newest, newest_at=now, newest_before=newest
            )
            # Another first run may make the row in between.
            cls.objects.using(write_alias()).bulk_create([run], ignore_conflicts=True)
        run.began_at = now
        run.write("began_at")
        return run

    @property
    def looks_from(self) -> datetime:
        """The instant from which this run looks for what woke up."""
        return self.newest_at - LOOKS_BACK

    def end(self) -> None:
        """Remember that the run has come to its end."""
        self.ended_at = timezone.now()
        self.write("ended_at")
        if self.newest_at < self.began_at - LOOKS_BACK:
            self.newest_before, self.newest, self.newest_at = self.newest, _newest(), self.ended_at
            self.write("newest_before", "newest", "newest_at")

    def write(self, *names: str) -> None:
        """Write some columns of the row."""
        columns = {name: getattr(self, name) for name in names}
        LastRun.objects.using(write_alias()).filter(pk=_ONLY_ROW).update(**columns)


def _newest() -> int:
    rows = UserNotification.objects.using(write_alias())
    return rows.aggregate(newest=models.Max("pk"))["newest"] or 0
