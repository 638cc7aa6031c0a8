"""Events and their reminders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from example.tasks.forms import EventForm
from example.tasks.models import Event
from example.tasks.reminders import remind_now, schedule_reminders


@login_required
def event_list(request):
    """All events, and the form for a new one."""
    form = EventForm(request.POST or None)
    if form.is_valid():
        schedule_reminders(form.save())
        messages.success(request, _("Event created."))
        return redirect("event-list")
    events = Event.objects.prefetch_related("attendees")
    context = {
        "form": form,
        "upcoming": events.filter(start_time__gt=timezone.now()),
        "past": events.filter(start_time__lte=timezone.now()).reverse()[:10],
    }
    return render(request, "tasks/event_list.html", context)


@require_POST
@login_required
def event_remind(request, pk):
    """Remind everybody who attends."""
    count = remind_now(get_object_or_404(Event, pk=pk))
    messages.success(request, _("Reminders sent: %(count)s") % {"count": count})
    return redirect("event-list")
