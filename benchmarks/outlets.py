"""What e-mail and Web Push add to a call: ``python -m benchmarks.outlets``.

Of the users a tenth have a browser subscribed, and all get urgent e-mails. The database is the one
of the tests, as the environment names it.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from typing import Any

import django

USERS, BROWSERS = 10_000, 1_000
ROUNDS, ONES = 9, 400


def leave(job: str, keys: list[Any]) -> None:
    """Leave a job of Web Push to workers, as a queue does."""
    json.dumps([job, keys])


def main() -> None:
    """Measure calls for all users and for one, and print a line for each."""
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        users = fill()
        print(f"on {connection.vendor}:")
        for words, acts, rounds in (
            (f"{USERS:,} users, ÷ bulk_create() of as many plain rows", many(users), ROUNDS),
            ("one user, ÷ create() of a plain row", one(users), ONES),
        ):
            report(words, acts, rounds)
    finally:
        connection.creation.destroy_test_db(":memory:", verbosity=0)


def fill() -> list[Any]:
    """Write the users, their browsers, and what they want by e-mail; return the users."""
    from django.contrib.auth.models import User

    from themis_htmx.mail.models import MailPreference
    from themis_htmx.webpush.models import PushSubscription, hash_endpoint

    User.objects.bulk_create(
        User(username=f"user{number}", email=f"user{number}@example.org") for number in range(USERS)
    )
    users = list(User.objects.all())
    MailPreference.objects.bulk_create(MailPreference(user=user, mode="urgent") for user in users)
    for user in users[:BROWSERS]:
        endpoint = f"https://fcm.googleapis.com/fcm/send/{user.pk}"
        PushSubscription.objects.create(
            user=user, endpoint=endpoint, endpoint_hash=hash_endpoint(endpoint)
        )
    return users


def many(users: list[Any]) -> dict[str, Callable[[], Any]]:
    """Return the acts for all users."""
    from benchmarks.plain.models import Plain
    from themis_htmx.notifications import notify_users

    def plain() -> None:
        rows = [Plain(user=user, title="Saved", url="/") for user in users]
        Plain.objects.bulk_create(rows, batch_size=1000)

    tell = partial(notify_users, users, "Saved", url="/")
    return {"plain": plain, **with_and_without(tell)}


def one(users: list[Any]) -> dict[str, Callable[[], Any]]:
    """Return the acts for one user, another one each time."""
    from benchmarks.plain.models import Plain
    from themis_htmx.notifications import notify_user

    each: Iterator[Any] = cycle(users)

    def plain() -> None:
        Plain.objects.create(user=next(each), title="Saved", url="/")

    def tell(**options: Any) -> None:
        notify_user(next(each), "Saved", url="/", **options)

    return {"plain": plain, **with_and_without(tell)}


def with_and_without(tell: Callable[..., Any]) -> dict[str, Callable[[], Any]]:
    """Return a call as it is without the apps, with both, and an urgent one with both."""

    def alone() -> None:
        with no_outlets():
            tell()

    return {
        "without the apps": alone,
        "with both": tell,
        "urgent, with both": partial(tell, level="danger"),
    }


@contextmanager
def no_outlets() -> Iterator[None]:
    """Take the apps out of the registry, as where they are not installed."""
    from themis_htmx import outlets

    before, outlets._registered = outlets._registered, {}
    try:
        yield
    finally:
        outlets._registered = before


def report(words: str, acts: dict[str, Callable[[], Any]], rounds: int) -> None:
    """Measure acts by turns, and print each as a share of the first."""
    from benchmarks import timing

    measures = {name: partial(timing.nanoseconds, act) for name, act in acts.items()}
    timing.medians(measures, max(1, rounds // 10))
    found = timing.medians(measures, rounds)
    shares = [f"{name} {found[name] / found['plain']:.2f}" for name in acts if name != "plain"]
    print(f"  {words}: {', '.join(shares)}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings_outlets")
    django.setup()
    main()
