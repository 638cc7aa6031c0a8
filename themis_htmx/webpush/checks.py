"""The system checks of Web Push: its library, the values of its setting, its executor, its URLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from themis_htmx.webpush import config, executors

_LOCAL = ("localhost", "127.0.0.1", "[::1]", ".local", ".localhost", ".test", ".invalid")


def check_webpush(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Report what keeps Web Push from working.

    E001 for the missing library, E002 for the key, E003 for the contact, E004 for another value of
    the setting, E005 for the executor, W001 for missing URLs, W002 for a host without encryption.
    """
    if find_spec("cryptography") is None:
        hint = "Install it: pip install themis-htmx[webpush]"
        return [Error("'cryptography' is not installed.", hint=hint, id="themis_webpush.E001")]
    if not isinstance(getattr(settings, "THEMIS_WEBPUSH", {}), Mapping):
        return [_error("it is no dictionary.", 'Give it the keys "PRIVATE_KEY" and "SUBJECT".', 4)]
    return [*_key(), *_subject(), *_values(), *_executor(), *_urls()]


def _key() -> Iterator[CheckMessage]:
    text = config.config().get("PRIVATE_KEY")
    run = "`python manage.py webpush_keys` makes one."
    if not text:
        yield _error("PRIVATE_KEY is missing.", run, 2)
    elif config.key() is None:
        # The value is a secret, and stays out of the message.
        yield _error("PRIVATE_KEY is no key of the curve P-256.", run, 2)


def _subject() -> Iterator[CheckMessage]:
    text = config.subject()
    hint = 'Name an address at which you are reached, such as "mailto:webmaster@example.com".'
    if not text:
        yield _error("SUBJECT is missing.", hint, 3)
    elif not _is_contact(text):
        yield _error(f"SUBJECT is {text!r}, which push services refuse.", hint, 3)


def _is_contact(text: str) -> bool:
    kind, _colon, address = text.partition(":")
    if kind == "mailto":
        name, _at, host = address.strip().rpartition("@")
        is_address = bool(name) and text == text.strip() and " " not in address
    else:
        host = urlsplit(text).hostname or ""
        is_address = kind == "https"
    host = host.lower()
    is_local = any(host == each.strip(".[]") or host.endswith(each) for each in _LOCAL)
    return is_address and "." in host and not is_local


def _values() -> Iterator[CheckMessage]:
    for key in sorted(config.config().keys() - config.KEYS, key=str):
        yield _error(f"{key!r} is no key.", f"There are {', '.join(sorted(config.KEYS))}.", 4)
    hosts = config.config().get("ALLOWED_HOSTS", config.HOSTS)
    if isinstance(hosts, str) or not isinstance(hosts, Sequence) or not all(map(_is_host, hosts)):
        hint = 'It must be a list of names, such as "fcm.googleapis.com" or ".push.apple.com".'
        yield _error(f"ALLOWED_HOSTS is {hosts!r}.", hint, 4)
        return
    for host in hosts:
        if host.startswith("http://"):
            yield checks.Warning(
                f"THEMIS_WEBPUSH: messages are sent to {host} without encryption.",
                hint="Leave it to tests.",
                id="themis_webpush.W002",
            )


def _is_host(value: Any) -> bool:
    return isinstance(value, str) and value.strip(".") != "" and "*" not in value


def _executor() -> Iterator[CheckMessage]:
    name = config.executor()
    if name not in executors.NAMES and "." not in name:
        hint = "It must be 'threads', 'celery', 'tasks', or the dotted path of a function."
        yield _error(f"EXECUTOR is {name!r}.", hint, 5)
    elif name == "celery" and find_spec("celery") is None:
        yield _error("'celery' is not installed.", "Install it: pip install celery", 5)
    elif name == "tasks":
        yield from _django_tasks()
    elif name not in executors.NAMES:
        try:
            found = import_string(name)
        except ImportError as error:
            yield _error(f"EXECUTOR: {error}", "Correct the dotted path.", 5)
            return
        if not callable(found):
            yield _error(f"EXECUTOR: {name!r} cannot be called.", "Name a function.", 5)


def _django_tasks() -> Iterator[CheckMessage]:
    if find_spec("django.tasks") is None:
        yield _error("Django has tasks since 6.0.", "Choose 'threads' or 'celery'.", 5)
        return
    backend = getattr(settings, "TASKS", {}).get("default", {}).get("BACKEND", "")
    if not backend or backend.startswith("django.tasks.backends."):
        # The immediate one would send in the request, and the dummy one never.
        hint = "Set TASKS to a backend whose worker is another process, or choose 'threads'."
        yield _error("EXECUTOR is 'tasks', and TASKS has no backend with a worker.", hint, 5)


def _urls() -> Iterator[CheckMessage]:
    if not getattr(settings, "ROOT_URLCONF", None):
        return
    try:
        reverse("themis:push_state")
        reverse("themis:service_worker")
    except NoReverseMatch:
        yield checks.Warning(
            "THEMIS_WEBPUSH: the URLs of themis_htmx are not included, so there is no worker.",
            hint='Add path("notifications/", include("themis_htmx.urls")) to ROOT_URLCONF.',
            id="themis_webpush.W001",
        )


def _error(message: str, hint: str, number: int) -> CheckMessage:
    return Error(f"THEMIS_WEBPUSH: {message}", hint=hint, id=f"themis_webpush.E00{number}")
