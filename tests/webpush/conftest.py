"""Web Push as an outlet that takes part, a push service, and people whose browsers subscribed."""

import pytest

from tests.helpers import push
from themis_htmx import outlets
from themis_htmx.webpush import queueing, sign_out, wire
from themis_htmx.webpush.delivery import push_to
from themis_htmx.webpush.outlet import WebPushOutlet


@pytest.fixture(autouse=True)
def webpush_outlet(no_outlets):
    """Web Push takes part, as in a project that has installed the app."""
    outlets.register(WebPushOutlet())
    sign_out.connect()


@pytest.fixture(autouse=True)
def _fresh():
    """Nothing is remembered of another test."""
    push.jobs.clear()
    queueing._floors.clear()
    wire._tokens.clear()


@pytest.fixture
def service(settings):
    """A push service to which messages may be sent without encryption."""
    with push.push_service() as service:
        settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"ALLOWED_HOSTS": [service.origin]}
        yield service


@pytest.fixture
def alerted(user):
    """The user has turned desktop alerts on."""
    user.themis_profile.browser_notifications_enabled = True
    user.themis_profile.save()
    return user


@pytest.fixture
def full_text(alerted):
    """The user has chosen that alerts say what they are about."""
    alerted.themis_profile.browser_notifications_full_text = True
    alerted.themis_profile.save()
    return alerted


@pytest.fixture
def browser(service, alerted):
    """A browser of the user, which is subscribed."""
    browser = push.Browser(service)
    browser.subscribe(alerted)
    return browser


@pytest.fixture
def push_now(user):
    """Send what is due for the user, or others, in this process."""
    return lambda *users: push_to([each.pk for each in users or [user]])
