"""The form in which a user chooses what comes by e-mail, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.modes import HELP_TEXTS, ONLY_REQUIRED, Mode
from themis_htmx.mail.sources import required_sources
from themis_htmx.mail.words import hour_in_words, weekday_in_words


class ModeSelect(forms.RadioSelect):
    """Radio buttons for the mode, each with a ``help_text`` for the template."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the context of one radio button."""
        option = super().create_option(name, value, *args, **kwargs)
        is_untrue = value == Mode.OFF and required_sources()
        return option | {"help_text": ONLY_REQUIRED if is_untrue else HELP_TEXTS[Mode(value)]}


class MailForm(forms.Form):
    """Mode, hour and day of the week. What is not sent stays as it is."""

    mode = forms.ChoiceField(label=_("E-mail"), choices=Mode.choices, widget=ModeSelect)
    hour = forms.TypedChoiceField(label=pgettext_lazy("hour of summaries", "At"), coerce=int)
    weekday = forms.TypedChoiceField(label=_("On, if every week"), coerce=int)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        self.preference = MailPreference.objects.stored(user)
        kwargs.setdefault("auto_id", "themis-mail-%s")
        kwargs["initial"] = {
            "mode": self.preference.wanted_mode,
            "hour": self.preference.wanted_hour,
            "weekday": self.preference.weekday,
        }
        super().__init__(*args, **kwargs)
        self._offer("hour", [(hour, hour_in_words(hour)) for hour in range(24)])
        self._offer("weekday", [(day, weekday_in_words(day)) for day in range(7)])

    def save(self) -> None:
        """Store what was chosen, and when the next summary is due."""
        MailPreference.objects.choose(self.user, **self.cleaned_data)

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices
