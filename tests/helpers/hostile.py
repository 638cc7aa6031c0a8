"""Hostile values, said once: each is sent through every entry of the kit.

:data:`VALUES` go into fields, parts of addresses and arguments, whatever these are for: an id is as
good an attack on a filter as on an id. :data:`FIELDS` are all fields that a view reads, each with a
value that it takes; a test finds a field that is missing here.
"""

from urllib.parse import quote

from django.core import signing

from tests.helpers.markup import parse

# An element or an attribute of this name is in a page only if a value got out of its place.
MARK = "hostile"

MARKUP = [
    '"><hostile onload=alert(1)>',
    "' hostile='1'/><!--<hostile>",
    "</title></textarea></script><hostile\x00>]]>&lt;hostile&gt;",
    # Templates, formats, and the placeholders of ui/buttons.py.
    "{{ 7|add:7 }}{% now 'Y' %}{title}{0}%(others)d%s themis0pk0 themis0title0<hostile>",
]
TEXTS = [
    "",
    "\x00",
    "a\r\nSet-Cookie: hostile=1\r\n\r\n<hostile>",
    "\x1b[31m\x7f\x85\u202e\u2066hostile\u200f\ufeff\u2028",
    "\U0001f4a9\U0010ffff\ufffe\ufdd0e\u0301İſß",
    "x" * 5_000,
]
URLS = [
    "JaVa\tScRiPt:alert(1)//hostile",
    "//hostile.example/",
    "/\\hostile.example/",
    "http://[",
    "/page/?next=//hostile.example/#<hostile>",
]
IDS = [
    "-1",
    "٣²",
    str(2**63 - 1),
    str(2**63),
    "9" * 5_000,
    "1.2.3.0.-4",
    "1 OR 1=1; --",
]
DATES = ["0001-01-01", "24:61", "hour--1"]
# Bytes that are no UTF-8, as an address may spell them.
BYTES = ["%FF%ED%A0%80%u0041"]

VALUES = [*MARKUP, *TEXTS, *URLS, *IDS, *DATES]

FIELDS = {
    # Of lists.
    "before": "999999",
    "through": "1",
    "day": "2026-01-01",
    "without": "1.2",
    "state": "unread",
    "level": "info",
    "source": "tasks",
    "scope": "themis-bell-panel",
    # Of the bell.
    "token": "",
    "shown": "0",
    "shown_at": "0",
    "since": "0",
    "since_at": "0",
    "alerts": "full",
    # Of buttons.
    "next": "/page/",
    "undo": "",
    "until": "hour",
    "up_to": "999999",
    "up_to_at": "0",
    "source_app": "tasks",
    "bell": "on",
    "desktop": "off",
    "email": "off",
    "urgent": "on",
    # That the answer to a button leaves in the address of a page.
    "themis_dismissed": "",
    "themis_read": "1",
    "themis_undo": "x",
    "themis_muted": "tasks",
    "themis_snoozed": "",
    "themis_woken": "",
    "themis_saved": "1",
    # Of the preferences.
    "had_errors": "1",
    "notifications_enabled": "on",
    "notifications_min_level": "info",
    "browser_notifications_enabled": "on",
    "browser_notifications_full_text": "on",
    "notification_retention_days": "30",
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "quiet_lets_urgent_through": "on",
    "time_zone": "Europe/Berlin",
    # Of e-mail.
    "mode": "daily",
    "hour": "8",
    "weekday": "0",
    "List-Unsubscribe": "One-Click",
    # Of Web Push. The key is a point of the curve, and nobody's.
    "endpoint": "https://fcm.googleapis.com/fcm/send/one",
    "p256dh": (
        "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
    ),
    "auth": "MDEyMzQ1Njc4OWFiY2RlZg",
}
# A view that finds one of these does something else, and does not read some of the others.
DECIDING = {"before", "undo", "themis_dismissed", "had_errors", "List-Unsubscribe"}
# Read by Django itself.
OF_DJANGO = {"csrfmiddlewaretoken"}

# Headers that the kit or htmx goes by, or that a careless server would print.
HEADERS = [
    "HX-Request",
    "HX-Current-URL",
    "HX-Boosted",
    "HX-History-Restore-Request",
    "HX-Target",
    "HX-Trigger",
    "HX-Trigger-Name",
    "HX-Prompt",
    "HX-Source",
    "HX-Current-URL-URI-AutoEncoded",
    "Accept",
    "Accept-Language",
    "If-Modified-Since",
    "If-None-Match",
    "Origin",
    "Referer",
    "User-Agent",
    "X-CSRFToken",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-HTTP-Method-Override",
    "X-Requested-With",
]
COOKIES = ["sessionid", "csrftoken", "django_language", "messages", "hostile"]


def tokens(user):
    """Texts that are signed, but not for the place to which they are sent, or altered since."""
    signed = signing.dumps([str(user.pk), "2026-01-01T00:00:00+00:00"], salt="themis.hostile")
    plain = signing.Signer(salt="themis.hostile").sign_object(["mail", str(user.pk)])
    return [signed, plain.replace(":", "."), ":::...."]


def bytes_of(name):
    """Queries whose values are no text."""
    return [f"{quote(name)}={each}" for each in BYTES]


def assert_harmless(answer, secret):
    """Assert that an answer is no failure, leads nowhere else, and shows no secret or markup."""
    assert answer.status_code < 500
    text = answer.content.decode()
    assert secret not in text
    assert secret not in str(answer.headers)
    if MARK in text and "html" in answer["Content-Type"]:
        assert_no_markup(text)
    location = answer.headers.get("Location", "")
    assert not location or (location.startswith("/") and location[1:2] not in ("/", "\\"))
    assert MARK not in answer.cookies


def assert_no_markup(html):
    """Assert that no value became an element, an attribute, or an address with a script."""
    for element in parse(html).all():
        assert element.tag != MARK
        for name, value in element.attrs.items():
            assert MARK not in name
            if name in ("href", "src", "action", "formaction"):
                assert not (value or "").strip().lower().startswith(("javascript:", "data:", "//"))
