"""``manage.py deliver_notifications``: for cron, each minute."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from themis_htmx.management.progress import draw
from themis_htmx.outlets import Progress, registered
from themis_htmx.periodic import deliver_due


class Command(BaseCommand):
    """The command that sends what is due beyond the site, such as e-mails."""

    help = (
        "Sends what is due by e-mail and on every other channel that is installed. Run it each "
        "minute; two runs at once are safe. Ends with 1 if something could not be sent."
    )

    def handle(self, **options: Any) -> None:
        """Deliver, and print a line for each outlet."""
        is_quiet = options["verbosity"] == 0
        shows_bars = self.stdout.isatty() and not is_quiet
        delivered = deliver_due(self._bar) if shows_bars else deliver_due()
        if not is_quiet:
            for each in delivered:
                self.stdout.write(f"{each}.")
            if not registered():
                self.stdout.write("No app is installed that delivers, such as themis_htmx.mail.")
        failed = [str(each) for each in delivered if each.has_failed]
        if failed:
            raise CommandError(f"Something was not delivered. {'; '.join(failed)}.")

    def _bar(self, name: str) -> Progress:
        bar: Callable[[float], None] = partial(draw, self.stdout, label=f"{name} ")
        return bar
