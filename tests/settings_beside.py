"""The project of the tests for a process beside them, on the database that they are using."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["THEMIS_TEST_NAME"]
