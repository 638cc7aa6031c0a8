"""The context of each component, read for the user of a request."""

import pytest
from django.test import RequestFactory
from django.utils import timezone

from tests.helpers.browsers import ITEM_NAMES, READ_NAMES, address, browser, htmx
from tests.helpers.hosts import request_by
from tests.helpers.markup import parse
from themis_htmx.http.undo import sign_instant
from themis_htmx.models import UserProfile
from themis_htmx.models.profile import stored
from themis_htmx.tokens import Digest
from themis_htmx.ui.bell import bell_context, unread_label
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import list_context, newest_id
from themis_htmx.ui.page_user import PageUser
from themis_htmx.ui.preferences import preferences_context

FORGED = [
    {"themis_dismissed": value} for value in ("", "x", "-1", "٣", "0", "1.0", "9" * 5000, '"><u>')
] + [
    {"themis_read": read, "themis_undo": undo}
    for read, undo in [("x", "x"), ("9" * 5000, "x"), ("-1", "x"), ("٣", "x"), ("1", "")]
]


class LaggingReplica:
    """A router that sends the kit's reads to a database that nobody may ask."""

    def db_for_read(self, model, **hints):
        return "replica" if model._meta.app_label == "themis" else None


def notice(user, query):
    """Return the notice that the inbox shows for an address with these parameters."""
    slot = parse(browser(user).get(address("inbox"), query)).one(id="themis-inbox-notice")
    return slot.elements


def test_anonymous_user_has_no_bell_and_runs_no_query():
    assert bell_context(request_by()) is None


def test_bells_of_a_page_differ_only_in_their_ids(user, notify):
    notify()
    request = request_by(user)
    first, second, third = (bell_context(request) for _bell in range(3))

    assert [bell["id"] for bell in (first, second, third)] == [
        "themis-bell",
        "themis-bell-2",
        "themis-bell-3",
    ]
    assert [bell["is_first"] for bell in (first, second, third)] == [True, False, False]
    assert first["badge"]["digest"] == second["badge"]["digest"]
    assert second["badge"]["bell"] == "themis-bell-2"


def test_bell_count_is_read_again_for_each_request(user, notify):
    assert bell_context(request_by(user))["badge"]["count"] == 0

    notify()
    assert bell_context(request_by(user))["badge"]["count"] == 1


@pytest.mark.parametrize(
    ("unread", "label"), [(0, "0"), (1, "1"), (99, "99"), (100, "99+"), (1000, "99+")]
)
def test_unread_label_is_exact_up_to_99(unread, label):
    assert unread_label(Digest(unread, 0, 0)) == label


def test_newest_id_of_an_empty_page_is_zero(notify):
    first, second = notify(), notify()

    assert newest_id([second, first]) == second.pk
    assert newest_id([]) == 0


def test_source_chips_are_unique_and_sorted_by_name(user, notify, settings):
    settings.THEMIS_SOURCES = {"tasks": "A board"}
    for source in ("billing", "tasks", "billing", ""):
        notify(source_app=source)

    chips = list_context(PageUser(user), Filters())["chips"]
    assert [chip.label for chip in chips] == ["All", "Unread", "A board", "Billing"]


def test_chosen_source_keeps_its_chip_when_nothing_matches(user):
    chips = list_context(PageUser(user), Filters(source="billing"))["chips"]

    assert [(chip.label, chip.active) for chip in chips][-1] == ("Billing", True)


def test_stored_profile_is_read_again_and_never_created(user):
    assert user.profile.notifications_enabled
    assert stored(user).notifications_enabled
    assert not UserProfile.objects.exists()

    UserProfile.objects.create(user=user, notifications_enabled=False)
    assert not stored(user).notifications_enabled


def test_views_never_read_from_a_lagging_replica(user, notify, settings):
    client, one = htmx(user), notify()
    settings.DATABASE_ROUTERS = [LaggingReplica()]

    for name in READ_NAMES:
        assert client.get(address(name)).status_code == 200
    for name in ITEM_NAMES:
        assert client.post(address(name, one)).status_code == 200
    undo = parse(client.post(address("read_all"))).one("form").fields["undo"]
    assert client.post(address("read_all"), {"undo": undo}).status_code == 200
    for name in ("mute", "preferences_source", "unmute"):
        sent = {"source_app": "tasks", "email": "off"}
        assert client.post(address(name), sent).status_code == 200
    saved = client.post(address("preferences_form"), {"notifications_min_level": "info"})
    assert parse(saved).text == "Saved"


def test_inbox_without_a_script_shows_a_dismissal_with_undo(user, notify):
    one = notify()

    [form] = notice(user, {"themis_dismissed": one.pk})
    assert form.one("span").text == "Dismissed"
    assert form["action"] == address("restore", one)
    assert form.fields["next"] == address("inbox")


def test_inbox_without_a_script_shows_how_many_were_read_with_undo(user):
    undo = sign_instant(user, timezone.now())

    [form] = notice(user, {"themis_read": "2", "themis_undo": undo})
    assert form.one("span").text == "2 marked as read"
    assert form["action"] == address("read_all")
    assert form.fields["undo"] == undo


@pytest.mark.parametrize("query", FORGED)
def test_inbox_shows_no_notice_for_forged_parameters(user, query):
    assert notice(user, query) == []


def test_undo_from_forged_query_parameters_is_refused(user, other, notify):
    hers = notify(to=other, read_at=timezone.now(), dismissed_at=timezone.now())
    client = browser(user)

    [form] = notice(user, {"themis_dismissed": hers.pk})
    assert client.post(form["action"], form.fields).status_code == 404

    [form] = notice(user, {"themis_read": "2", "themis_undo": '"><u>forged'})
    assert form.fields["undo"] == '"><u>forged'
    assert client.post(form["action"], form.fields).status_code == 400
    hers.refresh_from_db()
    assert hers.is_dismissed


def test_preferences_context_works_without_the_htmx_middleware(user):
    """A request that no middleware of django-htmx has seen is a page's."""
    request = RequestFactory().get("/page/?themis_saved=1")
    request.user = user

    shown = preferences_context(request)

    assert shown["next"] == "/page/"
    assert shown["saved"]
