"""The admin: it shows whose browsers are subscribed and what was sent, and no key."""

import pytest
from django.urls import reverse

from themis_htmx.webpush.models import PushMessage, PushSubscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(admin_client, browser, notify, push_now):
    """The four pages of the admin about one message that was sent."""
    notify()
    push_now()
    found = {}
    for model in (PushSubscription, PushMessage):
        name = f"admin:themis_webpush_{model._meta.model_name}"
        for kind, args in (("changelist", []), ("change", [model.objects.get().pk])):
            response = admin_client.get(reverse(f"{name}_{kind}", args=args))
            assert response.status_code == 200
            found[model, kind] = response.content.decode()
    return found


def test_admin_shows_subscriptions_without_their_keys_or_whole_endpoints(pages, browser, service):
    for page in pages.values():
        for secret in (browser.endpoint, browser.p256dh, browser.auth):
            assert secret not in page
    page = pages[PushSubscription, "changelist"]
    assert f"{service.origin}/…nd/one" in page
    assert "ada" in page


def test_admin_shows_what_was_sent_to_whom_and_how_the_service_answered(pages):
    page = pages[PushMessage, "changelist"]
    assert "ada" in page
    assert ">201<" in page


def test_subscriptions_and_messages_are_neither_added_nor_changed(admin_client, browser):
    for name in ("pushsubscription", "pushmessage"):
        assert admin_client.get(reverse(f"admin:themis_webpush_{name}_add")).status_code == 403
    change = reverse(
        "admin:themis_webpush_pushsubscription_change", args=[PushSubscription.objects.get().pk]
    )
    assert admin_client.post(change, {"endpoint": "https://example.com/"}).status_code == 403


@pytest.mark.parametrize("model", ["pushsubscription", "pushmessage"])
def test_admin_finds_them_by_the_name_of_their_user(pages, admin_client, model):
    address = reverse(f"admin:themis_webpush_{model}_changelist")

    assert "ada" in admin_client.get(address, {"q": "ada"}).content.decode()
    assert len(admin_client.get(address, {"q": "nobody"}).context["cl"].result_list) == 0
