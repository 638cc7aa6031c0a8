"""Random sequences of what users, the project's code and the clock do to an inbox.

``model.py`` is the specification; read it first. Each rule here does one act to the app, as a
browser or as the project does, and the same to the model. ``side_by_side.py`` compares them. The
file is long, since a machine is one class, and each act is a rule of it.

``THEMIS_TEST_STEPS=20000 pytest tests/inbox`` runs longer, with other sequences each time.
"""

import os
from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from tests.helpers.recording import RecordingBroker
from tests.inbox.model import Known, reminder
from tests.inbox.side_by_side import FOR_EVER, NAMES, PAGE, PANEL, SideBySide, fields_of
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCES = [("tasks", "Task", "1"), ("tasks", "Task", "2"), ("events", "Event", "1")]
QUESTION = ("requests", "Request", "42")
APPROVE = {"label": "Approve", "url": "/approve/42/", "method": "post"}
LEVELS = ["info", "success", "warning", "danger"]
FILTERS = [
    {},
    {"state": "unread"},
    {"state": "snoozed"},
    {"level": "danger"},
    {"source": "tasks"},
    {"state": "unread", "level": "info", "source": "tasks"},
]
NIGHT, NOON = (time(22), time(7)), (time(12), time(13))

browsers = st.integers(0, 3)
places = st.integers(0, 7)
users = st.sampled_from(NAMES)
apps = st.sampled_from(["tasks", "events"])
# True to look at the list anew before something is pressed on it.
fresh = st.sampled_from([True, True, False])
# True to press "Undo" at once.
undone = st.sampled_from([True, True, False])
ahead = st.sampled_from([None, None, None, -5, 1, 30, 300, 900, 4000, 100_000])
drafts = st.fixed_dictionaries(
    {
        "level": st.sampled_from(LEVELS),
        "source": st.sampled_from(SOURCES),
        "mode": st.sampled_from(["", "deduplicate", "group", "group and say so"]),
        "expires": ahead,
        "later": ahead,
    }
)


class Machine(SideBySide):
    """The acts."""

    # The project's code

    @initialize(
        drafts=st.lists(drafts, min_size=1, max_size=6),
        is_asked=st.booleans(),
        snoozed=st.lists(places, max_size=2),
        read=st.lists(places, max_size=3),
    )
    def begin_with_some(self, drafts, is_asked, snoozed, read):
        """Give both users some of the same, and let them read and snooze some of it."""
        for draft in drafts:
            for user in NAMES:
                self.write(user, draft)
        if is_asked:
            self.ask("ana")
        for place in snoozed:
            self.snooze(place % 4, place, "hour", fresh=True, undone=False)
        for place in read:
            self.toggle(place % 4, place, fresh=True, undone=False)

    @rule(user=users, draft=drafts)
    def notify(self, user, draft):
        self.begin(draft["mode"] or "notify")
        self.write(user, draft)

    @rule(user=users, mode=st.sampled_from(["deduplicate", "group", "group and say so"]))
    def notify_again(self, user, mode):
        """Notify about what the user has already."""
        mine = [row for row in self.model.of(user) if row.source in SOURCES]
        if mine:
            self.begin(f"{mode} again")
            row = mine[0]
            draft = {"level": row.level, "source": row.source, "expires": None, "later": None}
            self.write(user, draft | {"mode": mode})

    @rule(draft=drafts)
    def notify_both(self, draft):
        self.begin(f"notify both {draft['mode']}")
        written, call = self.model_and_call(draft)
        made = [row for row in map(written, NAMES) if row]
        assert notify_users(list(self.users.values()), **call) == len(made)
        self.learn_ids(made)

    @rule(user=users, number=st.integers(98, 104))
    @precondition(lambda self: len(self.model.rows) < 50)
    def flood(self, user, number):
        self.begin("flood")
        written, call = self.model_and_call({"level": "danger", "source": ("flood", "", "")})
        made = [row for row in (written(user) for _time in range(number)) if row]
        for _row in made:
            notify_user(self.users[user], **call)
        self.learn_ids(made)

    @rule(user=users, first=drafts, second=drafts, is_savepoint=st.booleans())
    def roll_back(self, user, first, second, is_savepoint):
        """The project's transaction fails; or a savepoint in it does, and the rest is committed."""
        self.begin("roll back")
        with transaction.atomic():
            if is_savepoint:
                self.write(user, first)
            before = deepcopy(self.model)
            with transaction.atomic():
                self.write(user, second)
                transaction.set_rollback(True)
            self.model = before

    @rule(user=users)
    def ask(self, user):
        self.begin("ask")
        made = self.model.notify(user, "May I?", "warning", QUESTION)
        words = {"level": "warning", "actions": [APPROVE], **fields_of(QUESTION)}
        sent = notify_user(self.users[user], "May I?", **words)
        assert (made is None) == (sent is None)
        if made:
            made.pk = sent.pk

    @rule(source=st.sampled_from(SOURCES), verb=st.sampled_from(["mark_read", "dismiss", "delete"]))
    def settle(self, source, verb):
        """An object is looked at, done with or deleted, for everybody."""
        self.begin(f"{verb} about")
        getattr(UserNotification.objects.about(*source), verb)()
        about = [row for row in self.model.rows if row.source == source]
        if verb == "delete":
            self.model.delete(about)
        else:
            for row in about:
                getattr(self.model, verb)(row)

    @rule(
        act=st.sampled_from(["clean up", "merge", "merge back", "delete"]),
        level=st.sampled_from(LEVELS),
    )
    def operate(self, act, level):
        """What an operator does, by a command or in a shell."""
        self.begin(act)
        if act == "clean up":
            call_command("cleanup_notifications", verbosity=0)
            self.model.clean_up()
        elif act == "delete":
            UserNotification.objects.filter(level=level).delete()
            self.model.delete([row for row in self.model.rows if row.level == level])
        else:
            names = NAMES if act == "merge" else NAMES[::-1]
            old, new = (self.users[name] for name in names)
            UserNotification.objects.move(from_user=old, to_user=new)
            SourcePreference.objects.move(from_user=old, to_user=new)
            self.model.merge(*names)

    # The clock

    @rule(wait=st.sampled_from([1, 29, 300, 601, 3600, 30_000]))
    def wait(self, wait):
        self.begin("wait")
        self.move_clock(timedelta(seconds=wait))

    @rule(days=st.sampled_from([1, 2, 8, 31, 91]), is_cleaned=st.booleans())
    def wait_for_days(self, days, is_cleaned):
        self.begin("wait for days")
        self.move_clock(timedelta(days=days, hours=1))
        if is_cleaned:
            self.operate("clean up", "")

    # The users

    @rule(browser=browsers, filters=st.sampled_from(FILTERS))
    def look(self, browser, filters):
        """Open the list. Until it is opened again, it shows what was there by then."""
        self.begin("look")
        self.open(browser, filters)
        back, others = self.model.listed(self.name_of(browser), PAGE, **filters)
        shown = [self.item(row) for row in [*back, *others]]
        assert self.browsers[browser].items() == shown[: len(back) + PAGE]
        assert self.browsers[browser].items_unfolded(**filters) == shown

    @rule(browser=browsers, place=places, fresh=fresh, undone=undone)
    def toggle(self, browser, place, fresh, undone):
        """Press the first button: read, unread, or show now."""
        if (picked := self.pick(browser, place, fresh)) is None:
            return
        browser, pk, states = picked
        verb = "mark_read" if "unread" in states else "mark_unread"
        verb = "wake" if "snoozed" in states else verb
        self.begin(verb)
        found = self.model.find(self.name_of(browser), pk)
        before = found and (found.visible_from, found.read)
        name = "item__wake" if verb == "wake" else "item__toggle"
        notice = self.press(browser, pk, name, 200 if found else 404)
        if found:
            getattr(self.model, verb)(found)
        if found and verb == "wake":
            self.remember(browser, notice, self.undo_snooze, pk, self.now, before)
            undone and self.undo_latest()

    @rule(browser=browsers, place=places, fresh=fresh, undone=undone)
    @precondition(lambda self: self.has_snoozed())
    def toggle_in_list_of_snoozed(self, browser, place, fresh, undone):
        for number in range(4):
            self.open(number, {"state": "snoozed"})
        self.toggle(browser, place, fresh, undone)

    @rule(browser=browsers, place=places, fresh=fresh, undone=undone)
    def dismiss(self, browser, place, fresh, undone):
        if (picked := self.pick(browser, place, fresh)) is None:
            return
        browser, pk, _states = picked
        self.begin("dismiss")
        found = self.model.find(self.name_of(browser), pk)
        was_there = found and found.dismissed is None
        notice = self.press(browser, pk, "item__dismiss", 200 if found else 404)
        assert bool(notice) == bool(was_there)
        if was_there:
            self.model.dismiss(found)
            self.remember(browser, notice, self.restore, pk, lasts=FOR_EVER)
            undone and self.undo_latest()

    @rule(
        browser=browsers,
        place=places,
        choice=st.sampled_from(["hour", "tomorrow"]),
        fresh=fresh,
        undone=undone,
    )
    def snooze(self, browser, place, choice, fresh, undone):
        if (picked := self.pick(browser, place, fresh)) is None:
            return
        browser, pk, _states = picked
        address, fields = self.browsers[browser].reminder(pk, choice)
        if address is None:
            return
        self.begin("snooze")
        read = datetime.fromtimestamp(int(address.rpartition("-")[2]), UTC)
        until = reminder(choice, read, self.now)
        found = self.model.find(self.name_of(browser), pk)
        before = found and (found.visible_from, found.read)
        status, notice = self.browsers[browser].post(address, fields)
        if found is None:
            assert status == 404
        elif self.model.snooze(found, until):
            assert status == 200
            self.remember(browser, notice, self.undo_snooze, pk, until, before)
            undone and self.undo_latest()
        else:
            assert status == 400

    @rule(browser=browsers, fresh=fresh, undone=undone)
    def read_all(self, browser, fresh, undone):
        if fresh:
            self.open(browser, self.filters[browser])
        self.begin("mark all read")
        page, name = self.browsers[browser], self.name_of(browser)
        known = Known(max((item.pk for item in page.items()), default=0), self.listed[browser].at)
        before = len(self.model.unread(name))
        status, notice = page.press_read_all()
        self.model.mark_all_read(name, known, **self.filters[browser])
        assert status == 200
        assert bool(notice) == (len(self.model.unread(name)) < before)
        if notice:
            self.remember(browser, notice, self.undo_mark_all_read, self.now)
            undone and self.undo_latest()

    @rule(browser=browsers, fresh=fresh)
    def press_action(self, browser, fresh):
        """Approve: the project's view puts the question away, for everybody who was asked."""
        if fresh:
            self.open(browser, {})
        pk = self.browsers[browser].first_with_action()
        if pk is None:
            return
        self.begin("press an action")
        status = self.browsers[browser].press_action(pk)
        assert status == (200 if self.model.find(self.name_of(browser), pk) else 404)
        for each in self.model.rows:
            if each.source == QUESTION:
                self.model.dismiss(each)

    @rule(browser=browsers, place=places, fresh=fresh, undone=undone)
    def mute(self, browser, place, fresh, undone):
        """Press "Mute" in the menu of an item."""
        if (picked := self.pick(browser, place, fresh)) is None:
            return
        browser, pk, _states = picked
        app = self.browsers[browser].source_to_mute(pk)
        if app is None:
            return
        self.begin("mute")
        notice = self.press(browser, pk, "item__mute", 200)
        self.model.people[self.name_of(browser)].choose(app, "bell", wanted=False)
        self.remember(browser, notice, self.unmute, app, lasts=FOR_EVER)
        undone and self.undo_latest()

    @rule(place=places)
    @precondition(lambda self: self.undos)
    def undo(self, place):
        self.undo_latest(place)

    @rule(
        browser=browsers, app=apps, channel=st.sampled_from(["bell", "bell", "desktop", "urgent"])
    )
    def switch(self, browser, app, channel):
        """Press a switch of the table of sources."""
        person = self.model.people[self.name_of(browser)]
        self.begin(f"switch {channel}")
        wanted = self.browsers[browser].switch(app, channel)
        if wanted is None:
            return
        if channel == "urgent":
            assert wanted == (app in person.urgent_off)
            person.hold_back_urgent(app, not wanted)
        else:
            assert wanted == ((app, channel) in person.off)
            person.choose(app, channel, wanted)

    @rule(
        browser=browsers,
        enabled=st.sampled_from([True, True, True, False]),
        minimum=st.sampled_from(["info", "info", "warning", "danger"]),
        alerts=st.booleans(),
        full_text=st.booleans(),
        quiet=st.sampled_from([None, NIGHT, NOON]),
        urgent_ends_quiet=st.booleans(),
        keep_days=st.sampled_from([None, 7, 30]),
    )
    def save_preferences(self, browser, **choices):
        self.begin("save preferences")
        vars(self.model.people[self.name_of(browser)]).update(choices)
        start, end = choices["quiet"] or ("", "")
        switches = {
            "notifications_enabled": choices["enabled"],
            "browser_notifications_enabled": choices["alerts"],
            "browser_notifications_full_text": choices["full_text"],
            "quiet_lets_urgent_through": choices["urgent_ends_quiet"],
        }
        status = self.browsers[browser].save_preferences(
            notifications_min_level=choices["minimum"],
            notification_retention_days=choices["keep_days"] or "",
            quiet_from=start and f"{start:%H:%M}",
            quiet_to=end and f"{end:%H:%M}",
            time_zone="UTC",
            **{name: "on" for name, is_on in switches.items() if is_on},
        )
        assert status == 200

    @rule(browser=browsers, place=places, name=st.sampled_from(["read", "dismiss", "snooze"]))
    def try_what_is_another_users(self, browser, place, name):
        me = self.name_of(browser)
        if theirs := [row for row in self.model.rows if row.user != me]:
            self.begin("try another's")
            pk = theirs[place % len(theirs)].pk
            address = reverse(f"themis:{name}", args=[pk]) + "?until=hour"
            assert self.browsers[browser].post(address, {}) == (404, None)

    @rule(browser=browsers)
    def sign_in_again(self, browser):
        self.begin("sign in again")
        self.browsers[browser].sign_in_again()
        self.undos = [each for each in self.undos if each.browser != browser]
        self.open(browser, {})


STEPS = int(os.environ.get("THEMIS_TEST_STEPS") or 120)
# In two parts, of which each process takes one. Who names a number wants no others beside it.
MORE_STEPS = 350
MORE_PARTS = 0 if "THEMIS_TEST_STEPS" in os.environ else 2
STEPS_OF_ONE = 15
LONG = [pytest.mark.seldom, pytest.mark.long]


@pytest.fixture
def _small_pages_and_live_updates(settings):
    settings.THEMIS_PAGE_SIZE, settings.THEMIS_DROPDOWN_SIZE = PAGE, PANEL
    settings.THEMIS_LIVE = {"BROKER": "tests.helpers.recording.RecordingBroker"}
    # Whoever waits for months is still signed in.
    settings.SESSION_COOKIE_AGE = 10 * 365 * 86_400
    yield
    RecordingBroker.published.clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small_pages_and_live_updates", "site_in_utc")
@pytest.mark.parametrize(
    ("part", "steps"),
    [(0, STEPS), *(pytest.param(1 + n, MORE_STEPS, marks=LONG) for n in range(MORE_PARTS))],
)
def test_inbox_is_as_the_model_says_after_any_sequence_of_acts(part, steps):
    # Sequences go by the name of the class.
    machine = type(f"Machine{part}", (Machine,), {"ran": Counter()})
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=max(1, steps // STEPS_OF_ONE),
            stateful_step_count=STEPS_OF_ONE,
            derandomize="THEMIS_TEST_STEPS" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Rules that were hardly ever run would say little.
    assert len(machine.ran) > 15
