"""The sending of what is due: claimed by a compare-and-swap, one message for each browser."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import random
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from themis_htmx.channels import Channel, wanted
from themis_htmx.databases import write_alias
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.users import all_users
from themis_htmx.webpush import config, texts
from themis_htmx.webpush.keys import Key, decode
from themis_htmx.webpush.models import HORIZON, KEPT, PushMessage, PushSubscription
from themis_htmx.webpush.queueing import queue_recent
from themis_htmx.webpush.sign_out import valid_auth_hashes
from themis_htmx.webpush.transport import Answer, post
from themis_htmx.webpush.wire import authorization, encrypt

logger = logging.getLogger("themis")

# Long enough for a message and its neutral text. After that another process may send it.
LEASE = timedelta(seconds=60)
# Seconds until the first further attempt, and at most until any.
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3600.0

SENT, LATER, LEFT_OUT, FAILED, GONE = "sent", "later", "left out", "failed", "gone"
GONE_STATUSES = {404, 410}


def push_to(user_keys: Iterable[Any]) -> Counter[str]:
    """Queue and send what these users have not been told of; return numbers by outcome.

    Any number of processes may do so at once. Nothing is raised for one browser that fails.
    """
    outcomes: Counter[str] = Counter()
    key = config.key()
    if key is None:
        return outcomes
    owned = PushSubscription.objects.using(write_alias()).filter(user_id__in=list(user_keys))
    subscriptions = list(owned.order_by("pk"))
    if not subscriptions:
        return outcomes
    present = _with_valid_sessions(subscriptions)
    queue_recent([each for each, _profile in present], _by_user(present))
    due = _due_by_subscription([each for each, _profile in present])
    for subscription, profile in present:
        if subscription.pk in due:
            try:
                sender = Sender(key, subscription, profile)
                outcomes[sender.send(due[subscription.pk])] += 1
            except Exception:
                logger.exception("Web Push: a message for %s failed.", subscription)
                outcomes[FAILED] += 1
    return outcomes


def send_test(subscription_key: int) -> Answer | None:
    """Send a test to one browser; ``None`` if it has no subscription, or none that may be used."""
    key = config.key()
    ready = PushSubscription.objects.using(write_alias()).ready()
    found = ready.filter(pk=subscription_key).first()
    if key is None or found is None:
        return None
    sender = Sender(key, found, UserProfile())
    message = texts.message_of_test(found.user_id, language=found.language)
    answer = sender.post(message)
    sender.judge(answer, [], timezone.now())
    return answer


def forget_old() -> int:
    """Delete the messages of more than two days ago; return their number."""
    old = PushMessage.objects.using(write_alias()).filter(queued_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


class Sender:
    """One browser, to which what is due is sent as a single message."""

    def __init__(self, key: Key, subscription: PushSubscription, profile: UserProfile) -> None:
        self._key, self._subscription, self._profile = key, subscription, profile

    def send(self, due: Sequence[int]) -> str:
        """Claim and send the messages whose keys are ``due``; return the outcome in a word."""
        now = timezone.now()
        claimed = self._claim(due, now)
        if not claimed:
            return LEFT_OUT
        told, unread = self._unread(claimed, now)
        waiting, new = self._leave_out(claimed, unread, now)
        if not new:
            return LEFT_OUT
        message = self._message(told, new, now)
        answer = self.post(message)
        if answer.status == 413:
            answer = self.post(texts.shortened(self._neutral(told, new, now)))
        return self.judge(answer, waiting, now)

    def post(self, message: texts.Message) -> Answer:
        """Encrypt the message and send it. A host that is not allowed any more answers nothing."""
        to = self._subscription
        keys = decode(to.p256dh, length=65), decode(to.auth, length=16)
        body = encrypt(message.text, *keys, length=message.length)
        headers = {
            "Authorization": authorization(self._key, config.subject(), to.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            **message.headers(),
        }
        try:
            return post(to.endpoint, body, headers)
        except ValueError as error:
            return Answer(400, words=str(error))

    def judge(self, answer: Answer, waiting: Sequence[PushMessage], now: datetime) -> str:
        """Note the answer of the push service for the messages; return the outcome in a word."""
        if 200 <= answer.status < 300:
            self._settle(waiting, sent_at=now, answer=answer.status)
            self._note(last_ok_at=now, failures=0)
            return SENT
        if answer.status in GONE_STATUSES:
            self._forget()
            return GONE
        self._note(failures=self._subscription.failures + 1)
        if answer.status in {0, 408, 429} or answer.status >= 500:
            return self._try_again(answer, waiting, now)
        host = urlsplit(self._subscription.endpoint).hostname
        words = "Web Push: %s refused a message with %d: %s"
        logger.error(words, host, answer.status, answer.words)
        self._settle(waiting, answer=answer.status)
        return FAILED

    def _claim(self, due: Sequence[int], now: datetime) -> list[PushMessage]:
        """Move the messages' due date beyond the lease; return those that nobody else has moved."""
        messages = PushMessage.objects.using(write_alias()).filter(pk__in=due)
        # A date of this process alone, by which it finds its own.
        lease = now + LEASE + timedelta(seconds=random())  # noqa: S311
        if not messages.filter(due_at__lte=now).update(due_at=lease):
            return []
        return list(messages.filter(due_at=lease))

    def _unread(
        self, claimed: Sequence[PushMessage], now: datetime
    ) -> tuple[list[UserNotification], list[UserNotification]]:
        """Return what the browser was told of before and what is new, as far as it is unread."""
        sent = PushMessage.objects.using(write_alias()).filter(
            subscription=self._subscription, sent_at__gt=now - HORIZON
        )
        new = {each.notification for each in claimed}
        numbers = new | set(sent.values_list("notification", flat=True))
        mine = UserNotification.objects.using(write_alias()).filter(
            user_id=self._subscription.user_id, pk__in=numbers
        )
        unread = list(mine.unread().order_by("pk"))
        told = [row for row in unread if row.pk not in new]
        return told, [row for row in unread if row.pk in new]

    def _leave_out(
        self, claimed: Sequence[PushMessage], unread: list[UserNotification], now: datetime
    ) -> tuple[list[PushMessage], list[UserNotification]]:
        """Return what is to be told now, as messages and as notifications, and settle the rest.

        Somebody may have read a notification, or changed the preferences, since it was queued.
        """
        is_on, end = self._profile.browser_notifications_enabled, self._profile.quiet_until(now)
        allowed = wanted(unread if is_on else [], Channel.DESKTOP, now=now, quiet_hours=False)
        new = allowed if end is None else wanted(allowed, Channel.DESKTOP, now=now)
        told, held = {row.pk for row in new}, {row.pk for row in allowed} - {row.pk for row in new}
        self._settle([each for each in claimed if each.notification in held], due_at=end)
        self._settle([each for each in claimed if each.notification not in held | told])
        return [each for each in claimed if each.notification in told], new

    def _message(
        self, told: list[UserNotification], new: list[UserNotification], now: datetime
    ) -> texts.Message:
        if self._profile.browser_notifications_full_text and len(new) == 1:
            return texts.full(new[0], language=self._subscription.language, now=now)
        return self._neutral(told, new, now)

    def _neutral(
        self, told: list[UserNotification], new: list[UserNotification], now: datetime
    ) -> texts.Message:
        # It takes the place of the neutral text before it, and so counts what that told of, too.
        return texts.neutral(
            len(told) + len(new),
            self._subscription.user_id,
            language=self._subscription.language,
            ttl=texts.ttl_of(new, now),
            urgency=texts.urgency_of(new),
        )

    def _try_again(self, answer: Answer, waiting: Sequence[PushMessage], now: datetime) -> str:
        """Let the messages be due later: when the push service says, and each time later.

        A message that would be due a day after it was queued is given up, and has failed.
        """
        is_given_up = False
        pauses = [_pause(answer, each.attempts) for each in waiting]
        if answer.status == 429 or answer.retry_after:
            # It has had too much of this browser: what comes meanwhile waits as well.
            self._note(held_until=now + max(pauses, default=_pause(answer, 0)))
        for each, pause in zip(waiting, pauses, strict=True):
            due_at = now + pause
            is_too_late = due_at > each.queued_at + HORIZON
            self._settle(
                [each],
                due_at=None if is_too_late else due_at,
                attempts=min(each.attempts + 1, 1000),
                answer=answer.status,
            )
            is_given_up = is_given_up or is_too_late
        host = urlsplit(self._subscription.endpoint).hostname
        if is_given_up:
            words = "Web Push: a message was given up, since %s did not take it for a day: %d %s"
            logger.error(words, host, answer.status, answer.words)
            return FAILED
        words = "Web Push: %s did not take a message: %d %s"
        logger.warning(words, host, answer.status, answer.words)
        return LATER

    def _settle(self, messages: Sequence[PushMessage], **values: Any) -> None:
        if messages:
            rows = PushMessage.objects.using(write_alias())
            rows.filter(pk__in=[each.pk for each in messages]).update(**{"due_at": None, **values})

    def _note(self, **values: Any) -> None:
        mine = PushSubscription.objects.using(write_alias()).filter(pk=self._subscription.pk)
        mine.update(**values)

    def _forget(self) -> None:
        """Delete the subscription, unless the browser has renewed it meanwhile."""
        mine = PushSubscription.objects.using(write_alias()).filter(pk=self._subscription.pk)
        names = ("endpoint_hash", "p256dh", "auth", "renewed_at")
        mine.filter(**{name: getattr(self._subscription, name) for name in names}).delete()


def _pause(answer: Answer, attempts: int) -> timedelta:
    """Return how long to wait after this answer to a message that was tried so often before."""
    own = FIRST_PAUSE * 2 ** min(attempts, 10) * (1 + random() / 4)  # noqa: S311
    seconds = max(min(own, LONGEST_PAUSE), answer.retry_after)
    return timedelta(seconds=min(seconds, HORIZON.total_seconds()))


def _with_valid_sessions(
    subscriptions: Sequence[PushSubscription],
) -> list[tuple[PushSubscription, UserProfile]]:
    """Return the subscriptions with the profiles of their users, and delete the others.

    A user who was deactivated, or whose password was changed elsewhere, is signed out there.
    """
    users = all_users(write_alias()).filter(pk__in={each.user_id for each in subscriptions})
    found = {user.pk: user for user in users.select_related("themis_profile")}
    valid = {pk: valid_auth_hashes(user) for pk, user in found.items() if user.is_active}
    present = [each for each in subscriptions if each.auth_hash in valid.get(each.user_id, ())]
    kept = {each.pk for each in present}
    ended = [each.pk for each in subscriptions if each.pk not in kept]
    if ended:
        PushSubscription.objects.using(write_alias()).filter(pk__in=ended).delete()
    return [(each, found[each.user_id].themis_profile) for each in present]


def _by_user(present: Sequence[tuple[PushSubscription, UserProfile]]) -> dict[Any, UserProfile]:
    return {each.user_id: profile for each, profile in present}


def _due_by_subscription(subscriptions: Sequence[PushSubscription]) -> dict[int, list[int]]:
    """Return the keys of the messages that are due, by the key of their subscription.

    Nothing is due while the push service has asked to wait: it is sent with the rest afterwards.
    """
    alias = write_alias()
    ready = PushSubscription.objects.using(alias).ready()
    messages = PushMessage.objects.using(alias).filter(
        subscription__in=ready.filter(pk__in=[each.pk for each in subscriptions]),
        due_at__lte=timezone.now(),
    )
    due: dict[int, list[int]] = {}
    for subscription, message in messages.values_list("subscription_id", "pk"):
        due.setdefault(subscription, []).append(message)
    return due
