"""The admin, in which notifications are looked at and marked as read, but not written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.models.notification import NotificationQuerySet

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    BoundedPaginator = Paginator[Any]
else:
    Admin = admin.ModelAdmin
    BoundedPaginator = Paginator

# The most rows that a list of the admin counts.
COUNTED = 2000


class CappedPaginator(BoundedPaginator):
    """A paginator that counts to a limit, since counting a large table takes too long."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit if there are more."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED].count())


class CappedAdmin(Admin):
    """An admin that counts to the limit, and refuses actions on more rows than were counted."""

    show_full_result_count = False
    # Facets count the whole table, once for each choice of each filter.
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Refuse "select all" if there may be more rows than were counted."""
        everything = request.POST.get("select_across", "0") != "0"
        if not everything or self.paginator(queryset, self.list_per_page).count < COUNTED:
            return super().response_action(request, queryset, *args, **kwargs)
        words = _("There are too many to select all of them. Narrow the list down by a filter.")
        self.message_user(request, words, messages.WARNING)
        return None


def user_lookups() -> list[str]:
    """Return the lookup that finds users by the name they sign in with.

    There is none if that is a relation, which has no text to search in.
    """
    name = get_user_model().USERNAME_FIELD
    return [] if get_user_model()._meta.get_field(name).is_relation else [f"user__{name}"]


class StateFilter(admin.SimpleListFilter):
    """A filter by the state of a notification, from unread to expired."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the six states."""
        return [
            ("unread", pgettext_lazy("notification state", "Unread")),
            ("read", pgettext_lazy("notification state", "Read")),
            ("snoozed", pgettext_lazy("notification state", "Snoozed")),
            ("scheduled", pgettext_lazy("notification state", "Scheduled")),
            ("dismissed", pgettext_lazy("notification state", "Dismissed")),
            ("expired", pgettext_lazy("notification state", "Expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        """Filter by the chosen state."""
        narrowed = {
            "unread": queryset.unread,
            "read": lambda: queryset.visible().exclude(read_at=None),
            "snoozed": queryset.snoozed,
            "scheduled": queryset.scheduled,
            "dismissed": lambda: queryset.exclude(dismissed_at=None),
            "expired": queryset.expired,
        }
        chosen = narrowed.get(self.value() or "")
        return chosen() if chosen else None


class SourceFilter(admin.SimpleListFilter):
    """A filter by source app. It offers those of the newest rows, so that no table is scanned."""

    title = _("source")
    parameter_name = "source_app"

    def value(self) -> str | None:
        """Return the source without NUL, which PostgreSQL refuses to compare with."""
        return (super().value() or "").replace("\x00", "") or None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the sources of the newest notifications, and the one that is chosen."""
        recent = {*UserNotification.objects.all().recent_sources(), self.value() or ""} - {""}
        return [(source, source) for source in sorted(recent)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        """Filter by the chosen source."""
        return queryset.filter(source_app=self.value()) if self.value() else None


@admin.register(UserNotification)
class UserNotificationAdmin(CappedAdmin):
    """The notifications of all users. The ``notify_…`` functions alone write, so none is added."""

    list_display = ["title", "user", "level", "source_app", "created_at", "read_at"]
    list_filter = ["level", StateFilter, SourceFilter]
    list_select_related = ["user"]
    list_per_page = 50
    ordering = ["-id"]
    sortable_by = ()
    raw_id_fields = ["user"]
    exclude = ["extras"]
    actions = ["mark_read"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return title, source id, and the name that users sign in with."""
        return ["title", "=source_id", *user_lookups()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return ``False``: the ``notify_…`` functions alone write."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return every field: a notification records the words that the user was sent."""
        fields = [field.name for field in UserNotification._meta.fields if field.editable]
        return [name for name in fields if name != "extras"] + ["face", "buttons", "created_at"]

    @admin.display(description=_("image"), empty_value="-")
    def face(self, notification: UserNotification) -> str:
        """Return a link to the image, which is not loaded from another host unasked."""
        address = notification.image
        link = '<a href="{0}" rel="noreferrer">{0}</a>'
        return format_html(link, address) if address else ""

    @admin.display(description=_("actions"), empty_value="-")
    def buttons(self, notification: UserNotification) -> str:
        """Return label, method and address of each action, a line for each."""
        return "\n".join(f"{each.label}: {each.method} {each.url}" for each in notification.actions)

    @admin.action(description=_("Mark selected notifications as read"), permissions=["change"])
    def mark_read(self, request: HttpRequest, queryset: NotificationQuerySet) -> None:
        """Mark the selected unread notifications as read."""
        count = queryset.order_by().mark_read()
        words = ngettext("%(n)d marked as read.", "%(n)d marked as read.", count)
        self.message_user(request, words % {"n": count}, messages.SUCCESS)


@admin.register(UserProfile)
class UserProfileAdmin(CappedAdmin):
    """The preferences of users. A user without a row has the defaults."""

    list_display = [
        "user",
        "notifications_enabled",
        "notifications_min_level",
        "notification_retention_days",
    ]
    list_filter = ["notifications_enabled", "notifications_min_level"]
    list_select_related = ["user"]
    ordering = ["-pk"]
    raw_id_fields = ["user"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the name that users sign in with."""
        return user_lookups()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the user of an existing row.

        The user is the primary key: changed, it would overwrite the preferences of another one.
        """
        return ["user"] if obj else []


@admin.register(SourcePreference)
class SourcePreferenceAdmin(CappedAdmin):
    """The channels that users have chosen by source. A user without a row has the defaults."""

    list_display = ["source_app", "user", "bell", "desktop", "email", "including_urgent"]
    list_filter = ["bell", "desktop", "email", "including_urgent"]
    list_select_related = ["user"]
    ordering = ["-id"]
    sortable_by = ()
    raw_id_fields = ["user"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the source, and the name that users sign in with."""
        return ["=source_app", *user_lookups()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the user and the source of an existing row."""
        return ["user", "source_app"] if obj else []
