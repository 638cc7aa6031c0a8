"""Test clients: a browser without JavaScript, and htmx in one."""

from django.test import Client
from django.urls import reverse

HTMX = {"HX-Request": "true"}
BOOSTED = HTMX | {"HX-Boosted": "true"}
RESTORING = HTMX | {"HX-History-Restore-Request": "true"}

READ_NAMES = [
    "bell",
    "dropdown",
    "toasts",
    "inbox",
    "inbox_items",
    "preferences",
    "preferences_form",
]
ITEM_NAMES = ["read", "unread", "dismiss", "restore", "wake"]
# The ones about one notification; snoozing takes a choice.
KEYED_NAMES = [*ITEM_NAMES, "snooze"]
WRITE_NAMES = [*KEYED_NAMES, "read_all", "mute", "unmute", "preferences_source"]


def browser(user=None, headers=None, **options):
    """A client in which ``user`` is signed in, or nobody."""
    client = Client(headers=headers, **options)
    if user is not None:
        client.force_login(user)
    return client


def htmx(user=None, page="", **options):
    """The same, asking as htmx does on ``page``."""
    headers = HTMX | ({"HX-Current-URL": f"http://testserver{page}"} if page else {})
    return browser(user, headers, **options)


def address(name, notification=None):
    """The address of a view; of those about one notification, the one about this."""
    about_one = name in KEYED_NAMES
    return reverse(f"themis:{name}", args=[notification.pk] if about_one else [])


def shown_by(name, notification):
    """The answer of a view that shows the notification to its user."""
    if name in ITEM_NAMES:
        return htmx(notification.user).post(address(name, notification))
    return browser(notification.user).get(address(name))
