"""The people of the site: some have pages open, some get e-mails, some get messages to browsers."""

from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.test import Client

from tests.helpers.push import Browser, PushService
from themis_htmx.mail.models import MailPreference


class People(NamedTuple):
    """Users by what they do here. Nobody does two things, so that each can be counted alone."""

    # Those with a page open, and the cookies of their sessions in the same order.
    pages: list[Any]
    sessions: list[str]
    mailed: list[Any]
    pushed: list[Any]
    # The browsers of those in ``pushed``, in the same order.
    browsers: list[Browser]


def make_people(service: PushService, *, pages: int, mailed: int, pushed: int) -> People:
    """Make so many users of each kind."""
    with_pages = [_make("page", number) for number in range(pages)]
    readers = [_make("mail", number) for number in range(mailed)]
    for user in readers:
        MailPreference.objects.choose(user, "urgent", hour=8, weekday=0)
    reached = [_make("push", number) for number in range(pushed)]
    browsers = []
    for user in reached:
        profile = user.themis_profile
        profile.browser_notifications_enabled = True
        profile.browser_notifications_full_text = True
        profile.save()
        browsers.append(Browser(service, user.username))
        browsers[-1].subscribe(user)
    return People(with_pages, [_sign_in(user) for user in with_pages], readers, reached, browsers)


def _make(kind: str, number: int) -> Any:
    name = f"{kind}{number}"
    return get_user_model().objects.create(username=name, email=f"{name}@example.com")


def _sign_in(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
