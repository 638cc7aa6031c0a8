"""The tables of e-mail in the admin: what users want, and what was mailed to whom and when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from themis_htmx.admin import CappedAdmin, user_lookups
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.models import UserNotification


@admin.register(MailPreference)
class MailPreferenceAdmin(CappedAdmin):
    """What users want by e-mail, and when the next one is due. Users themselves change it."""

    list_display = ["user", "mode", "hour", "next_at", "last_sent_at", "failures"]
    list_filter = ["mode"]
    list_select_related = ["user"]
    ordering = ["-pk"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the name that users sign in with."""
        return user_lookups()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return every field: a change would need the next summary to be found anew."""
        return [field.name for field in MailPreference._meta.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return ``False``: users choose, and the kit makes the rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return ``False`` on the pages of this table; with their user the rows may go.

        Whoever has e-mail off would have the site's default again.
        """
        opts, match = self.opts, request.resolver_match
        name = match.url_name if match and match.url_name else ""
        is_own_page = name.startswith(f"{opts.app_label}_{opts.model_name}_")
        return not is_own_page and super().has_delete_permission(request, obj)


@admin.register(Mailed)
class MailedAdmin(CappedAdmin):
    """What was mailed to whom and when, for 90 days. It is a record, so nothing is changed."""

    list_display = ["sent_at", "user", "title"]
    list_select_related = ["user"]
    ordering = ["-sent_at"]
    sortable_by = ()

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the number of the notification, and the name that users sign in with."""
        return ["=notification", *user_lookups()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return every field."""
        return ["notification", "user", "sent_at", "title"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the titles along: the mark holds no foreign key, by which Django would."""
        told = UserNotification.objects.filter(pk=OuterRef("notification"))
        return super().get_queryset(request).annotate(told=Subquery(told.values("title")[:1]))

    @admin.display(description=_("title"), empty_value="-")
    def title(self, mailed: Any) -> str:
        """Return the title of the notification, ``""`` if it was deleted since."""
        return mailed.told or ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return ``False``."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return ``False``."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return ``False``: without its mark a notification would be mailed once more."""
        return False
