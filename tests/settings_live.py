"""The tests' project with live updates, whose broker the environment names."""

import json
import os

from tests.settings import *  # noqa: F403

THEMIS_LIVE = json.loads(os.environ["THEMIS_TEST_LIVE"])
