"""The four levels of a notification, their weights, and the minimum levels that a user can set."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(TextChoices):
    """The level of a notification. It is compared by weight with the minimum of a user."""

    INFO = "info", pgettext_lazy("notification level", "Info")
    SUCCESS = "success", pgettext_lazy("notification level", "Success")
    WARNING = "warning", pgettext_lazy("notification level", "Warning")
    DANGER = "danger", pgettext_lazy("notification level", "Urgent")

    @property
    def weight(self) -> int:
        """0 for info and success, 1 for warning, 2 for danger."""
        return _WEIGHTS[self.value]

    @property
    def is_urgent(self) -> bool:
        """True if the level comes through a muted source."""
        return self.weight >= _WEIGHTS["danger"]

    @classmethod
    def minimums_reached_by(cls, level: str) -> list[str]:
        """Return the minimum levels under which a notification of ``level`` still arrives."""
        return [minimum.value for minimum in cls if minimum.weight <= cls(level).weight]


_WEIGHTS = {"info": 0, "success": 0, "warning": 1, "danger": 2}

# One level of each weight, with the words of the preferences form.
MINIMUMS = {
    Level.INFO: _("Everything"),
    Level.WARNING: _("Needs attention"),
    Level.DANGER: _("Urgent only"),
}
