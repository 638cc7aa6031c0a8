"""The preferences: a page, a form that saves in place, and its errors."""

from datetime import time

import pytest

from tests.helpers.browsers import BOOSTED, HTMX, address, browser, htmx
from tests.helpers.markup import parse
from themis_htmx.models import UserProfile

PAGE, FORM = address("preferences"), address("preferences_form")
VALID = {"notifications_enabled": "on", "notifications_min_level": "danger"}
INVALID = VALID | {"notifications_min_level": "loud"}


@pytest.fixture
def stored(user):
    """The user's row, or ``None``."""
    return lambda: UserProfile.objects.filter(user=user).first()


def form_in(response):
    return parse(response).one("form", id="themis-preferences")


@pytest.mark.parametrize("url", [PAGE, FORM])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_reading_the_preferences_creates_no_profile_row(user, stored, url, headers):
    form = form_in(browser(user, headers).get(url))

    assert form["action"] == form["hx-post"] == FORM
    assert form["method"] == "post"
    assert stored() is None


@pytest.mark.parametrize("url", [PAGE, FORM])
def test_form_that_was_only_looked_at_does_not_say_that_it_was_saved(user, url):
    assert "data-themis-saved" not in form_in(htmx(user).get(url)).attrs


def test_form_that_is_swapped_in_after_its_errors_says_that_it_was_saved(user):
    response = htmx(user).post(FORM, VALID | {"had_errors": ""})

    assert form_in(response)["data-themis-saved"] == "Saved"


def test_preferences_form_shows_the_stored_values(user):
    UserProfile.objects.create(
        user=user,
        notifications_enabled=False,
        notifications_min_level="warning",
        browser_notifications_enabled=True,
        notification_retention_days=30,
    )

    form = form_in(browser(user).get(PAGE))

    checked = [
        box.attrs.get("value", box["name"]) for box in form.all("input", name=True, checked=None)
    ]
    assert checked == ["warning", "browser_notifications_enabled", "quiet_lets_urgent_through"]
    assert form.one("option", selected=None)["value"] == "30"


def test_every_control_of_the_preferences_has_a_label_and_its_own_id(user):
    form = form_in(browser(user).get(PAGE))
    controls = [*form.all("input", id=True), *form.all("select")]

    assert len(controls) == 12
    for control in controls:
        assert form.one("label", for_=control["id"]).text


def test_saving_preferences_answers_htmx_with_saved(user, stored):
    response = htmx(user).post(FORM, VALID)

    html = parse(response)
    assert (response.status_code, html.text) == (200, "Saved")
    assert [element["class"] for element in html.elements] == ["themis-notice themis-saved"]
    assert "HX-Retarget" not in response
    assert stored().notifications_min_level == "danger"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_preferences_form_refuses_put_patch_and_delete(user, stored, method):
    response = getattr(browser(user), method)(FORM, VALID, content_type="application/json")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
    assert stored() is None


@pytest.mark.parametrize("headers", [{}, BOOSTED])
@pytest.mark.parametrize("place", ["/page/?a=1", PAGE])
def test_saving_preferences_without_htmx_redirects_to_a_page_that_says_so(
    user, stored, headers, place
):
    client = browser(user, headers)

    response = client.post(FORM, VALID | {"next": place})
    assert response.status_code == 302
    assert response["Location"] == place + ("&" if "?" in place else "?") + "themis_saved=1"
    assert stored().notifications_min_level == "danger"


def test_preferences_page_says_saved_only_once(user):
    client = browser(user)
    assert parse(client.get(PAGE)).one(id="themis-preferences-saved").text == ""

    html = parse(client.get(PAGE, {"themis_saved": "1"}))
    assert html.one(id="themis-preferences-saved").text == "Saved"
    assert html.one("form", id="themis-preferences").fields["next"] == PAGE


@pytest.mark.parametrize("place", ["//evil.example/", "https://evil.example/", "page"])
def test_saving_preferences_never_redirects_to_another_host(user, place):
    response = browser(user).post(FORM, VALID | {"next": place})

    assert response["Location"] == address("inbox") + "?themis_saved=1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notifications_min_level", "loud"),
        ("notifications_min_level", ""),
        ("notification_retention_days", "8"),
        ("notification_retention_days", "9" * 5000),
    ],
)
def test_invalid_preferences_answer_htmx_with_the_form_and_its_errors(user, stored, field, value):
    response = htmx(user, PAGE).post(FORM, VALID | {field: value})

    assert response.status_code == 200
    assert response["HX-Retarget"] == "#themis-preferences"
    assert response["HX-Reswap"] == "outerHTML settle:0 transition:false"
    html = parse(response)
    assert [element["id"] for element in html.elements] == ["themis-preferences"]
    assert html.one(role="alert").text
    assert form_in(response).fields["next"] == PAGE
    assert stored() is None


@pytest.mark.parametrize("headers", [{}, BOOSTED])
def test_invalid_preferences_without_htmx_show_the_whole_page_with_errors(user, stored, headers):
    client = browser(user, headers)

    response = client.post(FORM, INVALID | {"next": "/page/?a=1"})
    html = parse(response)
    assert response.status_code == 200
    assert html.one("main").one("h1").text == "Notification preferences"
    assert "HX-Retarget" not in response
    assert html.one(role="alert").text
    assert html.one("input", name="notifications_enabled", checked=None)
    assert stored() is None

    response = client.post(FORM, form_in(response).fields | VALID)
    assert response["Location"] == "/page/?a=1&themis_saved=1"


def test_form_url_opened_in_a_browser_gives_the_whole_preferences_page(user):
    client = browser(user)
    response = client.get(FORM)
    assert parse(response).one("main").one("h1")

    saved = client.post(FORM, form_in(response).fields | VALID, follow=True)
    assert parse(saved).one(id="themis-preferences-saved").text == "Saved"


def test_form_url_gives_htmx_all_cards_of_the_preferences(user):
    html = parse(htmx(user, PAGE).get(FORM))

    assert [element["id"] for element in html.elements] == ["themis-preferences-cards"]
    assert html.one("form", id="themis-preferences")
    assert html.one("section", class_="themis-sources")


def test_form_that_is_right_after_an_error_comes_back_without_it_and_says_saved(user, stored):
    client = htmx(user, PAGE)
    wrong = form_in(client.post(FORM, VALID | {"quiet_from": "25:00", "quiet_to": "07:00"}))
    field = wrong.one("input", name="quiet_from")
    assert wrong.one(id=field["aria-describedby"]).text == "Give a time of day, such as 22:00"

    right = form_in(client.post(FORM, wrong.fields | VALID | {"quiet_from": "22:00"}))

    assert right["data-themis-saved"] == "Saved"
    assert "aria-invalid" not in right.one("input", name="quiet_from").attrs
    assert "had_errors" not in right.fields
    assert str(stored().quiet_from) == "22:00:00"


@pytest.mark.parametrize("language", ["en", "de", "ar", "pl"])
def test_quiet_hours_are_shown_as_browsers_read_them_in_every_language(user, language):
    UserProfile.objects.create(
        user=user, quiet_from=time(22, 30), quiet_to=time(7), time_zone="Asia/Calcutta"
    )

    form = form_in(browser(user, {"Accept-Language": language}).get(PAGE))

    assert form.fields["quiet_from"] == "22:30"
    assert form.fields["quiet_to"] == "07:00"
    assert form.one("select", name="time_zone").one("option", selected=None)["value"] == (
        "Asia/Calcutta"
    )


def test_time_zone_is_told_in_words(user, settings):
    settings.TIME_ZONE = "America/Los_Angeles"
    UserProfile.objects.create(user=user, time_zone="America/New_York")

    zones = form_in(browser(user).get(PAGE)).one("select", name="time_zone")

    assert zones.one("option", selected=None).text.strip() == "America/New York"
    assert zones.one("option", value="").text.strip() == "Same as this site: America/Los Angeles"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (("", ""), "Off"),
        (("22:00", ""), "Off until both times are chosen"),
        (("22:00", "22:00"), "Off, since both times are the same"),
        (("22:00", "07:00"), "On, every day"),
    ],
)
def test_quiet_hours_say_how_they_stand(user, hours, words):
    client = browser(user)
    client.post(FORM, VALID | dict(zip(("quiet_from", "quiet_to"), hours, strict=True)))

    quiet = form_in(client.get(PAGE)).one("fieldset", data_themis_quiet=True)

    assert quiet.one(class_="themis-row__help", data_themis_quiet_state=True).text == words


def test_saving_preferences_writes_only_the_changed_columns(user, statements, stored):
    UserProfile.objects.create(user=user, notification_retention_days=30)
    client = htmx(user)
    sent = VALID | {"notifications_min_level": "info", "notification_retention_days": "30"}

    nothing = statements(lambda: client.post(FORM, sent))
    assert not [sql for sql in nothing if sql.startswith(("INSERT", "UPDATE"))]

    [update] = [
        sql
        for sql in statements(
            lambda: client.post(FORM, sent | {"notifications_min_level": "danger"})
        )
        if sql.startswith(("INSERT", "UPDATE"))
    ]
    assert "notifications_min_level" in update
    assert "notification_retention_days" not in update
    assert stored().notification_retention_days == 30


def test_form_without_fields_for_quiet_hours_leaves_them_as_they_are(user, stored):
    UserProfile.objects.create(
        user=user, quiet_from=time(22), quiet_to=time(7), time_zone="Europe/Paris"
    )

    htmx(user).post(FORM, VALID)

    profile = stored()
    assert profile.notifications_min_level == "danger"
    assert (profile.quiet_from, profile.quiet_to) == (time(22), time(7))
    assert (profile.time_zone, profile.quiet_lets_urgent_through) == ("Europe/Paris", True)


def test_preferences_form_ignores_fields_that_it_does_not_ask_for(user, other, stored):
    UserProfile.objects.create(user=other)

    htmx(user).post(FORM, VALID | {"user": other.pk, "user_id": other.pk, "pk": other.pk})

    assert stored().notifications_min_level == "danger"
    assert UserProfile.objects.get(user=other).notifications_min_level == "info"


def test_lists_say_when_notifications_are_off(user, notify):
    notify()
    htmx(user).post(FORM, {"notifications_min_level": "info"})

    for where in ("dropdown", "inbox", "inbox_items"):
        html = parse(browser(user).get(address(where)))
        assert html.one(class_="themis-empty__title").text == "Notifications are off"
        assert html.one("li", data_themis_item=True)
