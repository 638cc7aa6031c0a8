"""Fixtures of live updates: a broker that records, and the commit of a test's transaction."""

import pytest
from django.db import connections

from tests.helpers.recording import RecordingBroker

RECORDING = {"BROKER": "tests.helpers.recording.RecordingBroker"}


@pytest.fixture
def recording(settings):
    """The broker that records what is published."""
    settings.THEMIS_LIVE = dict(RECORDING)
    yield RecordingBroker
    RecordingBroker.published.clear()
    RecordingBroker.failure, RecordingBroker.attempts = None, 0


@pytest.fixture
def publishing(recording, django_capture_on_commit_callbacks):
    """Run an action and commit it; return the sets of users that were published, as text."""

    def publishing(action):
        recording.published.clear()
        # The transaction around a test never commits, and nothing may join what came before.
        connections["default"].__dict__.pop("_themis_publication", None)
        with django_capture_on_commit_callbacks(execute=True):
            action()
        return [set(keys) for keys in recording.published]

    return publishing
