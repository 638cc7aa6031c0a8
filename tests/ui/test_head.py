"""The tag for ``<head>``: the stylesheet and the script, with the nonce of the page."""

import pytest
from django.utils.functional import SimpleLazyObject

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
        "type": "module",
        "src": "https://static.example/themis_htmx/themis.js",
    }


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
