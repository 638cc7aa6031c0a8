"""The e-mail itself: words, language, addresses and headers."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape

import django
import pytest
from django.test.utils import override_script_prefix
from django.utils import translation

from tests.helpers.markup import parse
from tests.mail.conftest import NOW
from tests.project.test_languages import LANGUAGES
from themis_htmx.mail.models import MailPreference
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def summary(user, wants, tell, run, clock):
    """Send a summary of notifications, each given as its arguments, and return it."""

    def summary(*notifications, **options):
        wants(user, "daily", **options)
        for title, fields in notifications:
            tell(title, **fields)
        clock.shift(timedelta(days=1))
        [email] = run()
        return email

    return summary


def html_of(email):
    [(content, mimetype)] = email.alternatives
    assert mimetype == "text/html"
    return content


def on_the_wire(email):
    """The e-mail as a mail server receives it."""
    return email.message().as_bytes()


# What it says


@pytest.mark.parametrize("form", ["text", "html"])
def test_email_says_what_each_notification_says(form, summary):
    email = summary(
        (
            "Overdue: Deploy v2",
            {
                "message": "Two people wait.",
                "level": "warning",
                "source_app": "tasks",
                "url": "/tasks/1/",
            },
        ),
        ("Lunch", {"source_app": "team", "url": "https://elsewhere.example/lunch"}),
    )
    words = email.body if form == "text" else html_of(email)

    for said in [
        "2 unread notifications",
        "Overdue: Deploy v2",
        "Two people wait.",
        "Warning",
        "Tasks",
        "https://example.org/tasks/1/",
        "https://elsewhere.example/lunch",
        "Nov. 24, 2026, 9:10 a.m.",
        "See all notifications",
        "https://example.org/notifications/",
        "https://example.org/notifications/preferences/",
        "https://example.org/notifications/mail/unsubscribe/",
        "Every day at 8 a.m., Example sends you a summary.",
    ]:
        assert said in words, said
    assert "Info" not in words


def test_time_is_that_of_the_user(summary):
    email = summary(("Report ready", {}), zone="Asia/Tokyo")

    assert "Nov. 24, 2026, 5:10 p.m." in email.body


def test_time_is_that_of_the_user_without_time_zone_support_too(summary, settings):
    settings.USE_TZ, settings.TIME_ZONE = False, "UTC"

    assert "Nov. 24, 2026, 5:10 p.m." in summary(("Report ready", {}), zone="Asia/Tokyo").body


def test_notifications_stand_below_the_name_of_their_source(summary, settings):
    settings.THEMIS_SOURCES = {"tasks": "Board"}
    email = summary(
        ("Task one", {"source_app": "tasks"}),
        ("Lunch", {"source_app": "team"}),
        ("Task two", {"source_app": "tasks"}),
        ("Nowhere", {}),
    )

    order = ["== Other ==", "Nowhere", "== Board ==", "Task two", "Task one", "== Team ==", "Lunch"]
    places = [email.body.index(words) for words in order]
    assert places == sorted(places)


def test_what_is_urgent_comes_first(summary):
    email = summary(
        *((f"Report {number}", {"source_app": "reports"}) for number in range(25)),
        ("Disk nearly full", {"level": "warning", "source_app": "servers"}),
        *((f"Newer report {number}", {"source_app": "reports"}) for number in range(25)),
    )

    assert "Disk nearly full" in email.body
    assert email.body.index("Disk nearly full") < email.body.index("Newer report")


def test_email_shows_twenty_and_counts_the_rest(summary):
    email = summary(*((f"Report {number:02}", {}) for number in range(32)))

    assert email.subject == "32 unread notifications"
    for words in (email.body, html_of(email)):
        assert len(set(re.findall(r"Report \d\d", words))) == 20
        assert "and 12 more" in words
    assert "and 20 more" not in email.body


def test_email_about_one_notification_has_its_title_as_subject_and_opens_it(summary):
    email = summary(("Report ready", {"url": "/reports/42/", "source_app": "reports"}))

    assert email.subject == "Report ready"
    assert "1 unread" not in email.body
    links = [link["href"] for link in parse(html_of(email)).all("a")]
    assert links.count("https://example.org/reports/42/") == 2


def test_thousands_are_said_as_many_and_not_told_twice(user, wants, run, clock):
    wants(user, "daily")
    with translation.override("en"):
        for number in range(1003):
            notify_user(user, f"Report {number}")
    clock.shift(timedelta(days=1))

    [email] = run()

    assert email.subject == "999+ unread notifications"


def test_group_says_how_many_it_stands_for(summary):
    fields = {"source_app": "blog", "source_model": "Post", "source_id": "1", "group": True}
    email = summary(*[("New comment", fields)] * 3)

    assert email.subject == "New comment"
    assert "and 2 more" in email.body


def test_markup_in_a_notification_is_text_in_the_email(summary):
    email = summary(("<b>Bold</b> & more", {"message": "<script>alert(1)</script>"}))

    assert email.subject == "<b>Bold</b> & more"
    assert "<b>Bold</b> & more" in email.body
    html = html_of(email)
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; more" in html
    assert "<script" not in html


def test_line_break_in_a_stored_title_or_source_adds_no_header(summary, user):
    """No call can store one, but a fixture or a statement of the project can."""
    bad = "News\r\nBcc: everybody@example.org\r\n\r\nBody"
    UserNotification.objects.create(user=user, title=bad, source_app=bad, source_id=bad)

    email = summary()
    read = message_from_bytes(on_the_wire(email), policy=policy.default)

    assert read["Subject"] == "News Bcc: everybody@example.org Body"
    assert read["Bcc"] is None
    assert read.is_multipart()


def test_long_message_is_shortened(summary):
    email = summary(("Report", {"message": "word " * 200}))

    assert "…" in email.body
    assert email.body.count("word") < 80


def test_html_loads_nothing_from_anywhere(summary):
    email = summary(("Report ready", {"image": "/faces/ana.svg"}))

    html = html_of(email)

    for loading in ("<img", "<link", "<script", "url(", "@import", "src="):
        assert loading not in html


def test_project_overrides_the_words(summary, settings, tmp_path):
    folder = tmp_path / "themis" / "mail"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("[Board]\n {{ count }} & more\n")
    (folder / "digest.txt").write_text("Dear {{ user.username }},")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path]}]

    email = summary(("One", {}), ("Two", {}))

    assert email.subject == "[Board] 2 unread notifications & more"
    assert email.body == "Dear ada,"


# Language


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_email_is_in_the_language_of_the_user(language, summary, settings):
    settings.LANGUAGES = [(code, code) for code in [*LANGUAGES, "en"]]
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"LANGUAGE": lambda user: language}

    email = summary(("One", {"level": "warning"}), ("Two", {}))

    with translation.override(language):
        see_all = translation.gettext("See all notifications")
        warning = translation.pgettext("notification level", "Warning")
    html = html_of(email)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'dir="{direction}"' in html
    for words in (email.body, html):
        assert see_all in words
        assert warning in words
    assert translation.get_language() == "en-us"


def test_language_may_be_an_attribute_of_the_user(user, summary, settings):
    type(user).tongue = "de"
    try:
        settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"LANGUAGE": "tongue"}
        email = summary(("One", {}), ("Two", {}))
    finally:
        del type(user).tongue

    assert 'lang="de"' in html_of(email)


@pytest.mark.parametrize("answer", [None, "", "tlh", "no such language"])
def test_language_that_the_site_does_not_have_is_that_of_the_site(answer, summary, settings):
    settings.LANGUAGE_CODE = "fr"
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"LANGUAGE": lambda user: answer}

    assert 'lang="fr"' in html_of(summary(("One", {})))


def test_address_may_be_found_by_a_function_of_the_project(summary, settings):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"ADDRESS": verified_address}

    assert summary(("One", {})).to == ["verified-ada@example.org"]


def verified_address(user):
    return f"verified-{user.email}"


# Headers


def test_email_says_that_a_program_sent_it(summary):
    headers = summary(("One", {})).extra_headers

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Id"] == "<notifications.example.org>"


def test_unsubscribe_address_stands_unbroken_in_one_line(summary, settings):
    host = f"{'very-long-name.' * 12}example.org"
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"SITE": f"https://{host}"}

    email = summary(("Überraschung", {}))

    address = email.extra_headers["List-Unsubscribe"]
    assert len(address) > 250
    wire = on_the_wire(email)
    assert f"\nList-Unsubscribe: {address}\n".encode() in wire.replace(b"\r\n", b"\n")
    assert b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in wire.replace(b"\r\n", b"\n")
    read = message_from_bytes(wire, policy=policy.default)
    assert read["Subject"] == "Überraschung"
    assert all(len(line) < 998 for line in wire.splitlines())


def test_unsubscribe_address_is_unbroken_as_a_mail_server_gets_it(summary):
    message = summary(("Überraschung " * 10, {}))
    if django.VERSION < (6,):
        wire = message.message().as_bytes(linesep="\r\n")
    else:
        wire = message.message(policy=policy.SMTP).as_bytes()

    address = message.extra_headers["List-Unsubscribe"]
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in wire
    encoded = re.findall(rb"=\?utf-8\?\w\?[^?]*\?=", wire)
    assert encoded, "other headers are encoded as ever"
    assert all(len(word) <= 80 for word in encoded)


def test_same_notifications_make_the_same_message_id(user, wants, tell, run):
    wants(user, "urgent")
    tell("Server down", level="danger")
    [first] = run()
    forget(user)
    [second] = run()
    tell("Server down", level="danger")
    forget(user)
    [third] = run()

    ids = [each.extra_headers["Message-ID"] for each in (first, second, third)]
    assert ids[0] == ids[1] != ids[2]


def forget(user):
    """Leave everything as if a run had been killed after it had sent."""
    user.themis_mailed.all().delete()
    MailPreference.objects.update(next_at=NOW, last_sent_at=None)


def test_emails_about_one_object_are_a_thread(user, wants, tell, run, clock):
    wants(user, "urgent")
    found = []
    for title, pk in [("Down", 1), ("Down again", 1), ("Another one down", 2)]:
        tell(title, level="danger", source_app="s", source_model="Server", source_id=pk)
        found.extend(run())
        clock.shift(timedelta(hours=1))

    threads = [each.extra_headers["References"] for each in found]
    assert threads[0] == threads[1] != threads[2]


def test_sender_is_that_of_the_setting(summary, settings):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"FROM": "Board <board@example.org>"}

    assert summary(("One", {})).from_email == "Board <board@example.org>"


def test_slash_at_the_end_of_the_site_is_not_doubled(summary, settings):
    settings.THEMIS_MAIL = {"SITE": "https://example.org/"}

    assert "https://example.org/notifications/\n" in summary(("One", {})).body


@pytest.mark.parametrize("script_name", ["/", "/board/"])
def test_addresses_are_those_of_a_site_below_a_path(script_name, summary, settings):
    """reverse() knows the path under FORCE_SCRIPT_NAME, and the url of a request does anyway."""
    settings.THEMIS_MAIL = {"SITE": "https://example.org/board"}
    with override_script_prefix(script_name):
        email = summary(
            ("One", {"url": "/board/tasks/1/"}),
            ("Home", {"url": "/board?from=1"}),
            ("Two", {"url": "/tasks/2/"}),
            ("Three", {"url": "/boards/3/"}),
            ("Four", {"url": "https://elsewhere.example/board/4/"}),
        )

    unsubscribe = email.extra_headers["List-Unsubscribe"]
    assert unsubscribe.startswith("<https://example.org/board/notifications/mail/unsubscribe/")
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', html_of(email))]
    assert set(links) == {
        "https://example.org/board/",
        "https://example.org/board/tasks/1/",
        "https://example.org/board?from=1",
        "https://example.org/board/tasks/2/",
        "https://example.org/board/boards/3/",
        "https://elsewhere.example/board/4/",
        "https://example.org/board/notifications/",
        "https://example.org/board/notifications/preferences/",
        unsubscribe.strip("<>"),
    }
    assert all(link in email.body for link in set(links) - {"https://example.org/board/"})


def test_site_without_a_path_has_that_of_the_script_name(summary):
    with override_script_prefix("/board/"):
        email = summary(("One", {"url": "/board/tasks/1/"}))

    assert "https://example.org/board/tasks/1/\n" in email.body
    assert "https://example.org/board/notifications/\n" in email.body
