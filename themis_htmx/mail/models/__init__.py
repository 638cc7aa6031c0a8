"""The models of e-mail: what users chose, what was mailed to whom, and when the command ran."""

from themis_htmx.mail.models.last_run import LastRun
from themis_htmx.mail.models.mailed import Mailed
from themis_htmx.mail.models.preference import MailPreference

__all__ = ["LastRun", "MailPreference", "Mailed"]
