"""The app and its specification side by side: four browsers, the table, and ``model.py``.

Two users have two browsers each: one with the script, whose page hears of changes by a stream and
polls only when it is told, and one that polls after each act. After each act all that either user
can see is compared with the model, and so is the table.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import time_machine
from django.contrib.auth import get_user_model
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.helpers.recording import RecordingBroker
from tests.inbox.browser import Browser, Item
from tests.inbox.model import Inbox, Known
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

NAMES = ["ana", "ben"]
# Short, so that a few notifications fill several pages.
PAGE, PANEL = 4, 3
# The pages of a list that are compared after each act; opening it compares all.
UNFOLDED = 2
# Seconds. A page with a stream polls as often as this, whatever it is told.
SLOW_POLL = 600
# For how long "Mark all read" and a snooze can be undone.
A_DAY = timedelta(days=1)
FOR_EVER = timedelta(days=9999)

SEVERAL = "%(others)d more"


class Undo(NamedTuple):
    """A notice that some browser shows, and what the model does when it is pressed."""

    browser: int
    notice: Any
    until: datetime
    undo: Any


class SideBySide(RuleBasedStateMachine):
    """The state of both sides, how they are compared, and what the rules say in short."""

    # How often each act was tried, in all runs.
    ran = Counter()

    def __init__(self):
        super().__init__()
        get_user_model().objects.all().delete()
        # A frozen clock, which each act moves on a little: no two happen at the same instant.
        self.clock = time_machine.travel(datetime(2026, 3, 2, 11, tzinfo=UTC), tick=False)
        self.traveller = self.clock.start()
        self.model = Inbox(NAMES, self.now)
        self.users = {name: get_user_model().objects.create_user(name) for name in NAMES}
        RecordingBroker.published.clear()
        self.browsers = [
            Browser(self.users[name], has_script=has_script)
            for name in NAMES
            for has_script in (True, False)
        ]
        # By browser: what its list and its badge know, and when it polled last.
        self.listed = [Known(0, self.now)] * 4
        self.told = [Known(0, self.now)] * 4
        self.polled = [None] * 4
        self.filters = [{}] * 4
        self.undos = []

    def teardown(self):
        self.clock.stop()

    @property
    def now(self):
        return datetime.now(UTC)

    def move_clock(self, by=timedelta(milliseconds=1)):
        self.traveller.shift(by)
        self.model.now = self.now

    def begin(self, act):
        type(self).ran[act] += 1
        self.move_clock()

    # After each act

    @invariant()
    def table_holds_what_the_model_says(self):
        columns = ("pk", "user__username", "title", "level", "created_at", "expires_at")
        columns += ("visible_from", "read_at", "dismissed_at", "others")
        stored = UserNotification.objects.order_by("pk").values_list(*columns, "dedup_key")
        expected = [
            (
                *(row.pk, row.user, row.title, row.level, row.created, row.expires),
                *(row.visible_from, row.read, row.dismissed, row.others, bool(row.key)),
            )
            for row in sorted(self.model.rows, key=lambda row: row.pk)
        ]
        assert [(*row, key is not None) for *row, key in stored] == expected

    @invariant()
    def lists_and_panels_show_what_the_model_says(self):
        for name, browser in zip(NAMES, self.browsers[::2], strict=True):
            back, others = self.model.listed(name, PAGE)
            shown = [self.item(row) for row in [*back, *others[: UNFOLDED * PAGE]]]
            assert browser.items_unfolded(pages=UNFOLDED) == shown
            back, others = self.model.listed(name, PANEL)
            shown = [self.item(row) for row in [*back, *others[:PANEL]]]
            assert browser.items_of_panel() == shown

    @invariant()
    def badge_is_right_after_a_poll(self):
        """The browsers without a stream poll now; a second poll has nothing new."""
        for number in (1, 3):
            self.poll(number)
            assert self.browsers[number].poll() == 204
            self.compare_badge(number)

    @invariant()
    def badge_is_right_on_a_page_that_polls_only_when_it_is_told(self):
        """It is told by the stream, and each answer says when the clock will change it."""
        told = {key for keys in RecordingBroker.published for key in keys}
        RecordingBroker.published.clear()
        for number in (0, 2):
            if str(self.browsers[number].user.pk) in told or self.is_due(number):
                self.poll(number)
            self.compare_badge(number)

    def is_due(self, number):
        """A page polls soon after it was loaded, and when the last answer said it should."""
        if self.polled[number] is None:
            return True
        seconds = min(int(self.browsers[number].next_change or SLOW_POLL), SLOW_POLL)
        # The seconds are whole, so a page may be late by part of one.
        return self.now - self.polled[number] > timedelta(seconds=seconds - 1)

    def poll(self, number):
        """Let a browser poll, and compare the answer with the model."""
        name, browser = self.name_of(number), self.browsers[number]
        is_the_same = browser.badge.digest == self.model.digest(name)
        # A token is signed in whole seconds, so what woke up just before may be told twice.
        since = self.told[number].at.replace(microsecond=0)
        back = [row for row in self.model.unread(name) if row.is_back(self.now)]
        may_have_woken = any(row.visible_from > since for row in back)
        status = browser.poll()
        self.polled[number] = self.now
        assert status == 204 if is_the_same and not may_have_woken else status in (200, 204)
        assert is_the_same or status == 200
        if status == 200:
            known = self.listed[number]
            assert browser.badge.new_text == self.model.words(name, known)
            alerts = browser.had_since and self.model.alert(name, self.told[number])
            assert browser.badge.alert == (alerts or None)
            self.told[number] = Known(self.model.digest(name)[1], self.now)

    def compare_badge(self, number):
        name, badge = self.name_of(number), self.browsers[number].badge
        assert badge.label == self.model.badge(name)
        assert badge.digest == self.model.digest(name)

    # In short

    def name_of(self, browser):
        return NAMES[browser // 2]

    def open(self, browser, filters):
        """Open the list anew, after which its page knows all that is there now."""
        self.browsers[browser].look(**filters)
        self.filters[browser], self.polled[browser] = filters, None
        name = self.name_of(browser)
        shown = [row.pk for rows in self.model.listed(name, PAGE, **filters) for row in rows]
        newest = self.model.digest(name)[1]
        self.listed[browser] = Known(max([newest, *shown]), self.now)
        self.told[browser] = Known(newest, self.now)

    def has_snoozed(self):
        return any(row.is_snoozed(self.now) for row in self.model.rows)

    def pick(self, browser, place, fresh):
        """Return an item on the page that a browser has open, as it was then: its id and states.

        The browser is named first, since it is the next one that shows any. ``fresh`` opens the
        list anew before. ``None`` if no browser shows any.
        """
        for number in (browser, (browser + 1) % 4, (browser + 2) % 4, (browser + 3) % 4):
            if fresh:
                self.open(number, self.filters[number])
            if items := self.browsers[number].items():
                return number, items[place % len(items)].pk, items[place % len(items)].states
        return None

    def press(self, browser, pk, name, expected):
        status, notice = self.browsers[browser].press(pk, name)
        assert status == expected
        return notice

    def remember(self, browser, notice, undo, *args, lasts=A_DAY):
        """Keep a notice; pressed in time, it does ``undo`` to the model."""
        self.undos.append(Undo(browser, notice, self.now + lasts, partial(undo, *args)))

    def undo_latest(self, place=0):
        """Press "Undo" in one of the latest notices, in the browser that shows it."""
        chosen = self.undos[::-1][place % len(self.undos)]
        self.begin(f"undo: {chosen.undo.func.__name__}")
        self.undos.remove(chosen)
        status, _notice = self.browsers[chosen.browser].post(*chosen.notice)
        assert status == chosen.undo(self.name_of(chosen.browser), self.now <= chosen.until)

    def write(self, user, draft):
        written, call = self.model_and_call(draft)
        made, sent = written(user), notify_user(self.users[user], **call)
        assert (made is None) == (sent is None)
        if made:
            made.pk = sent.pk

    def learn_ids(self, made):
        """Take the ids of the newest rows from the table: the model does not know the database."""
        for name in NAMES:
            mine = [row for row in made if row.user == name]
            newest = UserNotification.objects.for_user(self.users[name]).newest_first()
            for row, pk in zip(mine[::-1], newest.newest_ids(len(mine)), strict=True):
                row.pk = pk

    def model_and_call(self, draft):
        """What a draft does to the model, a function of the user, and the arguments of the call."""
        mode, said, _so = draft.get("mode", "").partition(" and say so")
        at = {
            name: draft.get(name) and self.now + timedelta(seconds=draft[name])
            for name in ("expires", "later")
        }
        if mode == "group":
            at["later"] = None
        many = SEVERAL if said else ""
        written = partial(
            self.model.notify,
            title="News",
            level=draft["level"],
            source=draft["source"],
            mode=mode,
            title_many=many,
            **at,
        )
        call = {"title": "News", "level": draft["level"], **fields_of(draft["source"])}
        call |= {"expires_at": at["expires"], "visible_from": at["later"], "title_many": many}
        return written, call | ({mode: True} if mode else {})

    def item(self, row):
        """What a list shows of a notification."""
        now = self.now
        states = {
            "snoozed": row.is_snoozed(now),
            "unread": row.read is None and not row.is_snoozed(now),
            "back": row.is_back(now) and row.was_snoozed(),
        }
        others = 0 if row.title.endswith("more") else row.others
        shown = frozenset(state for state, is_so in states.items() if is_so)
        return Item(row.pk, row.title, row.level, shown, others)

    # What the notices undo: each returns the status of the answer

    def restore(self, pk, name, _in_time):
        found = self.model.find(name, pk)
        if found:
            self.model.restore(found)
        return 200 if found else 404

    def undo_snooze(self, pk, until, before, name, in_time):
        found = self.model.find(name, pk)
        if found and in_time:
            self.model.undo_snooze(found, until, before)
        return (200 if in_time else 400) if found else 404

    def undo_mark_all_read(self, at, name, in_time):
        if in_time:
            self.model.undo_mark_all_read(name, at)
        return 200 if in_time else 400

    def unmute(self, app, name, _in_time):
        self.model.people[name].choose(app, "bell", wanted=True)
        return 200


def fields_of(source):
    return dict(zip(("source_app", "source_model", "source_id"), source, strict=True))
