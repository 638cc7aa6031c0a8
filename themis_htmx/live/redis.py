"""The broker Redis: events are published to one channel, and kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from themis_htmx.live.config import CHANNEL
from themis_htmx.live.messages import pack, unpack

URL = "redis://127.0.0.1:6379/0"
# Seconds within which Redis has to answer somebody who publishes, and somebody who listens.
LIMIT, LISTENING_LIMIT = 0.5, 5.0
# Seconds of silence after which a listener asks whether Redis is still there.
QUIET = 5.0


class RedisBroker:
    """Publishes to, and listens to, the channel ``CHANNEL`` of the server at ``URL``."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._url = config.get("URL", URL)
        self._channel = config.get("CHANNEL", CHANNEL)
        # The publisher above tries again, so that no caller waits for it here.
        self._client: Any = Redis.from_url(
            self._url,
            socket_timeout=LIMIT,
            socket_connect_timeout=LIMIT,
            retry=Retry(NoBackoff(), 0),
        )

    def publish(self, user_keys: Iterable[str]) -> None:
        """Publish the keys in one round trip. Raises an error of Redis if that fails."""
        with self._client.pipeline(transaction=False) as pipeline:
            for message in pack(user_keys):
                pipeline.publish(self._channel, message)
            pipeline.execute()

    async def listen(self) -> AsyncGenerator[list[str] | None, None]:
        """Yield the keys of each message, and ``None`` whenever a connection has been made.

        Raises an error of Redis, or ``TimeoutError``, when the connection is lost.
        """
        client: Any = AsyncRedis.from_url(
            self._url,
            socket_timeout=LISTENING_LIMIT,
            socket_connect_timeout=LISTENING_LIMIT,
            retry=AsyncRetry(NoBackoff(), 0),
        )
        async with client, client.pubsub() as channel:
            await channel.subscribe(self._channel)
            is_asked = False
            while True:
                heard = await channel.get_message(timeout=QUIET)
                if heard is not None:
                    is_asked = False
                    if heard["type"] == "message":
                        yield unpack(heard["data"].decode())
                    elif heard["type"] == "subscribe":
                        yield None
                elif is_asked:
                    raise TimeoutError(f"Redis has said nothing for {QUIET} seconds.")
                else:
                    await channel.ping()
                    is_asked = True
