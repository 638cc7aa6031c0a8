"""What the task board is about."""

from collections import Counter

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from model_utils import FieldTracker


class Task(models.Model):
    """Something to do, by someone, by some day."""

    class Status(models.TextChoices):
        """The columns of the board."""

        OPEN = "open", _("Open")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("assignee"),
    )
    due_date = models.DateField(_("due date"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.OPEN.value)

    # By default a tracker knows "assignee_id" alone, and has_changed("assignee") would raise.
    tracker = FieldTracker(fields=["assignee"])

    class Meta:
        ordering = ["due_date", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("task-detail", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        """Whether its day has passed before it was done."""
        if self.due_date is None or self.status == self.Status.DONE:
            return False
        return self.due_date < timezone.localdate()


class Comment(models.Model):
    """Something a person said about a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.TextField(_("comment"), max_length=2000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class Request(models.Model):
    """Something a person asks for and another approves."""

    class Status(models.TextChoices):
        """How far the request has come."""

        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    title = models.CharField(_("title"), max_length=120)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="requests")
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING.value)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('request-list')}#request-{self.pk}"


class Report(models.Model):
    """A report that takes a while to make."""

    class Type(models.TextChoices):
        """What the report covers."""

        WEEKLY = "weekly", _("Weekly report")
        MONTHLY = "monthly", _("Monthly report")
        QUARTERLY = "quarterly", _("Quarterly report")

    report_type = models.CharField(_("type"), max_length=9, choices=Type, default=Type.WEEKLY.value)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.get_report_type_display()

    def get_absolute_url(self) -> str:
        return reverse("report-detail", args=[self.pk])

    def figures(self) -> dict[str, int]:
        """How many tasks stand in each column of the board."""
        counts = Counter(Task.objects.values_list("status", flat=True))
        return {str(label): counts[value] for value, label in Task.Status.choices}


class Event(models.Model):
    """Something that starts at a certain time, with certain people."""

    title = models.CharField(_("title"), max_length=120)
    start_time = models.DateTimeField(_("start"))
    place = models.CharField(_("place"), max_length=80, blank=True)
    attendees = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="events", verbose_name=_("attendees")
    )

    class Meta:
        ordering = ["start_time", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('event-list')}#event-{self.pk}"


class Team(models.Model):
    """People who work together."""

    name = models.CharField(max_length=60)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('team')}#team-{self.pk}"
