"""``manage.py cleanup_notifications``: for cron, once a day."""

from argparse import ArgumentParser
from collections import Counter
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from themis_htmx.cleanup import cleanup
from themis_htmx.management.progress import draw

REASONS = ("read", "dismissed", "expired")


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
        is_quiet = options["verbosity"] == 0
        shows_bar = self.stdout.isatty() and not is_quiet
        counts = cleanup(
            options["max_age_days"],
            batch_size=options["batch_size"],
            dry_run=options["dry_run"],
            progress=partial(draw, self.stdout) if shows_bar else lambda share: None,
        )
        if not is_quiet:
            self._report(counts, "Would delete" if options["dry_run"] else "Deleted")

    def _report(self, counts: Counter[str], verb: str) -> None:
        total = sum(counts[name] for name in REASONS)
        reasons = ", ".join(f"{counts[name]} {name}" for name in REASONS)
        self.stdout.write(f"{verb} {total} notification(s): {reasons}.")
        if kept := counts["kept"]:
            self.stdout.write(f"Kept {kept} to which other rows refer; the log says which.")
