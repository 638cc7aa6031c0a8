"""The plain row: what a project would write by hand, with the indexes that its list needs."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Plain(models.Model):
    """A notification without preferences, sources, deduplication, dismissal or expiry."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    message = models.TextField(blank=True)
    level = models.CharField(max_length=7, default="info")
    url = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # With the one that a foreign key has, three beside the primary key.
        indexes = [
            models.Index(fields=["user", "read_at"], name="plain_unread"),
            models.Index(fields=["user", "created_at"], name="plain_newest"),
        ]

    def __str__(self) -> str:
        return self.title
