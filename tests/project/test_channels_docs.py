"""The blocks of docs/channels.md run, and the chat of docs/notify.md posts what it says."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.utils import timezone

from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.policies import find_mistakes
from themis_htmx.signals import notification_created

DOCS = Path(__file__).resolve().parents[2] / "docs"
NIGHT = datetime(2026, 6, 10, 23, tzinfo=UTC)


def blocks(page):
    """The blocks of Python of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


def test_blocks_of_the_page_about_channels_run(user, notify):
    names = {"user": user, "notifications": [notify("News", source_app="tasks")]}
    for block in blocks("channels.md"):
        exec(block, names)  # noqa: S102 - the page is a file of this repository

    assert list(find_mistakes(names["THEMIS_SOURCES"])) == []
    row = SourcePreference.objects.get()
    assert (row.source_app, row.bell, row.email) == ("tasks", None, False)
    user.profile.refresh_from_db()
    assert (user.profile.quiet_from, user.profile.time_zone) == (time(22), "Europe/Berlin")


class Chat(BaseHTTPRequestHandler):
    """A chat that keeps what is posted to it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        """Print nothing."""


@pytest.fixture
def chat():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    server.posted, server.status = [], 200
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def posted(chat, settings, transactional_db):
    """What the receiver of the page has posted to a chat on this machine."""
    settings.SITE_URL = "https://www.example.org"
    settings.CHAT_WEBHOOK = f"http://127.0.0.1:{chat.server_port}/hook"
    [block] = [text for text in blocks("notify.md") if "def post_to_chat" in text]
    names = {"__name__": "tests.board.chat"}
    exec(block, names)  # noqa: S102 - the page is a file of this repository
    yield chat.posted
    notification_created.disconnect(names["post_to_chat"])


def texts(posted):
    return [message["text"] for _kind, message in posted]


def test_chat_of_the_page_posts_to_each_user_with_an_absolute_address(user, posted):
    notify_user(user, "Task overdue", url="/tasks/42/")
    notify_user(user, "Käse “ready”")
    notify_user(user, "Elsewhere", url="https://docs.example.org/")

    assert posted[0] == (
        "application/json",
        {"channel": "@ada", "text": "Task overdue\nhttps://www.example.org/tasks/42/"},
    )
    assert texts(posted)[1:] == [
        "Käse “ready”\nhttps://www.example.org/notifications/",
        "Elsewhere\nhttps://docs.example.org/",
    ]


def test_chat_of_the_page_obeys_preferences_and_quiet_hours(user, other, posted, time_machine):
    time_machine.move_to(NIGHT, tick=False)
    SourcePreference.objects.choose(other, "tasks", "desktop", wanted=False)
    user.profile.quiet_from, user.profile.quiet_to = time(22), time(7)
    user.profile.time_zone = "UTC"
    user.profile.save()

    for source in ("tasks", "news"):
        notify_users([user, other], source, source_app=source, url="/x/")
    notify_users([user, other], "Urgent", source_app="tasks", level="danger", url="/x/")

    told = [(message["channel"], message["text"].split("\n")[0]) for _kind, message in posted]
    assert told == [("@grace", "news"), ("@ada", "Urgent"), ("@grace", "Urgent")]
    assert UserNotification.objects.count() == 6


def test_chat_of_the_page_is_not_told_of_what_is_scheduled(user, posted):
    notify_user(user, "Later", visible_from=timezone.now() + timedelta(hours=1))

    assert posted == []


def test_chat_of_the_page_costs_three_queries_however_many_are_told(
    user, users, posted, statements
):
    def cost(people):
        notification_created.receivers, kept = [], notification_created.receivers
        notification_created.sender_receivers_cache.clear()
        notification_created.connect(lambda **kwargs: None, weak=False)
        without = len(statements(lambda: notify_users(people, "News", source_app="tasks")))
        notification_created.receivers = kept
        notification_created.sender_receivers_cache.clear()
        return len(statements(lambda: notify_users(people, "News", source_app="tasks"))) - without

    assert cost([user]) == 3
    assert cost(users) == 3
    assert len(posted) == 8


def test_chat_of_the_page_that_fails_is_logged_and_loses_no_notification(
    user, chat, posted, caplog
):
    chat.status = 500

    assert notify_user(user, "News") is not None

    assert len(posted) == 1
    failure = caplog.records[-1].exc_info[1]
    # It holds a connection, of which Python complains at the end of whichever test runs by then.
    failure.close()
    assert str(failure).startswith("HTTP Error 500")
    assert UserNotification.objects.get().title == "News"
