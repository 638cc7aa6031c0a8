"""Sending through mail servers: one that works, and others that refuse, break off or hang."""

import logging
from datetime import timedelta
from time import monotonic

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends import locmem
from django.db import OperationalError, connection, transaction

from tests.helpers.mail_servers import SMTP, Server, free_port, serving, use_backend
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.mail.models.insisting import insist
from themis_htmx.mail.sending import PATIENCE, Post, backend, has_no_time_limit
from themis_htmx.periodic import deliver_due

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def members(users, wants, tell):
    """Seven people, each with something urgent on its way."""
    for each in users:
        User.objects.filter(pk=each.pk).update(email=f"{each.username}@example.org")
        wants(each, "urgent")
        tell("Server down", to=each, level="danger")
    return [f"{each.username}@example.org" for each in users]


@pytest.fixture
def deliver(settings):
    """Run the command with a mail server, and return the numbers."""

    def deliver(server, seconds=5):
        with serving(server) as port:
            use_backend(settings, SMTP, host="127.0.0.1", port=port, timeout=seconds)
            [delivered] = deliver_due()
        assert delivered.error is None
        return delivered.counts

    return deliver


def test_mail_server_gets_each_email_through_one_connection(members, deliver):
    server = Server()

    counts = deliver(server)

    assert counts == {"sent": 7, "failed": 0, "empty": 0}
    assert sorted(server.recipients) == sorted(members)
    assert server.connections == 1
    [first, *_others] = server.taken
    assert first["Subject"] == "Server down"
    assert first["From"] == "Example <news@example.org>"
    assert first["List-Unsubscribe"].startswith("<https://example.org/notifications/mail/")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


def test_refused_recipient_keeps_nobody_else_from_theirs(members, deliver, clock, caplog):
    counts = deliver(Server(refused=members[2:3]))

    assert (counts["sent"], counts["failed"]) == (6, 1)
    assert Mailed.objects.count() == 6
    assert "550" in caplog.text
    again = Server()
    assert deliver(again)["sent"] == 0
    clock.shift(timedelta(minutes=5))
    assert deliver(again)["sent"] == 1
    assert again.recipients == members[2:3]


def test_wait_after_a_failure_doubles_up_to_a_day(members, deliver, clock):
    server = Server(refused=members[:1])
    deliver(server)
    waits = []
    for _attempt in range(11):
        held = MailPreference.objects.exclude(held_until=None).get().held_until
        clock.move_to(held)
        deliver(server)
        now = MailPreference.objects.exclude(held_until=None).get().held_until
        waits.append((now - held) / timedelta(minutes=5))

    assert waits[:3] == [2, 4, 8]
    assert waits[-1] == timedelta(days=1) / timedelta(minutes=5)
    clock.shift(timedelta(days=1))
    assert deliver(Server())["sent"] == 1
    assert not MailPreference.objects.exclude(failures=0).exists()


@pytest.mark.parametrize("fault", ["breaks_after", "closes_after"])
def test_server_that_breaks_off_half_way_loses_nothing(members, deliver, clock, fault):
    """Without a word, or saying that it closes the connection: it is connected to again."""
    server = Server(**{fault: 3})

    counts = deliver(server)

    assert (counts["sent"], counts["failed"]) == (6, 1)
    assert server.connections == 2
    clock.shift(timedelta(minutes=5))
    deliver(server)
    assert sorted(server.recipients) == sorted(members)


def test_server_that_is_gone_by_the_goodbye_has_sent_everything(members, settings):
    use_backend(settings, f"{__name__}.GoneAtTheEnd")

    [delivered] = deliver_due()

    assert delivered.error is None
    assert delivered.counts == {"sent": 7, "failed": 0, "empty": 0}
    assert Mailed.objects.count() == 7


def test_server_that_hangs_at_one_recipient_is_left_after_the_time_limit(members, deliver, clock):
    start = monotonic()
    server = Server(hung=members[:1])

    counts = deliver(server, seconds=0.5)

    assert (counts["sent"], counts["failed"]) == (6, 1)
    assert monotonic() - start < 20
    clock.shift(timedelta(minutes=5))
    again = Server()
    deliver(again)
    assert again.recipients == members[:1]


def test_server_that_hangs_at_everybody_is_asked_three_times(members, deliver, clock, caplog):
    server = Server(hung=members)

    counts = deliver(server, seconds=0.3)

    assert counts == {"sent": 0, "failed": 3, "empty": 0}
    assert server.conversations == 3
    assert "the run ends early: 3 failed in a row" in caplog.text
    # Whoever was not tried does not wait.
    again = Server()
    assert deliver(again)["sent"] == 4
    clock.shift(timedelta(minutes=5))
    deliver(again)
    assert sorted(again.recipients) == sorted(members)


def test_server_that_is_down_costs_nobody_a_wait(members, deliver, settings, caplog):
    use_backend(settings, SMTP, host="127.0.0.1", port=free_port())

    [delivered] = deliver_due()

    assert delivered.has_failed
    assert delivered.counts == {"sent": 0, "failed": 1, "empty": 0}
    assert "ConnectionRefusedError" in caplog.text
    server = Server()
    assert deliver(server)["sent"] == 7


def test_server_that_refuses_the_sender_is_not_asked_for_everybody(members, deliver, caplog):
    server = Server(refuses_sender=True)

    counts = deliver(server)

    assert counts["failed"] == 1
    assert server.conversations == 1
    assert "no such sender" in caplog.text


def test_address_that_is_none_keeps_nobody_else_from_theirs(members, deliver):
    User.objects.filter(email=members[0]).update(email="no address\nBcc: everybody@example.org")
    server = Server()

    counts = deliver(server)

    assert (counts["sent"], counts["failed"]) == (6, 1)
    assert sorted(server.recipients) == sorted(members[1:])


def test_email_waits_at_most_thirty_seconds_where_the_project_sets_no_limit(settings):
    with serving(Server()) as port:
        use_backend(settings, SMTP, host="127.0.0.1", port=port, timeout=None)
        assert has_no_time_limit(backend())
        with Post() as post:
            assert post._open().timeout == PATIENCE == 30


class Counting(locmem.EmailBackend):
    """A backend that fails with an error of the project, for everybody."""

    tried = 0

    def send_messages(self, messages):
        type(self).tried += 1
        raise KeyError("no queue")


@pytest.fixture
def crowd(wants, tell):
    """25 people, each with something urgent on its way."""
    for number in range(25):
        each = User.objects.create_user(f"user{number}", f"user{number}@example.org")
        wants(each, "urgent")
        tell("Server down", to=each, level="danger")


def test_error_at_everybody_ends_the_run_after_ten(crowd, settings, caplog):
    use_backend(settings, f"{__name__}.Counting")
    Counting.tried = 0

    [delivered] = deliver_due()

    assert Counting.tried == 10
    assert delivered.counts["failed"] == 10
    assert "the run ends early: 10 failed in a row, the last one so: KeyError" in caplog.text


def test_template_that_is_broken_ends_the_run_after_ten(crowd, settings, tmp_path, caplog, clock):
    broken = tmp_path / "themis" / "mail" / "digest.txt"
    broken.parent.mkdir(parents=True)
    broken.write_text("{{ count|no_such_filter }}", encoding="utf-8")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path]}]

    [delivered] = deliver_due()

    assert delivered.has_failed
    assert delivered.counts == {"sent": 0, "failed": 10, "empty": 0}
    assert "the run ends early: 10 failed in a row, the last one so: Template" in caplog.text
    broken.unlink()
    settings.TEMPLATES = [engine]
    # Whoever was not tried does not wait.
    [delivered] = deliver_due()
    assert delivered.counts["sent"] == 15
    clock.shift(timedelta(minutes=5))
    [delivered] = deliver_due()
    assert delivered.counts["sent"] == 10


def test_email_that_cannot_be_rendered_keeps_nobody_else_from_theirs(crowd, settings, caplog):
    odd = set(User.objects.filter(username__endswith="1").values_list("pk", flat=True))

    def language(user):
        return ["no language"] if user.pk in odd else "en"

    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"LANGUAGE": language}

    [delivered] = deliver_due()

    assert delivered.counts == {"sent": 22, "failed": 3, "empty": 0}
    assert "ends early" not in caplog.text


def test_backend_that_sends_nothing_and_says_so_has_failed(user, wants, tell, settings):
    wants(user, "urgent")
    tell("Server down", level="danger")
    use_backend(settings, f"{__name__}.Silent")

    [delivered] = deliver_due()

    assert delivered.counts["failed"] == 1
    assert not Mailed.objects.exists()


class Silent(locmem.EmailBackend):
    """A backend that was told to fail silently."""

    def send_messages(self, messages):
        return 0


class GoneAtTheEnd(locmem.EmailBackend):
    """A backend whose server is gone when it is told goodbye."""

    def close(self):
        raise ConnectionResetError


class Deleting(locmem.EmailBackend):
    """A backend at whose first e-mail the account is deleted to which that is sent."""

    def send_messages(self, messages):
        if not mail.outbox:
            User.objects.get(email=messages[0].to[0]).delete()
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
def test_account_that_is_deleted_meanwhile_keeps_nobody_else_from_theirs(members, settings):
    use_backend(settings, f"{__name__}.Deleting")

    [delivered] = deliver_due()

    assert delivered.error is None
    assert delivered.counts == {"sent": 7, "failed": 0, "empty": 0}
    assert Mailed.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_email_is_marked_although_another_statement_has_precedence(user, wants, tell):
    wants(user, "urgent")
    tell("Server down", level="danger")
    refused = []

    def refuse_once(execute, sql, parameters, many, context):
        if sql.startswith("UPDATE") and "last_sent_at" in sql and not refused:
            refused.append(sql)
            raise OperationalError("could not serialize access due to concurrent update")
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(refuse_once):
        [delivered] = deliver_due()

    assert refused
    assert delivered.counts == {"sent": 1, "failed": 0, "empty": 0}
    assert Mailed.objects.count() == 1
    [delivered] = deliver_due()
    assert delivered.counts["sent"] == 0


@pytest.mark.django_db(transaction=True)
def test_statement_that_fails_in_a_transaction_is_not_repeated_there():
    """The error has ended the transaction, which its owner has to begin again."""
    attempts = []

    def refuse():
        attempts.append(1)
        raise OperationalError("deadlock")

    with pytest.raises(OperationalError), transaction.atomic():
        insist(refuse)

    assert len(attempts) == 1


class Slow(locmem.EmailBackend):
    """A backend that takes a quarter of an hour for its first e-mail, while the next run begins."""

    clock = None

    def send_messages(self, messages):
        if not mail.outbox:
            mail.outbox.extend(messages)
            self.clock.shift(timedelta(minutes=15))
            deliver_due()
            return 1
        return super().send_messages(messages)


def test_run_that_is_slow_leaves_to_the_next_one_whom_that_has_taken_over(
    members, settings, clock, monkeypatch
):
    use_backend(settings, f"{__name__}.Slow")
    monkeypatch.setattr(Slow, "clock", clock)

    deliver_due()

    # The one under way cannot be called back.
    first, *others = [email.to[0] for email in mail.outbox]
    assert sorted(set(others)) == sorted(others)
    assert {first, *others} == set(members)


def test_log_has_one_line_for_a_run(user, wants, tell, run, caplog):
    caplog.set_level(logging.INFO, logger="themis")
    wants(user, "urgent")
    tell("Server down", level="danger")
    run()

    [line] = [each for each in caplog.records if each.name == "themis"]
    assert line.getMessage() == "deliver_notifications: mail: 1 sent, 0 failed, 0 empty"
    assert line.levelno == logging.INFO
    assert mail.outbox
