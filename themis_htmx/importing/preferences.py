"""The preferences of django-generic-notifications: channels by type, and how often e-mails come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import transaction

from themis_htmx.databases import write_alias
from themis_htmx.importing.kits import Kit
from themis_htmx.importing.models import ImportedPreference
from themis_htmx.importing.tables import (
    generic_frequencies_table,
    generic_preferences_table,
)
from themis_htmx.models import SourcePreference, UserProfile
from themis_htmx.models.profile import stored as stored_profile
from themis_htmx.models.source import source_part
from themis_htmx.policies import Channel, Policy, policy_of
from themis_htmx.users import all_users

# Users whose preferences are dealt with in one transaction.
AT_ONCE = 500
# The columns here for the channels there.
CHANNELS = {"website": Channel.BELL.value, "email": Channel.EMAIL.value}
MAIL = "themis_htmx.mail"
# The modes here for the frequencies there. Nothing here comes at once unless it is urgent.
FREQUENCIES = {"realtime": "daily", "daily": "daily", "weekly": "weekly"}

Columns = dict[str, Any]


class Preferences:
    """The import of the preferences, and its numbers so far."""

    def __init__(self, kit: Kit, *, dry_run: bool) -> None:
        self._dry_run = dry_run
        self._by_channel: Any = generic_preferences_table()
        self._frequencies: Any = generic_frequencies_table()
        for model in (self._by_channel, self._frequencies):
            kit.require(model)
        self.counts = Counter({"sources": 0, "modes of e-mail": 0})
        self.left_out: Counter[str] = Counter()

    def run(self) -> None:
        """Write what users chose there and have not chosen here. A second run writes nothing."""
        for model, write in (
            (self._by_channel, self._import_channels),
            (self._frequencies, self._import_frequencies),
        ):
            for keys in _users(model):
                there = set(
                    all_users(write_alias()).filter(pk__in=keys).values_list("pk", flat=True)
                )
                rows = model._base_manager.using(write_alias()).filter(user_id__in=there)
                write(list(rows), list(there))

    # Channels

    def _import_channels(self, rows: list[Any], keys: list[Any]) -> None:
        chosen: dict[tuple[Any, str], Columns] = defaultdict(dict)
        for row in rows:
            if column := self._column(row):
                chosen[row.user_id, row.notification_type][column] = row.enabled
        here = SourcePreference.objects.using(write_alias()).filter(user_id__in=keys)
        taken = set(here.values_list("user_id", "source_app"))
        new = [
            SourcePreference(user_id=user, source_app=source, **columns)
            for (user, source), columns in self._not_imported(chosen, keys)
            if (user, source) not in taken
        ]
        self.counts["sources"] += len(new)
        self._write(new, chosen, taken)

    def _column(self, row: Any) -> str:
        """Return the column for a choice, ``""`` if there is nothing to store of it."""
        column = CHANNELS.get(row.channel, "")
        if not column:
            self.left_out[f"of the channel {row.channel!r}, which there is not here"] += 1
            return ""
        try:
            policy = policy_of(source_part("source_app", row.notification_type), column)
        except ValueError:
            policy = Policy.REQUIRED
        if policy is Policy.REQUIRED and not row.enabled:
            self.left_out[f"of {row.notification_type!r}, which is required here"] += 1
            return ""
        return "" if policy is Policy.REQUIRED or policy.is_on == row.enabled else column

    # Frequencies

    def _import_frequencies(self, rows: list[Any], keys: list[Any]) -> None:
        if not apps.is_installed(MAIL):
            self.left_out[f"how often e-mails come, since {MAIL} is not installed"] += len(rows)
            return
        from themis_htmx.mail.models import MailPreference
        from themis_htmx.mail.modes import NOT_CHOSEN

        modes = self._modes(rows)
        stored = MailPreference.objects.using(write_alias())
        here = dict(stored.filter(pk__in=keys).values_list("pk", "mode"))
        taken = {(key, "") for key, mode in here.items() if mode != NOT_CHOSEN}
        profiles = UserProfile.objects.using(write_alias()).in_bulk(keys)
        new: list[MailPreference] = []
        known: dict[tuple[str, str], list[MailPreference]] = defaultdict(list)
        for (user, source), columns in self._not_imported(modes, keys):
            if (user, source) not in taken:
                profile = profiles.get(user) or UserProfile(user_id=user)
                row = MailPreference(user_id=user, **columns)
                row.schedule(profile)
                (known[row.mode, profile.time_zone] if user in here else new).append(row)
                self.counts["modes of e-mail"] += 1

        def choose() -> None:
            # For those whose row says nothing yet. An e-mail may wait in it, and stays.
            for rows in known.values():
                # Those of a mode in a time zone have the same times.
                undecided = stored.filter(mode=NOT_CHOSEN)
                undecided.rewrite(rows[0], pk__in=[row.pk for row in rows])

        self._write(new, modes, taken, choose)

    def _modes(self, rows: list[Any]) -> dict[tuple[Any, str], Columns]:
        """Return the columns of e-mail for what each user chose; of two modes the more frequent."""
        from themis_htmx.mail.conf import mail_setting

        standard = {"hour": mail_setting("DEFAULT_HOUR"), "weekday": 0}
        modes: dict[tuple[Any, str], Columns] = {}
        for row in rows:
            mode = FREQUENCIES.get(row.frequency)
            if mode is None:
                self.left_out[f"of the frequency {row.frequency!r}, which there is not here"] += 1
            elif modes.get((row.user_id, ""), {}).get("mode") != "daily":
                modes[row.user_id, ""] = {"mode": mode, **standard}
        return modes

    # What was imported

    def _not_imported(
        self, chosen: dict[tuple[Any, str], Columns], keys: list[Any]
    ) -> list[tuple[tuple[Any, str], Columns]]:
        found = ImportedPreference.objects.using(write_alias()).filter(user_id__in=keys)
        known = set(found.values_list("user_id", "source_app"))
        return [(key, columns) for key, columns in chosen.items() if key not in known]

    def _write(
        self,
        new: list[Any],
        chosen: dict[tuple[Any, str], Columns],
        taken: set[tuple[Any, str]],
        also: Callable[[], None] = lambda: None,
    ) -> None:
        """Write the rows that are new, and remember all that was chosen, both or neither."""
        if self._dry_run:
            return
        rows = [
            ImportedPreference(
                user_id=key[0], source_app=key[1], columns={} if key in taken else columns
            )
            for key, columns in chosen.items()
        ]
        with transaction.atomic(using=write_alias()):
            # One that was imported before keeps its columns.
            ImportedPreference.objects.using(write_alias()).bulk_create(rows, ignore_conflicts=True)
            also()
            if new:
                # The user may choose something in between, which stays.
                type(new[0]).objects.using(write_alias()).bulk_create(new, ignore_conflicts=True)


def undo_preferences() -> int:
    """Take back the preferences that were imported and not changed; return their number."""
    imported = ImportedPreference.objects.using(write_alias())
    deleted = 0
    while rows := list(imported.order_by("pk")[:AT_ONCE]):
        with transaction.atomic(using=write_alias()):
            imported.filter(pk__lte=rows[-1].pk).delete()
            deleted += sum(_undo(row) for row in rows if row.columns)
    return deleted


def _undo(row: ImportedPreference) -> int:
    if row.source_app:
        rows = SourcePreference.objects.using(write_alias()).filter(user_id=row.user_id)
        mine = rows.filter(source_app=row.source_app)
        nothing = dict.fromkeys([*Channel.values, "including_urgent"])
        said = nothing | {"including_urgent": False} | row.columns
        conditions = {
            f"{name}__isnull" if value is None else name: value is None or value
            for name, value in said.items()
        }
        return mine.filter(**conditions).delete()[0]
    if not apps.is_installed(MAIL):
        return 0
    from themis_htmx.mail.models import MailPreference
    from themis_htmx.mail.modes import NOT_CHOSEN

    same = MailPreference.objects.using(write_alias()).filter(pk=row.user_id, **row.columns)
    if not same:
        return 0
    # Not deleted, since an e-mail may wait in it.
    before = MailPreference(user_id=row.user_id, mode=NOT_CHOSEN)
    before.schedule(stored_profile(same[0].user))
    return same.rewrite(before)


def _users(model: Any) -> Iterator[list[Any]]:
    """Walk the users of a table, a few at a time."""
    users = model._base_manager.using(write_alias()).order_by("user_id")
    users = users.values_list("user_id", flat=True).distinct()
    keys = list(users[:AT_ONCE])
    while keys:
        yield keys
        keys = list(users.filter(user_id__gt=keys[-1])[:AT_ONCE])
