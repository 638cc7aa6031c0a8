"""System checks: each message names a gap in the project's setup and the line that fills it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.template import (
    Engine,
    Template,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    engines,
)
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from themis_htmx.conf import setting
from themis_htmx.live.checks import check_live
from themis_htmx.policies import find_mistakes

Apps = Sequence[AppConfig] | None

INSTALLED = (
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
)
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
)
SESSIONS_IN_TABLES = {
    "django.contrib.sessions.backends.db",
    "django.contrib.sessions.backends.cached_db",
}
# The blocks that themis/inbox.html and themis/preferences.html fill.
PAGE_BLOCKS = ("title", "content")
_BLOCK = re.compile(r"{%\s*block\s+(\S+)")
_COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
REQUEST_PROCESSOR = "django.template.context_processors.request"


def check_apps(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report E001 for each app that the kit needs and the project has not installed."""
    return [
        Error(
            f"{name!r} is not installed.", hint=f'Add "{name}" to INSTALLED_APPS.', id="themis.E001"
        )
        for name in INSTALLED
        if not (apps.is_installed(name) or _can_go_without(name))
    ]


def check_middleware(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report E002 for each middleware that the views need and the project lacks."""
    return [
        Error(f"{path!r} is missing.", hint=f'Add "{path}" to MIDDLEWARE.', id="themis.E002")
        for path in MIDDLEWARE
        if not any(_is_kind_of(present, path) for present in settings.MIDDLEWARE)
    ]


def check_templates(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report what keeps the kit's templates from rendering.

    E003 if templates get no ``request``, E004 if cotton has another folder, E006 if no engine of
    Django's finds the templates, or another engine before it does.
    """
    return [*_request_processor(), *_cotton_folder(), *_template_engine()]


def check_urls(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report W001 if the kit's URLs are not included.

    A process that serves no pages may ignore it.
    """
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    try:
        reverse("themis:bell")
    except NoReverseMatch:
        hint = 'Add path("notifications/", include("themis_htmx.urls")) to ROOT_URLCONF.'
        return [
            checks.Warning("The URLs of themis_htmx are not included.", hint=hint, id="themis.W001")
        ]
    return []


def check_base_template(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report W003 if the base template is not found, or lacks a block that the kit's pages fill."""
    engine, name = _engine_of_pages(), setting("THEMIS_BASE_TEMPLATE")
    if engine is None or not _is_text(name):
        return []
    try:
        blocks = _blocks(engine, name)
    except TemplateDoesNotExist as error:
        return [_about_base(f"{name!r} is not found: there is no template {str(error)!r}.")]
    except TemplateSyntaxError as error:
        hint = "Mend the template: it is found, and its pages cannot be rendered either."
        return [_about_base(f"{name!r} cannot be read: {str(error).rstrip('.')}.", hint=hint)]
    missing = [] if blocks is None else [each for each in PAGE_BLOCKS if each not in blocks]
    return [_about_base(f"{name!r} has no {{% block {each} %}}.", each) for each in missing]


def check_profile_accessor(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report W002 if the user model already has something of the accessor's name."""
    if not getattr(apps.get_app_config("themis"), "profile_accessor_taken", False):
        return []
    name = setting("THEMIS_PROFILE_ACCESSOR")
    return [
        checks.Warning(
            f"{settings.AUTH_USER_MODEL}.{name} is taken, so it is not the notification profile.",
            hint="Set THEMIS_PROFILE_ACCESSOR to another name, or to None to reach the profile "
            "as user.themis_profile alone.",
            id="themis.W002",
        )
    ]


def check_settings(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """Report E005 for each setting of the kit whose value is invalid."""
    found = [
        (f"{name} is {setting(name)!r}.", f"It must be {rule}.")
        for name, (is_valid, rule) in RULES.items()
        if not is_valid(setting(name))
    ]
    sources = setting("THEMIS_SOURCES")
    if _are_sources(sources):
        found += find_mistakes(sources)
    return [Error(message, hint=hint, id="themis.E005") for message, hint in found]


def _can_go_without(name: str) -> bool:
    """Return whether ``name`` is the sessions app and no session is kept in its table."""
    in_tables = settings.SESSION_ENGINE in SESSIONS_IN_TABLES
    return name == "django.contrib.sessions" and not in_tables


def _is_kind_of(path: str, wanted: str) -> bool:
    """Compare by class or, for a middleware written from scratch, by the name of the class."""
    if path.rpartition(".")[2] == wanted.rpartition(".")[2]:
        return True
    try:
        found = import_string(path)
    except ImportError:
        return False  # Django itself reports it.
    return isinstance(found, type) and issubclass(found, import_string(wanted))


def _request_processor() -> Iterator[CheckMessage]:
    engines: list[dict[str, Any]] = settings.TEMPLATES
    options = [engine.get("OPTIONS", {}) for engine in engines]
    if not any(REQUEST_PROCESSOR in each.get("context_processors", []) for each in options):
        hint = f'Add "{REQUEST_PROCESSOR}" to the context_processors in TEMPLATES.'
        yield Error("Templates get no request.", hint=hint, id="themis.E003")


def _cotton_folder() -> Iterator[CheckMessage]:
    folder = getattr(settings, "COTTON_DIR", "cotton")
    if folder != "cotton":
        hint = (
            "Leave COTTON_DIR at its default, or link <templates>/"
            f"{folder}/themis to the folder cotton/themis of themis_htmx and silence this check."
        )
        yield Error(f"COTTON_DIR is {folder!r}.", hint=hint, id="themis.E004")


def _template_engine() -> Iterator[CheckMessage]:
    """Look for a component as django-cotton does: by all engines, in the order of TEMPLATES."""
    engine = _first_engine_to_read("cotton/themis/bell.html")
    if engine is None:
        hint = (
            'Set "APP_DIRS": True in TEMPLATES, or add '
            '"django.template.loaders.app_directories.Loader" to the loaders there.'
        )
        yield Error("The templates of themis_htmx are not found.", hint=hint, id="themis.E006")
    elif not isinstance(engine, DjangoTemplates):
        hint = (
            "Leave all names that begin with cotton/ and themis/ to Django's engine: put it first "
            "in TEMPLATES, or give django-jinja a match_regex that leaves them out, such as "
            r'r"^(?!admin/|cotton/|themis/)".'
        )
        yield Error(
            f"The template engine {engine.name!r} reads the templates of themis_htmx.",
            hint=hint,
            id="themis.E006",
        )


def _first_engine_to_read(name: str) -> BaseEngine | None:
    """Return the engine that finds a template first, whether or not it understands it."""
    for engine in engines.all():
        try:
            engine.get_template(name)
        except TemplateDoesNotExist:
            continue
        except TemplateSyntaxError:
            pass
        return engine
    return None


def _engine_of_pages() -> Engine | None:
    """Return the engine of the kit's two pages; ``None`` if the project has pages of its own."""
    try:
        page: Any = get_template("themis/inbox.html")
    except (TemplateDoesNotExist, TemplateSyntaxError):
        return None  # Another check says why.
    origin = Path(getattr(page.origin, "name", "")).resolve()
    is_ours = origin.is_relative_to(Path(__file__).resolve().parent)
    return page.backend.engine if is_ours else None


def _blocks(engine: Engine, name: str, skip: list[Any] | None = None) -> set[str] | None:
    """Return the blocks of a template and of those that it extends; ``None`` if nobody can tell.

    ``skip`` has the files that extend a template of their own name.
    """
    skip = skip or []
    template: Template = engine.find_template(name, skip=skip)[0]
    blocks = set(_BLOCK.findall(_COMMENT.sub("", str(template.source))))
    for node in template.nodelist.get_nodes_by_type(ExtendsNode):
        parent = node.parent_name.var  # type: ignore[attr-defined]
        above = isinstance(parent, str) and _blocks(engine, parent, [*skip, template.origin])
        if not above:
            return None
        blocks |= above
    return blocks


def _about_base(message: str, block: str = "", hint: str = "") -> CheckMessage:
    hint = hint or (
        f"Put {{% block {block} %}}{{% endblock %}} into it, or name an adapter that extends it: "
        f"{{% block yours %}}{{% block {block} %}}{{% endblock %}}{{% endblock %}}, where yours is "
        f"the block that holds the {block} on your own pages."
        if block
        else "Name one that Django finds, such as your own base.html."
    )
    return checks.Warning(f"THEMIS_BASE_TEMPLATE: {message}", hint=hint, id="themis.W003")


def _is_whole(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_accessor(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.isidentifier())


def _are_sources(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(key, str) and _is_source(told) for key, told in value.items()
    )


def _is_source(value: Any) -> bool:
    """Accept a name, or a dictionary. `find_mistakes` looks at its keys and its channels."""
    if not isinstance(value, Mapping):
        return isinstance(value, str | Promise)
    is_named = isinstance(value.get("name", ""), str | Promise)
    return bool(value) and is_named and _is_text(value.get("icon", "-"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "THEMIS_NOTIFICATION_POLL_INTERVAL": (_is_whole(0), "a whole number of seconds, 0 for never"),
    "THEMIS_NOTIFICATION_MAX_AGE_DAYS": (_is_whole(1), "a whole number of days, at least 1"),
    "THEMIS_BASE_TEMPLATE": (_is_text, "the name of a template"),
    "THEMIS_PROFILE_ACCESSOR": (_is_accessor, "an identifier such as 'profile', or None"),
    "THEMIS_PAGE_SIZE": (_is_whole(1), "a whole number of notifications, at least 1"),
    "THEMIS_DROPDOWN_SIZE": (_is_whole(1), "a whole number of notifications, at least 1"),
    "THEMIS_SOURCES": (
        _are_sources,
        "a dictionary by source_app, of 'Tasks' or {'name': 'Tasks', 'icon': 'tasks/icon.svg'}",
    ),
    "THEMIS_LIVE": (
        lambda value: value is None or isinstance(value, Mapping),
        "None, or a dictionary such as {'BROKER': 'redis', 'URL': 'redis://127.0.0.1:6379/0'}",
    ),
}

all_checks = [
    check_apps,
    check_middleware,
    check_templates,
    check_urls,
    check_base_template,
    check_profile_accessor,
    check_settings,
    check_live,
]
