"""Parameters of requests come from outside: a number is one, or the request is bad."""

from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict

from themis_htmx.http.parameters import number, numbers, scope, whole
from themis_htmx.models import UserNotification


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("", None),
        ("before=", None),
        ("before=0", 0),
        ("before=42", 42),
        (f"before={2**63 - 1}", 2**63 - 1),
    ],
)
def test_a_number_is_read_and_nothing_is_none(query, value):
    assert number(QueryDict(query), "before") == value
    assert whole(query.removeprefix("before=")) == value


NO_NUMBERS = ["-1", "+1", "1.5", "1e3", "abc", "٣", "²", "1\0", " ", "0x1", str(2**63), "9" * 5000]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_anything_else_is_a_bad_request_that_names_the_parameter(text):
    with pytest.raises(BadRequest, match=r"^before: '.{1,80}' is not a whole number\.$"):
        number(QueryDict(urlencode({"before": text})), "before")

    assert whole(text) is None


def test_a_parameter_may_be_given_more_than_once():
    parameters = QueryDict("shown=7&shown=&shown=3")

    assert numbers(parameters, "shown") == [7, 3]
    assert numbers(parameters, "other") == []
    assert number(parameters, "shown") == 3
    with pytest.raises(BadRequest, match=r"^shown: 'x' is not"):
        numbers(QueryDict("shown=7&shown=x"), "shown")


def test_the_largest_number_can_be_asked_of_every_database(db):
    assert not UserNotification.objects.filter(pk__lt=2**63 - 1, pk__gt=2**63 - 1).exists()


@pytest.mark.parametrize("name", ["themis-bell", "themis-bell-2", "themis-inbox"])
def test_a_scope_is_one_of_our_own_elements(name):
    assert scope(QueryDict(f"scope={name}")) == name


@pytest.mark.parametrize(
    "name", ["", "themis-", "bell", "themis-Bell", "themis-a b", 'themis-"><script>', "themis-a\n"]
)
def test_any_other_scope_is_the_inbox(name):
    parameters = QueryDict(mutable=True)
    parameters["scope"] = name

    assert scope(parameters) == scope(QueryDict()) == "themis-inbox"
