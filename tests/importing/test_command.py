"""The command: what it says, and the mistakes that it names with the way out."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.importing import mappers
from themis_htmx.models import UserNotification


def test_numbers_are_said_by_state_and_by_reason(old, run, other, users):
    old("new", timestamp=timezone.now())
    old("read", unread=False)
    old("deleted", deleted=True)
    old("told", to=users[0])
    connection.cursor().execute(
        "UPDATE notifications_notification SET recipient_id = 987654 WHERE verb = 'told'"
    )

    assert run() == (
        "Imported 3 notification(s): 1 unread, 1 read, 1 dismissed.\n"
        "Left out 1: of users who are gone.\n"
        "3 of them lead nowhere.\n"
        "2 are read or dismissed and older than 90 days: the next cleanup_notifications deletes "
        "them.\n"
    )


def test_dry_run_says_the_same_and_writes_nothing(old, run):
    old("new")
    old("read", unread=False)

    dry = run("notifications", "--dry-run")
    assert dry.startswith("Would import 2 notification(s): 1 unread, 1 read, 0 dismissed.")
    assert not UserNotification.objects.exists()
    assert run() == dry.replace("Would import", "Imported")


def test_second_run_says_that_nothing_is_new_and_how_to_import_anew(old, run):
    old()
    old()
    run()

    assert run() == (
        "Imported 0 notification(s): 0 unread, 0 read, 0 dismissed.\n"
        "Nothing is new: 2 notification(s) are here from before. To import them anew, with another "
        "function or class, run --undo first.\n"
    )
    run("notifications", "--undo")
    assert "Nothing is new" not in run()


def test_run_of_an_empty_table_does_not_speak_of_an_undo(run):
    assert run() == "Imported 0 notification(s): 0 unread, 0 read, 0 dismissed.\n"


def test_run_that_is_interrupted_says_what_it_did_and_how_to_go_on(old, titles, monkeypatch):
    """Ctrl+C comes while the second batch is made: its rows are neither written nor counted."""
    for number in range(3):
        old(f"did {number}")
    made = mappers.shout

    def interrupted(row, fields):
        if row.verb == "did 2":
            raise KeyboardInterrupt
        return made(row, fields)

    monkeypatch.setattr(mappers, "shout", interrupted)
    said = StringIO()
    words = ["--from", "notifications", "--map", "tests.importing.mappers.shout"]
    with pytest.raises(CommandError) as error:
        call_command("import_notifications", *words, "--batch-size", "2", stdout=said)

    assert str(error.value) == "Stopped before the end. Run the command again to go on."
    assert error.value.returncode == 130
    assert said.getvalue().startswith("Imported 2 notification(s): 2 unread")
    assert titles() == ["GRACE DID 0", "GRACE DID 1"]


def test_nothing_is_said_when_asked_to_be_quiet(old, run):
    old()

    assert run("notifications", "--verbosity", "0") == ""


def test_terminal_shows_a_bar(old):
    class Terminal(StringIO):
        def isatty(self):
            return True

    for _ in range(4):
        old()
    terminal = Terminal()
    call_command(
        "import_notifications", "--from", "notifications", "--batch-size", "2", stdout=terminal
    )

    bars = re.findall(r"\r\[[#.]{30}\] +\d+%", terminal.getvalue())
    assert [bar[-4:] for bar in bars] == [" 50%", "100%"]


def test_table_that_is_missing_is_named_with_the_way_out(run):
    with pytest.raises(CommandError) as error:
        run("notifications", "--table", "bells_bell")

    assert str(error.value) == (
        "--from notifications: The database 'default' "
        f"({connection.settings_dict['NAME']}) has no table 'bells_bell'. If it has another name, "
        "give --table. If the old app is of an old version, bring it to the newest one and "
        "run its migrations first."
    )


def test_table_of_an_old_version_is_told_by_its_missing_column(run):
    with pytest.raises(CommandError, match=r"has no column 'level'.*newest one"):
        run("notifications", "--table", "generic_notifications_notification")


@pytest.mark.django_db(transaction=True)
def test_migrations_that_have_not_run_are_named(run):
    call_command("migrate", "themis_importing", "zero", verbosity=0)
    try:
        with pytest.raises(CommandError, match=r"no table 'themis_imp.*Run: python manage.py mig"):
            run()
    finally:
        call_command("migrate", "themis_importing", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_table_of_another_name_is_imported(old, run):
    old("said")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bells_bell AS SELECT * FROM notifications_notification")
        try:
            assert run("notifications", "--table", "bells_bell").startswith("Imported 1 ")
        finally:
            cursor.execute("DROP TABLE bells_bell")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nowhere.fields", "--map: 'nowhere.fields' cannot be imported: No module named"),
        ("tests.importing.mappers.nothing", 'does not define a "nothing"'),
        ("fields", "--map: 'fields' cannot be imported"),
        ("tests.importing.mappers.NOT_A_FUNCTION", "is 'Hello', which cannot be called"),
    ],
)
def test_wrong_path_of_a_map_is_named_before_anything_is_read(run, path, words):
    with pytest.raises(CommandError, match=re.escape(words)):
        run("notifications", "--map", path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "--map raised KeyError: 'colour'. Mend the function."),
        ("returns_a_text", "--map returned 'Hello', neither a dictionary nor None."),
        ("names_no_argument", "colour: 'red': no such argument"),
    ],
)
def test_mistake_of_a_map_is_named_with_the_row(old, run, name, words):
    row = old()

    with pytest.raises(CommandError) as error:
        run("notifications", "--map", f"tests.importing.mappers.{name}")
    assert str(error.value).startswith(f"notifications_notification {row.pk}: ")
    assert words in str(error.value)


def test_unknown_level_stops_the_run_which_goes_on_once_a_map_knows_it(old, run, titles):
    old("was fine")
    odd = old("was odd", level="critical")
    old("was fine, too")

    said = StringIO()
    words = ["import_notifications", "--from", "notifications", "--batch-size", "1"]
    with pytest.raises(CommandError) as error:
        call_command(*words, stdout=said)
    assert said.getvalue().startswith("Imported 1 notification(s)")
    assert str(error.value) == (
        f"notifications_notification {odd.pk}: level: 'critical' is unknown; use one of info, "
        "success, warning, danger. Give --map a function that returns something else, or None to "
        "leave it out."
    )
    assert titles() == ["grace was fine"]

    run("notifications", "--map", "tests.importing.mappers.shout")
    assert titles() == ["grace was fine", "GRACE WAS ODD", "GRACE WAS FINE, TOO"]


def test_dry_run_lists_every_mistake_and_imports_nothing(old, run):
    for _ in range(30):
        old(level="critical")
    old(timestamp=timezone.now() - timedelta(days=1))

    with pytest.raises(CommandError) as error:
        run("notifications", "--dry-run")
    assert str(error.value).startswith("30 cannot be imported, such as:\n")
    assert str(error.value).count("level: 'critical' is unknown") == 20
    assert not UserNotification.objects.exists()


@pytest.mark.parametrize("size", ["0", "-1", "10001"])
def test_batch_size_out_of_range_is_named(run, size):
    with pytest.raises(CommandError, match=f"--batch-size: {size} is not between 1 and 10000"):
        run("notifications", "--batch-size", size)


def test_kit_that_is_unknown_is_named_with_those_that_there_are(run):
    with pytest.raises(CommandError, match="--from: 'pinax' is none of notifications, generic"):
        run("pinax")
