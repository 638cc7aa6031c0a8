"""The admin: to look and to help, not to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from themis_htmx.models import MutedSource, UserNotification, UserProfile
from themis_htmx.models.notification import NotificationQuerySet

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    BoundedPaginator = Paginator[Any]
else:
    Admin = admin.ModelAdmin
    BoundedPaginator = Paginator

COUNTED = 2000


class CappedPaginator(BoundedPaginator):
    """Counts to a limit: beyond it search and filters serve better than page numbers."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit if there are more."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED].count())


class CappedAdmin(Admin):
    """Counts to the limit, and lets nobody act on more than was counted."""

    show_full_result_count = False
    paginator = CappedPaginator

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Refuse "select all" where there may be more than the page has counted."""
        everything = request.POST.get("select_across", "0") != "0"
        if not everything or self.paginator(queryset, self.list_per_page).count < COUNTED:
            return super().response_action(request, queryset, *args, **kwargs)
        words = _("There are too many to select all of them. Narrow the list down by a filter.")
        self.message_user(request, words, messages.WARNING)
        return None


class StateFilter(admin.SimpleListFilter):
    """By what the user has done with it."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The four states that a row can be looked for in."""
        return [
            ("unread", pgettext_lazy("notification state", "Unread")),
            ("read", pgettext_lazy("notification state", "Read")),
            ("dismissed", pgettext_lazy("notification state", "Dismissed")),
            ("expired", pgettext_lazy("notification state", "Expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        """Narrow down to the chosen state."""
        narrowed = {
            "unread": queryset.unread,
            "read": lambda: queryset.visible().exclude(read_at=None),
            "dismissed": lambda: queryset.exclude(dismissed_at=None),
            "expired": queryset.expired,
        }
        chosen = narrowed.get(self.value() or "")
        return chosen() if chosen else None


class SourceFilter(admin.SimpleListFilter):
    """By the app that notified: those of the newest rows, so that no table is scanned."""

    title = _("source")
    parameter_name = "source_app"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The sources of the newest notifications, and the one that is chosen."""
        recent = {*UserNotification.objects.all().recent_sources(), self.value() or ""} - {""}
        return [(source, source) for source in sorted(recent)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any] | None:
        """Narrow down to the chosen source."""
        return queryset.filter(source_app=self.value()) if self.value() else None


@admin.register(UserNotification)
class UserNotificationAdmin(CappedAdmin):
    """To see what a user was told. notify_user() alone writes, so there is no "add"."""

    list_display = ["title", "user", "level", "source_app", "created_at", "read_at"]
    list_filter = ["level", StateFilter, SourceFilter]
    list_select_related = ["user"]
    list_per_page = 50
    ordering = ["-id"]
    sortable_by = ()
    raw_id_fields = ["user"]
    actions = ["mark_read"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Title, source id, and whatever the project's users sign in with."""
        return ["title", "=source_id", f"user__{get_user_model().USERNAME_FIELD}"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: see notify_user()."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything: a notification says what the user was told."""
        return [field.name for field in UserNotification._meta.fields if field.editable] + [
            "created_at"
        ]

    @admin.action(description=_("Mark selected notifications as read"), permissions=["change"])
    def mark_read(self, request: HttpRequest, queryset: NotificationQuerySet) -> None:
        """Read the selected ones that are unread."""
        count = queryset.order_by().mark_read()
        words = ngettext("%(n)d marked as read.", "%(n)d marked as read.", count)
        self.message_user(request, words % {"n": count}, messages.SUCCESS)


@admin.register(UserProfile)
class UserProfileAdmin(CappedAdmin):
    """What users chose; a user without a row has the defaults."""

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
        """Whatever the project's users sign in with."""
        return [f"user__{get_user_model().USERNAME_FIELD}"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The user, once there is a row: another one's id would overwrite what they chose."""
        return ["user"] if obj else []


@admin.register(MutedSource)
class MutedSourceAdmin(CappedAdmin):
    """What users muted."""

    list_display = ["source_app", "user", "including_urgent"]
    list_filter = ["including_urgent"]
    list_select_related = ["user"]
    ordering = ["-id"]
    sortable_by = ()
    raw_id_fields = ["user"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """The source, and whatever the project's users sign in with."""
        return ["=source_app", f"user__{get_user_model().USERNAME_FIELD}"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whose it is and what, once there is a row."""
        return ["user", "source_app"] if obj else []
