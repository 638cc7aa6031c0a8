"""Sets up the demo inside a host, and serves it."""

from django.conf import settings

from example.tasks.demo import content
from example.tasks.demo.board import PASSWORD
from example.tasks.management.commands import demo

WELCOME = """
{host} is ready:  http://127.0.0.1:{port}/

Log in as {name}; the password is "{password}". The bell is in the header. Open it in a second
browser too: assign a task to {name} on http://127.0.0.1:{port}/board/ as {other}, who has the
same password, and {name} gets a notification in about {seconds} seconds.
"""


class Command(demo.Command):
    """``manage.py host_demo``"""

    help = "Set up the demo inside the host of these settings where there is none yet, and serve it"

    def welcome(self, port):
        """Say where to go and who to be."""
        (name, *_), (other, *_) = content.PEOPLE[:2]
        return WELCOME.format(
            host=settings.HOST,
            port=port,
            name=name,
            other=other,
            password=PASSWORD,
            seconds=settings.THEMIS_NOTIFICATION_POLL_INTERVAL,
        )
