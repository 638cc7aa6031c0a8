"""A process that is a few hundred open pages: each holds a stream, polls, and does something.

They follow the kit's script: a stream that ends is asked for again after some seconds, an event is
answered by a poll, and each page polls by itself from time to time. A line on the standard input
ends it: each page polls until it is up to date, and what it shows is written to a file.
"""

import asyncio
import json
import re
import sys
from pathlib import Path
from random import Random
from time import time
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings

# Seconds: between two polls of a page, between two acts of its user, and until a page asks again.
POLL, ACT, AGAIN = 60, 40, 5
# A call is repeated where nobody knows whether it was stored. By then it is not read yet.
LEAST_AGE = 90
PATIENCE = 15

TOKEN = re.compile(r'name="token"\s+value="([^"]+)"')
LABEL = re.compile(r'class="themis-badge"[^>]*><bdi dir="ltr">([^<]+)</bdi>')
NEWEST = re.compile(r'data-themis-newest="(\d+)"')
ITEM = re.compile(r'data-themis-item="(\d+)"')


class Answer(NamedTuple):
    """An answer of the site."""

    status: int
    headers: str
    text: str


class Page:
    """One page of one user."""

    def __init__(self, user: int, session: str) -> None:
        self.user, self._cookies = user, f"sessionid={session}"
        self._random = Random(user)  # noqa: S311
        self.token, self._csrf, self.label, self.newest = "", "", "", 0
        # When the page showed each newest notification first, and what its user did to which.
        self.shown_at: dict[int, float] = {}
        self.done: dict[int, str] = {}
        self._met: dict[int, float] = {}
        self.events = self.failures = self.streams = 0

    async def live(self) -> None:
        """Be loaded, and then open until it is cancelled."""
        await self._load()
        await asyncio.gather(self._listen(), self._poll_on(), self._act_on())

    async def catch_up(self) -> bool:
        """Poll until two answers in a row have nothing new, as a page does that is left open."""
        quiet = 0
        for _poll in range(20):
            answer = await self._poll()
            quiet = quiet + 1 if answer and answer.status == 204 else 0
            if quiet == 2:
                return True
            await asyncio.sleep(0.5)
        return False

    async def _load(self) -> None:
        while not self.token:
            answer = await self._ask("GET", "/team/")
            if answer and answer.status == 200:
                self._show(answer.text)
                [self._csrf] = re.findall(r"csrftoken=(\w+)", answer.headers)[:1] or [""]
            else:
                await asyncio.sleep(AGAIN)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (OSError, TimeoutError):
                self.failures += 1
            await asyncio.sleep(AGAIN * (0.5 + self._random.random()))

    async def _hear(self) -> None:
        path = f"/notifications/stream/?token={quote(self.token)}"
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.SOAK["streams"])
        try:
            writer.write(self._request("GET", path))
            if b" 200 " not in await reader.readline():
                return
            self.streams += 1
            while line := await asyncio.wait_for(reader.readline(), 4 * POLL):
                if line.startswith(b"event: changed"):
                    self.events += 1
                    await asyncio.sleep(self._random.random())
                    await self._poll()
        finally:
            writer.close()

    async def _poll_on(self) -> None:
        while True:
            await asyncio.sleep(POLL * (0.8 + 0.4 * self._random.random()))
            await self._poll()

    async def _poll(self) -> Answer | None:
        answer = await self._ask("GET", f"/notifications/bell/?token={quote(self.token)}")
        if answer and answer.status == 200 and "themis:" in answer.headers.lower():
            self._show(answer.text)
        elif not answer or answer.status != 204:
            self.failures += 1
        return answer

    def _show(self, html: str) -> None:
        if found := TOKEN.search(html):
            self.token = found[1]
        label = LABEL.search(html)
        self.label = label[1] if label else ""
        if found := NEWEST.search(html):
            self.newest = int(found[1])
            self.shown_at.setdefault(self.newest, time())

    async def _act_on(self) -> None:
        while True:
            await asyncio.sleep(2 * ACT * self._random.random())
            answer = await self._ask("GET", "/notifications/dropdown/")
            for pk in ITEM.findall(answer.text if answer else ""):
                self._met.setdefault(int(pk), time())
            known = [pk for pk in self._met if self.done.get(pk) != "unknown"]
            ripe = [pk for pk in known if time() - self._met[pk] > LEAST_AGE]
            if ripe:
                await self._act(self._random.choice(ripe))

    async def _act(self, pk: int) -> None:
        # What is dismissed can be restored, and nothing else.
        words = ["restore"] if self.done.get(pk) == "dismiss" else ["read", "unread", "dismiss"]
        word = self._random.choice(words)
        fields = urlencode({"csrfmiddlewaretoken": self._csrf, "scope": "themis-panel-1"})
        answer = await self._ask("POST", f"/notifications/{pk}/{word}/", fields)
        # Where the answer is missing, nobody knows whether it was stored.
        is_done = answer is not None and answer.status in {200, 204}
        self.done[pk] = word if is_done else "unknown"

    async def _ask(self, method: str, path: str, body: str = "") -> Answer | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._exchange(self._request(method, path, body))
        except (OSError, TimeoutError, ValueError):
            return None

    async def _exchange(self, request: bytes) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.SOAK["pages"])
        try:
            writer.write(request)
            head, _blank, text = (await reader.read()).decode().partition("\r\n\r\n")
        finally:
            writer.close()
        status = re.match(r"HTTP/1.1 (\d+) ", head)
        length = re.search(r"(?i)content-length: (\d+)", head)
        # A worker that was killed leaves nothing, or half of it.
        if not status or (length and int(length[1]) != len(text.encode())):
            raise ValueError("half an answer")
        return Answer(int(status[1]), head, text)

    def _request(self, method: str, path: str, body: str = "") -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: close",
            "HX-Request: true",
            f"Cookie: {self._cookies}; csrftoken={self._csrf}",
        ]
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded"]
            lines += [f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


def main(people_file: str, result_file: str) -> None:
    """Open the pages, and write down what they show in the end."""
    asyncio.run(_run(json.loads(Path(people_file).read_text()), Path(result_file)))


async def _run(sessions: dict[str, str], result: Path) -> None:
    pages = [Page(int(user), session) for user, session in sessions.items()]
    tasks = [asyncio.create_task(page.live()) for page in pages]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
    if broken:
        raise SystemExit(f"{len(broken)} pages broke: {broken[0]!r}")
    for start in range(0, len(pages), 20):
        await asyncio.gather(*(page.catch_up() for page in pages[start : start + 20]))
    result.write_text(json.dumps([_summary(page) for page in pages]))


def _summary(page: Page) -> dict[str, Any]:
    names = ["user", "label", "newest", "shown_at", "done", "events", "failures", "streams"]
    return {name: getattr(page, name) for name in names}
