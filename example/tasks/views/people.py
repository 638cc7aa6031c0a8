"""One's teams and one's own settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from example.tasks.forms import PersonForm, TeamMessageForm
from example.tasks.teams import notify_team


@login_required
def team(request):
    """The teams, and a message to everybody in one of them."""
    form = TeamMessageForm(request.user, request.POST or None)
    if form.is_valid():
        _send_to_team(**form.cleaned_data)
        messages.success(request, _("Message sent."))
        return redirect("team")
    teams = request.user.teams.prefetch_related("members")
    return render(request, "tasks/team.html", {"form": form, "teams": teams})


def _send_to_team(team, title, message, level):
    notify_team(
        team,
        title,
        message,
        level=level,
        url=team.get_absolute_url(),
        source_app="team",
        source_model="Team",
        source_id=str(team.pk),
    )


@login_required
def settings_page(request):
    """One's details, with the kit's preferences beside them."""
    form = PersonForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Details saved."))
        return redirect("settings")
    return render(request, "tasks/settings.html", {"form": form})
