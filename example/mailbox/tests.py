"""The mailbox shows everybody their own e-mails, and nothing in them runs."""

# ruff: noqa: PT009 - the assertions of unittest, as the pattern writes them.

import re
import tempfile
from pathlib import Path

import django
from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings
from django.urls import reverse

from example.settings import FILES
from themis.notifications import notify_user
from themis_htmx.mail.models import MailPreference


def folder_settings(folder):
    """Return the settings by which e-mails land in a folder, which the test runner replaces."""
    if django.VERSION >= (6, 1):
        mailers = {"default": {"BACKEND": FILES, "OPTIONS": {"file_path": folder}}}
        return {"MAIL_FOLDER": folder, "MAILERS": mailers}
    return {"MAIL_FOLDER": folder, "EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": folder}


class MailboxTest(TestCase):
    """Ana wants a summary each day, and Ben is somebody else."""

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(**folder_settings(self.folder)))
        users = get_user_model().objects
        self.ana, self.ben = (
            users.create_user(name, f"{name}@example.com") for name in ("ana", "ben")
        )
        MailPreference.objects.choose(self.ana, "daily", hour=8, weekday=0)
        self.client.force_login(self.ana)

    def press(self):
        """Press "Send me what is due", and return the mailbox."""
        return self.client.post(reverse("mailbox-deliver"), follow=True)

    def test_button_has_the_summary_come_now(self):
        """The list shows it, and its page has the frame and the text."""
        self.assertContains(self.client.get(reverse("mailbox")), "No e-mails yet.")
        notify_user(self.ana, "Report ready", "It has <b>two</b> pages.")

        page = self.press()

        self.assertContains(page, "An e-mail has come.")
        self.assertContains(page, f'<a href="{reverse("mailbox-email", args=[1])}">')
        page = self.client.get(reverse("mailbox-email", args=[1]))
        self.assertContains(page, "<h1><bdi>Report ready</bdi></h1>")
        self.assertContains(page, f'src="{reverse("mailbox-html", args=[1])}"')
        self.assertContains(page, "It has &lt;b&gt;two&lt;/b&gt; pages.")
        self.assertIn("frame-src 'self'", page.headers["Content-Security-Policy"])

    def test_button_says_so_when_nothing_is_due(self):
        """Nobody gets an empty e-mail, and nothing comes twice."""
        self.assertContains(self.press(), "Nothing was due")
        notify_user(self.ana, "Report ready")
        self.press()

        self.assertContains(self.press(), "Nothing was due")
        self.assertEqual(self.client.get(reverse("mailbox-email", args=[2])).status_code, 404)

    def test_newest_email_is_at_the_top(self):
        """They are numbered by age."""
        notify_user(self.ana, "First report")
        self.press()
        [path] = Path(self.folder).glob("*.log")
        first = path.read_text(encoding="utf-8")
        older = re.sub(r"^(Date: .+?) \d{4} ", r"\1 2024 ", first, flags=re.MULTILINE)
        path.write_text(older, encoding="utf-8")
        notify_user(self.ana, "Second report")

        page = self.press().text

        self.assertLess(page.index("Second report"), page.index("First report"))
        self.assertIn("First report", self.client.get(reverse("mailbox-email", args=[1])).text)

    def test_html_of_an_email_is_for_the_frame_and_runs_and_loads_nothing(self):
        """Its styles are its own."""
        notify_user(self.ana, "Report ready")
        self.press()

        response = self.client.get(reverse("mailbox-html", args=[1]))

        self.assertContains(response, "Report ready")
        self.assertEqual(response.headers["X-Frame-Options"], "SAMEORIGIN")
        policy = response.headers["Content-Security-Policy"].split("; ")
        self.assertIn("default-src 'none'", policy)
        self.assertIn("sandbox", policy)
        self.assertFalse([each for each in policy if each.startswith("script-src")])

    def test_emails_of_others_are_not_found(self):
        """A number leads to one's own e-mails alone."""
        notify_user(self.ana, "Report ready")
        self.press()
        self.client.force_login(self.ben)

        self.assertNotContains(self.client.get(reverse("mailbox")), "Report ready")
        for name in ("mailbox-email", "mailbox-html"):
            self.assertEqual(self.client.get(reverse(name, args=[1])).status_code, 404)

    def test_mailbox_is_for_those_who_have_signed_in(self):
        """Everybody else is sent to sign in."""
        self.client.logout()

        for name, arguments in [("mailbox", []), ("mailbox-email", [1]), ("mailbox-html", [1])]:
            address = reverse(name, args=arguments)
            self.assertRedirects(self.client.get(address), f"{reverse('login')}?next={address}")
