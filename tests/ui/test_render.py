"""The request and user that a component is rendered for, error pages included."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode

from tests.helpers.hosts import NAMES, SPELLINGS, render_plainly, request_by, spelled
from themis_htmx.ui.render import request_of, user_of


def test_request_of_returns_the_request_of_the_context():
    request = HttpRequest()

    assert request_of(Context({"request": request})) is request


@pytest.mark.parametrize("given", [{}, {"request": None}, {"request": {}}])
def test_request_of_names_the_context_processor_of_a_missing_request(given):
    with pytest.raises(ImproperlyConfigured, match="context_processors") as raised:
        request_of(Context(given))
    assert "django.template.context_processors.request" in str(raised.value)


class Wrapped:
    """A request as Django REST framework hands it to the templates that it renders."""

    def __init__(self, request):
        self._request = request


def test_request_of_unwraps_a_request_of_rest_framework():
    request = HttpRequest()

    assert request_of(Context({"request": Wrapped(request)})) is request


def test_user_of_returns_none_for_a_signed_out_visitor(user):
    assert user_of(Context({"request": request_by(user)})) == user
    assert user_of(Context({"request": request_by()})) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_components_render_nothing_for_a_request_without_a_user(name, spelling):
    request = request_by()
    del request.user

    assert render_plainly(spelled(name, spelling), request=request).strip() == ""


BASE = (
    "{% load themis %}<html>{% themis_head %}{% themis_bell %}{% block main %}{% endblock %}</html>"
)


@pytest.fixture
def failing(client, settings):
    """A client of a project whose error pages extend the page that has the bell."""
    pages = {f"{status}.html": page(status) for status in (400, 404, 500)}
    loaders = [("django.template.loaders.locmem.Loader", {"base.html": BASE, **pages})]
    ordinary = "django.template.loaders.app_directories.Loader"
    [engine] = settings.TEMPLATES
    options = {**engine["OPTIONS"], "loaders": [*loaders, ordinary]}
    settings.TEMPLATES = [{**engine, "APP_DIRS": False, "DIRS": [], "OPTIONS": options}]
    client.raise_request_exception = False
    return client


def page(status):
    return '{% extends "base.html" %}{% block main %}Our ' + str(status) + "{% endblock %}"


def test_error_page_500_may_have_a_bell_and_the_error_is_logged(failing, settings, caplog, db):
    settings.ROOT_URLCONF = "tests.urls_failing"
    response = failing.get("/fails/")

    assert response.status_code == 500
    assert "Our 500" in response.content.decode()
    assert [str(each.exc_info[1]) for each in caplog.records if each.exc_info] == ["On purpose"]


def test_error_page_400_may_have_a_bell(failing):
    response = failing.get("/page/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "Our 400" in response.content.decode()


def test_error_page_404_may_have_a_bell_before_authentication(failing, settings):
    settings.MIDDLEWARE = ["tests.urls_failing.not_found", *settings.MIDDLEWARE]
    response = failing.get("/page/")

    assert response.status_code == 404
    assert "Our 404" in response.content.decode()


@pytest.mark.parametrize("name", ["inbox", "preferences"])
def test_a_tool_that_reads_a_page_without_its_view_finds_the_template_that_it_extends(name):
    """As `manage.py compress` of django-compressor reads every template of a project."""
    page = get_template(f"themis/{name}.html").template
    [extends] = page.nodelist.get_nodes_by_type(ExtendsNode)
    context = Context()
    context.template = page

    assert extends.get_parent(context).name == "themis/base.html"
