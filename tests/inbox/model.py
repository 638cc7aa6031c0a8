"""The specification of the inbox in plain Python, without Django, database or HTML.

It says what each user sees, what the badge counts, what is announced, and what each button does.
``test_machine.py`` runs the app and this side by side, and compares them after every step. It is
one file, to be read in one sitting.

The order of this file: a notification, a person, and the inbox of all of them with its questions,
its buttons, and what the project's code does to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

WEIGHTS = {"info": 0, "success": 0, "warning": 1, "danger": 2}
# The badge counts no further, and says "99+".
MOST_COUNTED = 100
# The site deletes what is older, unless it is unread.
SITE_KEEPS_DAYS = 90


@dataclass
class Notification:
    """One notification of one user. Each question about it is asked for an instant ``now``."""

    user: str
    title: str
    level: str
    # App, model and id of the object that it is about; three empty texts for none.
    source: tuple[str, str, str]
    # The instant at which its user could first see it.
    created: datetime
    expires: datetime | None = None
    # Nobody sees it before this instant: it was scheduled, or its user has snoozed it.
    visible_from: datetime | None = None
    read: datetime | None = None
    dismissed: datetime | None = None
    # The number of others of its group that were put away in its favour.
    others: int = 0
    # "now" or "later" if it keeps others of its source away, or is replaced by them.
    key: str = ""
    # Given by the database.
    pk: int = 0

    def has_expired(self, now):
        return self.expires is not None and self.expires <= now

    def is_awake(self, now):
        return self.visible_from is None or self.visible_from <= now

    def was_snoozed(self):
        return self.visible_from is not None and self.visible_from > self.created

    def is_known(self, now):
        """Its user has seen it, or may see it."""
        return self.is_awake(now) or self.was_snoozed()

    def is_pending(self, now):
        """It is unread, although it may be asleep."""
        return self.read is None and not self.has_expired(now)

    def is_unread(self, now):
        """It counts on the badge. What is dismissed has been read by that."""
        return self.is_pending(now) and self.is_awake(now)

    def is_listed(self, now):
        return self.dismissed is None and self.is_awake(now) and not self.has_expired(now)

    def is_snoozed(self, now):
        return self.is_pending(now) and self.was_snoozed() and not self.is_awake(now)

    def is_back(self, now):
        """It stands on top of the list, since its time has come, and until it is read."""
        return self.visible_from is not None and self.is_unread(now)


@dataclass
class Person:
    """The choices of one user."""

    enabled: bool = True
    minimum: str = "info"
    keep_days: int | None = None
    alerts: bool = False
    full_text: bool = False
    # From and to, by the clock in UTC.
    quiet: tuple[time, time] | None = None
    urgent_ends_quiet: bool = True
    # Pairs of a source's app and a channel, "bell" or "desktop", that are turned off.
    off: set[tuple[str, str]] = field(default_factory=set)
    # Apps whose urgent ones are held back, too, where something is off.
    urgent_off: set[str] = field(default_factory=set)

    def wants(self, level, app, channel="bell"):
        """What the bell does not get, no other channel gets. Urgent ones pass what is off."""
        passes = level == "danger" and app not in self.urgent_off
        is_on = passes or not {(app, "bell"), (app, channel)} & self.off
        return self.enabled and WEIGHTS[level] >= WEIGHTS[self.minimum] and is_on

    def wants_alert(self, now, level, app):
        may_interrupt = not self.is_quiet(now) or (level == "danger" and self.urgent_ends_quiet)
        return self.wants(level, app, "desktop") and may_interrupt

    def is_quiet(self, now):
        if self.quiet is None:
            return False
        start, end = self.quiet
        clock = now.time()
        return start <= clock < end if start < end else clock >= start or clock < end

    def choose(self, app, channel, wanted):
        (self.off.discard if wanted else self.off.add)((app, channel))
        if not self.has_turned_off(app):
            self.urgent_off.discard(app)

    def hold_back_urgent(self, app, held_back):
        if held_back and self.has_turned_off(app):
            self.urgent_off.add(app)
        if not held_back:
            self.urgent_off.discard(app)

    def has_turned_off(self, app):
        return any(each == app for each, _channel in self.off)


class Known(NamedTuple):
    """What a page has been told of: the newest id, and all that had woken up by an instant."""

    newest: int
    at: datetime


class Inbox:
    """The notifications and choices of all users, at the instant ``now``."""

    def __init__(self, names, now):
        self.people = {name: Person() for name in names}
        self.rows = []
        self.now = now

    # Questions

    def of(self, user):
        """Newest first, which is by id."""
        mine = [row for row in self.rows if row.user == user]
        return sorted(mine, key=lambda row: row.pk, reverse=True)

    def unread(self, user):
        return [row for row in self.of(user) if row.is_unread(self.now)]

    def badge(self, user):
        number = len(self.unread(user))
        return "99+" if number >= MOST_COUNTED else str(number or "")

    def digest(self, user):
        """A poll is answered by "unchanged" as long as this is what the page has."""
        ids = [row.pk for row in self.unread(user)][:MOST_COUNTED]
        return len(ids), max(ids, default=0), sum(ids)

    def listed(self, user, size, state="", level="", source=""):
        """The list: at most ``size`` that are back, latest first, then all others by id.

        ``state`` is "unread" or "snoozed". Together the filters show what passes all of them.
        """
        shows = {
            "": Notification.is_listed,
            "unread": Notification.is_unread,
            "snoozed": Notification.is_snoozed,
        }[state]
        found = [
            row
            for row in self.of(user)
            if shows(row, self.now) and level in ("", row.level) and source in ("", row.source[0])
        ]
        back = self._latest_back(found)[:size]
        return back, [row for row in found if row not in back]

    def arrivals(self, user, known):
        """What a page that knows so much has yet to be told of, at most a hundred."""
        unread = self.unread(user)
        back = [row for row in self._latest_back(unread) if row.visible_from > known.at]
        new = [row for row in unread if row.pk > known.newest and row not in back]
        return (back + new)[:MOST_COUNTED]

    def words(self, user, known):
        """The words of the bar above an open list, such as "2 new notifications"."""
        return words_of(len(self.arrivals(user, known)))

    def alert(self, user, known):
        """The title of the popup on the desktop, ``None`` for none."""
        person = self.people[user]
        found = [
            row
            for row in self.arrivals(user, known)
            if person.wants_alert(self.now, row.level, row.source[0])
        ]
        if not person.alerts or not found:
            return None
        return found[0].title if person.full_text and len(found) == 1 else words_of(len(found))

    def find(self, user, pk):
        """The notification that a button of ``user`` is about; ``None`` is a 404."""
        found = [row for row in self.of(user) if row.pk == pk]
        known = [row for row in found if row.is_known(self.now) and not row.has_expired(self.now)]
        return known[0] if known else None

    def _latest_back(self, rows):
        back = [row for row in rows if row.is_back(self.now)]
        return sorted(back, key=lambda row: (row.visible_from, row.pk), reverse=True)

    # Buttons

    def mark_read(self, row):
        """Read it, once. What is asleep stays unread, or nobody would be told of it."""
        if row.read is None and row.is_awake(self.now):
            row.read, row.key = self.now, ""

    def mark_unread(self, row):
        if row.dismissed is None:
            row.read = None

    def dismiss(self, row):
        """Put it away, which also reads it."""
        if row.dismissed is None:
            row.read, row.dismissed, row.key = row.read or self.now, self.now, ""

    def restore(self, row):
        """Undo a dismissal. It is unread again if it was unread before."""
        if row.dismissed is not None:
            row.read = None if row.read == row.dismissed else row.read
            row.dismissed = None

    def snooze(self, row, until):
        """Put it off: it is gone, and is back then as an unread one. False if that cannot be."""
        if row.dismissed is not None or row.has_expired(until):
            return False
        row.visible_from, row.read = until, None
        return True

    def wake(self, row):
        """Show now what is snoozed."""
        if not row.is_awake(self.now) and row.dismissed is None:
            row.visible_from = self.now

    def undo_snooze(self, row, until, before):
        """Undo a snooze until ``until``, or a waking at it, unless something else came since."""
        if row.visible_from == until and row.dismissed is None:
            row.visible_from, row.read = before

    def mark_all_read(self, user, known, **filters):
        """Read what the list had shown: nothing that came, or came back, since then."""
        back, others = self.listed(user, 0, **filters)
        for row in back + others:
            was_there = row.visible_from is None or row.visible_from <= known.at
            if row.is_unread(self.now) and row.pk <= known.newest and was_there:
                self.mark_read(row)

    def undo_mark_all_read(self, user, at):
        """Undo "Mark all read": what was read at that very instant is unread again."""
        for row in self.of(user):
            if row.read == at and row.dismissed is None:
                row.read = None

    # The project's code

    def notify(self, user, title, level, source, mode="", title_many="", expires=None, later=None):
        """Notify one user; ``None`` if they do not want it, or need not have it.

        ``mode`` is "deduplicate" or "group". ``later`` is the instant until which nobody sees it.
        """
        if not self.people[user].wants(level, source[0]):
            return None
        later = later if later and later > self.now else None
        new = Notification(user, title, level, source, later or self.now, expires, later)
        if new.has_expired(later or self.now):
            return None
        if mode == "deduplicate" and self._has_duplicate(new):
            return None
        if mode:
            new.key = "later" if later else "now"
            self._take_key(new, is_group=mode == "group")
        if new.others and title_many:
            new.title = title_many.replace("%(others)d", str(new.others))
        self.rows.append(new)
        return new

    def _has_duplicate(self, new):
        """An unread one about the same. One that is scheduled keeps only scheduled ones away."""
        return any(
            row.source == new.source
            and row.is_pending(self.now)
            and (new.visible_from or row.is_known(self.now))
            for row in self.of(new.user)
        )

    def _take_key(self, new, *, is_group):
        """One of each source has the key: a group's older one is put away, and counted.

        One that sleeps, or is more urgent, is to be seen by itself, and loses the key only.
        """
        for row in self.of(new.user):
            if row.key == new.key and row.source == new.source:
                is_milder = WEIGHTS[row.level] <= WEIGHTS[new.level]
                if is_group and row.is_unread(self.now) and is_milder:
                    new.others = row.others + 1
                    self.dismiss(row)
                row.key = ""

    def delete(self, rows):
        gone = {id(row) for row in rows}
        self.rows = [row for row in self.rows if id(row) not in gone]

    def clean_up(self):
        """Delete what has expired, and what is read and old. Dismissing is reading, too."""
        self.delete([row for row in self.rows if self._is_due(row)])

    def _is_due(self, row):
        days = self.people[row.user].keep_days or SITE_KEEPS_DAYS
        is_old = row.created < self.now - timedelta(days=days)
        return row.has_expired(self.now) or (row.read is not None and is_old)

    def merge(self, old, new):
        """Two accounts become one: what the second has chosen stays, the first fills the gaps."""
        for row in self.of(old):
            row.user, row.key = new, ""
        theirs, mine = self.people[old], self.people[new]
        for app, _channel in theirs.off:
            if not mine.has_turned_off(app) and app in theirs.urgent_off:
                mine.urgent_off.add(app)
        mine.off |= theirs.off
        theirs.off, theirs.urgent_off = set(), set()


def words_of(number):
    """The number of arrivals in words, ``""`` for none."""
    return f"{number} new notification{'s' * (number > 1)}" if number else ""


def reminder(choice, read, now):
    """The instant that a choice of "Remind me later" means: the one that the person has read.

    If that has passed, since the page was left open, it is the next one of that name.
    """
    if read > (now + timedelta(minutes=50) if choice == "hour" else now):
        return read
    if choice == "hour":
        return (now + timedelta(hours=1, seconds=59)).replace(second=0, microsecond=0)
    return (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
