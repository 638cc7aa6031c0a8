"""Parameters of requests: a whole number is read, and anything else is a bad request."""

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
def test_number_parameter_is_read_and_an_empty_one_is_none(query, value):
    assert number(QueryDict(query), "before") == value
    assert whole(query.removeprefix("before=")) == value


NO_NUMBERS = ["-1", "+1", "1.5", "1e3", "abc", "٣", "²", "1\0", " ", "0x1", str(2**63), "9" * 5000]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_invalid_number_raises_bad_request_and_names_the_parameter(text):
    with pytest.raises(BadRequest, match=r"^before: '.{1,80}' is not a whole number\.$"):
        number(QueryDict(urlencode({"before": text})), "before")

    assert whole(text) is None


def test_number_parameter_may_be_given_more_than_once():
    parameters = QueryDict("shown=7&shown=&shown=3")

    assert numbers(parameters, "shown") == [7, 3]
    assert numbers(parameters, "other") == []
    assert number(parameters, "shown") == 3
    with pytest.raises(BadRequest, match=r"^shown: 'x' is not"):
        numbers(QueryDict("shown=7&shown=x"), "shown")


def test_largest_number_parameter_is_accepted_by_the_database(db):
    assert not UserNotification.objects.filter(pk__lt=2**63 - 1, pk__gt=2**63 - 1).exists()


@pytest.mark.parametrize("name", ["themis-bell", "themis-bell-2", "themis-inbox"])
def test_scope_parameter_accepts_an_element_of_the_kit(name):
    assert scope(QueryDict(f"scope={name}")) == name


@pytest.mark.parametrize(
    "name", ["", "themis-", "bell", "themis-Bell", "themis-a b", 'themis-"><script>', "themis-a\n"]
)
def test_scope_parameter_falls_back_to_the_inbox(name):
    parameters = QueryDict(mutable=True)
    parameters["scope"] = name

    assert scope(parameters) == scope(QueryDict()) == "themis-inbox"
