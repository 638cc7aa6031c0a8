"""``{% load themis %}``: the components as template tags, and what their templates use."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import template
from django.template import Context, Engine, Template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from themis_htmx import context as shown
from themis_htmx import times
from themis_htmx.filters import Filters
from themis_htmx.items import Buttons
from themis_htmx.models import UserNotification
from themis_htmx.navigation import current_page
from themis_htmx.parameters import whole
from themis_htmx.rendering import request_of, user_of
from themis_htmx.sources import source_icon, source_label, source_name

register = template.Library()

# What a source's own template may be called; source fields are the project's data, not paths.
# ASCII, of which their longest names fit into a file's name.
_NAME = re.compile(r"[\w-]+", re.ASCII)


@register.simple_tag(takes_context=True)
def themis_head(context: Context, nonce: str = "") -> SafeString:
    """The stylesheet and the script, for ``<head>``. ``nonce`` defaults to Django's own."""
    # In words, since a nonce that Django makes when it is asked for is false until then.
    found = (str(each) for each in (nonce, context.get("csp_nonce")) if each is not None)
    return _component(context, "head", nonce=next(filter(None, found), ""))


@register.simple_tag(takes_context=True)
def themis_bell(context: Context, *, toasts: bool = False, title_count: bool = False) -> str:
    """The bell of the signed-in user, with its panel. Nothing for anyone else.

    ``toasts`` shows what arrives in a corner of the page for some seconds; ``title_count`` puts
    the number of unread in front of the page's title.
    """
    return _for_user(context, "bell", toasts=toasts, title_count=title_count)


@register.simple_tag(takes_context=True)
def themis_inbox(context: Context) -> str:
    """The list with its filters, which it keeps in the address of the page it is on."""
    return _for_user(context, "inbox")


@register.simple_tag(takes_context=True)
def themis_preferences(context: Context, shown: dict[str, Any] | None = None) -> str:
    """The preferences form. ``shown`` is for the kit's own page, which passes a bound form."""
    return _for_user(context, "preferences", shown=shown)


# What the components ask for themselves, so that <c-themis.bell /> needs nothing around it.


@register.simple_tag(takes_context=True)
def themis_bell_context(context: Context) -> dict[str, Any] | None:
    """What the bell shows."""
    return shown.bell(request_of(context)) if user_of(context) else None


@register.simple_tag(takes_context=True)
def themis_inbox_context(context: Context) -> dict[str, Any] | None:
    """What the list shows."""
    if not user_of(context):
        return None
    request = request_of(context)
    # A page of the host's may have a parameter of that name for something else.
    filters, before = Filters.from_query(request.GET), whole(request.GET.get("before", ""))
    return shown.inbox(request.user, filters, before) | {"notice": shown.notice(request)}


@register.simple_tag(takes_context=True)
def themis_preferences_context(context: Context) -> dict[str, Any] | None:
    """What the preferences show."""
    return shown.preferences(request_of(context)) if user_of(context) else None


@register.simple_tag(takes_context=True)
def themis_icons_needed(context: Context) -> bool:
    """Whether the icons are still to be put on this page; true once a request."""
    request: Any = request_of(context)
    needed = not hasattr(request, "_themis_icons")
    request._themis_icons = True
    return needed


@register.simple_tag
def themis_query(filters: Filters, **changes: Any) -> str:
    """The query string of the filters with changes."""
    return filters.query(**changes)


@register.filter
def themis_source(notification: UserNotification) -> str:
    """What the notification's source is called."""
    return source_name(notification.source_app) if notification.source_app else ""


@register.filter
def themis_source_label(source_app: str) -> str:
    """What a source is called where it cannot go without a name."""
    return source_label(source_app)


@register.filter
def themis_source_icon(notification: UserNotification) -> str:
    """The static file of the icon that the project gave the notification's source, or nothing."""
    return source_icon(notification.source_app)


@register.filter
def themis_item_templates(notification: UserNotification) -> list[str]:
    """The templates that may render a notification's inside, the most particular first."""
    own = f"{notification.source_app}_{notification.source_model}"
    default = "themis/items/default.html"
    return [f"themis/items/{own}.html", default] if _NAME.fullmatch(own) else [default]


@register.simple_tag
def themis_time(instant: datetime, scope: str = "") -> SafeString:
    """When, in words; in the inbox, whose headings name the day, earlier days show the time."""
    here = times.local(instant)
    under_heading = scope == shown.INBOX_SCOPE and not times.is_today(here)
    words = times.time_of_day(instant) if under_heading else times.how_long_ago(instant)
    return format_html(
        '<time lang="{}" datetime="{}" title="{}" data-themis-time="{}"'
        ' data-themis-counted-minutes="{}">{}</time>',
        times.language(),
        times.machine_readable(instant),
        times.date_and_time(instant),
        "clock" if under_heading else "ago",
        times.COUNTED_MINUTES,
        words,
    )


@register.simple_tag
def themis_list_buttons() -> Buttons:
    """What a list hands to each of its items, so that buttons are rendered once a kind."""
    return Buttons()


@register.simple_tag(takes_context=True)
def themis_item_buttons(
    context: Context, notification: UserNotification, scope: str, here: str, buttons: Any = None
) -> SafeString:
    """The buttons and the menu of an item; without a list's ``buttons`` for this one alone."""

    def render(told: dict[str, Any]) -> str:
        with context.push(**told, scope=scope, here=here):
            return _template(context, "themis/items/buttons.html").render(context)

    return (buttons or Buttons()).of(notification, render)


@register.simple_tag(takes_context=True)
def themis_here(context: Context) -> str:
    """The address of this page, to come back to, without what the last action had to say."""
    return current_page(request_of(context))


def _for_user(context: Context, name: str, **values: Any) -> str:
    """Render a component for who is signed in; nothing, without a query, for anyone else."""
    return _component(context, name, **values) if user_of(context) else ""


def _component(context: Context, name: str, **values: Any) -> SafeString:
    """Render a component, escaped whatever the host's template says."""
    autoescape, context.autoescape = context.autoescape, True
    try:
        with context.push(**values):
            return _template(context, f"themis/tags/{name}.html").render(context)
    finally:
        context.autoescape = autoescape


def _template(context: Context, name: str) -> Template:
    engine = context.template.engine if context.template else Engine.get_default()
    return engine.get_template(name)
