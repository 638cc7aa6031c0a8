"""The start of the app: it gives the profile a second name on the user model."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.db.models import Value


@pytest.fixture
def restart(settings):
    """Start the app again with another name for the profile."""
    config = apps.get_app_config("themis")
    before, known = config.profile_accessor_taken, set(vars(User))

    def restart(accessor):
        settings.THEMIS_PROFILE_ACCESSOR = accessor
        config.ready()
        return [message.id for message in run_checks() if message.id.startswith("themis.W002")]

    yield restart
    config.profile_accessor_taken = before
    for name in set(vars(User)) - known:
        delattr(User, name)


def test_profile_accessor_is_called_profile_by_default(user):
    assert user.profile is user.themis_profile


def test_project_may_rename_the_profile_accessor(user, restart):
    assert restart("mailbox") == []
    assert user.mailbox is user.themis_profile


@pytest.mark.parametrize("name", ["email", "groups", "get_username", "objects", "themis_profile"])
def test_profile_accessor_leaves_a_taken_name_alone_and_warns(user, restart, name):
    before = getattr(User, name)

    assert restart(name) == ["themis.W002"]
    assert getattr(User, name) == before


@pytest.mark.parametrize("name", [None, "", "not a name", 42])
def test_profile_accessor_is_not_added_for_an_empty_or_invalid_name(restart, name):
    known = set(vars(User))

    assert restart(name) == []
    assert set(vars(User)) == known


def test_second_app_setup_recognizes_its_own_profile_accessor(user, restart):
    assert restart("profile") == []
    assert user.profile is user.themis_profile


def test_project_may_overwrite_the_profile_accessor_on_a_user(user):
    user.profile = "theirs"

    assert user.profile == "theirs"
    assert user.themis_profile.notifications_enabled
    [annotated] = type(user).objects.annotate(profile=Value("theirs"))
    assert annotated.profile == "theirs"
