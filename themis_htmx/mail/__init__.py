"""E-mail: an opt-in app that mails each user what is unread, at the hour that the user chose."""
