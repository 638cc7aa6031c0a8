"""The account of the long run, `make soak`: it must see what it is there for."""

from email.message import EmailMessage
from json import dumps
from types import SimpleNamespace

import pytest
from django.utils import timezone

from benchmarks.soak import ledger
from benchmarks.soak.memory import WARM_UP, Samples
from benchmarks.soak.report import Outcome, Window
from tests.helpers.push import Browser, push_service
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user
from themis_htmx.webpush.keys import decode
from themis_htmx.webpush.models import PushMessage, PushSubscription
from themis_htmx.webpush.wire import encrypt

pytestmark = pytest.mark.django_db


def entry(kind, number, *users, outcome="returned"):
    return {
        "kind": kind,
        "number": number,
        "users": [user.pk for user in users],
        "outcome": outcome,
        "errors": 0,
    }


def write(kind, number, user):
    source = {"source_app": "soak", "source_model": kind, "source_id": number}
    return notify_user(user, f"{kind} {number}", **source)


def wrong(accounts):
    return [(each.name, each.lost, each.doubled) for each in accounts if each.lost or each.doubled]


def test_account_is_clean_where_each_call_has_written_its_rows_once(user, other):
    write("one", 1, user)
    write("all", 1, user)
    write("all", 1, other)
    book = [entry("one", 1, user), entry("all", 1, user, other)]
    assert wrong(ledger.of_calls(book)) == []


def test_row_that_is_missing_after_a_call_returned_is_lost(user, other):
    write("all", 1, user)
    assert wrong(ledger.of_calls([entry("all", 1, user, other)])) == [("all", 1, 0)]


def test_row_that_was_written_again_is_doubled(user):
    write("one", 1, user)
    write("one", 1, user)
    assert wrong(ledger.of_calls([entry("one", 1, user)])) == [("one", 0, 1)]


def test_row_of_somebody_who_was_not_meant_is_doubled(user, other):
    write("one", 1, user)
    write("one", 1, other)
    assert wrong(ledger.of_calls([entry("one", 1, user)])) == [("one", 0, 1)]


def test_row_that_a_transaction_took_back_must_not_be_there(user):
    write("undone", 1, user)
    book = [entry("undone", 1, user, outcome="undone")]
    assert wrong(ledger.of_calls(book)) == [("undone", 0, 1)]


def test_call_that_raised_may_have_written_its_row_or_not_but_not_twice(user):
    write("plain", 1, user)
    write("plain", 2, user)
    write("plain", 2, user)
    book = [entry("plain", number, outcome="raised") for number in (1, 2, 3)]
    assert wrong(ledger.of_calls(book)) == [("plain", 0, 1)]


def test_row_of_no_call_is_noticed(user):
    write("one", 1, user)
    assert wrong(ledger.of_calls([])) == [("rows of no call", 0, 1)]


def email(user, number, message_id):
    made = EmailMessage()
    made["To"], made["Message-ID"] = user.email, message_id
    made.set_content(f"Urgent {number:06}\n")
    return made


def test_email_is_lost_where_no_server_took_it_and_doubled_where_one_took_another(user):
    people = SimpleNamespace(mailed=[user])
    book = [entry("urgent", 1, user), entry("urgent", 2, user)]
    taken = [email(user, 1, "<a>"), email(user, 1, "<b>")]
    account = ledger.of_mails(book, people, taken)
    assert (account.due, account.lost, account.doubled) == (2, 1, 1)


def test_email_sent_again_with_the_same_id_is_told_apart(user):
    people = SimpleNamespace(mailed=[user])
    taken = [email(user, 1, "<a>"), email(user, 1, "<a>")]
    account = ledger.of_mails([entry("urgent", 1, user)], people, taken)
    assert (account.lost, account.doubled) == (0, 0)
    assert account.note == "1 sent again with the same Message-ID"


def push(browser, title):
    """Have the push service take a message, as a process sends it."""
    keys = decode(browser.p256dh, length=65), decode(browser.auth, length=16)
    body = encrypt(dumps({"title": title}).encode(), *keys, length=1000)
    browser.service.taken.append(("/send/one", body))


def account_of(browser, user, *titles):
    """The account where the first of two rows has been sent, and these messages were taken."""
    browser.subscribe(user)
    rows = [write("push", number, user) for number in (1, 2)]
    subscription = PushSubscription.objects.get()
    PushMessage.objects.create(
        subscription=subscription, notification=rows[0].pk, sent_at=timezone.now()
    )
    for title in titles:
        push(browser, title)
    return ledger.of_pushes(browser.service, [browser])


def test_message_to_a_browser_is_lost_unsent_and_doubled_where_another_was_taken(user):
    with push_service() as service:
        account = account_of(Browser(service), user, "Push 1", "Push 3")
    assert (account.due, account.lost, account.doubled) == (2, 1, 1)


def test_message_sent_again_in_its_own_place_is_told_apart(user):
    with push_service() as service:
        account = account_of(Browser(service), user, "Push 1", "Push 1")
    assert (account.doubled, account.note) == (0, "1 sent again in its own place")


def page(user, **shown):
    return {"user": user.pk, "label": "1", "newest": 0, "done": {}} | shown


def test_page_that_shows_another_count_than_is_stored_is_wrong(user):
    row = write("one", 1, user)
    assert wrong(ledger.of_pages([page(user, newest=row.pk)])) == []
    [(name, lost, _doubled)] = wrong(ledger.of_pages([page(user, label="2", newest=row.pk)]))
    assert (name, lost) == ("pages with count and newest", 1)


def test_act_that_was_answered_well_must_be_stored(user):
    row = write("one", 1, user)
    shown = page(user, newest=row.pk, done={str(row.pk): "read"})
    assert wrong(ledger.of_pages([shown])) == [("rows as their users left them", 1, 0)]
    UserNotification.objects.filter(pk=row.pk).mark_read()
    assert wrong(ledger.of_pages([shown | {"label": ""} | {"newest": 0}])) == []


def growth(monkeypatch, sizes):
    samples, now = Samples(), 0.0
    monkeypatch.setattr("benchmarks.soak.memory.monotonic", lambda: now)
    for size in sizes:
        samples.add("process", size)
        now += 10
    [found] = samples.growths(least=60)
    return found


def test_what_goes_up_and_down_is_flat(monkeypatch):
    sizes = [100e6, 104e6] * 60
    assert growth(monkeypatch, sizes).is_flat


def test_what_grows_all_the_time_is_not_flat(monkeypatch):
    sizes = [100e6 + 300_000 * number for number in range(120)]
    assert not growth(monkeypatch, sizes).is_flat


def test_what_a_process_loads_after_its_start_is_no_growth(monkeypatch):
    sizes = [20e6] * (WARM_UP // 10) + [100e6] * 60
    assert growth(monkeypatch, sizes).is_flat


@pytest.mark.parametrize(
    ("at", "words", "is_foreseen"),
    [
        (105, "Failed to load resource", True),
        (125, "Failed to load resource", True),
        (135, "Failed to load resource", False),
        (95, "Failed to load resource", False),
        (105, "thrown: TypeError", False),
    ],
    ids=["during it", "soon after it", "long after it", "before it", "of a script"],
)
def test_line_of_the_console_is_foreseen_only_as_a_request_that_a_fault_met(at, words, is_foreseen):
    outcome = Outcome(
        accounts=[],
        book=[],
        pages=[],
        windows=[Window("Redis crashes", 100, 110, delays=True)],
        growths=[],
        complaints=[(at, words)],
        acts=0,
        hindered=0,
        label="",
        right_label="",
    )
    assert outcome.is_right == is_foreseen
