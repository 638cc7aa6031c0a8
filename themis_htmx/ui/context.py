"""What each component shows, read for the user of a request."""

from __future__ import annotations

from typing import Any

from django.db import router
from django.http import HttpRequest
from django.utils.translation import pgettext

from themis_htmx.conf import setting
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.location import current_page, sending_page
from themis_htmx.http.parameters import whole
from themis_htmx.models import MutedSource, UserNotification, UserProfile
from themis_htmx.models.muted_source import MutedSourceQuerySet
from themis_htmx.models.notification import UNREAD_CAP, Digest, NotificationQuerySet, Page
from themis_htmx.polling.arrivals import alert_kind
from themis_htmx.polling.token import Token, current_digest
from themis_htmx.ui.days import by_day
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.sources import source_label, source_name
from themis_htmx.ui.times import date_and_time, day_name
from themis_htmx.users import user_key

INBOX_SCOPE = "themis-inbox"
PREFERENCES_SCOPE = "themis-preferences"


def mine(user: Any) -> NotificationQuerySet:
    """All that ``user`` was told."""
    return UserNotification.objects.for_user(user)


def recent_sources(user: Any) -> list[str]:
    """The apps that ``user`` has lately heard from."""
    return mine(user).visible().recent_sources()


def profile(user: Any) -> UserProfile:
    """The user's choices as they are stored now, or the defaults."""
    stored = UserProfile.objects.using(mine(user).db).filter(user_id=user_key(user))
    return next(iter(stored), None) or UserProfile(user=user)


def digest(user: Any) -> Digest:
    """What the user's bell shows now."""
    return current_digest(user_key(user), router.db_for_write(UserNotification)) or Digest(0, 0, 0)


def badge(
    token: Token, *, bell: str = "themis-bell", alerts: str = "", fresh: str = "", alert: Any = None
) -> dict[str, Any]:
    """The badge with its token: what every poll that has news renders."""
    return {
        "bell": bell,
        "count": token.digest.unread,
        "label": unread_label(token.digest),
        "newest": token.digest.newest,
        "digest": "-".join(map(str, token.digest)),
        "token": token.sign(),
        "fresh": fresh,
        "alerts": alerts,
        "alert": alert,
    }


def bell(request: HttpRequest) -> dict[str, Any] | None:
    """The bell of the request's user; ``None`` for nobody. A second one costs no query more."""
    if not request.user.is_authenticated:
        return None
    bells: dict[str, Any] = request.__dict__.setdefault("_themis_bells", {"number": 0})
    if not bells["number"]:
        bells["digest"] = digest(request.user)
        bells["alerts"] = alert_kind(profile(request.user))
    bells["number"] += 1
    is_first = bells["number"] == 1
    name = "themis-bell" if is_first else f"themis-bell-{bells['number']}"
    token = Token.of(request, bells["digest"])
    return {
        "id": name,
        "is_first": is_first,
        "interval": setting("THEMIS_NOTIFICATION_POLL_INTERVAL"),
        "alerts": bells["alerts"],
        "badge": badge(token, bell=name, alerts=bells["alerts"] if is_first else ""),
    }


def dropdown(user: Any, filters: Filters, scope: str) -> dict[str, Any]:
    """The inside of a panel: the newest notifications and the state of the inbox."""
    page = filters.page(mine(user), size=setting("THEMIS_DROPDOWN_SIZE"))
    now = digest(user)
    return {
        "notifications": page.notifications,
        "filters": filters,
        "scope": scope,
        "unread": unread_label(now),
        "up_to": newest_id(page.notifications),
        # Of the unread or, where that is newer, of what is listed: neither is news any more.
        "newest": max(now.newest, newest_id(page.notifications)),
        "profile": profile(user),
    }


def inbox(
    user: Any, filters: Filters, before: int | None = None, through: int | None = None
) -> dict[str, Any]:
    """The list with a page of it, the first one without ``before``, and its filters."""
    page = older(user, filters, before, through=through)
    now = digest(user)
    sources = {*recent_sources(user), filters.source} - {""}
    return page | {
        "continues": before is not None,
        "unread": unread_label(now),
        "newest": max(now.newest, page["up_to"]),
        "chips": filters.chips(sorted((source_name(source), source) for source in sources)),
        "level_chips": filters.level_chips(),
        "profile": profile(user),
    }


def older(
    user: Any, filters: Filters, before: int | None, day: str = "", through: int | None = None
) -> dict[str, Any]:
    """A page of the list, by day: what is older than the id ``before``."""
    size = setting("THEMIS_PAGE_SIZE")
    page = filters.page(mine(user), before=before, through=through or 0, size=size)
    return {
        "days": by_day(page.notifications, day),
        "last_day": day_name(page.notifications[-1].created_at) if page.notifications else day,
        "older": page.older,
        "continues": bool(day),
        "reached": _reached(user, page),
        # Where none was found so far, all that will be is older than what was looked at.
        "up_to": newest_id(page.notifications) or page.older or 0,
        "filters": filters,
        "scope": INBOX_SCOPE,
    }


def _reached(user: Any, page: Page) -> str:
    """How far back a search has come, in words, where nothing else tells that it went on."""
    if page.notifications or page.older is None:
        return ""
    created = mine(user).created_at_of(page.older)
    return date_and_time(created) if created else ""


def notice(request: HttpRequest) -> dict[str, Any]:
    """What the action before this page has to say, where there was no script to say it."""
    words = ("dismissed", "read", "undo", "muted")
    said = {name: request.GET.get(f"themis_{name}", "") for name in words}
    dismissed, read = whole(said["dismissed"]), whole(said["read"])
    if dismissed is not None:
        return {"dismissed": dismissed}
    if read is not None and said["undo"]:
        return {"read": read, "undo": said["undo"]}
    # Whoever made the address, it says only what is so.
    muted = {row.source_app for row in _muted(request.user)} if said["muted"] else set()
    return {"muted": said["muted"]} if said["muted"] in muted else {}


def unread_label(digest: Digest) -> str:
    """The number on the badge: exact to 99, then ``99+``."""
    if digest.unread < UNREAD_CAP:
        return str(digest.unread)
    return pgettext("more than are counted", "%(n)d+") % {"n": UNREAD_CAP - 1}


def newest_id(notifications: list[UserNotification]) -> int:
    """The newest id that a page shows; "mark all read" goes up to it."""
    return notifications[0].pk if notifications else 0


def preferences(request: HttpRequest, form: PreferencesForm | None = None) -> dict[str, Any]:
    """The preferences form, bound or fresh, and the page to come back to once it is saved."""
    return {
        "form": form or PreferencesForm(instance=profile(request.user)),
        "next": sending_page(request) if form else current_page(request),
        "saved": "themis_saved" in request.GET,
        "muting": muting(request.user),
    }


def muting(user: Any) -> dict[str, Any]:
    """What the user muted, and what else they have heard from lately, in the order of names."""
    muted = {row.source_app: row for row in _muted(user)}
    others = set(recent_sources(user)) - muted.keys()
    return {
        "muted": sorted((source_label(source), row.pk, row) for source, row in muted.items()),
        "others": sorted((source_label(source), source) for source in others),
    }


def _muted(user: Any) -> MutedSourceQuerySet:
    return MutedSource.objects.for_user(user)
