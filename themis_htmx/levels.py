"""The levels of a notification, their weights, and the minimum levels that a user can set."""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The width of the column: room for a level to come.
LEVEL_LENGTH = 16


# A new level also needs its weight below, its colour in three files of static_src (css/tokens.css,
# css/item.css, js/theme.js), its icon in components/icons.html, and a migration. A level of a new
# weight needs an entry in MINIMUMS, too.
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

    @property
    def needs_attention(self) -> bool:
        """True if the level is shown in words, beside the icon that each level has."""
        return self.weight >= _WEIGHTS["warning"]

    @classmethod
    def minimums_reached_by(cls, level: str) -> list[str]:
        """Return the minimum levels under which a notification of ``level`` still arrives."""
        return [minimum.value for minimum in cls if minimum.weight <= cls(level).weight]


_WEIGHTS = {"info": 0, "success": 0, "warning": 1, "danger": 2}


def weight_of(level: str) -> int:
    """Return the weight of ``level``, a value from the table; of an unknown one the least."""
    return _WEIGHTS.get(level, 0)


# For values read from the table. An unknown value from the table is in neither set.
URGENT = frozenset(level.value for level in Level if level.is_urgent)
NEEDING_ATTENTION = frozenset(level.value for level in Level if level.needs_attention)


class Minimum(NamedTuple):
    """The words of the preferences form for a minimum level."""

    label: Promise
    help_text: Promise


# One level of each weight.
MINIMUMS = {
    Level.INFO: Minimum(_("Everything"), _("Updates and results too")),
    Level.WARNING: Minimum(_("Needs attention"), _("Warnings and urgent")),
    Level.DANGER: Minimum(_("Urgent only"), _("Errors, overdue, failures")),
}
