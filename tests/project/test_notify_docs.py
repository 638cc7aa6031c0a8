"""The view of an action in docs/notify.md decides once, and for those alone who may."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from tests.board.models import Task
from themis_htmx.models import UserNotification

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "notify.md").read_text(encoding="utf-8")
VIEWS = [
    text
    for text in re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    if "def approve_request" in text
]
FETCH = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def approve(rf, monkeypatch):
    """Run the view of the page, with tasks of the tests' own app for its requests."""
    [view] = VIEWS
    names = {"__name__": "tests.board.views", "__package__": "tests.board"}
    text = view.replace("import Request\n", "import Task as Request\n")
    exec(text, names)  # noqa: S102 - the page is a file of this repository
    names["redirect"] = lambda name: HttpResponse(name, status=302)
    monkeypatch.setattr("django.contrib.messages.success", lambda request, words: None)

    def approve(user, pk, **headers):
        request = rf.post("/", headers=headers)
        request.user = user
        return names["approve_request"](request, pk)

    return approve


@pytest.fixture
def asked(user, other, notify):
    """A question to two people, of whom one may decide."""
    user.is_superuser = True
    task = Task.objects.create(title="Monitor", due_date=date(2026, 6, 1), status="pending")
    for person in (user, other):
        notify(to=person, source_app="requests", source_model="Request", source_id=task.pk)
    return task


def test_the_view_of_the_page_approves_once_and_puts_the_question_away(user, asked, approve):
    answer = approve(user, asked.pk, **FETCH)

    assert (answer.status_code, answer.content) == (204, b"")
    asked.refresh_from_db()
    assert asked.status == "approved"
    assert not UserNotification.objects.visible().exists()
    with pytest.raises(Http404):
        approve(user, asked.pk, **FETCH)


def test_the_view_of_the_page_answers_a_plain_form_with_a_page(user, asked, approve):
    assert approve(user, asked.pk).content == b"request-list"


def test_the_view_of_the_page_refuses_a_person_who_may_not_decide(other, asked, approve):
    with pytest.raises(PermissionDenied):
        approve(other, asked.pk, **FETCH)
    asked.refresh_from_db()
    assert asked.status == "pending"
