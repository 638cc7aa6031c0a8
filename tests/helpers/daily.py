"""The values of a parameter that every run tries, and the seldom ones, which CI adds."""

import pytest


def daily(values, chosen):
    """Return all of ``values`` for a parameter, of which every run tries the ``chosen`` ones."""
    unknown = set(chosen) - set(values)
    assert not unknown, unknown
    return [value if value in chosen else _seldom(value) for value in values]


def _seldom(value):
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=pytest.mark.seldom)
