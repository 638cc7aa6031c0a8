"""The forms of the task board."""

from datetime import timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from example.tasks.models import Comment, Event, Report, Request, Task, Team
from themis_htmx.levels import Level

User = get_user_model()


class PersonField(forms.ModelChoiceField):
    """A choice of one person, by full name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"empty_label": _("Nobody")} | kwargs)

    def label_from_instance(self, obj):
        return obj.get_full_name() or obj.get_username()


class PeopleField(forms.ModelMultipleChoiceField):
    """A choice of some people, by full name."""

    label_from_instance = PersonField.label_from_instance


class DateInput(forms.DateInput):
    """The browser's own date picker, which understands one format only."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own picker of a date and a time."""

    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class TaskForm(forms.ModelForm):
    """A new task."""

    class Meta:
        model = Task
        fields = ["title", "description", "assignee", "due_date"]
        field_classes = {"assignee": PersonField}
        widgets = {"due_date": DateInput(), "description": forms.Textarea({"rows": 4})}

    def save(self):
        """Save the task, then assign it: of that its assignee hears."""
        assignee, self.instance.assignee = self.instance.assignee, None
        task = super().save()
        task.assignee = assignee
        task.save()
        return task


class AssignForm(forms.ModelForm):
    """Who does it."""

    class Meta:
        model = Task
        fields = ["assignee"]
        field_classes = {"assignee": PersonField}


class CommentForm(forms.ModelForm):
    """Something to say about a task."""

    class Meta:
        model = Comment
        fields = ["text"]
        widgets = {"text": forms.Textarea({"rows": 3})}


class StatusForm(forms.ModelForm):
    """In which column it stands."""

    class Meta:
        model = Task
        fields = ["status"]


class RequestForm(forms.ModelForm):
    """Something to ask for."""

    class Meta:
        model = Request
        fields = ["title"]
        labels = {"title": _("What do you need?")}


class ReportForm(forms.ModelForm):
    """Which report to make."""

    class Meta:
        model = Report
        fields = ["report_type"]
        labels = {"report_type": _("Which report?")}


class EventForm(forms.ModelForm):
    """A new event."""

    class Meta:
        model = Event
        fields = ["title", "start_time", "place", "attendees"]
        field_classes = {"attendees": PeopleField}
        labels = {"start_time": _("Starts (UTC)")}
        widgets = {"start_time": DateTimeInput(), "attendees": forms.CheckboxSelectMultiple()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("start_time", timezone.now() + timedelta(minutes=15))


class TeamMessageForm(forms.Form):
    """A message to everybody in a team."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("To"), empty_label=None)
    title = forms.CharField(label=_("Headline"), max_length=200)
    message = forms.CharField(
        label=_("Message"), required=False, widget=forms.Textarea({"rows": 3})
    )
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = user.teams.all()


class PersonForm(forms.ModelForm):
    """How others see you."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]
