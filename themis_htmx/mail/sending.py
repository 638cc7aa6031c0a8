"""The sending of e-mails, one after another through one connection."""

from __future__ import annotations

import logging
from smtplib import (
    SMTPConnectError,
    SMTPHeloError,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any, Self

from django.core import mail
from django.core.mail import EmailMessage

logger = logging.getLogger("themis")

# Seconds that a server may take for an answer where EMAIL_TIMEOUT is not set.
PATIENCE = 30
# Failures in a row after which the run ends: connections that were lost, and failures of any kind.
MOST_LOST, MOST_FAILED = 3, 10
# The answer of a server that is about to close the connection.
_CLOSING = 421


class ServerIsAway(Exception):  # noqa: N818
    """No e-mail can be sent for now, to whomever it is, or so it seems after many failures.

    ``was_sending`` is true if that turned out while one was sent, which may be its own fault.
    """

    def __init__(self, words: str, *, was_sending: bool = True) -> None:
        super().__init__(words)
        self.was_sending = was_sending


def backend() -> Any:
    """Return the project's mail backend, not connected yet."""
    # Django 6.1 has mailers, and deprecates get_connection().
    mailers = getattr(mail, "mailers", None)
    return mail.get_connection() if mailers is None else mailers.default


def has_no_time_limit(connection: Any) -> bool:
    """Return whether a backend waits for ever for a server that hangs.

    Django's SMTP backend has the attribute; others keep their own time.
    """
    return getattr(connection, "timeout", PATIENCE) is None


class Post:
    """The connection to the mail server: opened when it is first needed, and used for all."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._lost = self._failed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._close()

    def send(self, message: EmailMessage) -> None:
        """Send one e-mail.

        Raises ``ServerIsAway`` if the server is not reached or refuses the sender, and the error of
        the mail backend if it may be about this e-mail alone.
        """
        connection = self._open()
        try:
            sent = connection.send_messages([message])
        except SMTPSenderRefused as error:
            raise ServerIsAway(_told(error)) from error
        except Exception as error:
            if _is_lost(error):
                # The next e-mail opens another one.
                self._close()
            raise
        if sent == 0:
            raise ServerIsAway("The mail backend sent nothing, and does not say why.")
        self._lost = self._failed = 0

    def count_failure(self, error: Exception) -> None:
        """Count an e-mail that failed, wherever that was: at the server, or in a template.

        Raises ``ServerIsAway`` if too many have failed in a row.
        """
        self._failed += 1
        self._lost = self._lost + 1 if _is_lost(error) else 0
        if self._lost >= MOST_LOST or self._failed >= MOST_FAILED:
            raise ServerIsAway(f"{self._failed} failed in a row, the last one so: {_told(error)}")

    def _open(self) -> Any:
        if self._connection is not None:
            return self._connection
        try:
            connection = backend()
            # Without a limit a server that hangs would hold the command for ever.
            if has_no_time_limit(connection):
                connection.timeout = PATIENCE
            connection.open()
        except Exception as error:
            raise ServerIsAway(_told(error), was_sending=False) from error
        self._connection = connection
        return connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except Exception as error:
            # All was sent. A server may be gone by the time that it is told goodbye.
            logger.info("mail: the connection was not closed properly: %s", _told(error))


def _is_lost(error: Exception) -> bool:
    """Return whether nothing more can be sent through the connection after an error."""
    if isinstance(error, SMTPResponseException):
        is_closing = error.smtp_code == _CLOSING
        return is_closing or isinstance(error, SMTPConnectError | SMTPHeloError)
    # Among them the time-out of a socket. SMTP's other errors are OSErrors by inheritance.
    is_of_socket = isinstance(error, OSError) and not type(error).__module__.startswith("smtplib")
    return is_of_socket or isinstance(error, SMTPServerDisconnected)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
