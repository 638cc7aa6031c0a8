"""What runs on a Celery worker, or in-process where there is none."""

from celery import shared_task
from django.contrib.auth import get_user_model

from themis.notifications import notify_user

User = get_user_model()


@shared_task
def notify_report_ready(user_id, report_id):
    """Notify user when their report has been generated."""
    from example.tasks.models import Report

    user = User.objects.get(pk=user_id)
    report = Report.objects.get(pk=report_id)

    notify_user(
        user=user,
        title="Report ready",
        message=f"Your {report.report_type} report is ready to download.",
        level="success",
        url=report.get_absolute_url(),
        source_app="reports",
        source_model="Report",
        source_id=str(report.pk),
    )
