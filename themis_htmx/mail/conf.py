"""The setting ``THEMIS_MAIL``: its keys, their defaults, and what they say of one user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import punycode
from django.utils.module_loading import import_string
from django.utils.translation import get_supported_language_variant

from themis_htmx.mail.modes import Mode

DEFAULTS: dict[str, Any] = {
    # The sender; "" for DEFAULT_FROM_EMAIL.
    "FROM": "",
    # The address of the site, such as "https://example.org"; "" for that of the sites framework.
    "SITE": "",
    # The site's name in the e-mails; "" for that of the sites framework, or the host of SITE.
    "NAME": "",
    # The mode, and the hour of summaries, of users who have not chosen.
    "DEFAULT_MODE": Mode.OFF.value,
    "DEFAULT_HOUR": 8,
    # An attribute of the user, a function of the user, or its dotted path; "" for LANGUAGE_CODE.
    "LANGUAGE": "",
    # The same for the address; "" for the user model's e-mail field.
    "ADDRESS": "",
}


def mail_setting(key: str) -> Any:
    """Return the project's value of a key of ``THEMIS_MAIL``, or the default.

    Raises ``KeyError`` for a key that is not in ``DEFAULTS``.
    """
    given = getattr(settings, "THEMIS_MAIL", None)
    default = DEFAULTS[key]
    return given.get(key, default) if isinstance(given, Mapping) else default


def sender() -> str:
    """Return the address that e-mails come from."""
    return str(mail_setting("FROM") or settings.DEFAULT_FROM_EMAIL)


def site_address() -> str:
    """Return the address of the site without a slash at its end, such as "https://example.org".

    Raises ``ImproperlyConfigured`` if neither the setting nor the sites framework has one.
    """
    address = str(mail_setting("SITE")) or _address_of(current_site())
    if not address:
        raise ImproperlyConfigured(
            "THEMIS_MAIL: SITE is missing, so e-mails cannot link to the site. Set it to an "
            "address such as 'https://example.org', or install django.contrib.sites, with "
            "SITE_ID and a site of that number."
        )
    parts = urlsplit(address.rstrip("/"))
    # Headers have no other characters.
    return parts._replace(netloc=punycode(parts.netloc)).geturl()


def site_name() -> str:
    """Return the name of the site for people."""
    named = str(mail_setting("NAME"))
    return named or getattr(current_site(), "name", "") or site_host()


def site_host() -> str:
    """Return the host of the site, such as "example.org"."""
    return urlsplit(site_address()).hostname or "localhost"


def current_site() -> Any:
    """Return the current site of the sites framework.

    ``None`` where that is not installed, or ``SITE_ID`` is missing or names no row.
    """
    # Without SITE_ID the framework goes by the request, and the command has none.
    if not (apps.is_installed("django.contrib.sites") and getattr(settings, "SITE_ID", None)):
        return None
    from django.contrib.sites.models import Site

    try:
        return Site.objects.get_current()
    except Site.DoesNotExist:
        return None


def address_of(user: Any) -> str:
    """Return the e-mail address of ``user``, ``""`` if there is none."""
    told = mail_setting("ADDRESS") or get_user_model().get_email_field_name()
    return str(_asked(told, user) or "").strip()


def language_of(user: Any) -> str:
    """Return the language to write to ``user`` in, one of ``LANGUAGES``."""
    told = mail_setting("LANGUAGE")
    wished = told and _asked(told, user)
    try:
        return get_supported_language_variant(wished or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def _asked(told: Any, user: Any) -> Any:
    """Ask a function, the one at a dotted path, or an attribute of the user."""
    if isinstance(told, str) and "." not in told:
        return getattr(user, told, None)
    return (import_string(told) if isinstance(told, str) else told)(user)


def _address_of(site: Any) -> str:
    return f"https://{site.domain}" if site is not None else ""
