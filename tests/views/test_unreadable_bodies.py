"""A POST whose fields cannot be read changes nothing, instead of what it does without fields."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.helpers.browsers import WRITE_NAMES, address
from themis_htmx.models import SourcePreference, UserNotification, UserProfile

SENT = {
    "as JSON": ('{"undo": "x"}', "application/json"),
    "as JSON with a charset": ('{"undo": "x"}', "application/json; charset=utf-8"),
    "as text": ("undo=x", "text/plain"),
    "without a type": ("undo=x", ""),
}


@pytest.fixture
def state(user, notify):
    """What the views could change, for a notification that each of them could act on."""
    now = timezone.now()
    notify("Read", read_at=now)
    shown = notify("Unread")

    def state():
        models = (UserNotification, SourcePreference, UserProfile)
        return [list(model.objects.order_by("pk").values()) for model in models]

    return shown, state


@pytest.mark.parametrize(("body", "kind"), SENT.values(), ids=SENT)
@pytest.mark.parametrize("name", [*WRITE_NAMES, "preferences_form"])
def test_post_whose_body_is_no_form_is_refused_and_changes_nothing(user, state, name, body, kind):
    client = Client()
    client.force_login(user)
    shown, state = state
    before = state()

    response = client.generic("POST", address(name, shown), body, kind)

    assert (response.status_code, response["Themis"]) == (415, "1")
    assert state() == before


def test_a_post_without_a_body_needs_no_type(user, notify):
    one = notify()
    client = Client()
    client.force_login(user)

    response = client.generic("POST", address("read", one), "", "")

    assert response.status_code == 302
    one.refresh_from_db()
    assert one.is_read
