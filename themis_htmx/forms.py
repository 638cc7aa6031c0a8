"""The form of a user's preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from themis_htmx.conf import setting
from themis_htmx.levels import MINIMUMS, Level
from themis_htmx.models import UserProfile

if TYPE_CHECKING:
    ProfileForm = forms.ModelForm[UserProfile]
else:
    ProfileForm = forms.ModelForm

RETENTION_DAYS = (7, 30, 60, 90, 180, 365)


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
            "notification_retention_days",
        ]
        labels = {
            "notifications_enabled": _("Notifications"),
            "browser_notifications_enabled": _("Desktop alerts"),
            "browser_notifications_full_text": _("Say what it is about"),
        }
        help_texts = {
            "notifications_enabled": _("Show new notifications in the bell"),
            "browser_notifications_enabled": _("A short alert outside the page"),
            "browser_notifications_full_text": _("Otherwise alerts tell only how many are new"),
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

    def save(self, commit: bool = True) -> UserProfile:  # noqa: FBT001, FBT002
        """Write the fields that were changed."""
        profile = super().save(commit=False)
        if commit:
            profile.save(update_fields=self.changed_data)
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
