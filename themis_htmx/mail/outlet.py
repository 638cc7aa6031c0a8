"""The outlet of e-mail: what the core tells of news, and what the periodic command runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from themis_htmx.levels import URGENT
from themis_htmx.mail.models import LastRun, Mailed, MailPreference
from themis_htmx.mail.models.preference import default_mode
from themis_htmx.mail.modes import Mode
from themis_htmx.mail.round import Round
from themis_htmx.mail.section import section_context
from themis_htmx.mail.sources import is_required
from themis_htmx.mail.untold import untold_since
from themis_htmx.outlets import Outlet, Progress, Section
from themis_htmx.policies import Channel


class MailOutlet(Outlet):
    """E-mail as one of the ways on which notifications leave the site."""

    name = "mail"
    columns = (Channel.EMAIL,)

    def on_written(self, user_keys: Sequence[Any], level: str, source_app: str) -> None:
        """Have the command look at the users of something that is to be mailed at once.

        Users without a row get one, if the site's defaults are to reach them. What waits for a
        summary takes no query where users have e-mail off by default, and one where they have not.
        """
        required = is_required(source_app)
        at_once = required or level in URGENT
        mode = default_mode()
        if required or (mode != Mode.OFF if at_once else mode.has_summaries):
            MailPreference.objects.add_missing(user_keys)
        if at_once:
            MailPreference.objects.pull(user_keys, also_off=required)

    def deliver_due(self, progress: Progress) -> dict[str, int]:
        """Send the e-mails that are due; return the numbers of sent, failed and empty ones."""
        run = LastRun.begin()
        for keys, level, source_app in untold_since(run):
            self.on_written(keys, level, source_app)
        counts = Round().run(progress)
        Mailed.objects.forget_old()
        run.end()
        return dict(counts)

    def preferences_section(self, request: HttpRequest) -> Section:
        """Return the section of the preferences page in which a user chooses mode and hour."""
        return Section("themis/mail/preferences.html", section_context(request))
