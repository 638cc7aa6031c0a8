"""Mail servers on this machine, in threads of their own: one that works, and some that do not."""

import asyncio
import socket
from contextlib import contextmanager
from email import message_from_bytes, policy

import django
from aiosmtpd.controller import Controller

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Server:
    """A handler of aiosmtpd that keeps what it takes. ``refused`` and ``hung`` are recipients."""

    def __init__(
        self, *, refused=(), hung=(), breaks_after=None, closes_after=None, refuses_sender=False
    ):
        self.taken, self.connections, self.conversations = [], 0, 0
        self._refused, self._hung = set(refused), set(hung)
        self._breaks_after, self._closes_after = breaks_after, closes_after
        self._refuses_sender = refuses_sender

    @property
    def recipients(self):
        """The recipients of what was taken, in its order."""
        return [email["To"] for email in self.taken]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        """Count a connection."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        """Refuse the sender, if that is what this server does."""
        self.conversations += 1
        if self._refuses_sender:
            return "550 no such sender"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Refuse a recipient, or take long."""
        if address in self._refused:
            return "550 no such user"
        if address in self._hung:
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Keep an e-mail; once so many were taken, hang up without a word, or with one."""
        if self._breaks_after is not None and len(self.taken) >= self._breaks_after:
            self._breaks_after = None
            server.transport.abort()
            return "421 gone"
        if self._closes_after is not None and len(self.taken) >= self._closes_after:
            self._closes_after = None
            return "421 closing the connection"
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def serving(server):
    """Let a server listen at a free port, which is what the block gets."""
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)


def free_port():
    """Return a port at which nobody listens."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def use_backend(settings, path, **options):
    """Have the project send by a mail backend, such as ``SMTP`` with host, port and timeout."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": path, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = path
    for name, value in options.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)
