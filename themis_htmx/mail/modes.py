"""The modes of e-mail: what reaches a user by e-mail, and when."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MODE_LENGTH = 16
# Stored for a user who has not chosen, and has the mode of the site.
NOT_CHOSEN = ""


class Mode(TextChoices):
    """What a user is mailed. Each mode adds to the one before it."""

    OFF = "off", pgettext_lazy("e-mail", "Off")
    URGENT = "urgent", pgettext_lazy("e-mail", "Urgent only")
    DAILY = "daily", pgettext_lazy("e-mail", "Every day")
    WEEKLY = "weekly", pgettext_lazy("e-mail", "Every week")

    @property
    def has_summaries(self) -> bool:
        """True if the mode brings summaries, daily or weekly."""
        return self in {Mode.DAILY, Mode.WEEKLY}


# The words below each choice in the preferences.
HELP_TEXTS = {
    Mode.OFF: _("No e-mails"),
    Mode.URGENT: _("As soon as something is urgent"),
    Mode.DAILY: _("A summary, and what is urgent at once"),
    Mode.WEEKLY: _("A summary, and what is urgent at once"),
}
# Below "Off" where there is a source whose e-mails cannot be turned off.
ONLY_REQUIRED = _("Only e-mails that this site has to send")
