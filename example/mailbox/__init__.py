"""The mailbox of the demo: a page with the e-mails that landed in a folder."""
