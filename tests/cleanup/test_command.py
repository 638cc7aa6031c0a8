"""``manage.py cleanup_notifications``: its options and its output."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from themis_htmx.models import UserNotification


class Terminal(StringIO):
    def isatty(self):
        return True


def run(*arguments, stdout=None):
    said = stdout or StringIO()
    call_command("cleanup_notifications", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def rows(notify):
    """Two read, one dismissed, three expired, all of 60 days, and one unread."""
    now = timezone.now()
    aged = {"created_at": now - timedelta(days=60), "read_at": now}
    for _ in range(2):
        notify("read", **aged)
    notify("dismissed", dismissed_at=now, **aged)
    for _ in range(3):
        notify("expired", expires_at=now)
    notify("unread", created_at=now - timedelta(days=60))


@pytest.mark.parametrize(
    ("arguments", "said", "left"),
    [
        ([], "Deleted 3 notification(s): 0 read, 0 dismissed, 3 expired.", 4),
        (
            ["--max-age-days=30"],
            "Deleted 6 notification(s): 2 read, 1 dismissed, 3 expired.",
            1,
        ),
        (
            ["--max-age-days=30", "--dry-run"],
            "Would delete 6 notification(s): 2 read, 1 dismissed, 3 expired.",
            7,
        ),
        (
            ["--max-age-days", "0", "--batch-size", "2"],
            "Deleted 6 notification(s): 2 read, 1 dismissed, 3 expired.",
            1,
        ),
    ],
)
def test_cleanup_command_prints_the_number_deleted_for_each_reason(rows, arguments, said, left):
    assert run(*arguments) == said + "\n"
    assert UserNotification.objects.count() == left


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("--max-age-days=-1", "--max-age-days: -1 is below 0."),
        ("--batch-size=0", "--batch-size: 0 is below 1."),
        ("--batch-size=-5", "--batch-size: -5 is below 1."),
        ("--max-age-days=soon", "--max-age-days: invalid int value: 'soon'"),
        ("--batch-size=1.5", "--batch-size: invalid int value: '1.5'"),
    ],
)
def test_cleanup_command_names_a_bad_option_and_deletes_nothing(rows, argument, says):
    with pytest.raises(CommandError) as raised:
        run(argument)

    assert says in str(raised.value)
    assert UserNotification.objects.count() == 7


def test_cleanup_command_shows_a_full_progress_bar_on_a_terminal(rows):
    said = run("--batch-size=4", stdout=Terminal())

    bars, last, end = said.split("\r")[1:], *said.splitlines()[-2:]
    assert len(bars) == 2
    assert last.endswith("[" + "#" * 30 + "] 100%")
    assert end == "Deleted 3 notification(s): 0 read, 0 dismissed, 3 expired."


def test_cleanup_command_writes_one_line_to_a_log(rows):
    assert len(run("--batch-size=1").splitlines()) == 1


def test_cleanup_command_writes_one_line_when_there_is_nothing_to_do(db):
    assert run(stdout=Terminal()).splitlines() == [
        "Deleted 0 notification(s): 0 read, 0 dismissed, 0 expired."
    ]


@pytest.mark.parametrize("stdout", [StringIO, Terminal])
@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_cleanup_command_prints_nothing_at_verbosity_0(rows, stdout, arguments):
    assert run("--verbosity=0", *arguments, stdout=stdout()) == ""
    assert UserNotification.objects.count() == (7 if arguments else 4)
