"""The form in which a user says what they want, and what that means for a call."""

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
def test_whoever_never_chose_wants_everything(user, level):
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
def test_a_choice_is_compared_by_weight(user, minimum, wanted, level, enabled):
    UserProfile.objects.create(
        user=user, notifications_min_level=minimum, notifications_enabled=enabled
    )

    assert User.objects.filter(wants_q(level)).exists() == (enabled and level in wanted)


def test_the_form_shows_the_defaults_of_whoever_never_chose(user):
    form = PreferencesForm(instance=user.profile)

    assert form["notifications_enabled"].value() is True
    assert form["notifications_min_level"].value() == "info"
    assert form["browser_notifications_enabled"].value() is False
    assert form["browser_notifications_full_text"].value() is False
    assert form["notification_retention_days"].value() is None


def test_saving_stores_what_was_chosen(user):
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


def test_choosing_the_sites_maximum_stores_no_number(user):
    user.profile.notification_retention_days = 30
    user.profile.save()

    submit(user.profile, **ON, notification_retention_days="")

    assert stored(user).notification_retention_days is None


def test_two_open_pages_can_both_save(user):
    user.profile.save()
    one, another = stored(user), stored(user)
    submit(one, **ON, notification_retention_days="30")
    submit(another, **ON | {"notifications_min_level": "danger"})

    row = stored(user)
    assert (row.notification_retention_days, row.notifications_min_level) == (30, "danger")


def test_two_first_pages_can_both_save(user):
    one, another = UserProfile(user=user), UserProfile(user=user)
    submit(one, **ON, notification_retention_days="30")
    submit(another, **ON | {"notifications_min_level": "danger"})

    row = stored(user)
    assert (row.notification_retention_days, row.notifications_min_level) == (30, "danger")


def test_going_back_to_a_default_is_a_change_like_any_other(user):
    user.profile.notifications_min_level = "danger"
    user.profile.save()

    submit(stored(user), **ON)

    assert stored(user).notifications_min_level == "info"


def test_a_save_can_be_put_off(user):
    form = PreferencesForm({"notifications_min_level": "danger"}, instance=user.profile)
    profile = form.save(commit=False)

    assert profile.notifications_min_level == "danger"
    assert not UserProfile.objects.exists()


def test_what_is_refused_is_not_saved(user):
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
def test_what_is_not_offered_is_refused(user, field, value):
    form = PreferencesForm(ON | {field: value}, instance=user.profile)

    assert list(form.errors) == [field]


def test_its_ids_do_not_clash_with_the_pages(user):
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
def test_offered_are_usual_lengths_below_the_sites_maximum(settings, most, chosen, offered):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = most

    assert [value for value, _label in retention_choices(chosen)] == offered


@pytest.mark.parametrize("chosen", [90, 365])
def test_a_length_that_the_site_does_not_keep_shows_as_the_sites_maximum(user, settings, chosen):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 90
    UserProfile.objects.create(user=user, notification_retention_days=chosen)
    form = PreferencesForm(instance=stored(user))

    assert form["notification_retention_days"].value() is None
    assert [label for _value, label in form.fields["notification_retention_days"].choices] == [
        *("7 days", "30 days", "60 days", "90 days")
    ]

    submit(stored(user), **ON, notification_retention_days="")
    assert stored(user).notification_retention_days == chosen


def test_the_sites_maximum_is_told_in_days(settings):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 8
    assert retention_choices(None) == [(7, "7 days"), ("", "8 days")]

    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 1
    assert retention_choices(None) == [("", "1 day")]
