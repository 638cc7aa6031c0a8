"""A page that is open when something fails."""

from importlib.util import find_spec

import pytest

from tests.faults.page import Page

# The driver of PostgreSQL is there where its tests are run.
collect_ignore = [] if find_spec("psycopg") else ["test_postgresql.py"]


@pytest.fixture
def page(user):
    return Page(user)
