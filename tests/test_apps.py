"""What happens when the project starts: the profile's second name on the user model."""

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


def test_by_default_the_profile_is_called_profile(user):
    assert user.profile is user.themis_profile


def test_a_project_may_call_it_otherwise(user, restart):
    assert restart("mailbox") == []
    assert user.mailbox is user.themis_profile


@pytest.mark.parametrize("name", ["email", "groups", "get_username", "objects", "themis_profile"])
def test_what_the_user_model_has_already_is_left_alone_and_told(user, restart, name):
    before = getattr(User, name)

    assert restart(name) == ["themis.W002"]
    assert getattr(User, name) == before


@pytest.mark.parametrize("name", [None, "", "not a name", 42])
def test_the_user_model_can_be_left_alone(restart, name):
    known = set(vars(User))

    assert restart(name) == []
    assert set(vars(User)) == known


def test_setting_the_apps_up_once_more_takes_nothing_for_anothers(user, restart):
    assert restart("profile") == []
    assert user.profile is user.themis_profile


def test_a_project_may_put_something_else_of_that_name_on_a_user(user):
    user.profile = "theirs"

    assert user.profile == "theirs"
    assert user.themis_profile.notifications_enabled
    [annotated] = type(user).objects.annotate(profile=Value("theirs"))
    assert annotated.profile == "theirs"
