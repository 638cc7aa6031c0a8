"""The account: what the calls were to do, beside what is there."""

import re
from collections import Counter
from typing import Any, NamedTuple

from django.db.models import Count

from benchmarks.soak.people import People
from tests.helpers.push import Browser, PushService
from themis_htmx.models import UserNotification
from themis_htmx.webpush.models import PushMessage

Book = list[dict[str, Any]]
URGENT, PUSHED = re.compile(r"Urgent \d+"), re.compile(r"Push \d+")


class Account(NamedTuple):
    """How much of a kind was due, and what became of it."""

    name: str
    due: int
    lost: int
    doubled: int
    # Calls that raised and were repeated, or are known to have failed.
    errors: int = 0
    note: str = ""


def of_calls(book: Book) -> list[Account]:
    """Compare each kind of call with the rows in the database.

    A call that raised and was not repeated may have written its row or not, and no other.
    """
    stored = _stored()
    accounts = []
    for kind in dict.fromkeys(entry["kind"] for entry in book):
        due = lost = doubled = errors = 0
        for entry in (entry for entry in book if entry["kind"] == kind):
            rows = stored.pop((kind, str(entry["number"])), Counter())
            wanted = set(entry["users"]) if entry["outcome"] == "returned" else set()
            due, errors = due + len(wanted), errors + entry["errors"]
            lost += len(wanted - rows.keys())
            allowed = 1 if entry["outcome"] != "undone" else 0
            doubled += sum(number - allowed for number in rows.values() if number > allowed)
            if wanted:
                doubled += len(rows.keys() - wanted)
        accounts.append(Account(kind, due, lost, doubled, errors))
    unknown = sum(sum(rows.values()) for rows in stored.values())
    return [*accounts, Account("rows of no call", 0, 0, unknown)]


def of_mails(book: Book, people: People, taken: list[Any]) -> Account:
    """Compare the urgent calls with the e-mails that the mail server has taken.

    A process that is killed between the mail server's answer and its own note sends the e-mail
    again with the same ``Message-ID``, by which mail programs know it: that is no second one.
    """
    unique = {email["Message-ID"]: email for email in taken}
    told = Counter(
        (email["To"], title)
        for email in unique.values()
        for title in set(URGENT.findall(email.get_body(["plain"]).get_content()))
    )
    addresses = {user.pk: user.email for user in people.mailed}
    due = {
        (addresses[entry["users"][0]], f"Urgent {entry['number']:06}")
        for entry in book
        if entry["kind"] == "urgent"
    }
    doubled = sum(number - 1 for number in told.values()) + len(told.keys() - due)
    again = len(taken) - len(unique)
    note = f"{again} sent again with the same Message-ID" if again else ""
    return Account("e-mails", len(due), len(due - told.keys()), doubled, note=note)


def of_pushes(service: PushService, browsers: list[Browser]) -> Account:
    """Compare the rows that were to be pushed with the outbox, and that with the push service.

    Several notifications of a browser may go out as one message: then they have one date. As with
    e-mails, a message is sent again if its note is lost. It then takes the place of the first one.
    """
    rows = UserNotification.objects.filter(source_app="soak", source_model="push")
    sent = PushMessage.objects.filter(notification__in=rows.values("pk"), sent_at__isnull=False)
    told = set(sent.values_list("notification", flat=True))
    messages = sent.values("subscription", "sent_at").distinct().count()
    titles = Counter(
        (browser.endpoint, title)
        for browser in browsers
        for title in browser.taken_titles
        if PUSHED.fullmatch(title)
    )
    again = sum(titles.values()) - len(titles)
    doubled = len(service.taken) - messages - again
    note = f"{again} sent again in its own place" if again else ""
    due = rows.count()
    return Account("messages to browsers", due, due - len(told), doubled, note=note)


def of_pages(pages: list[dict[str, Any]]) -> list[Account]:
    """Compare with the database what each page shows, and what its user has done."""
    wrong = [_shown_beside_stored(page) for page in pages if not _is_right(page)]
    done = {int(pk): word for page in pages for pk, word in page["done"].items()}
    known = {pk: word for pk, word in done.items() if word != "unknown"}
    rows = UserNotification.objects.in_bulk(list(known))
    undone = [f"{pk} {word}" for pk, word in known.items() if not _is_done(rows.get(pk), word)]
    unknown = len(done) - len(known)
    return [
        Account("pages with count and newest", len(pages), len(wrong), 0, note=_first(wrong)),
        Account(
            "rows as their users left them", len(known), len(undone), 0, unknown, _first(undone)
        ),
    ]


def label_of(user_key: int) -> str:
    """Return what the bell of a user should show."""
    unread = UserNotification.objects.filter(user_id=user_key).unread().count()
    return "99+" if unread > 99 else str(unread or "")


def _shown_beside_stored(page: dict[str, Any]) -> str:
    shown = f"{page['label']} {page['newest']}"
    return f"{shown} for {label_of(page['user'])} {_newest_of(page['user'])}"


def _first(wrong: list[str]) -> str:
    return ", ".join(wrong[:3])


def _is_right(page: dict[str, Any]) -> bool:
    stored = label_of(page["user"]), _newest_of(page["user"])
    return (page["label"], page["newest"]) == stored


def _newest_of(user_key: int) -> int:
    """Return the newest unread row of a user, by which a badge knows what is new; 0 for none."""
    unread = UserNotification.objects.filter(user_id=user_key).unread()
    return next(iter(unread.newest_ids(1)), 0)


def _is_done(row: UserNotification | None, word: str) -> bool:
    if row is None:
        return False
    return {
        "read": row.is_read,
        "unread": not row.is_read,
        "dismiss": row.is_dismissed,
        "restore": not row.is_dismissed,
    }[word]


def _stored() -> dict[tuple[str, str], Counter[int]]:
    """Return how many rows each user has, by kind and number of the call."""
    rows = UserNotification.objects.filter(source_app="soak").order_by()
    counted = rows.values_list("source_model", "source_id", "user_id").annotate(Count("pk"))
    stored: dict[tuple[str, str], Counter[int]] = {}
    for kind, number, user, times in counted:
        stored.setdefault((kind, number), Counter())[user] = times
    return stored
