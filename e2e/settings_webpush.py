"""The example with Web Push, whose messages no thread sends: the journeys deliver them."""

from e2e.settings import *  # noqa: F403
from e2e.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "themis_htmx.webpush"]
THEMIS_WEBPUSH = {
    # Made for the journeys, and used nowhere else.
    "PRIVATE_KEY": "uQMhtUqcpE7Aq-K-oBT7a0h6yN9D5k8-yTWkWg1vqL4",
    "SUBJECT": "mailto:webmaster@example.com",
    "EXECUTOR": "e2e.push.keep",
}
