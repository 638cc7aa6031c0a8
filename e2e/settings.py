"""The example as the journeys drive it: the same project, with a quicker poll."""

import os
import tempfile
from pathlib import Path

# The journeys with Web Push have settings of their own.
os.environ["EXAMPLE_WEBPUSH"] = "0"

from example.settings import *  # noqa: F403
from example.settings import DATABASES
from tests.helpers import moments

DEBUG = False
# Not in memory: the browser's requests come in threads of their own.
DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.mkdtemp()) / "e2e.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
THEMIS_NOTIFICATION_POLL_INTERVAL = 1
TIME_ZONE = moments.site_time_zone()
