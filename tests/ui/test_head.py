"""The tag for ``<head>``: the stylesheet and the script, with the nonce of the page."""

import pytest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override

from tests.helpers.hosts import SPELLINGS, render_plainly, spelled
from tests.helpers.markup import parse


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_themis_head_renders_the_stylesheet_and_the_script(settings, spelling):
    settings.STATIC_URL = "https://static.example/"

    head = parse(render_plainly(spelled("head", spelling)))

    style, script = head.elements
    assert style.attrs == {
        "rel": "stylesheet",
        "href": "https://static.example/themis_htmx/themis.css",
    }
    assert script.attrs == {
        "defer": None,
        "src": "https://static.example/themis_htmx/themis.js",
        "data-themis-address": "/notifications/",
    }


def test_the_address_is_the_same_in_every_language(settings):
    settings.ROOT_URLCONF = "tests.urls_by_language"
    settings.LANGUAGE_CODE = "en"

    heads = []
    for language in ("en", "de"):
        with override(language):
            assert reverse("themis:inbox") == f"/{language}/a/notifications/"
            heads.append(render_plainly(spelled("head")))

    assert heads[0] == heads[1]
    assert 'data-themis-address="/en/a/notifications/"' in heads[0]


def test_a_project_without_the_urls_of_the_kit_has_a_head_all_the_same(settings):
    settings.ROOT_URLCONF = "django.contrib.auth.urls"

    assert parse(render_plainly(spelled("head"))).one("script")["data-themis-address"] == ""


class LazyNonce(SimpleLazyObject):
    """A nonce as Django 6 and django-csp make it: false until somebody has asked for it."""

    asked = False

    def __init__(self):
        super().__init__(self._make)

    def _make(self):
        type(self).asked = True
        return "abc"

    def __bool__(self):
        return self.asked


@pytest.mark.parametrize(
    ("source", "given", "nonce"),
    [
        ("{% themis_head %}", {"csp_nonce": "abc"}, "abc"),
        ("{% themis_head %}", {"csp_nonce": LazyNonce()}, "abc"),
        ("{% themis_head %}", {"csp_nonce": ""}, None),
        ("{% themis_head nonce='xyz' %}", {"csp_nonce": "abc"}, "xyz"),
        ("{% themis_head nonce=request.csp_nonce %}", {"request": {"csp_nonce": "x"}}, "x"),
        ("{% themis_head nonce=request.csp_nonce %}", {"csp_nonce": "abc"}, "abc"),
        ("{% themis_head nonce=lazy %}", {"lazy": LazyNonce()}, "abc"),
        ("<c-themis.head />", {"csp_nonce": "abc"}, "abc"),
        ('<c-themis.head nonce="xyz" />', {"csp_nonce": "abc"}, "xyz"),
        ('<c-themis.head :nonce="lazy" />', {"lazy": LazyNonce()}, "abc"),
        ("<c-themis.head />", {"nonce": "the host's"}, None),
        ("{% themis_head nonce=missing %}", {}, None),
        ("{% themis_head nonce=none %}", {"none": None}, None),
        (
            "{% autoescape off %}{% themis_head nonce=x %}{% endautoescape %}",
            {"x": '"><b>'},
            '"><b>',
        ),
    ],
)
def test_script_of_themis_head_carries_the_nonce(monkeypatch, source, given, nonce):
    monkeypatch.setattr(LazyNonce, "asked", False)

    head = parse(render_plainly("{% load themis %}" + source, **given))

    assert head.one("script").attrs.get("nonce") == nonce
