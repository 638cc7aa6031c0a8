"""Subscriptions of browsers, and the messages that wait for them or were sent to them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from themis_htmx.databases import write_alias
from themis_htmx.users import user_key
from themis_htmx.webpush.config import ENDPOINT_LENGTH

# The most browsers of one user. The one that has not been heard of for longest makes way.
MOST_PER_USER = 16
# A notification is pushed within a day of its arrival, or not at all.
HORIZON = timedelta(hours=24)
# Longer than that, so that nothing is pushed twice.
KEPT = timedelta(hours=48)


class PushSubscriptionQuerySet(QuerySet["PushSubscription"]):
    """A queryset of subscriptions, with the changes that a browser asks for."""

    def for_user(self, user: Any) -> PushSubscriptionQuerySet:
        """Filter by ``user``, in the database that is written to."""
        return self.using(write_alias()).filter(user_id=user_key(user))

    def at(self, endpoint: str) -> PushSubscriptionQuerySet:
        """Filter the one of this endpoint, in the database that is written to."""
        return self.using(write_alias()).filter(endpoint_hash=hash_endpoint(endpoint))

    def subscribe(
        self, user: Any, endpoint: str, *, p256dh: str, auth: str, **session: str
    ) -> PushSubscription:
        """Store the subscription of a browser in which ``user`` is signed in, and return it.

        ``endpoint``, ``p256dh``, ``auth``
            As the browser has them; the caller has checked them.
        ``session``
            ``session_hash``, ``auth_hash`` and ``language``.

        A browser has one subscription, whoever signs in. That of another user is taken over, and
        what waits for the other one is dropped. Raises ``ValueError`` if the keys are not those of
        the endpoint: only its browser knows them all.
        """
        keys = {"p256dh": p256dh, "auth": auth}
        values = {**keys, **session, "renewed_at": timezone.now(), "failures": 0}
        found = self.at(endpoint).first()
        if found is not None and found.user_id != user_key(user):
            if (found.p256dh, found.auth) != (p256dh, auth):
                raise ValueError("endpoint: it was subscribed with other keys.")
            found.delete()
            found = None
        if found is None:
            found = self._insert_new(user, endpoint, values)
        for name, value in values.items():
            setattr(found, name, value)
        found.save(using=write_alias(), update_fields=list(values))
        self._forget_surplus(user)
        return found

    def ready(self) -> PushSubscriptionQuerySet:
        """Filter those to which the push service lets messages be sent now."""
        return self.filter(Q(held_until=None) | Q(held_until__lte=timezone.now()))

    def _insert_new(self, user: Any, endpoint: str, values: dict[str, Any]) -> PushSubscription:
        database = write_alias()
        made = self.model(
            user_id=user_key(user),
            endpoint=endpoint,
            endpoint_hash=hash_endpoint(endpoint),
            **values,
        )
        try:
            with transaction.atomic(using=database):
                made.save(using=database, force_insert=True)
        except IntegrityError:
            # Two tabs of a browser at once.
            return self.for_user(user).get(endpoint_hash=made.endpoint_hash)
        return made

    def _forget_surplus(self, user: Any) -> None:
        newest = self.for_user(user).order_by("-renewed_at", "-pk")
        surplus = list(newest.values_list("pk", flat=True)[MOST_PER_USER:])
        if surplus:
            self.for_user(user).filter(pk__in=surplus).delete()


class PushSubscription(models.Model):
    """The right to send messages to one browser of a user."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        related_name="themis_push_subscriptions",
    )
    # The address at the browser's push service. Whoever knows it and the keys can send messages.
    endpoint = models.CharField(_("endpoint"), max_length=ENDPOINT_LENGTH)
    endpoint_hash = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(max_length=100, editable=False)
    auth = models.CharField(max_length=40, editable=False)
    # Of the session in which the browser subscribed: sign-out ends the subscription.
    session_hash = models.CharField(max_length=64, editable=False)
    # Of the password at that time: another password ends the sessions, and the subscription.
    auth_hash = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=32)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    renewed_at = models.DateTimeField(_("last visit"), default=timezone.now, editable=False)
    last_ok_at = models.DateTimeField(_("last delivery"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures since"), default=0, editable=False)
    # The push service has asked that nothing be sent before.
    held_until = models.DateTimeField(null=True, editable=False)

    # For the type checker, whose plugin does not see the column.
    user_id: Any
    objects: ClassVar[Any] = PushSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return self.shown_endpoint

    @property
    def shown_endpoint(self) -> str:
        """The endpoint, shortened: whole, it is nothing to be shown or copied."""
        scheme, _colon, rest = self.endpoint.partition("://")
        host = rest.partition("/")[0]
        return f"{scheme}://{host}/…{self.endpoint[-6:]}"


class PushMessage(models.Model):
    """One notification for one browser: to be sent, sent, or left out.

    To be sent is what has ``due_at``. A process claims it by moving ``due_at`` into the future, so
    that another one sends it if that process dies.
    """

    subscription = models.ForeignKey(
        PushSubscription, models.CASCADE, verbose_name=_("push subscription"), db_index=False
    )
    # A plain number: as a foreign key it would slow the deletion of notifications down.
    notification = models.BigIntegerField(_("notification"))
    queued_at = models.DateTimeField(_("queued at"), default=timezone.now, db_index=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # The status of the last answer, 0 if there was none.
    answer = models.PositiveSmallIntegerField(_("answer"), null=True)

    # For the type checker, whose plugin does not see the column.
    subscription_id: Any
    objects: ClassVar[models.Manager[PushMessage]] = models.Manager()

    class Meta:
        verbose_name = _("push message")
        verbose_name_plural = _("push messages")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "notification"], name="themis_push_message"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification}: {self.answer}"


def hash_endpoint(endpoint: str) -> str:
    """Return the hash by which an endpoint is found. It is too long for an index of MariaDB."""
    return sha256(endpoint.encode()).hexdigest()
