"""A user's profile: there for every user, created by its first save, safe beside other writers."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction

from themis_htmx.models import UserProfile
from themis_htmx.notifications import notify_user, notify_users

# Of quiet hours and the time zone.
QUIET = [None, None, True, ""]
FIELDS = [field.name for field in UserProfile._meta.fields if field.name != "user"]


def stored(user):
    """The row, as another process would read it."""
    return UserProfile.objects.get(user_id=user.pk)


def reread(user):
    return User.objects.get(pk=user.pk)


@pytest.fixture
def late(user):
    """A profile that was read without a row, before another process made one."""
    profile = user.profile
    UserProfile.objects.create(
        user=reread(user),
        notifications_min_level="danger",
        browser_notifications_enabled=True,
        notification_retention_days=30,
    )
    return profile


def test_a_new_user_has_a_profile_with_the_defaults(user):
    profile = user.profile

    assert [getattr(profile, name) for name in FIELDS] == [True, "info", False, False, None, *QUIET]
    assert profile.user is user


def test_the_profile_has_two_names_and_is_read_once(user, statements):
    ran = statements(lambda: (user.profile, user.themis_profile, user.profile))

    assert user.profile is user.themis_profile
    assert len(ran) == 1


def test_reading_a_profile_or_notifying_its_user_creates_no_row(user):
    assert user.profile.notifications_enabled
    notify_user(user, "News")
    notify_users([user], "News")

    assert not UserProfile.objects.exists()


def test_first_save_of_a_profile_creates_its_row(user):
    user.profile.notifications_enabled = False
    user.profile.save()

    assert not stored(user).notifications_enabled
    assert not reread(user).profile.notifications_enabled


def test_second_save_of_a_profile_updates_its_row(user):
    user.profile.save()
    user.profile.notifications_min_level = "danger"
    user.profile.save()
    user.profile.notification_retention_days = 7
    user.profile.save(update_fields=["notification_retention_days"])

    row = stored(user)
    assert (row.notifications_min_level, row.notification_retention_days) == ("danger", 7)


def test_first_save_of_a_profile_writes_only_changes_onto_a_newer_row(user, late):
    late.notifications_enabled = False
    late.notification_retention_days = 7
    late.save()

    expected = [False, "danger", True, False, 7, *QUIET]
    assert [getattr(stored(user), name) for name in FIELDS] == expected
    assert [getattr(late, name) for name in FIELDS] == expected


def test_first_save_of_an_unchanged_profile_leaves_a_newer_row_alone(user, late):
    late.save()

    assert [getattr(stored(user), name) for name in FIELDS] == [
        True,
        "danger",
        True,
        False,
        30,
        *QUIET,
    ]
    assert late.notifications_min_level == "danger"


@pytest.mark.parametrize("level", ["warning", "info"])
def test_first_save_with_update_fields_writes_only_those_to_a_newer_row(user, late, level):
    late.notifications_enabled = False
    late.notifications_min_level = level
    late.save(update_fields=["notifications_min_level"])

    assert [getattr(stored(user), name) for name in FIELDS] == [
        True,
        level,
        True,
        False,
        30,
        *QUIET,
    ]
    assert late.notifications_enabled


def test_first_save_with_empty_update_fields_writes_nothing(user, late):
    late.notifications_enabled = False
    late.save(update_fields=[])

    assert stored(user).notifications_enabled


def test_profile_is_saved_like_any_model_after_its_first_save(user, late):
    late.save()
    late.notifications_min_level = "info"
    late.save()

    assert stored(user).notifications_min_level == "info"


def test_first_save_with_update_fields_creates_a_missing_row(user):
    user.profile.notifications_min_level = "danger"
    user.profile.notifications_enabled = False
    user.profile.save(update_fields=["notifications_min_level"])

    assert stored(user).notifications_min_level == "danger"


def test_asave_of_a_profile_writes_only_changes_onto_a_newer_row(user, late):
    late.notification_retention_days = 7
    async_to_sync(late.asave)()

    assert [getattr(stored(user), name) for name in FIELDS] == [
        True,
        "danger",
        True,
        False,
        7,
        *QUIET,
    ]


def test_first_save_of_a_profile_leaves_the_callers_transaction_usable(user, late):
    with transaction.atomic():
        late.notifications_enabled = False
        late.save()
        assert not stored(user).notifications_enabled


def test_force_insert_of_a_profile_raises_when_its_row_exists(user, late):
    with pytest.raises(IntegrityError), transaction.atomic():
        late.save(force_insert=True)


def test_force_update_of_a_profile_raises_when_it_has_no_row(user):
    with pytest.raises(DatabaseError), transaction.atomic():
        user.themis_profile.save(force_update=True)
    assert not UserProfile.objects.exists()


def test_profile_save_raises_an_integrity_error_of_another_cause(user):
    user.profile.notifications_min_level = None

    with pytest.raises(IntegrityError), transaction.atomic():
        user.profile.save()
    assert not UserProfile.objects.exists()


def test_profile_of_an_unsaved_user_cannot_be_saved(db):
    user = User(username="new")

    with pytest.raises(ValueError, match="unsaved related object 'user'"):
        user.profile.save()


def test_profile_read_before_its_user_is_saved_can_be_saved_afterwards(db):
    user = User(username="new")
    user.profile.notifications_enabled = False
    user.save()
    user.profile.save()

    assert not stored(user).notifications_enabled


def test_profile_read_before_its_user_is_saved_writes_only_changes(db):
    user = User(username="new")
    user.profile.notifications_enabled = False
    user.save()
    UserProfile.objects.create(user=reread(user), notifications_min_level="danger")

    user.profile.save()
    row = stored(user)
    assert (row.notifications_enabled, row.notifications_min_level) == (False, "danger")


@pytest.mark.parametrize("prepare", ["select_related", "prefetch_related"])
def test_profiles_are_loaded_along_with_users_with_or_without_rows(users, statements, prepare):
    UserProfile.objects.create(user=users[0], notifications_min_level="danger")
    people = getattr(User.objects.order_by("pk"), prepare)("themis_profile")
    levels = []

    ran = statements(lambda: levels.extend(one.profile.notifications_min_level for one in people))

    assert levels == ["danger", *["info"] * 6]
    assert len(ran) == (1 if prepare == "select_related" else 2)
    people[1].profile.save()
    assert UserProfile.objects.count() == 2


def test_refreshing_the_user_reads_the_profile_again(user):
    assert user.profile.notifications_enabled
    UserProfile.objects.create(user=reread(user), notifications_enabled=False)
    assert user.profile.notifications_enabled

    user.refresh_from_db()
    assert not user.profile.notifications_enabled


def test_users_are_found_by_their_profile(user, other):
    other.profile.notifications_enabled = False
    other.profile.save()

    assert User.objects.get(themis_profile__notifications_enabled=False) == other
    assert User.objects.get(themis_profile=None) == user
