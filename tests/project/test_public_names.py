"""The tables of docs/reference.md: each name is where the page says, and none is missing."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import URLPattern

from themis_htmx.conf import DEFAULTS
from themis_htmx.templatetags.themis import register
from themis_htmx.urls import urlpatterns

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
TEXT = PAGE.read_text(encoding="utf-8")


def section(title):
    """The text below a heading of the second level, up to the next one."""
    return re.split(r"^## ", TEXT.split(f"\n## {title}\n")[1], flags=re.M)[0]


def rows(text):
    """The cells of each row of the tables in ``text``, their heads left out."""
    tables = re.findall(r"^\|[-|]+\|\n((?:\|.+\|\n?)+)", text, re.M)
    return [re.findall(r"\| (.+?) (?=\|)", line) for table in tables for line in table.splitlines()]


def python_names():
    """Module and signature of each row below "Python names"."""
    for part in re.split(r"^From ", section("Python names"), flags=re.M)[1:]:
        module = re.match("`(.+?)`", part).group(1)
        for name, *_rest in rows(part):
            yield module, name.strip("`")


NAMES = list(python_names())


@pytest.mark.parametrize(("module", "signature"), NAMES, ids=[".".join(each) for each in NAMES])
def test_python_name_of_the_reference_page_can_be_imported(module, signature):
    name, _, arguments = signature.partition("(")

    found = getattr(import_module(module), name)

    if arguments and "…" not in arguments:
        assert shown(found) == f"({arguments}"


def shown(function):
    """The signature of a function without its annotations, spelled as the page spells it."""
    parameters = inspect.signature(function).parameters.values()
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
    return str(inspect.Signature(bare)).replace("'", '"')


def test_reference_page_names_every_module_that_projects_import():
    assert {module for module, _name in NAMES} == {
        "themis.models",
        "themis.notifications",
        "themis_htmx.channels",
        "themis_htmx.levels",
        "themis_htmx.live.stream",
        "themis_htmx.models",
        "themis_htmx.notifications",
        "themis_htmx.signals",
        "themis_htmx.tasks",
        "themis_htmx.testing",
    }


def test_reference_page_lists_every_setting_with_its_default():
    listed = {
        name.strip("`"): default.strip("`") for name, default, _kind in rows(section("Settings"))
    }

    assert listed == {name: repr(value).replace("'", '"') for name, value in DEFAULTS.items()}


def test_reference_page_lists_every_url_name_with_its_path():
    listed = {name.strip("`"): path.strip("`") for name, path, *_ in rows(section("URL names"))}

    assert listed == {
        f"themis:{url.name}": str(url.pattern).replace("str:", "") or "(empty)"
        for url in urlpatterns
        # The apps of further channels have pages of their own.
        if isinstance(url, URLPattern)
    }


def test_reference_page_lists_every_template_tag():
    listed = [cell.strip("`{% }") for cell, *_ in rows(section("Template tags and components"))]

    assert listed == ["themis_head", "themis_bell", "themis_inbox", "themis_preferences"]
    assert set(listed) <= register.tags.keys()
