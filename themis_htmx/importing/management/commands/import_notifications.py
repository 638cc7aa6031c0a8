"""``manage.py import_notifications``: the way over from another kit, and back."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from themis_htmx.conf import setting
from themis_htmx.importing.kits import KITS, GenericNotifications, Kit
from themis_htmx.importing.models import ImportedPreference, ImportedRange
from themis_htmx.importing.preferences import Preferences
from themis_htmx.importing.run import BATCH, Import, Mapper, StoppedError
from themis_htmx.importing.tables import TableError, require_table
from themis_htmx.importing.undo import count_imported, undo
from themis_htmx.management.progress import draw
from themis_htmx.models import UserNotification

MOST = 10_000
# As a shell has it for Ctrl+C.
INTERRUPTED = 130


class Command(BaseCommand):
    """The command that imports the notifications of another kit, or takes them out again."""

    help = (
        "Imports notifications and preferences from the tables of django-notifications "
        "(notifications) or django-generic-notifications (generic_notifications). Nobody is told "
        "of them. A run that was killed is resumed by running again; nothing comes twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--from",
            required=True,
            dest="kit",
            help=f"{', '.join(KITS)}, or the dotted path of a class for a bell of your own",
        )
        parser.add_argument(
            "--map",
            default="",
            help="dotted path of a function (row, fields) that returns the arguments of "
            "notify_user() for an old row, or None to leave it out",
        )
        parser.add_argument("--table", default="", help="the old table, if it has another name")
        parser.add_argument("--dry-run", action="store_true", help="check all, but write nothing")
        parser.add_argument("--undo", action="store_true", help="delete what was imported")
        parser.add_argument(
            "--batch-size", type=int, default=BATCH, help=f"rows a transaction, by default {BATCH}"
        )

    def handle(self, **options: Any) -> None:
        """Import or undo, and print the numbers."""
        size = options["batch_size"]
        if not 1 <= size <= MOST:
            raise CommandError(f"--batch-size: {size} is not between 1 and {MOST}.")
        self._is_quiet = options["verbosity"] == 0
        require_own_tables()
        try:
            kit = find_kit(options["kit"])(options["table"])
            act = self._undo if options["undo"] else self._import
            act(kit, options)
        except TableError as error:
            raise CommandError(f"--from {options['kit']}: {error}") from error
        except StoppedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as stop:
            words = "Stopped before the end. Run the command again to go on."
            raise CommandError(words, returncode=INTERRUPTED) from stop

    # Import

    def _import(self, kit: Kit, options: dict[str, Any]) -> None:
        mapper, dry_run = find_mapper(options["map"]), options["dry_run"]
        # Before anything is written, so that a table that is missing is told at once.
        preferences = None
        if isinstance(kit, GenericNotifications):
            preferences = Preferences(kit, dry_run=dry_run)
        run = Import(
            kit, mapper=mapper, batch_size=options["batch_size"], progress=self._progress()
        )
        try:
            (run.try_out if dry_run else run.run)()
        except (KeyboardInterrupt, StoppedError):
            if run.counts["imported"]:
                self._report(run, "Would import" if dry_run else "Imported")
            raise
        self._report(run, "Would import" if dry_run else "Imported")
        self._say_what_is_there(kit, run)
        if preferences:
            preferences.run()
            self._report_preferences(preferences, "Would write" if dry_run else "Wrote")
        if run.mistakes:
            listed = "\n".join(run.mistakes)
            raise CommandError(f"{run.counts['mistakes']} cannot be imported, such as:\n{listed}")

    def _report(self, run: Import, verb: str) -> None:
        counts = run.counts
        kinds = ", ".join(f"{counts[name]} {name}" for name in ("unread", "read", "dismissed"))
        self._say(f"{verb} {counts['imported']} notification(s): {kinds}.")
        self._say_left_out(run.left_out)
        if counts["without an address"]:
            self._say(f"{counts['without an address']} of them lead nowhere.")
        if counts["old"]:
            days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS")
            self._say(
                f"{counts['old']} are read or dismissed and older than {days} days: the next "
                "cleanup_notifications deletes them."
            )

    def _say_what_is_there(self, kit: Kit, run: Import) -> None:
        is_new = run.counts or run.left_out
        if not is_new and (there := count_imported(kit.table)):
            self._say(
                f"Nothing is new: {there} notification(s) are here from before. To import them "
                "anew, with another function or class, run --undo first."
            )

    def _report_preferences(self, preferences: Preferences, verb: str) -> None:
        numbers = ", ".join(f"{number} {name}" for name, number in preferences.counts.items())
        self._say(f"{verb} preferences: {numbers}.")
        self._say_left_out(preferences.left_out)

    def _say_left_out(self, left_out: Counter[str]) -> None:
        for reason, number in left_out.most_common():
            self._say(f"Left out {number}: {reason}.")

    # Undo

    def _undo(self, kit: Kit, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self._say(f"Would delete {count_imported(kit.table)} notification(s).")
            return
        counts = undo(kit, batch_size=options["batch_size"], progress=self._progress())
        self._say(
            f"Deleted {counts['notifications']} notification(s) and {counts['preferences']} "
            "preference(s)."
        )

    # Output

    def _progress(self) -> Callable[[float], None]:
        shows_bar = self.stdout.isatty() and not self._is_quiet
        return partial(draw, self.stdout) if shows_bar else lambda share: None

    def _say(self, words: str) -> None:
        if not self._is_quiet:
            self.stdout.write(words)


def require_own_tables() -> None:
    """Raise an error that names the way out unless the app's migrations have run."""
    for model in (UserNotification, ImportedRange, ImportedPreference):
        try:
            require_table(model)
        except TableError as error:
            raise CommandError(f"{error} Run: python manage.py migrate") from error


def find_kit(name: str) -> type[Kit]:
    """Return the kit of a name, or the class at a dotted path."""
    if name in KITS:
        return KITS[name]
    if "." not in name:
        known = ", ".join(KITS)
        raise CommandError(f"--from: {name!r} is none of {known}, and no dotted path of a Kit.")
    found = _imported("--from", name, "tasks.moving.OurBell")
    if not (isinstance(found, type) and issubclass(found, Kit)):
        raise CommandError(f"--from: {name!r} is {found!r}, which is no subclass of Kit.")
    return found


def find_mapper(path: str) -> Mapper | None:
    """Return the function at a dotted path, ``None`` for no path."""
    if not path:
        return None
    found = _imported("--map", path, "tasks.moving.fields")
    if not callable(found):
        raise CommandError(f"--map: {path!r} is {found!r}, which cannot be called.")
    mapper: Mapper = found
    return mapper


def _imported(option: str, path: str, example: str) -> Any:
    try:
        return import_string(path)
    except ImportError as error:
        words = f"{option}: {path!r} cannot be imported: {error}. Give a path such as {example!r}."
        raise CommandError(words) from error
