"""The admin of Web Push: whose browsers are subscribed, and what was sent to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from themis_htmx.admin import CappedAdmin, user_lookups
from themis_htmx.webpush.models import PushMessage, PushSubscription


class ReadOnlyAdmin(CappedAdmin):
    """An admin in which nothing is added or changed, since browsers write the rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return ``False``."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return ``False``."""
        return False


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """The subscriptions, without what it takes to send to them. One may be deleted."""

    list_display = ["user", "shown_endpoint", "renewed_at", "last_ok_at", "failures"]
    fields = [
        "user",
        "shown_endpoint",
        "language",
        "created_at",
        "renewed_at",
        "last_ok_at",
        "failures",
    ]
    list_select_related = ["user"]
    ordering = ["-pk"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the name that users sign in with."""
        return user_lookups()

    @admin.display(description=_("endpoint"))
    def shown_endpoint(self, subscription: PushSubscription) -> str:
        """Return the host of the push service and the end of the endpoint."""
        return subscription.shown_endpoint


@admin.register(PushMessage)
class PushMessageAdmin(ReadOnlyAdmin):
    """The messages of the last two days: whom they are for, and how the push service answered."""

    list_display = ["recipient", "notification", "queued_at", "due_at", "sent_at", "answer"]
    fields = [
        "recipient",
        "endpoint",
        "notification",
        "queued_at",
        "due_at",
        "sent_at",
        "attempts",
        "answer",
    ]
    list_select_related = ["subscription__user"]
    ordering = ["-pk"]
    sortable_by = ()

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the number of the notification, and the name that users sign in with."""
        return ["=notification", *(f"subscription__{lookup}" for lookup in user_lookups())]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the messages, with what identifies their users."""
        return super().get_queryset(request).select_related("subscription__user")

    @admin.display(description=_("user"))
    def recipient(self, message: PushMessage) -> str:
        """Return the user of the browser."""
        return str(message.subscription.user)

    @admin.display(description=_("endpoint"))
    def endpoint(self, message: PushMessage) -> str:
        """Return the host of the push service and the end of the endpoint."""
        return message.subscription.shown_endpoint
