"""The receivers in docs/triggers.md and in the example: loading a fixture notifies nobody."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db.models.signals import post_save

from tests.board.models import Task
from themis_htmx.models import UserNotification

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "triggers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
SNIPPETS = {
    **{f"block {n} of the page": text for n, text in enumerate(BLOCKS) if "post_save" in text},
    "the example": (ROOT / "example" / "tasks" / "signals.py").read_text(encoding="utf-8"),
}


class AlwaysChanged:
    """A tracker as of django-model-utils, of a task that somebody else gets with each save."""

    def has_changed(self, _field):
        return True


@pytest.fixture(params=SNIPPETS.values(), ids=SNIPPETS)
def connected(request, monkeypatch):
    """Let a snippet listen, as the module ``signals`` of the app that the tests have."""
    monkeypatch.setattr(Task, "tracker", AlwaysChanged(), raising=False)
    monkeypatch.setattr(post_save, "receivers", list(post_save.receivers))
    post_save.sender_receivers_cache.clear()
    names = {"__name__": "tests.board.signals", "__package__": "tests.board"}
    exec(request.param, names)  # noqa: S102 - the page is a file of this repository
    yield names
    post_save.sender_receivers_cache.clear()


@pytest.mark.usefixtures("connected")
def test_a_receiver_of_the_page_notifies_at_a_save_and_not_when_a_fixture_is_loaded(user, tmp_path):
    task = Task.objects.create(title="Deploy", due_date=date(2026, 6, 1))
    fixture = tmp_path / "tasks.json"
    task.assignee = user
    fixture.write_text(serializers.serialize("json", [task]), encoding="utf-8")

    call_command("loaddata", fixture, verbosity=0)
    assert Task.objects.get().assignee == user
    assert not UserNotification.objects.exists()

    Task.objects.get().save()
    assert UserNotification.objects.get().title == "Task assigned: Deploy"


def test_the_page_has_a_receiver_to_try():
    assert len(SNIPPETS) > 1
