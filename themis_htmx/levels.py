"""The four levels of a notification and what they weigh."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Level(TextChoices):
    """How loudly a notification speaks; a user's minimum is compared by weight."""

    INFO = "info", pgettext_lazy("notification level", "Info")
    SUCCESS = "success", pgettext_lazy("notification level", "Success")
    WARNING = "warning", pgettext_lazy("notification level", "Warning")
    DANGER = "danger", pgettext_lazy("notification level", "Urgent")

    @property
    def weight(self) -> int:
        """0 for info and success, 1 for warning, 2 for danger."""
        return _WEIGHTS[self.value]

    @classmethod
    def minimums_reached_by(cls, level: str) -> list[str]:
        """The minimum levels under which a notification of ``level`` still arrives."""
        return [minimum.value for minimum in cls if minimum.weight <= cls(level).weight]


_WEIGHTS = {"info": 0, "success": 0, "warning": 1, "danger": 2}
