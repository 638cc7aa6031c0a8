"""The setting ``THEMIS_LIVE``: whether it is set, and the broker that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string

from themis_htmx.conf import setting

BROKERS = {
    "redis": "themis_htmx.live.redis.RedisBroker",
    "postgresql": "themis_htmx.live.postgresql.PostgreSQLBroker",
}
# The keys of the setting beside "BROKER", for each broker, and for one of the project's own.
KEYS = {
    "redis": {"URL", "CHANNEL", "WORKERS"},
    "postgresql": {"DSN", "CHANNEL", "WORKERS"},
}
OWN_KEYS = {"OPTIONS"}
# The name under which events are published. Sites that share a server need one each.
CHANNEL = "themis"

# The value of the setting for which a broker was made, and that broker.
_made: tuple[Any, Any] = (None, None)


def is_on() -> bool:
    """Return whether the project has set live updates up."""
    return bool(setting("THEMIS_LIVE"))


def is_streamed() -> bool:
    """Return whether the kit's own process streams, and no engine of another kind."""
    return setting("THEMIS_LIVE")["BROKER"] in BROKERS


def broker() -> Any:
    """Return the broker, the same one until the setting changes.

    It has ``publish(user_keys)``. The kit's own have ``listen()`` too, and one of the project has
    ``stream_url(request)``. Raises what its class raises, such as ``ImportError``.
    """
    global _made
    config = setting("THEMIS_LIVE")
    if _made[0] is not config:
        _made = (config, _make(config))
    return _made[1]


def slot() -> float:
    """Return the seconds between two users who are told: what their polls cost the site.

    A poll that finds a change takes about 5 ms of one of the site's worker processes, whose number
    is ``WORKERS``.
    """
    return 0.005 / float(setting("THEMIS_LIVE").get("WORKERS", 1))


def _make(config: Mapping[str, Any]) -> Any:
    name = config["BROKER"]
    if name in BROKERS:
        return import_string(BROKERS[name])(config)
    found = import_string(name)
    return found(**config.get("OPTIONS", {})) if isinstance(found, type) else found
