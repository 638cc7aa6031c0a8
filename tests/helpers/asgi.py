"""A server's side of an ASGI application, within the process of a test."""

import asyncio
from urllib.parse import urlencode


class Connection:
    """One request to an application; what it sends is kept."""

    def __init__(self, application, token="", cookie="", method="GET", path="/stream/", **scope):
        self.sent, self._inbox = [], asyncio.Queue()
        self._inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        headers = [(b"cookie", f"a=1; sessionid={cookie}".encode())] if cookie else []
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": urlencode({"token": token}).encode(),
            "headers": headers,
            **scope,
        }
        self.task = asyncio.create_task(application(self.scope, self._inbox.get, self.send))

    async def send(self, message):
        self.sent.append(message)

    async def begun(self):
        """Wait until the answer has begun, and return its status."""
        await until(lambda: self.sent or self.task.done(), "the answer begins")
        if not self.sent:
            self.task.result()
        return self.sent[0]["status"]

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    @property
    def events(self):
        return self.body.count(b"event: changed\ndata: 0\n\n")

    async def leave(self):
        """Go, as a browser does."""
        self._inbox.put_nowait({"type": "http.disconnect"})
        await until(self.task.done, "the application has noticed")


async def until(condition, what, seconds=5):
    """Let others run until ``condition`` holds."""
    for _time in range(round(seconds * 200)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"after {seconds} seconds still not: {what}")


async def settle():
    """Let everything run that is ready to."""
    for _time in range(20):
        await asyncio.sleep(0)


class FakeBroker:
    """A broker whose listeners a test connects, tells and cuts off."""

    def __init__(self):
        self.attempts = 0
        self.is_up = True
        self._heard = None

    def publish(self, user_keys):
        """Nothing is published in tests of the stream: they tell the listener themselves."""

    async def listen(self):
        self.attempts += 1
        if not self.is_up:
            raise ConnectionError("away")
        self._heard = asyncio.Queue()
        yield None
        while True:
            message = await self._heard.get()
            if isinstance(message, Exception):
                raise message
            yield message

    def tell(self, *keys):
        self._heard.put_nowait([str(key) for key in keys])

    def cut(self):
        self._heard.put_nowait(ConnectionError("cut"))
