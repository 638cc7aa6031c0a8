"""Sets up the demo from nothing, and serves it."""

import socket
from datetime import timedelta
from random import Random

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from example.mailbox.folder import empty
from example.tasks.demo import content
from example.tasks.demo.board import PASSWORD, fill_board, make_people
from example.tasks.demo.inbox import fill_inboxes
from themis_htmx.mail.models import MailPreference
from themis_htmx.periodic import deliver_due

WELCOME = """
Taskboard is ready:  http://127.0.0.1:{port}/

Log in as {names}; the password of each is "{password}".
{first} may also see the admin, at http://127.0.0.1:{port}/admin/

Open it in two browsers, as two people. Assign a task to the other one, comment on it, approve a
request or write to the team: it appears in the other's bell {soon}.

No e-mail leaves this machine. Read them at http://127.0.0.1:{port}/mailbox/
"""

NO_REDIS = """\
No Redis answers at {url}: {error}

Start one, such as by "apt-get install redis-server" and "redis-server --daemonize yes", or name
another: make demo-live REDIS=redis://HOST:6379/0
Without Redis, "make demo" shows the same with pages that ask every few seconds."""


class Command(BaseCommand):
    """``manage.py demo``"""

    help = "Set up the demo where there is none yet, say how to log in, and serve it"

    def add_arguments(self, parser):
        """Take what to do beside the usual."""
        parser.add_argument("--port", type=int, default=8000, help="where to serve")
        parser.add_argument("--reset", action="store_true", help="throw away all data first")
        parser.add_argument("--no-serve", action="store_true", help="set up, but do not serve")

    def handle(self, *args, port, reset, no_serve, **options):
        """Migrate, fill what is empty, greet, serve."""
        if not no_serve:
            require_free(port)
        if is_live():
            require_redis()
        call_command("migrate", verbosity=0)
        if reset:
            call_command("flush", interactive=False, verbosity=0)
        self.point_emails_here(port)
        if not get_user_model().objects.exists():
            self.stdout.write("Filling the board and three inboxes…")
            fill()
            send_first_emails()
        self.stdout.write(self.welcome(port))
        if not no_serve:
            serve(port)

    def point_emails_here(self, port):
        """Have the links in e-mails lead to this server."""
        settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"SITE": f"http://127.0.0.1:{port}"}

    def welcome(self, port):
        """Say where to go and who to be."""
        seconds = settings.THEMIS_NOTIFICATION_POLL_INTERVAL
        names = [username for username, *_ in content.PEOPLE]
        return WELCOME.format(
            port=port,
            names=", ".join(names),
            first=names[0],
            password=PASSWORD,
            soon="at once" if is_live() else f"in about {seconds} seconds",
        )


@transaction.atomic
def fill():
    """Fill an empty database, with the same words each time."""
    rng = Random(42)
    people = make_people()
    fill_board(people, rng)
    fill_inboxes(people, rng)


def send_first_emails():
    """Have each person choose a mode, and mail a summary to those who want one."""
    empty()
    now = timezone.now()
    modes = ["daily", "urgent", "weekly"]
    for person, mode in zip(get_user_model().objects.order_by("pk"), modes, strict=False):
        MailPreference.objects.choose(person, mode, hour=8, weekday=0)
    due = MailPreference.objects.exclude(digest_at=None)
    due.update(digest_at=now, next_at=now, since=now - timedelta(days=14))
    deliver_due()


def require_free(port):
    """Raise CommandError when nobody can listen at the port, before anybody is sent there."""
    with socket.socket() as tried:
        # As the development server does: a port that was left a moment ago is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used: {error.strerror}. Choose another one:"
                f" make demo PORT={port + 1}"
            ) from error


def is_live():
    """Return whether pages learn of a change by a stream."""
    return bool(getattr(settings, "THEMIS_LIVE", None))


def require_redis():
    """Raise CommandError when the Redis of live updates does not answer."""
    from redis import Redis, RedisError

    url = settings.THEMIS_LIVE["URL"]
    try:
        Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).ping()
    except RedisError as error:
        raise CommandError(NO_REDIS.format(url=url, error=error)) from error


def serve(port):
    """Run the development server, or with live updates one that can hold streams."""
    if is_live():
        serve_with_streams(port)
        return
    # The reloader would run this command a second time. Insecure serving: without DEBUG the
    # server would send no static files.
    options = {"use_reloader": False, "insecure_serving": True}
    call_command("runserver", f"127.0.0.1:{port}", **options)


def serve_with_streams(port):
    """Run the project and the streams in one process, as an ASGI site may."""
    import uvicorn
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    from example.asgi import application

    site = ASGIStaticFilesHandler(application)
    # Open pages would hold their streams, and with them the server, until they are closed.
    uvicorn.run(site, port=port, log_level="warning", timeout_graceful_shutdown=1)
