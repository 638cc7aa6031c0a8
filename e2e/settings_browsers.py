"""The example for Firefox and WebKit, whose pages tell the server what the browser complains of."""

from e2e.settings import *  # noqa: F403
from e2e.settings import MIDDLEWARE

MIDDLEWARE = ["e2e.browsers.complaints.Middleware", *MIDDLEWARE]
