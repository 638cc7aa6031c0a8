"""The command that makes the key of Web Push."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

WORDS = """\
This is a new private key. Keep it secret, out of the repository, and for good: with another key
every browser has to subscribe again. Put it into the environment, and into the settings:

    THEMIS_WEBPUSH = {
        "PRIVATE_KEY": os.environ["WEBPUSH_PRIVATE_KEY"],
        "SUBJECT": "mailto:webmaster@example.com",
    }
"""


class Command(BaseCommand):
    """Print a new private key to the standard output, and what to do with it to the other one."""

    help = "Print a new private key for THEMIS_WEBPUSH. Nothing is stored."
    # It is run before the setting is there.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key alone to the standard output, so that it can be sent to a file."""
        try:
            from themis_htmx.webpush.keys import new_key
        except ImportError as error:
            hint = "Install cryptography: pip install themis-htmx[webpush]"
            raise CommandError(f"{error}. {hint}") from error
        if options["verbosity"]:
            self.stderr.write(WORDS, style_func=str)
        self.stdout.write(new_key())
