"""Fixtures that the tests share: users, rows in a given state, and two ways to listen."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import settings

from tests.helpers import moments
from themis_htmx import outlets
from themis_htmx.mail import zones
from themis_htmx.models import UserNotification, silent
from themis_htmx.notifications import notify_user
from themis_htmx.signals import notification_created

pytest_plugins = ["themis_htmx.testing"]

# The same examples on every run and every database; nothing is left behind in the checkout.
settings.register_profile("themis", derandomize=True, database=None, deadline=None)
settings.load_profile("themis")

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")
TABLE = UserNotification._meta.db_table
ONLY_IN_THE_ROW = ("created_at", "read_at", "dismissed_at", "expires_at")


# Modules whose tests one process runs: they share what is slow to make, or start many processes.
TOGETHER = {
    "tests/mail/test_at_once.py": "processes",
    "tests/mail/test_without.py": "processes",
    "tests/models/test_plans.py": "plans",
    "tests/project/test_packaging.py": "packaging",
    "tests/project/test_release.py": "packaging",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep together what belongs together.

    The marks of ``--dist=loadgroup`` do nothing: pytest 9.2 takes no notice of the names that
    pytest-xdist 3.8 gives to tests that have them.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return TOGETHER.get(nodeid.partition("::")[0], nodeid)

    return Together(config, log)


def pytest_configure(config):
    """Set the clock before any test module is imported."""
    moments.travel(config)


@pytest.fixture(autouse=True)
def no_outlets(monkeypatch):
    """No app beside the core takes part, as in a project that installs none. A test names them."""
    monkeypatch.setattr(outlets, "_registered", {})
    monkeypatch.setattr(silent, "_conditions", {})
    zones.disconnect()


@pytest.fixture
def site_in_utc(settings):
    """The site's time zone is UTC, whatever it is for the other tests of this run."""
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def machine_clock():
    """Go by the machine's clock, as the processes do that a test starts."""
    with moments.machine_clock():
        yield


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("ada", "ada@example.org", "secret")


@pytest.fixture
def other(django_user_model):
    return django_user_model.objects.create_user("grace", "grace@example.org", "secret")


@pytest.fixture
def users(django_user_model):
    """Seven of them, by id."""
    for name in "dafbgec":
        django_user_model.objects.create(username=f"member-{name}")
    return list(django_user_model.objects.filter(username__startswith="member-").order_by("pk"))


@pytest.fixture
def notify(user):
    """Notify the user, or another one; columns that no call can set go straight into the row."""

    def notify(title="News", *, to=user, **fields):
        columns = {name: fields.pop(name) for name in ONLY_IN_THE_ROW if name in fields}
        notification = notify_user(to, title, **fields)
        if columns:
            UserNotification.objects.filter(pk=notification.pk).update(**columns)
            notification.refresh_from_db()
        return notification

    return notify


@pytest.fixture
def unpinned():
    """A project without a model that refers to notifications, so that a DELETE is one statement."""
    pin = apps.all_models["board"].pop("pin")
    apps.clear_cache()
    yield
    apps.all_models["board"]["pin"] = pin
    apps.clear_cache()


@pytest.fixture(params=["pinned", "unpinned"], ids=["related model", "no related model"])
def either_way(request):
    """Run the test twice: with and without a model of the project that refers to notifications."""
    if request.param == "unpinned":
        request.getfixturevalue("unpinned")


@pytest.fixture
def titles():
    """The titles of all rows, oldest first: what is in the table, in a few words."""
    return lambda: [row.title for row in UserNotification.objects.order_by("pk")]


@pytest.fixture
def announced():
    """The batches that the signal has announced so far."""
    batches = []

    def hear(sender, notifications, **kwargs):
        batches.append(notifications)

    notification_created.connect(hear)
    yield batches
    notification_created.disconnect(hear)


@pytest.fixture
def statements():
    """The SQL that an action runs, without the statements that frame a transaction."""

    def statements(action):
        with CaptureQueriesContext(connection) as captured:
            action()
        ran = [query["sql"] for query in captured]
        return [sql for sql in ran if not sql.startswith(TRANSACTION)]

    return statements


@pytest.fixture
def elsewhere():
    """Run an action on a connection of its own, as another process would, and wait for it."""

    def elsewhere(action):
        failures = []

        def run():
            try:
                action()
            except Exception as error:
                failures.append(error)
            finally:
                connections.close_all()

        thread = Thread(target=run)
        thread.start()
        thread.join()
        if failures:
            raise failures[0]

    return elsewhere


@pytest.fixture
def together():
    """Let all actions begin at the same time, each on a connection of its own; what they return."""

    def together(*actions):
        # A thread that cannot connect must not leave the others waiting for ever.
        start = Barrier(len(actions), timeout=30)

        def act(action):
            try:
                connections["default"].ensure_connection()
                start.wait()
                return action()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(actions)) as actors:
            return list(actors.map(act, actions))

    return together


@pytest.fixture
def interleave(elsewhere):
    """Let others act in the middle: each just before the next statement that begins so."""

    @contextmanager
    def interleave(*steps):
        pending = list(steps)

        def step(execute, sql, params, many, context):
            if pending and sql.startswith(pending[0][0]) and TABLE in sql:
                elsewhere(pending.pop(0)[1])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(step):
            yield
        assert not pending, "the others never got to act, so nothing was tried"

    return interleave
