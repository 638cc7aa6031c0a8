"""The sources: their names for people, their icons, and the ones a user heard from lately."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField
from django.utils import timezone

from themis_htmx.compiled import CompiledQuery, Placeholder, user_placeholder
from themis_htmx.databases import looks_up_ids_first, write_alias
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import awake_q, live_q
from themis_htmx.policies import source_entry
from themis_htmx.users import user_key


def source_name(source_app: str) -> str:
    """Return the project's name for ``source_app``, or the app's own, or the label in words."""
    named = source_entry(source_app).get("name")
    if named is not None:
        return str(named)
    if source_app in apps.app_configs:
        return str(apps.get_app_config(source_app).verbose_name)
    return source_app.replace("_", " ").capitalize()


def source_label(source_app: str) -> str:
    """Return the name of ``source_app``, or the label itself if the project left it nameless."""
    return source_name(source_app) or source_app


def source_icon(source_app: str) -> str:
    """Return the static file of the project's icon for ``source_app``, or ``""``."""
    return str(source_entry(source_app).get("icon") or "")


def recent_sources(user: Any) -> list[str]:
    """Return the source apps of the newest 100 notifications that ``user`` can see, sorted."""
    alias = write_alias()
    if looks_up_ids_first(alias):
        return UserNotification.objects.for_user(user).visible().recent_sources()
    rows = _recent_query(alias).all({"user": user_key(user), "now": timezone.now()}, alias)
    return sorted({source for (source,) in rows} - {""})


# A list asks it with each answer. Compiled once, it takes half the time.
@cache
def _recent_query(alias: str) -> CompiledQuery:
    now = Placeholder("now", DateTimeField())
    mine = UserNotification.objects.using(alias).filter(user_id=user_placeholder())
    visible = mine.filter(live_q(now), awake_q(now), dismissed_at=None)
    return CompiledQuery.of(visible.newest(100).values_list("source_app"))
