"""The e-mail to one user: its words by templates, its headers, and addresses that lead back."""

from __future__ import annotations

import hashlib
from email.policy import Compat32, EmailPolicy, default
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import django
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi, ngettext, pgettext

from themis_htmx.mail.conf import language_of, sender, site_address, site_host, site_name
from themis_htmx.mail.contents import MOST, Contents
from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.modes import Mode
from themis_htmx.mail.sources import is_required
from themis_htmx.mail.unsubscribe import unsubscribe_path
from themis_htmx.mail.words import hour_in_words, weekday_in_words
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.instants import aware
from themis_htmx.ui.sources import source_label
from themis_htmx.ui.times import date_and_time, language, local

# Notifications that one e-mail shows; the rest is counted.
SHOWN = 20
# Characters of a message that are shown.
MESSAGE_LENGTH = 300


class Entry(NamedTuple):
    """A notification as an e-mail shows it. All texts are plain, and escaped by the template."""

    notification: UserNotification
    title: str
    message: str
    level: str
    level_word: str
    others: int
    when: str
    url: str


class Group(NamedTuple):
    """The notifications of one source, under its name."""

    name: str
    entries: list[Entry]


class UnbrokenEmail(EmailMultiAlternatives):
    """An e-mail whose addresses in headers are not broken over lines."""

    def message(self, **options: Any) -> Any:
        """Return the message as Python's e-mail package has it."""
        if django.VERSION < (6,):
            built = super().message()
            built.policy = _UnbrokenCompat()
            return built
        given = options.get("policy", default)
        return super().message(policy=_UnbrokenPolicy(**vars(given)))


class _Unbroken:
    """Headers that machines read stay in one line, also a long one.

    Python's e-mail package turns an address of over 78 characters into encoded words, which
    one-click clients do not read.
    """

    linesep: str
    _whole = frozenset({"list-unsubscribe", "list-id", "message-id", "references", "in-reply-to"})

    def fold(self, name: str, value: str) -> str:
        """Return a header as text."""
        if name.lower() in self._whole:
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))  # type: ignore[misc]

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as bytes."""
        if name.lower() in self._whole:
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))  # type: ignore[misc]


class _UnbrokenPolicy(_Unbroken, EmailPolicy):
    """The policy of Django 6.0 and later."""


class _UnbrokenCompat(_Unbroken, Compat32):
    """The policy of Django 5.2."""


def message(
    preference: MailPreference, profile: UserProfile, address: str, told: Contents
) -> EmailMultiAlternatives:
    """Return the e-mail that tells a user of ``told``, in the user's language and time zone.

    ``address`` is the user's e-mail address. The words are those of three templates,
    ``themis/mail/subject.txt``, ``digest.txt`` and ``digest.html``, which a project may override.
    """
    user = preference.user
    with translation.override(language_of(user)), timezone.override(profile.zone):
        context = _context(preference, told)
        subject = context["subject"] = " ".join(_text("subject", context).split())
        email = UnbrokenEmail(
            subject=subject,
            body=_text("digest", context),
            from_email=sender(),
            to=[address],
            headers=_headers(preference, told, context["unsubscribe_url"]),
        )
        email.attach_alternative(_html(context), "text/html")
    return email


def absolute(path: str) -> str:
    """Return the address of a path on this site; another address is returned as it is.

    A path may begin with that of the site, as those of reverse() do under FORCE_SCRIPT_NAME.
    """
    if not path.startswith("/"):
        return path
    address = urlsplit(site_address())
    if f"{urlsplit(path).path}/".startswith(f"{address.path}/"):
        return address._replace(path="").geturl() + path
    return address.geturl() + path


def _context(preference: MailPreference, told: Contents) -> dict[str, Any]:
    shown, number = told.notifications[:SHOWN], len(told.notifications)
    reason = _reason(preference, told)
    has_link = reason != "required"
    return {
        "user": preference.user,
        "groups": _groups(shown),
        "number": number,
        "count": _count(number, is_cut=told.is_cut),
        "more": number - len(shown),
        "only": _entry(shown[0]) if number == 1 else None,
        "reason": reason,
        "hour": hour_in_words(preference.wanted_hour),
        "weekday": weekday_in_words(preference.weekday),
        "site_name": site_name(),
        "site_url": site_address() + "/",
        "inbox_url": absolute(reverse("themis:inbox")),
        "preferences_url": absolute(reverse("themis:preferences")),
        "unsubscribe_url": absolute(unsubscribe_path(preference.pk)) if has_link else "",
        "language": language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }


def _reason(preference: MailPreference, told: Contents) -> str:
    """Return why the e-mail comes: "required", "daily", "weekly" or "urgent"."""
    if all(is_required(row.source_app) for row in told.notifications):
        return "required"
    return preference.wanted_mode.value if told.is_summary else Mode.URGENT.value


def _groups(rows: list[UserNotification]) -> list[Group]:
    """Group by source. The order is that of the first of each."""
    names = {row.pk: _source(row.source_app) for row in rows}
    places = {name: place for place, name in reversed(list(enumerate(names.values())))}
    ordered = sorted(rows, key=lambda row: places[names[row.pk]])
    if not any(row.source_app for row in rows):
        return [Group("", [_entry(row) for row in rows])]
    grouped = groupby(ordered, key=lambda row: names[row.pk])
    return [Group(name, [_entry(row) for row in each]) for name, each in grouped]


def _source(source_app: str) -> str:
    return source_label(source_app) if source_app else pgettext("sources", "Other")


def _entry(row: UserNotification) -> Entry:
    return Entry(
        notification=row,
        title=row.title,
        message=Truncator(row.message).chars(MESSAGE_LENGTH),
        level=row.level,
        level_word=str(row.get_level_display()) if row.needs_attention else "",
        others=row.uncounted_others,
        when=date_and_time(local(aware(row.shown_at))),
        url=absolute(row.url) if row.url else "",
    )


def _count(number: int, *, is_cut: bool) -> str:
    """Return the number in words, such as "3 unread notifications"."""
    shown = f"{MOST - 1}+" if is_cut else str(number)
    words = ngettext("%(n)s unread notification", "%(n)s unread notifications", number)
    return words % {"n": shown}


def _headers(preference: MailPreference, told: Contents, unsubscribe_url: str) -> dict[str, str]:
    host = site_host()
    headers = {
        # The same notifications again, after a crash, are the same e-mail again.
        "Message-ID": f"<{_digest('mail', *sorted(row.pk for row in told.notifications))}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<notifications.{host}>",
    }
    if thread := _thread(told.notifications):
        headers["References"] = headers["In-Reply-To"] = f"<{thread}@{host}>"
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _thread(rows: list[UserNotification]) -> str:
    """Return a name for the thread of e-mails about the same object, ``""`` for a summary."""
    if len(rows) != 1 or not rows[0].source_id:
        return ""
    [row] = rows
    return _digest("about", row.user_id, row.source_app, row.source_model, row.source_id)


def _digest(*parts: Any) -> str:
    # With their lengths, so that no two lists of parts look the same.
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _text(name: str, context: dict[str, Any]) -> str:
    """Render a template of plain text, in which nothing is escaped."""
    template: Any = get_template(f"themis/mail/{name}.txt")
    return str(template.template.render(Context(context, autoescape=False)))


def _html(context: dict[str, Any]) -> str:
    template: Any = get_template("themis/mail/digest.html")
    return str(template.template.render(Context(context)))
