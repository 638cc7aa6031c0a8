"""Names of topics, and JSON Web Tokens, in a few lines of the standard library."""

import hmac
import json
from base64 import urlsafe_b64encode
from time import time

from django.utils.crypto import salted_hmac

# Seconds. A page that is open for longer goes on by polling until it is loaded anew.
LIFETIME = 24 * 3600


def topic(user_key):
    """Return the name of a user's topic, which tells nobody whose it is."""
    return salted_hmac("example.live", str(user_key), algorithm="sha256").hexdigest()[:32]


def token(claims, key):
    """Return a token of ``claims``, valid for a day, signed by HS256."""
    head = {"typ": "JWT", "alg": "HS256"}
    parts = [json.dumps(part).encode() for part in (head, claims | {"exp": int(time()) + LIFETIME})]
    signed = ".".join(_base64(part) for part in parts)
    return f"{signed}.{_base64(hmac.digest(key.encode(), signed.encode(), 'sha256'))}"


def spread(user_keys):
    """Return the milliseconds over which the pages of these users are to poll."""
    return 0 if len(user_keys) == 1 else min(5 * len(user_keys), 30_000)


def _base64(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()
