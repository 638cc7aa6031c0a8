"""The views about one notification: whose it is, what they do to it, what they answer."""

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
def test_read_marks_it_read(user, notify, stored, time_machine, open_):
    time_machine.move_to(EARLIER, tick=False)
    one, another = notify(), notify()

    open_(user).post(address("read", one))

    assert stored(one) == (EARLIER, None, None)
    assert stored(another) == (None, None, None)


def test_read_again_keeps_the_first_reading(user, notify, stored):
    one = notify(read_at=EARLIER)

    assert htmx(user).post(address("read", one)).status_code == 200
    assert stored(one) == (EARLIER, None, None)


@BOTH
def test_unread_takes_it_back_as_often_as_it_is_asked(user, notify, stored, open_):
    one = notify(read_at=EARLIER)

    for _time in "12":
        open_(user).post(address("unread", one))
        assert stored(one) == (None, None, None)


@BOTH
def test_dismiss_puts_it_away_and_restore_brings_it_back_unread(user, notify, stored, open_):
    one = notify(source_app="a", source_model="b", source_id=1, deduplicate=True)

    open_(user).post(address("dismiss", one))
    read_at, dismissed_at, dedup_key = stored(one)
    assert read_at == dismissed_at is not None
    assert dedup_key is None

    open_(user).post(address("restore", one))
    assert stored(one) == (None, None, None)


def test_what_was_read_before_it_was_dismissed_comes_back_read(user, notify, stored):
    one = notify(read_at=EARLIER)

    htmx(user).post(address("dismiss", one))
    htmx(user).post(address("restore", one))

    assert stored(one) == (EARLIER, None, None)


@pytest.mark.parametrize("name", ["dismiss", "restore"])
def test_what_is_asked_twice_is_done_once(user, notify, stored, name):
    one = notify(read_at=EARLIER, dismissed_at=EARLIER if name == "dismiss" else None)
    before = stored(one)

    assert htmx(user).post(address(name, one)).status_code == 200
    assert stored(one) == before


MALFORMED = ["abc", "-1", "0", "99999999999999999999999", "9" * 5000, "٣", "²", "1.0", "1e0"]
MALFORMED += ["%00", "1%00", "%20", "+1", "0x1", "1_0", "..", "1;", "None", "%F0%9F%94%94"]


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", ITEM_NAMES)
def test_what_is_not_the_users_to_see_looks_like_what_is_not_there(
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
def test_without_htmx_the_person_comes_back_to_the_page(user, notify, name, said, headers):
    one = notify()

    response = browser(user, headers).post(address(name, one), SENT)

    assert response.status_code == 302
    assert response["Location"] == "/page/?a=1" + said.format(pk=one.pk)


@pytest.mark.parametrize("name", ITEM_NAMES)
def test_without_a_page_to_come_back_to_it_is_the_inbox(user, notify, name):
    response = browser(user).post(address(name, notify()))

    assert response["Location"].partition("?")[0] == reverse("themis:inbox")


@pytest.mark.parametrize(("name", "is_read"), [("read", True), ("unread", False)])
def test_htmx_gets_the_item_as_it_now_is(user, notify, name, is_read):
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


def test_htmx_gets_a_notice_of_the_dismissal_with_a_way_back(user, notify):
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
def test_a_scope_that_is_not_ours_is_the_inbox(user, notify, scope):
    one = notify()

    html = parse(htmx(user).post(address("read", one), {"scope": scope}))

    assert html.one("li")["id"] == f"themis-inbox-{one.pk}"


def test_a_row_that_is_gone_in_between_is_not_found(user, notify, monkeypatch):
    one = notify()
    queryset = type(UserNotification.objects.all())
    monkeypatch.setattr(queryset, "mark_read", lambda self: UserNotification.objects.all().delete())

    assert htmx(user).post(address("read", one)).status_code == 404
