"""Reports, made by a Celery task."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from example.tasks.forms import ReportForm
from example.tasks.models import Report
from example.tasks.tasks import notify_report_ready


@login_required
def report_list(request):
    """One's reports, and the button that makes another."""
    form = ReportForm(request.POST or None, instance=Report(owner=request.user))
    if form.is_valid():
        report = form.save()
        notify_report_ready.delay(request.user.pk, report.pk)
        messages.success(
            request, _("Your report is being made. The bell will tell you when it is ready.")
        )
        return redirect("report-list")
    reports = request.user.reports.all()
    return render(request, "tasks/report_list.html", {"form": form, "reports": reports})


@login_required
def report_detail(request, pk):
    """One report."""
    report = get_object_or_404(Report, pk=pk, owner=request.user)
    return render(request, "tasks/report_detail.html", {"report": report})


@login_required
def report_download(request, pk):
    """One report, as a spreadsheet."""
    report = get_object_or_404(Report, pk=pk, owner=request.user)
    disposition = f'attachment; filename="{report.report_type}-report.csv"'
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": disposition}
    response = HttpResponse(headers=headers)
    csv.writer(response).writerows(report.figures().items())
    return response
