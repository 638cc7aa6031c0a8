"""The template tags of ``{% load themis %}``: the components, and helpers of their templates."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context, Template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from themis_htmx.http.location import current_page, current_path, installation_path
from themis_htmx.http.parameters import INBOX_SCOPE, ids, whole
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import microseconds
from themis_htmx.outlets import Section, registered
from themis_htmx.ui import times
from themis_htmx.ui.bell import bell_context
from themis_htmx.ui.buttons import ButtonCache
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import list_context
from themis_htmx.ui.notice import notice_context
from themis_htmx.ui.page_user import page_user_of
from themis_htmx.ui.preferences import preferences_context
from themis_htmx.ui.render import (
    engine_of,
    render_escaped,
    render_in,
    request_of,
    says_how_if_async,
    user_of,
)
from themis_htmx.ui.sources import source_icon, source_label, source_name
from themis_htmx.ui.zones import zone_options

register = template.Library()

# The allowed name of a source's own template: source fields are data of the project, not paths.
# Only ASCII, so that the longest source fields still fit into the name of a file.
_NAME = re.compile(r"[\w-]+", re.ASCII)


@register.simple_tag(takes_context=True)
def themis_head(context: Context, nonce: str = "") -> SafeString:
    """Render the stylesheet and the script for ``<head>``; ``nonce`` defaults to Django's own."""
    # As text: Django's nonce is lazy, and false until it is made.
    found = (str(each) for each in (nonce, context.get("csp_nonce")) if each is not None)
    template = engine_of(context).get_template("themis/tags/head.html")
    nonce = next(filter(None, found), "")
    sections = [section for outlet in registered() if (section := outlet.head())]
    return render_escaped(
        context, template, nonce=nonce, address=installation_path(), sections=sections
    )


@register.simple_tag(takes_context=True)
def themis_bell(context: Context, *, toasts: bool = False, title_count: bool = False) -> str:
    """Render the bell of the signed-in user with its panel; nothing for anyone else.

    ``toasts`` shows new notifications in a corner of the page for some seconds; ``title_count``
    puts the number of unread ones in front of the page's title.
    """
    return _for_user(context, "bell", toasts=toasts, title_count=title_count)


@register.simple_tag(takes_context=True)
def themis_inbox(context: Context) -> str:
    """Render the list with its filters, which are kept in the address of the page."""
    return _for_user(context, "inbox")


@register.simple_tag(takes_context=True)
def themis_preferences(context: Context, preferences: dict[str, Any] | None = None) -> str:
    """Render the preferences form; ``preferences`` lets the kit's own page pass a bound form."""
    return _for_user(context, "preferences", preferences=preferences)


# The tags with which components read their own context, so that <c-themis.bell /> works alone.


@register.simple_tag(takes_context=True)
@says_how_if_async()
def themis_bell_context(context: Context) -> dict[str, Any] | None:
    """Return the context of the bell, or ``None`` for a visitor who is not signed in."""
    return bell_context(request_of(context)) if user_of(context) else None


@register.simple_tag(takes_context=True)
@says_how_if_async()
def themis_inbox_context(context: Context) -> dict[str, Any] | None:
    """Return the context of the list, or ``None`` for a visitor who is not signed in."""
    if not user_of(context):
        return None
    request = request_of(context)
    # whole() and not number(): on a page of the project, ``before`` may mean something else.
    filters, before = Filters.from_query(request.GET), whole(request.GET.get("before", ""))
    without = ids(request.GET, "without")
    context_of_list = list_context(page_user_of(request), filters, before, without=without)
    return context_of_list | {"notice": notice_context(request)}


@register.simple_tag(takes_context=True)
@says_how_if_async()
def themis_preferences_context(context: Context) -> dict[str, Any] | None:
    """Return the context of the preferences, or ``None`` for a visitor who is not signed in."""
    return preferences_context(request_of(context)) if user_of(context) else None


@register.simple_tag(takes_context=True)
def themis_section(context: Context, section: Section) -> SafeString:
    """Render what an outlet shows on the page of preferences, with its context."""
    template = engine_of(context).get_template(section.template)
    return render_escaped(context, template, **section.context)


@register.simple_tag
def themis_zone_options() -> SafeString:
    """Render the options of a select of time zones, grouped by region."""
    return zone_options()


@register.simple_tag(takes_context=True)
def themis_icons_needed(context: Context) -> bool:
    """Return whether this page still lacks the icons: ``True`` once in each request."""
    request: Any = request_of(context)
    needed = not hasattr(request, "_themis_icons")
    request._themis_icons = True
    return needed


@register.simple_tag(takes_context=True)
def themis_icon(context: Context, name: str, extra_class: str = "") -> SafeString:
    """Render an icon by its name, one of those in the component icons, with one more class."""
    return _icon(engine_of(context).get_template("themis/parts/icon.html"), name, extra_class)


@register.simple_tag
def themis_query(filters: Filters, **changes: Any) -> str:
    """Return the query string of the filters with changes."""
    return filters.query(**changes)


@register.filter
def themis_source(notification: UserNotification) -> str:
    """Return the name of the notification's source."""
    return source_name(notification.source_app) if notification.source_app else ""


@register.filter
def themis_source_label(source_app: str) -> str:
    """Return the name of a source, or its label if the project left it nameless."""
    return source_label(source_app)


@register.filter
def themis_source_icon(notification: UserNotification) -> str:
    """Return the static file of the project's icon for the notification's source, or ``""``."""
    return source_icon(notification.source_app)


@register.filter
def themis_item_templates(notification: UserNotification) -> list[str]:
    """Return the templates that may render the inside of a notification, most specific first."""
    own = f"{notification.source_app}_{notification.source_model}"
    default = "themis/items/default.html"
    return [f"themis/items/{own}.html", default] if _NAME.fullmatch(own) else [default]


@register.simple_tag
def themis_time(instant: datetime, scope: str = "") -> SafeString:
    """Render an instant in words, such as "4 minutes ago".

    In the inbox the headings name the days, so that earlier days show only the time of day.
    """
    here = times.local(instant)
    under_heading = scope == INBOX_SCOPE and here.date() != times.today()
    words = times.time_of_day(here) if under_heading else times.how_long_ago(here)
    return format_html(
        '<time lang="{}" datetime="{}" title="{}" data-themis-time="{}"'
        ' data-themis-counted-minutes="{}">{}</time>',
        times.language(),
        times.machine_readable(here),
        times.date_and_time(here),
        "clock" if under_heading else "ago",
        times.COUNTED_MINUTES,
        words,
    )


@register.simple_tag
def themis_when(notification: UserNotification, scope: str = "") -> SafeString:
    """Render the time of a notification in words: since when, or until when it is snoozed.

    One that was scheduled or snoozed is listed by its id. The heading of a day tells nothing about
    its time, so that the words do.
    """
    if notification.is_snoozed and notification.visible_from:
        return _until(notification.visible_from)
    if notification.visible_from:
        return themis_time(notification.shown_at)
    return themis_time(notification.created_at, scope)


def _until(instant: datetime) -> SafeString:
    here, words = times.local(instant), gettext("until %(when)s") % {"when": times.ahead(instant)}
    return format_html(
        '<time class="themis-item__until" lang="{}" datetime="{}" title="{}">{}</time>',
        times.language(),
        times.machine_readable(here),
        times.date_and_time(here),
        words,
    )


@register.simple_tag
def themis_time_ahead(instant: datetime) -> str:
    """Return a time to come as it stands within a sentence, such as "tomorrow at 9:00"."""
    return times.ahead_in_sentence(instant)


@register.simple_tag
def themis_instant(instant: datetime) -> str:
    """Return an instant as the number that pages send back."""
    return str(microseconds(instant))


@register.simple_tag
def themis_item_state(notification: UserNotification) -> str:
    """Return the classes of an item that is unread, back or snoozed, with a space before each."""
    if notification.is_snoozed:
        return " themis-item--snoozed"
    if notification.is_read:
        return ""
    return " themis-item--unread" + (" themis-item--back" if notification.is_back else "")


@register.simple_tag
def themis_list_buttons() -> ButtonCache:
    """Return the cache of buttons that a list passes to each of its items."""
    return ButtonCache()


@register.simple_tag(takes_context=True)
def themis_item_buttons(
    context: Context, notification: UserNotification, scope: str, here: str, buttons: Any = None
) -> SafeString:
    """Render the buttons and the menu of an item, from the list's cache ``buttons`` if given."""

    def render(values: dict[str, Any]) -> str:
        with context.push(**values, scope=scope, here=here):
            template = engine_of(context).get_template("themis/items/buttons.html")
            return template.render(context)

    return (buttons or ButtonCache()).of(notification, render)


@register.simple_tag(takes_context=True)
def themis_here(context: Context) -> str:
    """Return the address of this page to come back to, without the last action's notice."""
    return current_page(request_of(context))


@register.simple_tag(takes_context=True)
def themis_path(context: Context) -> str:
    """Return the address of this page without its parameters, for links to the same page.

    A link that is a query alone would lead elsewhere where the page has a ``<base>``.
    """
    return current_path(request_of(context))


# A page shows few icons many times. A template that was changed is another one here.
@lru_cache(maxsize=256)
def _icon(template: Template, name: str, extra_class: str) -> SafeString:
    return template.render(Context({"name": name, "extra_class": extra_class}))


def _for_user(context: Context, name: str, **values: Any) -> str:
    """Render a component for the signed-in user; nothing, without a query, for anyone else."""
    return render_in(context, name, **values) if user_of(context) else ""
