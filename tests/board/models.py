"""A board of tasks and the teams that work on it: enough for the pattern's own code to run.

The app has no migrations, so its tables are made before the user model's: no foreign key to users
or notifications can be a constraint of the database.
"""

from django.conf import settings
from django.db import models

from themis_htmx.models import UserNotification


class Task(models.Model):
    title = models.CharField(max_length=200)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="tasks",
    )
    due_date = models.DateField()
    status = models.CharField(max_length=20, default="open")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/tasks/{self.pk}/"


class Team(models.Model):
    name = models.CharField(max_length=200)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, db_constraint=False, related_name="teams"
    )

    def __str__(self):
        return self.name


class Pin(models.Model):
    """A row of a project's own that refers to a notification."""

    notification = models.ForeignKey(UserNotification, models.CASCADE, db_constraint=False)

    def __str__(self):
        return f"pin {self.pk}"
