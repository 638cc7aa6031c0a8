"""Templates of a host project, with a request as its views would have it."""

import re

from django.contrib.auth.models import AnonymousUser
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

SPELLINGS = {
    "a tag": "{% load themis %}{% themis_NAME %}",
    "a component": "<c-themis.NAME />",
    "a component as a tag": "{% load cotton %}{% cotton themis.NAME / %}",
}
NAMES = ["bell", "inbox", "preferences"]


def spelled(name, spelling="a tag"):
    """The source that renders a part of the kit."""
    return SPELLINGS[spelling].replace("NAME", name)


def request_by(user=None, path="/page/"):
    """A request for a page of the host's."""
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    return request


def render(source, user=None, path="/page/", /, **context):
    """Render a host's template with the context processors of the project."""
    request = request_by(user, path)
    return compiled(source).render(RequestContext(request, context))


def render_plainly(source, /, **context):
    """The same, with nothing in the context but what is given."""
    return compiled(source).render(Context(context))


def compiled(source):
    """The template, ``<c-…>`` understood as django-cotton's loader does it."""
    return Template(CottonCompiler().process(source))


def settled(html):
    """The same text for the same page: without what is random or tells the second."""
    html = re.sub(r'(name="csrfmiddlewaretoken" value=")\w{64}"', r'\1…"', html)
    # Instants in microseconds.
    html = re.sub(r'="\d{16}"', '="…"', html)
    return re.sub(r'(name="token"\s+value=")[^"]+"', r'\1…"', html)
