"""Sets up the demo from nothing, and serves it."""

import socket
from random import Random

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from example.tasks.demo import content
from example.tasks.demo.board import PASSWORD, fill_board, make_people
from example.tasks.demo.inbox import fill_inboxes

WELCOME = """
Taskboard is ready:  http://127.0.0.1:{port}/

Log in as {names}; the password of each is "{password}".
{first} may also see the admin, at http://127.0.0.1:{port}/admin/

Open it in two browsers, as two people. Assign a task to the other one, approve a request
or write to the team: it appears in the other's bell in about {seconds} seconds.
"""


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
        call_command("migrate", verbosity=0)
        if reset:
            call_command("flush", interactive=False, verbosity=0)
        if not get_user_model().objects.exists():
            self.stdout.write("Filling the board and three inboxes…")
            fill()
        self.stdout.write(self.welcome(port))
        if not no_serve:
            serve(port)

    def welcome(self, port):
        """Say where to go and who to be."""
        names = [username for username, *_ in content.PEOPLE]
        return WELCOME.format(
            port=port,
            names=", ".join(names),
            first=names[0],
            password=PASSWORD,
            seconds=settings.THEMIS_NOTIFICATION_POLL_INTERVAL,
        )


@transaction.atomic
def fill():
    """Fill an empty database, with the same words each time."""
    rng = Random(42)
    people = make_people()
    fill_board(people, rng)
    fill_inboxes(people, rng)


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


def serve(port):
    """Run the development server."""
    # The reloader would run this command a second time. Insecure serving: without DEBUG the
    # server would send no static files.
    options = {"use_reloader": False, "insecure_serving": True}
    call_command("runserver", f"127.0.0.1:{port}", **options)
