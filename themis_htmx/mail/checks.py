"""The system checks of e-mail: the setting, sender, site, time limit, and whether it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from themis_htmx.databases import write_alias
from themis_htmx.mail.conf import DEFAULTS, current_site, mail_setting, sender, site_address
from themis_htmx.mail.models import LastRun
from themis_htmx.mail.modes import Mode
from themis_htmx.mail.sending import PATIENCE, backend, has_no_time_limit
from themis_htmx.users import all_users

Apps = Sequence[AppConfig] | None

# The command runs each minute, so after that time nothing runs it any more.
LONG_AGO = timedelta(hours=1)
# The domain of the row that django.contrib.sites makes in an empty table.
_MADE = "example.com"
_RUN = (
    "Have cron or a timer run `manage.py deliver_notifications` each minute. The page "
    "“Delivering by a clock” of the documentation shows how."
)


def check_mail(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report what keeps e-mails from being sent, or from being of use.

    E001 for a value of ``THEMIS_MAIL``, E002 without an address of the site, W001 without a sender,
    W002 for a mail server that may take for ever, W004 for the site that the sites framework makes.
    """
    wrong = list(_values())
    return wrong or [*_site(), *_sender(), *_time_limit()]


def check_last_run(
    app_configs: Apps = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Report W003 if ``deliver_notifications`` has never run, or not for an hour.

    It asks the database, and so only runs for ``check --database``, ``migrate`` and ``test``. A
    database without users, such as that of the tests, has nobody to be mailed.
    """
    if write_alias() not in (databases or ()):
        return []
    try:
        if LastRun._meta.db_table not in connections[write_alias()].introspection.table_names():
            return []
        run, has_users = LastRun.read(), all_users(write_alias()).exists()
    except DatabaseError:
        # The tables are about to be made or changed.
        return []
    if not has_users:
        return []
    if run is None:
        return [_warning("deliver_notifications has never run, so no e-mail is sent.", _RUN, 3)]
    if run.began_at < timezone.now() - LONG_AGO:
        words = f"deliver_notifications last ran at {run.began_at:%Y-%m-%d %H:%M %Z}."
        return [_warning(words.replace(" .", "."), _RUN, 3)]
    return []


def _values() -> Iterator[CheckMessage]:
    given = getattr(settings, "THEMIS_MAIL", {})
    if not isinstance(given, Mapping):
        yield _error(f"It is {given!r}.", "It must be a dictionary.")
        return
    for key in sorted(given.keys() - DEFAULTS.keys(), key=str):
        yield _error(f"{key!r} is no key.", f"There are {', '.join(sorted(DEFAULTS))}.")
    for key in DEFAULTS:
        is_valid, rule = _RULES[key]
        if not is_valid(mail_setting(key)):
            yield _error(f"{key} is {mail_setting(key)!r}.", f"It must be {rule}.")


def _site() -> Iterator[CheckMessage]:
    try:
        site_address()
        if not (mail_setting("SITE") and mail_setting("NAME")):
            yield from _made_site()
    except ImproperlyConfigured as error:
        hint = 'Add "SITE": "https://example.org" to THEMIS_MAIL, with the address of your site.'
        yield Error(str(error), hint=hint, id="themis_mail.E002")
    except DatabaseError:
        # The table of sites is yet to be made.
        return


def _made_site() -> Iterator[CheckMessage]:
    site = current_site()
    if site is not None and site.domain == _MADE:
        yield _warning(
            f"THEMIS_MAIL: e-mails take the site's address or name from {_MADE!r}, the row that "
            "django.contrib.sites makes.",
            "Change domain and name of that site in the admin, or set SITE and NAME in "
            "THEMIS_MAIL.",
            4,
        )


def _sender() -> Iterator[CheckMessage]:
    address = parseaddr(sender())[1]
    if "@" not in address or address.endswith("@localhost"):
        yield _warning(
            f"THEMIS_MAIL: e-mails come from {sender()!r}, which no mail server accepts.",
            "Set DEFAULT_FROM_EMAIL, or FROM in THEMIS_MAIL, to an address of your domain.",
            1,
        )


def _time_limit() -> Iterator[CheckMessage]:
    try:
        is_endless = has_no_time_limit(backend())
    except Exception:
        # The project's backend says itself what is wrong with its settings, when it is used.
        return
    if is_endless:
        yield _warning(
            "The mail server may take for ever to answer.",
            "Set EMAIL_TIMEOUT, or from Django 6.1 on the option 'timeout' in MAILERS, to 10 "
            f"seconds or so. These e-mails wait for {PATIENCE}, and all others without end.",
            2,
        )


def _error(message: str, hint: str) -> CheckMessage:
    return Error(f"THEMIS_MAIL: {message}", hint=hint, id="themis_mail.E001")


def _warning(message: str, hint: str, number: int) -> CheckMessage:
    return Warning(message, hint=hint, id=f"themis_mail.W{number:03}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_site(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    is_whole = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return not value or (is_whole and not (parts.query or parts.fragment))


def _is_hour(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24


def _is_asked(value: Any) -> bool:
    """Accept "", a name, a function, or the dotted path of one."""
    if not isinstance(value, str):
        return callable(value)
    if "." not in value:
        return not value or value.isidentifier()
    try:
        return callable(import_string(value))
    except ImportError:
        return False


_ASKED = "an attribute of the user, a function of the user, or its dotted path"
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "FROM": (_is_text, "an e-mail address, such as 'Example <news@example.org>'"),
    "SITE": (_is_site, "the address of the site, such as 'https://example.org'"),
    "NAME": (lambda value: isinstance(value, str | Promise), "a text"),
    "DEFAULT_MODE": (lambda value: value in Mode.values, f"one of {', '.join(Mode.values)}"),
    "DEFAULT_HOUR": (_is_hour, "a whole number from 0 to 23"),
    "LANGUAGE": (_is_asked, _ASKED),
    "ADDRESS": (_is_asked, _ASKED),
}
