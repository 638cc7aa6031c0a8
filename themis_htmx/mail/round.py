"""One round of the command: each user who is due is claimed, told, and marked as told."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from themis_htmx.databases import write_alias
from themis_htmx.mail.conf import address_of
from themis_htmx.mail.contents import Contents, contents
from themis_htmx.mail.message import message
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.mail.models.insisting import insist
from themis_htmx.mail.models.preference import LEASE, MailPreferenceQuerySet
from themis_htmx.mail.sending import Post, ServerIsAway
from themis_htmx.models import UserProfile
from themis_htmx.outlets import Progress

logger = logging.getLogger("themis")

# Users whose keys are read at a time, and of these the users who are claimed at a time.
AT_ONCE, CLAIMED = 200, 10


class Round:
    """The users who are due at the moment at which the round begins."""

    def __init__(self) -> None:
        self._now = timezone.now()
        self._counts = Counter(sent=0, failed=0, empty=0)
        self._seen: set[Any] = set()

    def run(self, progress: Progress) -> Counter[str]:
        """Send what is due, what is urgent before summaries; return the numbers by outcome.

        ``"sent"`` counts e-mails, ``"failed"`` users to whom none could be sent, who are tried
        again later, and ``"empty"`` users who were due and had nothing to be told, or nothing yet.
        ``progress`` is called with the share done, from 0 to 1.
        """
        due = MailPreference.objects.due(self._now)
        # Another run may let go of some meanwhile.
        total = due.count() or 1
        try:
            with Post() as post:
                for keys in self._walk([due.exclude(digest_at__lte=self._now), due]):
                    self._visit(keys, post)
                    progress(min(len(self._seen) / total, 1))
        except ServerIsAway as error:
            # Whoever is left is due still, and so looked at by the next run.
            logger.error("mail: the run ends early: %s", error)
        progress(1)
        return self._counts

    def _walk(self, passes: list[MailPreferenceQuerySet]) -> Iterator[list[Any]]:
        """Return the keys of the users who are due, a few at a time, those first who wait longest.

        Whoever was dealt with is not due any more, so each query finds others.
        """
        for rows in passes:
            order = rows.order_by("next_at", "pk").values_list("pk", flat=True)
            while found := [key for key in order[:AT_ONCE] if key not in self._seen]:
                for start in range(0, len(found), CLAIMED):
                    keys = found[start : start + CLAIMED]
                    self._seen.update(keys)
                    yield keys

    def _visit(self, keys: list[Any], post: Post) -> None:
        """Claim a few users, tell each what there is, and let go of them."""
        claimed = MailPreference.objects.claim(keys, self._now)
        now = timezone.now()
        told = contents([each for each in claimed if each.user.is_active], now)
        waiting = list(claimed)
        try:
            # Near the end of the lease the next run takes over, which would send the same.
            while waiting and timezone.now() < now + LEASE / 2:
                preference = waiting.pop(0)
                self._deliver(preference, told.get(preference.pk, Contents()), post, now)
        finally:
            for preference in waiting:
                preference.release()

    def _deliver(
        self, preference: MailPreference, told: Contents, post: Post, now: datetime
    ) -> None:
        """Tell one user, and let go of the row; an error about this e-mail alone is logged."""
        try:
            if told.notifications and (address := address_of(preference.user)):
                post.send(message(preference, _profile(preference), address, told))
            else:
                told = Contents(later=told.later)
        except DatabaseError:
            raise
        except ServerIsAway as error:
            self._counts["failed"] += 1
            # Nobody can say whose fault it was, unless nothing was being sent.
            preference.put_off() if error.was_sending else preference.release()
            raise
        except Exception as error:
            self._counts["failed"] += 1
            preference.put_off()
            key, kind = preference.pk, type(error).__name__
            logger.warning("mail: none could be sent to user %s: %s: %s", key, kind, error)
            post.count_failure(error)
        else:
            self._finish(preference, told, now)

    def _finish(self, preference: MailPreference, told: Contents, now: datetime) -> None:
        """Mark what was told, and let go of the row, both or neither."""
        digest_at = preference.digest_at
        if preference.needs_slot(now):
            digest_at = preference.slot_after(now, _profile(preference))
        finish = partial(preference.finish, later=told.later, digest_at=digest_at)
        if told.notifications:
            marked = [row.pk for row in told.notifications]
            insist(partial(_mark, preference, marked, partial(finish, has_sent=True)))
            self._counts["sent"] += 1
        else:
            finish(has_sent=False)
            self._counts["empty"] += 1


def _mark(preference: MailPreference, notifications: list[int], finish: Callable[[], None]) -> None:
    try:
        with transaction.atomic(using=write_alias()):
            Mailed.objects.mark(preference.pk, notifications)
            finish()
    except IntegrityError:
        # The account may have been deleted meanwhile, and the row with it.
        if MailPreference.objects.using(write_alias()).filter(pk=preference.pk).exists():
            raise


def _profile(preference: MailPreference) -> UserProfile:
    profile: UserProfile = preference.user.themis_profile
    return profile
