"""The project of the tests for a process beside them, whose e-mails land in a folder."""

import os

import django

from tests.settings_beside import *  # noqa: F403

BACKEND = "django.core.mail.backends.filebased.EmailBackend"
FOLDER = os.environ["THEMIS_TEST_MAILS"]
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": BACKEND, "OPTIONS": {"file_path": FOLDER}}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = BACKEND, FOLDER
