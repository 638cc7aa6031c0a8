"""The form of a user's preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from themis_htmx.conf import setting
from themis_htmx.levels import MINIMUMS, Level
from themis_htmx.models import UserProfile

if TYPE_CHECKING:
    ProfileForm = forms.ModelForm[UserProfile]
else:
    ProfileForm = forms.ModelForm

RETENTION_DAYS = (7, 30, 60, 90, 180, 365)

_QUIET_FIELDS = ("quiet_from", "quiet_to", "time_zone", "quiet_lets_urgent_through")
_BAD_TIME = _("Give a time of day, such as 22:00")


class MinimumSelect(forms.RadioSelect):
    """Radio buttons for the minimum level, each with a ``help_text`` for the template."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the context of one radio button."""
        option = super().create_option(name, value, *args, **kwargs)
        return option | {"help_text": MINIMUMS[Level(value)].help_text}


class PreferencesForm(ProfileForm):
    """The preferences of a user. Saving writes only the fields that were changed."""

    notifications_min_level = forms.ChoiceField(
        label=_("Which ones"),
        help_text=_("Quieter levels are not delivered at all"),
        choices=[(level.value, minimum.label) for level, minimum in MINIMUMS.items()],
        widget=MinimumSelect,
    )
    notification_retention_days = forms.TypedChoiceField(
        label=_("Keep read notifications"),
        help_text=_("Then they are deleted; unread ones stay"),
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = UserProfile
        fields = [
            "notifications_enabled",
            "notifications_min_level",
            "browser_notifications_enabled",
            "browser_notifications_full_text",
            "quiet_from",
            "quiet_to",
            "time_zone",
            "quiet_lets_urgent_through",
            "notification_retention_days",
        ]
        labels = {
            "notifications_enabled": _("Notifications"),
            "browser_notifications_enabled": _("Desktop alerts"),
            "browser_notifications_full_text": _("Say what it is about"),
            "quiet_from": pgettext_lazy("time of day", "From"),
            "quiet_to": pgettext_lazy("time of day", "Until"),
            "time_zone": _("Time zone"),
            "quiet_lets_urgent_through": _("Urgent ones come through"),
        }
        help_texts = {
            "notifications_enabled": _("Show new notifications in the bell"),
            "browser_notifications_enabled": _("A short alert outside the page"),
            "browser_notifications_full_text": _("Otherwise alerts tell only how many are new"),
        }
        widgets = {
            # As the browser reads it, whatever the language.
            "quiet_from": forms.TimeInput(format="%H:%M"),
            "quiet_to": forms.TimeInput(format="%H:%M"),
        }
        error_messages = {
            "quiet_from": {"invalid": _BAD_TIME},
            "quiet_to": {"invalid": _BAD_TIME},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "themis-preferences-%s")
        super().__init__(*args, **kwargs)
        chosen = self.instance.notification_retention_days
        if chosen is not None and chosen >= setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS"):
            # The site deletes sooner than that, so its maximum is shown. The choice stays stored.
            chosen = self.initial["notification_retention_days"] = None
        field = self.fields["notification_retention_days"]
        field.choices = retention_choices(chosen)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave the quiet hours alone if the page has no fields for them, as an older copy may."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.add_prefix("quiet_from") not in self.data:
            for name in _QUIET_FIELDS:
                cleaned.pop(name, None)
        return cleaned

    @property
    def quiet_state(self) -> str:
        """Whether the quiet hours shown are ``on`` or ``off``, lack a time, or begin as they end.

        The last two are ``half`` and ``same``, and off as well.
        """
        fields = [self["quiet_from"], self["quiet_to"]]
        # A browser shows nothing of a time that it cannot read.
        start, end = (None if field.errors else field.value() for field in fields)
        if not (start or end):
            return "off"
        if not (start and end):
            return "half"
        return "same" if start == end else "on"

    @property
    def site_zone(self) -> str:
        """The time zone of the site, which holds for a user who has chosen none."""
        return str(settings.TIME_ZONE)

    @property
    def site_zone_label(self) -> str:
        """The words for the time zone of the site among those to choose from."""
        return gettext("Same as this site: %(zone)s") % {"zone": self.site_zone.replace("_", " ")}

    @property
    def zone_label(self) -> str:
        """The words for the zone that the user has chosen, ``America/New York`` for example."""
        return str(self["time_zone"].value() or "").replace("_", " ")

    def save(self, commit: bool = True) -> UserProfile:  # noqa: FBT001, FBT002
        """Write the fields that were changed."""
        profile = super().save(commit=False)
        if commit:
            changed = [name for name in self.changed_data if name in self.cleaned_data]
            profile.save(update_fields=changed)
        return profile


def retention_choices(chosen: int | None) -> list[tuple[int | str, str]]:
    """Return the lengths to choose from: those below the site's maximum, and the chosen one."""
    most = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS")
    offered = {day for day in RETENTION_DAYS if day < most}
    if chosen is not None:
        offered.add(chosen)
    return [*((day, _days(day)) for day in sorted(offered)), ("", _days(most))]


def _days(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
