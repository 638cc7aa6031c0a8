"""The rendering of a component by its name, and the request and user of a template's context."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured, SynchronousOnlyOperation
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.template.context import make_context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from themis_htmx.users import signed_in_user

_IN_ASYNC_CODE = (
    "The tags of themis ask the database, which an async def view may not do by itself. Write "
    "there `return await sync_to_async(render)(request, …)`, with `from asgiref.sync import "
    "sync_to_async`."
)


def answer_with(
    request: HttpRequest, name: str, *, alone: bool = False, **values: Any
) -> HttpResponse:
    """Answer with a component, as ``django.shortcuts.render()`` answers with a template.

    ``alone`` keeps everything but ``values`` and the form token from the component.
    """
    # The project's engine that finds the component; it may have others beside it.
    backend: Any = get_template(f"cotton/themis/{name}.html").backend  # type: ignore[attr-defined]
    context = make_context(values, request, autoescape=True)
    return HttpResponse(_naming(backend.engine, name, tuple(values), alone=alone).render(context))


def render_in(context: Context, name: str, **values: Any) -> SafeString:
    """Render a component within the template that ``context`` belongs to."""
    return render_escaped(context, _naming(engine_of(context), name, tuple(values)), **values)


def render_escaped(context: Context, template: Template, **values: Any) -> SafeString:
    """Render a template with autoescape on, even inside a block of the host that turned it off."""
    autoescape, context.autoescape = context.autoescape, True
    try:
        with context.push(**values):
            return template.render(context)
    finally:
        context.autoescape = autoescape


def engine_of(context: Context) -> Engine:
    """Return the engine that a template is rendered by."""
    return context.template.engine if context.template else Engine.get_default()


# Cached, since a template takes longer to parse than to render.
@lru_cache(maxsize=64)
def _naming(engine: Engine, name: str, values: tuple[str, ...], *, alone: bool = False) -> Template:
    """Return a template of one line that names a component and hands it ``values``.

    A component that is rendered as a template itself loses its variables to ``<c-vars>``.
    """
    given = [f':{each}="{each}"' for each in ((*values, "csrf_token") if alone else values)]
    words = " ".join([f"themis.{name}", *given, *(["only"] if alone else [])])
    return engine.from_string(f"{{% load cotton %}}{{% cotton {words} / %}}")


def request_of(context: Context) -> HttpRequest:
    """Return the request that a template is rendered for, or raise an error that says the fix."""
    given = context.get("request")
    # Django REST framework wraps it in a request of its own.
    request = getattr(given, "_request", given)
    if not isinstance(request, HttpRequest):
        raise ImproperlyConfigured(
            "The tags of themis need the request in the template's context: add "
            '"django.template.context_processors.request" to the context_processors in TEMPLATES '
            "and render with a request, as django.shortcuts.render() does."
        )
    return request


@contextmanager
def says_how_if_async() -> Iterator[None]:
    """Say what to write where the database is asked in an ``async def`` view."""
    try:
        yield
    except SynchronousOnlyOperation as error:
        # A component may stand in another one, and the innermost has said it.
        if error.args == (_IN_ASYNC_CODE,):
            raise
        raise SynchronousOnlyOperation(_IN_ASYNC_CODE) from error


@says_how_if_async()
def user_of(context: Context) -> Any:
    """Return the signed-in user that a template is rendered for, or ``None``.

    An error page has no user if the error came before the middleware that finds out. Django
    renders ``500.html`` and ``400.html`` even without a request.
    """
    if context.get("request") is None and sys.exception():
        return None
    return signed_in_user(request_of(context))
