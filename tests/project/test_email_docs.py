"""The steps of docs/email.md send what the page says: an urgent e-mail, and a summary now."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.helpers.blocks import ROOT, blocks
from themis_htmx import outlets
from themis_htmx.mail.outlet import MailOutlet

PAGE = ROOT / "docs" / "email.md"
STEPS = [text for kind, text in blocks(PAGE) if kind == "python" and ".choose(" in text]


@pytest.fixture(autouse=True)
def mail_outlet(no_outlets):
    outlets.register(MailOutlet())


@pytest.mark.parametrize(
    ("step", "subject"),
    [(STEPS[0], "Server down"), (STEPS[1], "Report ready")],
    ids=["urgent", "summary"],
)
def test_step_of_the_page_sends_an_email_at_the_next_run(
    step, subject, user, mailoutbox, django_capture_on_commit_callbacks
):
    said = StringIO()

    with django_capture_on_commit_callbacks(execute=True):
        exec(step, {"user": user})  # noqa: S102 - a file of this repository
    call_command("deliver_notifications", stdout=said)

    assert said.getvalue() == "mail: 1 sent, 0 failed, 0 empty.\n"
    assert [mail.subject for mail in mailoutbox] == [subject]
