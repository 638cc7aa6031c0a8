"""The user of a page: the digest and the profile that its components share, read once each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from themis_htmx.models import UserProfile
from themis_htmx.models.instants import microseconds
from themis_htmx.models.profile import stored
from themis_htmx.polling.digest import Unread, unread_of
from themis_htmx.tokens import Digest


class PageUser:
    """The user of a page, with digest and profile, each read when it is first needed."""

    def __init__(self, user: Any) -> None:
        self.user = user
        # Before anything is read: what wakes up from now on is news to the page.
        self.at = microseconds(timezone.now())

    @cached_property
    def unread(self) -> Unread:
        """The digest, and what of the unread has woken up or is asleep."""
        return unread_of(self.user)

    @property
    def digest(self) -> Digest:
        """The digest that badge, list and token agree on."""
        return self.unread.digest

    @cached_property
    def profile(self) -> UserProfile:
        """The profile as it is stored, or with the defaults."""
        return stored(self.user)


def page_user_of(request: HttpRequest) -> PageUser:
    """Return the user of the request's page, one object for every component on it."""
    page_user: PageUser | None = request.__dict__.get("_themis_page_user")
    # login() replaces request.user within a request.
    if page_user is None or page_user.user is not request.user:
        page_user = request.__dict__["_themis_page_user"] = PageUser(request.user)
    return page_user
