"""The context of the notice, which reports an action and offers to undo it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from themis_htmx.http.parameters import whole
from themis_htmx.models import MutedSource


def notice_context(request: HttpRequest) -> dict[str, Any]:
    """Return the notice that an action without htmx left in the address of the page, or ``{}``.

    Anybody can write such an address. So numbers have to be numbers, and a source that is said to
    be muted has to be so.
    """
    names = ("dismissed", "read", "undo", "muted")
    said = {name: request.GET.get(f"themis_{name}", "") for name in names}
    dismissed, read = whole(said["dismissed"]), whole(said["read"])
    if dismissed is not None:
        return {"dismissed": dismissed}
    if read is not None and said["undo"]:
        return {"read": read, "undo": said["undo"]}
    if said["muted"] and _is_muted(request.user, said["muted"]):
        return {"muted": said["muted"]}
    return {}


def _is_muted(user: Any, source_app: str) -> bool:
    return source_app in {row.source_app for row in MutedSource.objects.for_user(user)}
