"""What the site needs before its settings can be read: a database, a broker, and ports."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.helpers.brokers import Redis, free_port
from tests.helpers.clusters import Cluster

# Connections that PostgreSQL takes: what the parts of the site keep open, and some more.
CONNECTIONS = 60


class Services(NamedTuple):
    """Servers of this run alone, and the ports at which the others will listen."""

    folder: Path
    database: Any
    redis: Any
    pages: int
    streams: int
    smtp: int
    push: int

    def configure(self) -> None:
        """Have every process that starts from now on use them."""
        addresses = {
            "postgres": self.database.port,
            "redis": self.redis.url,
            "pages": self.pages,
            "streams": self.streams,
            "smtp": self.smtp,
            "push": f"http://127.0.0.1:{self.push}",
        }
        os.environ["SOAK"] = json.dumps(addresses)
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.soak.settings"
        # Playwright runs an event loop, which Django takes for async code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@contextmanager
def services(folder: Path) -> Iterator[Services]:
    """Run them for as long as the block lasts."""
    with ExitStack() as stack:
        database = Cluster(max_connections=CONNECTIONS)
        stack.callback(database.remove)
        redis = Redis(folder)
        stack.callback(redis.stop)
        yield Services(folder, database, redis, *(free_port() for _each in range(4)))
