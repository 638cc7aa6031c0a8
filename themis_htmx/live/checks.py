"""The system checks of ``THEMIS_LIVE``: its broker, its library, its database, its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from themis_htmx.conf import setting
from themis_htmx.databases import write_alias
from themis_htmx.live.config import BROKERS, KEYS, OWN_KEYS

# The library that each broker needs, and the line that installs it.
LIBRARIES = {
    "redis": ("redis", 'pip install "themis-htmx[live]"'),
    "postgresql": ("psycopg", 'pip install "psycopg[binary]>=3.2"'),
}
_METHODS = ("publish", "stream_url")


def check_live(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report what keeps live updates from working; nothing without ``THEMIS_LIVE``.

    E007 for a value of the setting, E008 for a missing library, E009 for another database than
    PostgreSQL, W004 for a pooler, W005 if there is no URL of the stream. Another shape than a
    dictionary is reported as E005.
    """
    config = setting("THEMIS_LIVE")
    if not config or not isinstance(config, Mapping):
        return []
    wrong = list(_values(config))
    if wrong or config["BROKER"] not in BROKERS:
        return wrong
    return [*_library(config["BROKER"]), *_database(config), *_address()]


def _values(config: Mapping[str, Any]) -> Iterator[CheckMessage]:
    if "BROKER" not in config:
        yield _error("BROKER is missing.", _BROKER)
        return
    broker = config["BROKER"]
    if not isinstance(broker, str) or not (broker in BROKERS or "." in broker):
        yield _error(f"{broker!r} is no broker.", _BROKER)
        return
    known = KEYS.get(broker, OWN_KEYS)
    for key in sorted(config.keys() - known - {"BROKER"}, key=str):
        yield _error(f"{key!r} is no key for {broker!r}.", f"There are {', '.join(sorted(known))}.")
    for key in known & config.keys():
        is_valid, rule = _RULES[key]
        if not is_valid(config[key]):
            yield _error(f"{key} is {config[key]!r}.", f"It must be {rule}.")
    if broker not in BROKERS:
        yield from _own(broker)


def _own(path: str) -> Iterator[CheckMessage]:
    try:
        found = import_string(path)
    except ImportError as error:
        yield _error(f"{path!r} cannot be imported: {error}.", "Correct the dotted path in BROKER.")
        return
    for name in _METHODS:
        if not callable(getattr(found, name, None)):
            yield _error(f"{path!r} has no {name}().", "It needs publish() and stream_url().")


def _library(broker: str) -> Iterator[CheckMessage]:
    name, install = LIBRARIES[broker]
    if find_spec(name) is None:
        hint = f"Install it: {install}."
        yield Error(f"THEMIS_LIVE: {name!r} is not installed.", hint=hint, id="themis.E008")


def _database(config: Mapping[str, Any]) -> Iterator[CheckMessage]:
    if config["BROKER"] != "postgresql":
        return
    alias = write_alias()
    if connections[alias].vendor != "postgresql":
        yield Error(
            "THEMIS_LIVE: notifications are not in a PostgreSQL database.",
            hint='Take the broker "redis".',
            id="themis.E009",
        )
    elif not config.get("DSN") and alias != "default":
        yield Error(
            f"THEMIS_LIVE: notifications are in the database {alias!r}, and the listener connects "
            "to 'default'.",
            hint=f"Give the listener a DSN of the database {alias!r}.",
            id="themis.E009",
        )
    elif not config.get("DSN") and settings.DATABASES[alias].get("DISABLE_SERVER_SIDE_CURSORS"):
        yield checks.Warning(
            "THEMIS_LIVE: the listener seems to go through a pooler.",
            hint="LISTEN needs a connection of its own: add DSN, the address of PostgreSQL itself.",
            id="themis.W004",
        )


def _address() -> Iterator[CheckMessage]:
    if not getattr(settings, "ROOT_URLCONF", None):
        return
    try:
        reverse("themis:stream")
    except NoReverseMatch:
        yield checks.Warning(
            "THEMIS_LIVE: there is no address of a stream.",
            hint='Add path("notifications/", include("themis_htmx.urls")) to ROOT_URLCONF.',
            id="themis.W005",
        )


_BROKER = "BROKER must be 'redis', 'postgresql', or the dotted path of a class of your own."


def _error(message: str, hint: str) -> CheckMessage:
    return Error(f"THEMIS_LIVE: {message}", hint=hint, id="themis.E007")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_redis(value: Any) -> bool:
    return _is_text(value) and value.startswith(("redis://", "rediss://", "unix://"))


def _is_channel(value: Any) -> bool:
    # PostgreSQL's names are no longer.
    return _is_text(value) and len(value.encode()) < 64


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "URL": (_is_redis, "the address of a Redis server, such as 'redis://127.0.0.1:6379/0'"),
    "DSN": (_is_text, "a connection string of PostgreSQL"),
    "CHANNEL": (_is_channel, "a name of at most 63 bytes"),
    "WORKERS": (_is_number, "a whole number, at least 1"),
    "OPTIONS": (lambda value: isinstance(value, Mapping), "a dictionary of keyword arguments"),
}
