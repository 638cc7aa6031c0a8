"""Settings of the site that benchmarks.live.browser measures: the example, and hardly any poll."""

import os

from example.settings import *  # noqa: F403

# What is shown was then told by the stream.
THEMIS_NOTIFICATION_POLL_INTERVAL = 900
THEMIS_LIVE = {"BROKER": "redis", "URL": os.environ["BENCH_REDIS"]}
