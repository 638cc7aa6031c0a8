"""``manage.py cleanup_notifications``: for cron, once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from themis_htmx.cleanup import cleanup

WIDTH = 30


class Command(BaseCommand):
    """The command that deletes old read and dismissed notifications, and expired ones."""

    help = (
        "Deletes read and dismissed notifications that are older than the maximum age, and "
        "expired ones. Unread ones stay until they expire."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--max-age-days",
            type=int,
            help="replaces THEMIS_NOTIFICATION_MAX_AGE_DAYS; a user's shorter retention holds",
        )
        parser.add_argument("--dry-run", action="store_true", help="count, but delete nothing")
        parser.add_argument("--batch-size", type=int, help="limit of ids a transaction")

    def handle(self, **options: Any) -> None:
        """Clean up and print the numbers."""
        for name, least in {"max_age_days": 0, "batch_size": 1}.items():
            if options[name] is not None and options[name] < least:
                option = "--" + name.replace("_", "-")
                raise CommandError(f"{option}: {options[name]} is below {least}.")
        counts = cleanup(
            options["max_age_days"],
            batch_size=options["batch_size"],
            dry_run=options["dry_run"],
            progress=self._draw if self.stdout.isatty() else lambda share: None,
        )
        verb = "Would delete" if options["dry_run"] else "Deleted"
        reasons = ", ".join(f"{counts[name]} {name}" for name in ("read", "dismissed", "expired"))
        self.stdout.write(f"{verb} {counts.total()} notification(s): {reasons}.")

    def _draw(self, share: float) -> None:
        done = round(share * WIDTH)
        bar = "#" * done + "." * (WIDTH - done)
        self.stdout.write(f"\r[{bar}] {share:4.0%}", ending="\n" if share == 1 else "")
        self.stdout.flush()
