"""The preferences form, and the effect of its choices on a call."""

import pytest
from django.contrib.auth.models import User

from themis_htmx.delivery.wishes import wants_q
from themis_htmx.forms import PreferencesForm, retention_choices
from themis_htmx.models import UserProfile

ON = {"notifications_enabled": "on", "notifications_min_level": "info"}


def submit(profile, **data):
    form = PreferencesForm(data, instance=profile)
    assert form.is_valid(), form.errors
    return form.save()


def stored(user):
    return UserProfile.objects.get(user_id=user.pk)


@pytest.mark.parametrize("level", ["info", "success", "warning", "danger"])
def test_user_without_a_profile_wants_every_level(user, level):
    assert User.objects.filter(wants_q(level)).get() == user


@pytest.mark.parametrize(
    ("minimum", "wanted"),
    [
        ("info", ["info", "success", "warning", "danger"]),
        ("warning", ["warning", "danger"]),
        ("danger", ["danger"]),
    ],
)
@pytest.mark.parametrize("level", ["info", "success", "warning", "danger"])
@pytest.mark.parametrize("enabled", [True, False])
def test_wants_q_compares_the_level_with_the_minimum_by_weight(
    user, minimum, wanted, level, enabled
):
    UserProfile.objects.create(
        user=user, notifications_min_level=minimum, notifications_enabled=enabled
    )

    assert User.objects.filter(wants_q(level)).exists() == (enabled and level in wanted)


def test_preferences_form_shows_defaults_for_an_unsaved_profile(user):
    form = PreferencesForm(instance=user.profile)

    assert form["notifications_enabled"].value() is True
    assert form["notifications_min_level"].value() == "info"
    assert form["browser_notifications_enabled"].value() is False
    assert form["browser_notifications_full_text"].value() is False
    assert form["notification_retention_days"].value() is None


def test_preferences_form_stores_the_chosen_values(user):
    choice = {
        "notifications_min_level": "warning",
        "browser_notifications_enabled": "on",
        "browser_notifications_full_text": "on",
        "notification_retention_days": "30",
    }
    assert submit(user.profile, **choice) == stored(user)

    row = stored(user)
    assert (row.notifications_enabled, row.notifications_min_level) == (False, "warning")
    assert (row.browser_notifications_enabled, row.notification_retention_days) == (True, 30)
    assert row.browser_notifications_full_text


def test_choosing_the_sites_maximum_retention_stores_no_number(user):
    user.profile.notification_retention_days = 30
    user.profile.save()

    submit(user.profile, **ON, notification_retention_days="")

    assert stored(user).notification_retention_days is None


def test_two_open_preferences_forms_keep_each_others_changes(user):
    user.profile.save()
    one, another = stored(user), stored(user)
    submit(one, **ON, notification_retention_days="30")
    submit(another, **ON | {"notifications_min_level": "danger"})

    row = stored(user)
    assert (row.notification_retention_days, row.notifications_min_level) == (30, "danger")


def test_two_forms_of_an_unsaved_profile_keep_each_others_changes(user):
    one, another = UserProfile(user=user), UserProfile(user=user)
    submit(one, **ON, notification_retention_days="30")
    submit(another, **ON | {"notifications_min_level": "danger"})

    row = stored(user)
    assert (row.notification_retention_days, row.notifications_min_level) == (30, "danger")


def test_preferences_form_saves_a_return_to_the_default(user):
    user.profile.notifications_min_level = "danger"
    user.profile.save()

    submit(stored(user), **ON)

    assert stored(user).notifications_min_level == "info"


def test_preferences_form_writes_nothing_with_commit_false(user):
    form = PreferencesForm({"notifications_min_level": "danger"}, instance=user.profile)
    profile = form.save(commit=False)

    assert profile.notifications_min_level == "danger"
    assert not UserProfile.objects.exists()


def test_invalid_preferences_form_cannot_be_saved(user):
    form = PreferencesForm(ON | {"notifications_min_level": "loud"}, instance=user.profile)

    with pytest.raises(ValueError, match="could not be created"):
        form.save()
    assert not UserProfile.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notifications_min_level", "success"),
        ("notifications_min_level", ""),
        ("notifications_min_level", "loud"),
        ("notification_retention_days", "8"),
        ("notification_retention_days", "0"),
        ("notification_retention_days", "-7"),
        ("notification_retention_days", "90"),
        ("notification_retention_days", "365"),
        ("notification_retention_days", "forever"),
    ],
)
def test_preferences_form_refuses_a_value_that_it_does_not_offer(user, field, value):
    form = PreferencesForm(ON | {field: value}, instance=user.profile)

    assert list(form.errors) == [field]


def test_preferences_form_prefixes_its_element_ids(user):
    assert PreferencesForm(instance=user.profile)["notifications_enabled"].id_for_label == (
        "themis-preferences-notifications_enabled"
    )


@pytest.mark.parametrize(
    ("most", "chosen", "offered"),
    [
        (90, None, [7, 30, 60, ""]),
        (90, 30, [7, 30, 60, ""]),
        (90, 14, [7, 14, 30, 60, ""]),
        (400, None, [7, 30, 60, 90, 180, 365, ""]),
        (7, None, [""]),
        (1, None, [""]),
    ],
)
def test_retention_choices_are_usual_lengths_below_the_sites_maximum(
    settings, most, chosen, offered
):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = most

    assert [value for value, _label in retention_choices(chosen)] == offered


@pytest.mark.parametrize("chosen", [90, 365])
def test_stored_retention_above_the_sites_maximum_shows_as_the_maximum(user, settings, chosen):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 90
    UserProfile.objects.create(user=user, notification_retention_days=chosen)
    form = PreferencesForm(instance=stored(user))

    assert form["notification_retention_days"].value() is None
    assert [label for _value, label in form.fields["notification_retention_days"].choices] == [
        *("7 days", "30 days", "60 days", "90 days")
    ]

    submit(stored(user), **ON, notification_retention_days="")
    assert stored(user).notification_retention_days == chosen


def test_retention_choices_show_the_sites_maximum_in_days(settings):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 8
    assert retention_choices(None) == [(7, "7 days"), ("", "8 days")]

    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 1
    assert retention_choices(None) == [("", "1 day")]
