"""Pages of a project that are rendered in an `async def` view."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.shortcuts import render
from django.template import RequestContext
from django.utils.functional import SimpleLazyObject

from tests.helpers.hosts import NAMES, compiled, request_by, spelled
from tests.helpers.markup import parse

WHAT_TO_WRITE = r"await sync_to_async\(render\)\(request"


def known(user):
    """A request whose user was read already, as middleware of a project may do."""
    return request_by(user)


def lazy(user):
    """A request whose user is read when a template asks for it, as Django's middleware does."""
    request = request_by()
    request.user = SimpleLazyObject(lambda: type(user).objects.get(pk=user.pk))
    return request


def shown(name, request):
    return compiled(spelled(name)).render(RequestContext(request))


@pytest.mark.parametrize("ask", [known, lazy])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_asks_the_database_says_what_to_write_instead(user, name, ask):
    async def view():
        return shown(name, ask(user))

    with pytest.raises(SynchronousOnlyOperation, match=WHAT_TO_WRITE):
        async_to_sync(view)()


def test_page_renders_with_the_line_that_the_async_error_names(user, notify):
    notify()

    async def view():
        return await sync_to_async(render)(lazy(user), "page.html")

    assert parse(async_to_sync(view)()).one(class_="themis-badge").text == "1"


def test_async_page_renders_for_an_anonymous_visitor():
    async def view():
        return shown("bell", request_by())

    assert async_to_sync(view)().strip() == ""
