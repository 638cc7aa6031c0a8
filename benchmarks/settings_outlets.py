"""The project of the tests with both apps that deliver beyond the site, and the plain rows."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS
from themis_htmx.webpush.keys import new_key

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.plain"]
THEMIS_WEBPUSH = {
    "PRIVATE_KEY": new_key(),
    "SUBJECT": "mailto:webmaster@example.com",
    # Workers send, as with Celery.
    "EXECUTOR": "benchmarks.outlets.leave",
}
