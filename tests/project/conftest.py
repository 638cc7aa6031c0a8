"""The packages that the tests of packaging share."""

import pytest

from tests.helpers.packages import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with the sdist, and with the wheel that was made from that sdist."""
    return build(tmp_path_factory.mktemp("from-sdist"))


@pytest.fixture(scope="session")
def wheel(built):
    return next(built.glob("*.whl"))


@pytest.fixture(scope="session")
def wheel_straight_from_the_checkout(tmp_path_factory):
    """The wheel that ``pip install`` from a git address makes."""
    return next(build(tmp_path_factory.mktemp("from-checkout"), "--wheel").glob("*.whl"))
