"""Notifications that follow from what happens to a task."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from themis.models import UserNotification
from themis.notifications import notify_user

from .models import Task


@receiver(post_save, sender=Task)
def notify_task_assigned(sender, instance, created, raw, **kwargs):
    """Notify user when a task is assigned to them."""
    if raw:  # loaddata reads a fixture, and nobody has assigned anything
        return
    if not created and instance.assignee and instance.tracker.has_changed("assignee"):
        notify_user(
            user=instance.assignee,
            title=f"Task assigned: {instance.title}",
            message=f"You've been assigned to '{instance.title}'",
            level="info",
            url=instance.get_absolute_url(),
            source_app="tasks",
            source_model="Task",
            source_id=str(instance.pk),
            deduplicate=True,
        )


@receiver(post_delete, sender=Task)
def cleanup_task_notifications(sender, instance, **kwargs):
    """Delete what a task has said, when the task goes."""
    UserNotification.objects.filter(
        source_app="tasks",
        source_model="Task",
        source_id=str(instance.pk),
    ).delete()


@receiver(post_delete, sender=Task)
def cleanup_comment_notifications(sender, instance, **kwargs):
    """Delete what the comments on a task have said, when the task goes."""
    UserNotification.objects.about("tasks", "Comment", instance.pk).delete()
