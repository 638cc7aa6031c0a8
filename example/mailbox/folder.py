"""The e-mails in the folder, as Django's file backend writes them there."""

from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

SEPARATOR = b"\n" + b"-" * 79 + b"\n"


class Email(NamedTuple):
    """An e-mail: its number, its headers that a mailbox shows, and both forms of its contents."""

    number: int
    subject: str
    sender: str
    sent_at: object
    text: str
    html: str


def emails_to(address):
    """Return the e-mails to an address, newest first."""
    found = [_read(raw) for path in sorted(_folder().glob("*.log")) for raw in _parts(path)]
    mine = sorted((each for each in found if each["To"] == address), key=_sent_at)
    return [_email(number, each) for number, each in enumerate(mine, 1)][::-1]


def empty():
    """Delete every e-mail."""
    for path in _folder().glob("*.log"):
        path.unlink()


def _folder():
    return Path(settings.MAIL_FOLDER)


def _parts(path):
    return [raw for raw in path.read_bytes().split(SEPARATOR) if raw.strip()]


def _read(raw):
    return message_from_bytes(raw, policy=policy.default)


def _sent_at(message):
    return parsedate_to_datetime(message["Date"])


def _email(number, message):
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    return Email(
        number,
        message["Subject"],
        message["From"],
        _sent_at(message),
        text.get_content() if text else "",
        html.get_content() if html else "",
    )
