"""The views about one notification: access, effect and answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.helpers.browsers import BOOSTED, HTMX, ITEM_NAMES, address, browser, htmx
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification

EARLIER = timezone.now() - timedelta(hours=1)
BOTH = pytest.mark.parametrize("open_", [browser, htmx])
SENT = {"scope": "themis-bell-2-panel", "next": "/page/?a=1"}


@pytest.fixture
def stored():
    """The columns that the views may change, as they are stored."""

    def stored(notification):
        fields = ("read_at", "dismissed_at", "dedup_key")
        return UserNotification.objects.values_list(*fields).get(pk=notification.pk)

    return stored


@BOTH
def test_read_view_marks_only_its_own_notification_read(user, notify, stored, time_machine, open_):
    time_machine.move_to(EARLIER, tick=False)
    one, another = notify(), notify()

    open_(user).post(address("read", one))

    assert stored(one) == (EARLIER, None, None)
    assert stored(another) == (None, None, None)


def test_read_view_keeps_the_instant_of_the_first_read(user, notify, stored):
    one = notify(read_at=EARLIER)

    assert htmx(user).post(address("read", one)).status_code == 200
    assert stored(one) == (EARLIER, None, None)


@BOTH
def test_unread_view_marks_unread_however_often_it_is_asked(user, notify, stored, open_):
    one = notify(read_at=EARLIER)

    for _time in "12":
        open_(user).post(address("unread", one))
        assert stored(one) == (None, None, None)


@BOTH
def test_dismiss_view_hides_a_notification_and_restore_makes_it_unread(user, notify, stored, open_):
    one = notify(source_app="a", source_model="b", source_id=1, deduplicate=True)

    open_(user).post(address("dismiss", one))
    read_at, dismissed_at, dedup_key = stored(one)
    assert read_at == dismissed_at is not None
    assert dedup_key is None

    open_(user).post(address("restore", one))
    assert stored(one) == (None, None, None)


def test_notification_read_before_its_dismissal_is_restored_as_read(user, notify, stored):
    one = notify(read_at=EARLIER)

    htmx(user).post(address("dismiss", one))
    htmx(user).post(address("restore", one))

    assert stored(one) == (EARLIER, None, None)


@pytest.mark.parametrize("name", ["dismiss", "restore"])
def test_repeated_dismiss_or_restore_changes_nothing(user, notify, stored, name):
    one = notify(read_at=EARLIER, dismissed_at=EARLIER if name == "dismiss" else None)
    before = stored(one)

    assert htmx(user).post(address(name, one)).status_code == 200
    assert stored(one) == before


def test_dismissal_of_what_a_newer_one_has_replaced_offers_no_undo(user, notify, stored):
    """A page that is out of date still shows it."""
    group = {"source_app": "tasks", "source_model": "Task", "source_id": "42", "group": True}
    old, _new = notify("Old", **group), notify("New", **group)

    said = parse(htmx(user).post(address("dismiss", old))).one("form", data_themis_dismissed=True)

    assert said["data-themis-dismissed"] == str(old.pk)
    assert not said.all("button")
    assert "themis_dismissed" not in browser(user).post(address("dismiss", old)).url


MALFORMED = ["abc", "-1", "0", "99999999999999999999999", "9" * 5000, "٣", "²", "1.0", "1e0"]
MALFORMED += ["%00", "1%00", "%20", "+1", "0x1", "1_0", "..", "1;", "None", "%F0%9F%94%94"]


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", ITEM_NAMES)
def test_foreign_expired_and_unknown_notifications_give_the_same_404(
    user, other, notify, stored, name, headers
):
    client, mine = browser(user, headers), notify(source_id="x")
    anothers = notify(to=other, dismissed_at=EARLIER, read_at=EARLIER)
    expired = notify(expires_at=timezone.now(), read_at=EARLIER)
    unknown = UserNotification(pk=expired.pk + 1000)
    before = [stored(each) for each in (mine, anothers, expired)]

    answers = [client.post(address(name, each)) for each in (anothers, expired, unknown)]
    answers += [client.post(f"/notifications/{pk}/{name}/") for pk in MALFORMED]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }
    assert {str(sorted(answer.headers.items())) for answer in answers} == {
        str(sorted(answers[0].headers.items()))
    }
    assert [stored(each) for each in (mine, anothers, expired)] == before


@pytest.mark.parametrize("headers", [{}, BOOSTED])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("read", ""),
        ("unread", ""),
        ("dismiss", "&themis_dismissed={pk}"),
        ("restore", "&themis_restored={pk}"),
    ],
)
def test_item_form_without_htmx_redirects_to_its_page(user, notify, name, said, headers):
    one = notify()

    response = browser(user, headers).post(address(name, one), SENT)

    assert response.status_code == 302
    assert response["Location"] == "/page/?a=1" + said.format(pk=one.pk)


@pytest.mark.parametrize("name", ITEM_NAMES)
def test_item_form_without_a_next_page_redirects_to_the_inbox(user, notify, name):
    response = browser(user).post(address(name, notify()))

    assert response["Location"].partition("?")[0] == reverse("themis:inbox")


@pytest.mark.parametrize(("name", "is_read"), [("read", True), ("unread", False)])
def test_read_and_unread_views_answer_htmx_with_the_changed_item(user, notify, name, is_read):
    one = notify("Deployed", read_at=None if is_read else EARLIER)

    html = parse(htmx(user, "/page/").post(address(name, one), SENT))

    item = html.one("li")
    assert html.children[0] is item or html.text == item.text
    assert item["id"] == f"themis-bell-2-panel-{one.pk}"
    assert ("themis-item--unread" in item["class"]) != is_read
    form = item.one("form")
    assert form["action"] == address("unread" if is_read else "read", one)
    assert form.fields["next"] == "/page/"
    assert form.fields["scope"] == "themis-bell-2-panel"
    assert form.fields["csrfmiddlewaretoken"]


def test_dismiss_view_answers_htmx_with_a_notice_that_offers_undo(user, notify):
    one = notify()
    client = htmx(user, "/page/")

    html = parse(client.post(address("dismiss", one), SENT))
    form = html.one("form", data_themis_dismissed=str(one.pk))
    assert form["action"] == form["hx-post"] == address("restore", one)
    assert form["hx-target"] == "#themis-bell-2-panel-notice"
    assert form.one("button", id="themis-bell-2-panel-undo").text == "Undo"
    assert form.fields["next"] == "/page/"

    back = parse(client.post(form["action"], form.fields))
    assert back.one(data_themis_restored=str(one.pk)).text == "Restored"
    assert not back.all("form")


@pytest.mark.parametrize("scope", ["", '"><script>', "body"])
def test_item_answer_for_an_unknown_scope_belongs_to_the_inbox(user, notify, scope):
    one = notify()

    html = parse(htmx(user).post(address("read", one), {"scope": scope}))

    assert html.one("li")["id"] == f"themis-inbox-{one.pk}"


def test_notification_deleted_during_the_request_gives_a_404(user, notify, monkeypatch):
    one = notify()
    queryset = type(UserNotification.objects.all())
    monkeypatch.setattr(queryset, "mark_read", lambda self: UserNotification.objects.all().delete())

    assert htmx(user).post(address("read", one)).status_code == 404
