"""The settings of the process that streams, which needs no more; the environment has the broker."""

import json
import os

SECRET_KEY = "benchmarks"  # noqa: S105
THEMIS_LIVE = json.loads(os.environ["BENCH_LIVE"])
