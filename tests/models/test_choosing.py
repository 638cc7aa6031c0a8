"""Channels by source: what a user chooses is stored where it differs from the default."""

from itertools import product

import pytest
from django.contrib.auth import get_user_model
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from themis_htmx.models import SourcePreference
from themis_htmx.notifications import notify_user
from themis_htmx.policies import Channel

COLUMNS = ("bell", "desktop", "email", "including_urgent")
CHANNELS = ["bell", "desktop", "email"]
choose = SourcePreference.objects.choose


def stored(user, source_app="tasks"):
    """The columns of the user's row, or ``None`` without one."""
    rows = SourcePreference.objects.filter(user=user, source_app=source_app)
    return rows.values_list(*COLUMNS).first()


@pytest.fixture
def email_is_off(settings):
    settings.THEMIS_SOURCES = {"tasks": {"email": False}}


@pytest.mark.parametrize("channel", CHANNELS)
def test_turning_a_channel_off_is_stored_in_its_column_alone(user, channel):
    choose(user, "tasks", channel, wanted=False)

    assert stored(user) == (*(False if each == channel else None for each in CHANNELS), False)


@pytest.mark.parametrize("channel", CHANNELS)
def test_turning_a_channel_on_again_deletes_a_row_that_says_nothing_else(user, channel):
    choose(user, "tasks", channel, wanted=False)
    choose(user, "tasks", channel, wanted=True)

    assert stored(user) is None


def test_row_stays_while_another_channel_is_off(user):
    for channel in ("bell", "email"):
        choose(user, "tasks", channel, wanted=False)
    choose(user, "tasks", "bell", wanted=True)

    assert stored(user) == (None, None, False, False)


def test_choosing_the_default_makes_no_row(user):
    choose(user, "tasks", "desktop", wanted=True)

    assert not SourcePreference.objects.exists()


@pytest.mark.usefixtures("email_is_off")
def test_channel_that_is_off_by_default_is_stored_once_it_is_on(user):
    choose(user, "tasks", "email", wanted=False)
    assert stored(user) is None
    choose(user, "tasks", "email", wanted=True)
    assert stored(user) == (None, None, True, False)
    choose(user, "tasks", "email", wanted=False)
    assert stored(user) is None


def test_muting_leaves_the_other_channels_as_they_are(user):
    choose(user, "tasks", "email", wanted=False)
    SourcePreference.objects.mute(user, "tasks")
    assert stored(user) == (False, None, False, False)

    assert SourcePreference.objects.unmute(user, "tasks") == 1
    assert stored(user) == (None, None, False, False)
    assert SourcePreference.objects.unmute(user, "tasks") == 0


def test_source_that_is_off_in_another_channel_is_not_muted(user):
    choose(user, "tasks", "desktop", wanted=False)

    assert not SourcePreference.objects.for_user(user).muted().exists()
    assert notify_user(user, "News", source_app="tasks") is not None


def test_source_with_the_bell_off_by_default_is_unmuted_and_muted_again(user, settings):
    settings.THEMIS_SOURCES = {"news": {"bell": False}}

    assert SourcePreference.objects.unmute(user, "news") == 1
    assert SourcePreference.objects.unmute(user, "news") == 0
    assert notify_user(user, "News", source_app="news") is not None
    SourcePreference.objects.mute(user, "news")
    assert notify_user(user, "News", source_app="news") is None
    assert stored(user, "news") is None


@pytest.mark.usefixtures("email_is_off")
def test_urgent_ones_can_be_held_back_where_something_is_off_by_default(user):
    def hold_back(*, including_urgent):
        return SourcePreference.objects.mute_urgent(
            user, "tasks", including_urgent=including_urgent
        )

    assert hold_back(including_urgent=False) == 0
    assert hold_back(including_urgent=True) == 1
    assert stored(user) == (None, None, None, True)
    assert hold_back(including_urgent=False) == 1
    assert stored(user) is None


@pytest.mark.parametrize("channel", CHANNELS)
def test_required_channel_cannot_be_turned_off(user, settings, channel):
    settings.THEMIS_SOURCES = {"security": {"required": [channel]}}

    with pytest.raises(ValueError, match=f"^wanted: False, but 'security' is .*'{channel}'"):
        choose(user, "security", channel, wanted=False)
    choose(user, "security", channel, wanted=True)
    assert not SourcePreference.objects.exists()


@pytest.mark.parametrize("channel", CHANNELS)
def test_source_that_is_required_in_any_channel_cannot_be_muted(user, settings, channel):
    settings.THEMIS_SOURCES = {"security": {"required": [channel]}}

    with pytest.raises(ValueError, match=r"^wanted: False, but 'security' is required in 'bell'"):
        SourcePreference.objects.mute(user, "security")


@pytest.mark.parametrize("channel", ["", None, "sms", "Bell", 1])
def test_unknown_channel_is_refused_by_name(user, channel):
    with pytest.raises(ValueError, match=r"^channel: .* is unknown; use one of bell, desktop"):
        choose(user, "tasks", channel, wanted=False)


@pytest.mark.parametrize("wanted", ["", None, "no", 0])
def test_a_choice_is_true_or_false(user, wanted):
    with pytest.raises(TypeError, match=r"^wanted: .* is not True or False"):
        choose(user, "tasks", "bell", wanted)


@pytest.mark.parametrize("source_app", ["", None, "x" * 101, "\x00"])
def test_choice_for_an_invalid_source_is_refused_by_name(user, source_app):
    with pytest.raises(ValueError, match=r"^source_app: "):
        choose(user, source_app, "bell", wanted=False)


def test_channels_are_chosen_by_name_or_by_member(user):
    choose(user, "tasks", Channel.EMAIL, wanted=False)

    assert stored(user) == (None, None, False, False)


def test_turning_off_is_one_statement_and_turning_on_two_or_three(user, statements):
    for channel in ("email", "bell"):
        ran = statements(lambda channel=channel: choose(user, "tasks", channel, wanted=False))
        assert len(ran) == 1
    assert len(statements(lambda: choose(user, "tasks", "email", wanted=True))) == 2
    assert len(statements(lambda: choose(user, "tasks", "bell", wanted=True))) == 2
    assert not SourcePreference.objects.exists()
    assert len(statements(lambda: choose(user, "tasks", "bell", wanted=True))) == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_choose_at_once_lose_no_choice(user, together):
    for _time in range(5):
        choose(user, "tasks", "bell", wanted=False)
        together(
            lambda: choose(user, "tasks", "bell", wanted=True),
            lambda: choose(user, "tasks", "email", wanted=False),
        )
        assert stored(user) == (None, None, False, False)
        choose(user, "tasks", "email", wanted=True)


class Choices(RuleBasedStateMachine):
    """After any choices, the table and what arrives are as a plain model says."""

    policies = None

    def __init__(self):
        super().__init__()
        get_user_model().objects.all().delete()
        self.user = get_user_model().objects.create_user("machine")
        self.chosen = dict(self.policies)
        self.urgent_too = False

    @rule(channel=st.sampled_from(CHANNELS), wanted=st.booleans())
    def choose(self, channel, wanted):
        choose(self.user, "tasks", channel, wanted)
        self.chosen[channel] = wanted
        self.forget_what_says_nothing()

    @rule()
    def mute(self):
        SourcePreference.objects.mute(self.user, "tasks")
        self.chosen["bell"] = False
        self.forget_what_says_nothing()

    @rule()
    def unmute(self):
        was_muted = not self.chosen["bell"]
        assert SourcePreference.objects.unmute(self.user, "tasks") == was_muted
        self.chosen["bell"] = True
        self.forget_what_says_nothing()

    @rule(urgent_too=st.booleans())
    def mute_urgent(self, urgent_too):
        SourcePreference.objects.mute_urgent(self.user, "tasks", including_urgent=urgent_too)
        self.urgent_too = urgent_too
        self.forget_what_says_nothing()

    def forget_what_says_nothing(self):
        if self.chosen == self.policies and all(self.policies.values()):
            self.urgent_too = False

    @invariant()
    def the_table_says_what_differs_from_the_default(self):
        columns = tuple(
            None if self.chosen[each] == self.policies[each] else self.chosen[each]
            for each in CHANNELS
        )
        row = (*columns, self.urgent_too)
        assert stored(self.user) == (None if row == (None, None, None, False) else row)

    @invariant()
    def what_arrives_is_what_is_wanted(self):
        for level in ("info", "danger"):
            made = notify_user(self.user, "News", level=level, source_app="tasks")
            passes = level == "danger" and not self.urgent_too
            assert (made is not None) == (self.chosen["bell"] or passes)


@pytest.mark.parametrize("policies", list(product([True, False], repeat=3)), ids=str)
@pytest.mark.parametrize(
    "examples", [10, pytest.param(60, marks=[pytest.mark.seldom, pytest.mark.long])]
)
def test_any_sequence_of_choices_is_stored_and_obeyed(db, settings, policies, examples):
    machine = type("Choices", (Choices,), {"policies": dict(zip(CHANNELS, policies, strict=True))})
    settings.THEMIS_SOURCES = {"tasks": machine.policies}
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(max_examples=examples, stateful_step_count=12, deadline=None),
    )
