"""Sources that are off by default or required: every way to write or ask obeys the same rules."""

import pytest

from tests.helpers.databases import writes_what_it_asks
from themis_htmx.channels import wanted
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users

pytestmark = pytest.mark.django_db

SOURCES = {
    "on": "Tasks",
    "off": {"bell": False},
    "required": {"required": ["bell"]},
    "required elsewhere": {"required": ["email"]},
}
PROFILES = {
    "no profile": None,
    "turned off": {"notifications_enabled": False},
    "urgent only": {"notifications_min_level": "danger"},
}
# Bell and including_urgent; None without a row.
ROWS = [None, *((bell, urgent) for bell in (None, True, False) for urgent in (True, False))]
OPTIONS = [{}, {"deduplicate": True}, {"group": True}]


def is_wanted(policy, profile, row, level):
    """The rules, as docs/channels.md tells them."""
    if policy.startswith("required"):
        return True
    if profile == "turned off" or (profile == "urgent only" and level != "danger"):
        return False
    bell, including_urgent = row or (None, False)
    is_on = policy == "on" if bell is None else bell
    return is_on or (level == "danger" and not including_urgent)


@pytest.fixture(params=[True, False], ids=["receiver", "no receiver"])
def with_or_without_receiver(request):
    """A receiver of the signal has rows made in Python, elsewhere one statement writes them."""
    if request.param:
        request.getfixturevalue("announced")


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("level", ["info", "danger"])
@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("policy", SOURCES)
def test_every_way_to_write_obeys_defaults_requirements_and_choices(
    user, settings, policy, profile, row, level, options
):
    settings.THEMIS_SOURCES = {"tasks": SOURCES[policy]}
    if PROFILES[profile] is not None:
        UserProfile.objects.create(user=user, **PROFILES[profile])
    if row is not None:
        columns = dict(zip(("bell", "including_urgent"), row, strict=True))
        SourcePreference.objects.create(user=user, source_app="tasks", **columns)
    sent = {"level": level, "source_app": "tasks", "source_model": "Task", **options}

    made = [
        notify_user(user, "One", source_id=1, **sent) is not None,
        notify_users([user], "Many", source_id=2, **sent),
        len(wanted([UserNotification(user=user, level=level, source_app="tasks")], "bell")),
    ]

    assert made == [is_wanted(policy, profile, row, level)] * 3


@pytest.mark.usefixtures("with_or_without_receiver")
@pytest.mark.parametrize("policy", SOURCES)
def test_fan_out_reaches_those_who_want_it(users, settings, policy):
    settings.THEMIS_SOURCES = {"tasks": SOURCES[policy]}
    choices = {}
    for member, row in zip(users, ROWS, strict=True):
        choices[member.pk] = row
        if row is not None:
            columns = dict(zip(("bell", "including_urgent"), row, strict=True))
            SourcePreference.objects.create(user=member, source_app="tasks", **columns)

    notify_users(users, "News", source_app="tasks", batch_size=3)

    reached = set(UserNotification.objects.values_list("user", flat=True))
    expected = {pk for pk, row in choices.items() if is_wanted(policy, "no profile", row, "info")}
    assert reached == expected


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("policy", SOURCES)
def test_policies_cost_no_query(user, settings, statements, policy, options):
    sent = {"source_app": "tasks", "source_model": "Task", "source_id": 1, **options}
    SourcePreference.objects.create(user=user, source_app="tasks", bell=True, email=False)

    def numbers():
        UserNotification.objects.all().delete()
        one = len(statements(lambda: notify_user(user, "One", **sent)))
        UserNotification.objects.all().delete()
        return one, len(statements(lambda: notify_users([user], "Many", **sent)))

    settings.THEMIS_SOURCES = {}
    before = numbers()
    settings.THEMIS_SOURCES = {"tasks": SOURCES[policy]}

    assert numbers() == before
    assert before[0] <= (2 if not options else 3)
    assert before[1] <= 4
    if writes_what_it_asks() and not options.get("group"):
        assert before[0] == 1


@pytest.mark.parametrize("policy", ["required", "required elsewhere"])
def test_required_source_does_not_query_what_cannot_matter(user, settings, statements, policy):
    settings.THEMIS_SOURCES = {"tasks": SOURCES[policy]}

    ran = statements(lambda: notify_user(user, "News", source_app="tasks"))

    assert not any(SourcePreference._meta.db_table in sql for sql in ran)


def test_required_source_reaches_no_user_who_is_deleted(user, settings, django_user_model):
    settings.THEMIS_SOURCES = {"tasks": {"required": ["bell"]}}
    gone = django_user_model.objects.get(pk=user.pk)
    user.delete()

    for options in OPTIONS:
        sent = {"source_app": "tasks", "source_model": "Task", "source_id": 1, **options}
        assert notify_user(gone, "One", **sent) is None
        assert notify_users([gone], "Many", **sent) == 0


def test_required_source_is_deduplicated_like_any_other(user, settings):
    settings.THEMIS_SOURCES = {"tasks": {"required": ["bell"]}}
    sent = {"source_app": "tasks", "source_model": "T", "source_id": 1, "deduplicate": True}

    assert notify_user(user, "First", **sent) is not None
    assert notify_user(user, "Second", **sent) is None
    assert notify_users([user], "Third", **sent) == 0


def test_change_of_the_setting_is_obeyed_by_the_next_call(user, settings):
    """Queries are compiled once, and one that was compiled for another policy must not be taken."""
    for entry, arrives in [
        ("Tasks", True),
        ({"bell": False}, False),
        ({"required": ["bell"]}, True),
    ]:
        settings.THEMIS_SOURCES = {"tasks": entry}
        for options in OPTIONS:
            UserNotification.objects.all().delete()
            sent = {"source_app": "tasks", "source_model": "T", "source_id": 1, **options}
            assert (notify_user(user, "News", **sent) is not None) == arrives
