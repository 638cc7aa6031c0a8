"""The broker PostgreSQL: NOTIFY on the connection of the site, LISTEN on one of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from themis_htmx.databases import write_alias
from themis_htmx.live.config import CHANNEL
from themis_htmx.live.messages import pack, unpack

# A listener that hears nothing has the operating system ask after 5 seconds whether PostgreSQL is
# still there, and gives up after 6 more. A query of its own could swallow an event.
_LISTENING = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# Options of Django's own, which PostgreSQL's driver does not take.
_DJANGO_OPTIONS = {"assume_role", "isolation_level", "pool", "server_side_binding"}


class PostgreSQLBroker:
    """Publishes to, and listens to, the channel ``CHANNEL`` of the site's database."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._channel = config.get("CHANNEL", CHANNEL)
        self._dsn = config.get("DSN", "")

    def publish(self, user_keys: Iterable[str]) -> None:
        """Publish the keys in autocommit. Raises an error of the database if that fails.

        Nothing is published in a transaction, where NOTIFY would make all of them commit one after
        the other. After a commit there is only that of a test.
        """
        connection = connections[write_alias()]
        if connection.in_atomic_block:
            return
        was_closed = connection.connection is None
        try:
            with connection.cursor() as cursor:
                for message in pack(user_keys):
                    cursor.execute("SELECT pg_notify(%s, %s)", [self._channel, message])
        finally:
            if was_closed:
                connection.close()

    async def listen(self) -> AsyncGenerator[list[str] | None, None]:
        """Yield the keys of each message, and ``None`` once the connection has been made.

        Raises an error of the driver when the connection is lost.
        """
        parameters = _LISTENING | self._parameters()
        connecting = AsyncConnection.connect(self._dsn, autocommit=True, **parameters)
        async with await connecting as connection:
            await connection.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
            yield None
            async for heard in connection.notifies():
                yield unpack(heard.payload)

    def _parameters(self) -> dict[str, Any]:
        """Return the parameters of ``DATABASES["default"]``, unless there is a DSN."""
        if self._dsn:
            return {}
        database: dict[str, Any] = settings.DATABASES["default"]
        named = {
            "dbname": database.get("NAME"),
            "user": database.get("USER"),
            "password": database.get("PASSWORD"),
            "host": database.get("HOST"),
            "port": database.get("PORT"),
        }
        options = database.get("OPTIONS", {}).items()
        given = {name: value for name, value in named.items() if value}
        return given | {name: value for name, value in options if name not in _DJANGO_OPTIONS}
