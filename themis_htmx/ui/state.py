"""The state of a user that the components of one page show, read once for the page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from themis_htmx.models import UserProfile
from themis_htmx.models.profile import stored
from themis_htmx.polling.digest import Digest, digest_of


class UserState:
    """The digest and the profile of a user, each read when it is first needed."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def digest(self) -> Digest:
        """The digest that badge, list and token agree on."""
        return digest_of(self.user)

    @cached_property
    def profile(self) -> UserProfile:
        """The profile as it is stored, or with the defaults."""
        return stored(self.user)


def state_of(request: HttpRequest) -> UserState:
    """Return the state of the request's user, the same one for every component of the page."""
    state: UserState | None = request.__dict__.get("_themis_state")
    # login() puts another user there.
    if state is None or state.user is not request.user:
        state = request.__dict__["_themis_state"] = UserState(request.user)
    return state
