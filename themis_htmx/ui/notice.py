"""The context of the notice, which reports an action and offers to undo it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from themis_htmx.http.parameters import whole
from themis_htmx.http.undo import Snooze, read_snooze
from themis_htmx.models import SourcePreference
from themis_htmx.policies import Channel


def notice_context(request: HttpRequest) -> dict[str, Any]:
    """Return the notice that an action without htmx left in the address of the page, or ``{}``.

    Anybody can write such an address. So numbers have to be numbers, a source that is said to be
    muted has to be so, and a snooze is signed.
    """
    names = ("dismissed", "read", "undo", "muted", "snoozed", "woken")
    said = {name: request.GET.get(f"themis_{name}", "") for name in names}
    dismissed, read = whole(said["dismissed"]), whole(said["read"])
    if dismissed is not None:
        return {"dismissed": dismissed}
    if read is not None and said["undo"]:
        return {"read": read, "undo": said["undo"]}
    if said["muted"] and _is_muted(request.user, said["muted"]):
        return {"muted": said["muted"]}
    for name in ("snoozed", "woken"):
        if snooze := said[name] and read_snooze(request.user, said[name]):
            return snooze_notice(name, snooze, said[name])
    return {}


def snooze_notice(name: str, snooze: Snooze, signed: str) -> dict[str, Any]:
    """Return the notice of a snooze (``"snoozed"``) or of its end (``"woken"``).

    ``signed`` is the snooze, as the form that undoes it sends it.
    """
    return {name: snooze.pk, "until": snooze.until, "undo": signed}


def _is_muted(user: Any, source_app: str) -> bool:
    preferences = {row.source_app: row for row in SourcePreference.objects.for_user(user)}
    preference = preferences.get(source_app, SourcePreference(source_app=source_app))
    return not preference.wants(Channel.BELL)
