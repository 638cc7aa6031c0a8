"""The check of the base template: it says which block is missing, and how to write an adapter."""

import copy

import pytest
from django.conf import settings as project
from django.core.checks import WARNING, run_checks
from django.template.loader import render_to_string

TITLE = "{% block title %}{% endblock %}"
CONTENT = "{% block content %}{% endblock %}"
WHOLE = {
    "both blocks of its own": {"base.html": TITLE + CONTENT},
    "blocks inside of other tags": {
        "base.html": "{% load i18n %}{% with a=1 %}{% if a %}" + TITLE + "{% endif %}{% endwith %}"
        "{% block page %}{% block content %}{% endblock content %}{% endblock %}"
    },
    "blocks of the template that it extends": {
        "base.html": "{% extends 'frame.html' %}{% block body %}" + CONTENT + "{% endblock %}",
        "frame.html": TITLE + "{% block body %}{% endblock %}",
    },
    "blocks of a template whose name only a page knows": {"base.html": "{% extends frame %}"},
}
LACKING = {
    "no block at all": ({"base.html": "<p>Hello"}, ["title", "content"]),
    "another block": ({"base.html": "{% block body %}{% endblock %}" + TITLE}, ["content"]),
    "a block in a comment": (
        {"base.html": CONTENT + "{# " + TITLE + " #}{% comment %}" + TITLE + "{% endcomment %}"},
        ["title"],
    ),
    "no such block above either": (
        {"base.html": "{% extends 'frame.html' %}", "frame.html": CONTENT},
        ["title"],
    ),
}


@pytest.fixture
def templates(settings):
    """Give the project these templates, and name the first of them as the base of the pages."""

    def templates(sources, name="base.html", before=()):
        settings.THEMIS_BASE_TEMPLATE = name
        engine = copy.deepcopy(project.TEMPLATES[0])
        engine.pop("APP_DIRS", None)
        engine["OPTIONS"]["loaders"] = [
            ("django.template.loaders.locmem.Loader", sources),
            ("django.template.loaders.filesystem.Loader", engine["DIRS"]),
            "django.template.loaders.app_directories.Loader",
        ]
        settings.TEMPLATES = [*before, engine]

    return templates


def warnings():
    found = [message for message in run_checks() if message.id.startswith("themis.")]
    assert {(message.id, message.level) for message in found} <= {("themis.W003", WARNING)}
    return found


@pytest.mark.parametrize("sources", WHOLE.values(), ids=WHOLE)
def test_a_base_with_both_blocks_is_fine(templates, sources):
    templates(sources)

    assert warnings() == []


@pytest.mark.parametrize(("sources", "missing"), LACKING.values(), ids=LACKING)
def test_each_missing_block_is_named(templates, sources, missing):
    templates(sources)

    told = [message.msg for message in warnings()]
    assert told == [
        f"THEMIS_BASE_TEMPLATE: 'base.html' has no {{% block {name} %}}." for name in missing
    ]


def test_the_hint_is_an_adapter_that_works(templates):
    frame = "<title>{% block head %}{% endblock %}</title><main>{% block yours %}{% endblock %}"
    templates({"base.html": frame})

    about_title, about_content = (message.hint for message in warnings())
    assert "{% block yours %}{% block title %}{% endblock %}{% endblock %}" in about_title
    lines = "{% block yours %}{% block content %}{% endblock %}{% endblock %}"
    assert lines in about_content

    head = lines.replace("yours", "head").replace("content", "title")
    sources = {"base.html": frame, "adapter.html": "{% extends 'base.html' %}" + head + lines}
    templates(sources, "adapter.html")
    assert warnings() == []
    page = "{% extends base %}{% block title %}T{% endblock %}{% block content %}C{% endblock %}"
    templates(sources | {"page.html": page}, "adapter.html")
    shown = render_to_string("page.html", {"base": "adapter.html"})
    assert shown == "<title>T</title><main>C"


def test_a_base_that_does_not_exist_is_named(templates):
    templates({}, "nowhere.html")

    [message] = warnings()
    assert message.msg.startswith("THEMIS_BASE_TEMPLATE: 'nowhere.html' is not found")


def test_a_base_that_extends_nothing_that_exists_is_named(templates):
    templates({"base.html": "{% extends 'nowhere.html' %}"})

    [message] = warnings()
    assert "'nowhere.html'" in message.msg


def test_a_base_that_cannot_be_read_is_named(templates):
    templates({"base.html": "{% no_such_tag %}"})

    [message] = warnings()
    assert "no_such_tag" in message.msg
    assert (
        message.hint == "Mend the template: it is found, and its pages cannot be rendered either."
    )


def test_a_base_that_extends_another_of_its_own_name_is_read_to_the_end(templates):
    templates({"host_base.html": "{% extends 'host_base.html' %}"}, "host_base.html")

    assert warnings() == []


def test_pages_of_the_projects_own_need_no_base(templates):
    templates({"themis/inbox.html": "<p>Ours"}, "nowhere.html")

    assert warnings() == []


def test_base_is_found_behind_another_engine(templates):
    other = {"BACKEND": "django.template.backends.dummy.TemplateStrings", "NAME": "other"}
    templates(
        {"base.html": CONTENT}, before=[other | {"APP_DIRS": False, "DIRS": [], "OPTIONS": {}}]
    )

    assert [message.msg for message in warnings()] == [
        "THEMIS_BASE_TEMPLATE: 'base.html' has no {% block title %}."
    ]


def test_project_without_any_engine_gets_no_warning_about_its_base(settings):
    settings.TEMPLATES = []

    assert not [message for message in run_checks() if message.id == "themis.W003"]
