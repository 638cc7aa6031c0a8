"""The smallest project in which the kit works, on the database that the environment names."""

from pathlib import Path

import django

from tests.helpers import moments
from tests.helpers.databases import chosen, database

BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = "tests"
DATABASES = {"default": database(chosen())}
USE_TZ = True
TIME_ZONE = moments.site_time_zone()
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
LOGIN_URL = "/login/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
    "themis_htmx",
    "themis_htmx.mail",
    "themis_htmx.webpush",
    "themis_htmx.importing",
    "tests.board",
    "tests.shop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The outlets are installed here, and take part in the tests that ask for them; see conftest.py.
THEMIS_MAIL = {"SITE": "https://example.org", "NAME": "Example"}
DEFAULT_FROM_EMAIL = "Example <news@example.org>"
if django.VERSION >= (6, 1):
    # Which take the place of the settings that begin with EMAIL_.
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        }
    }
else:
    EMAIL_TIMEOUT = 5

THEMIS_WEBPUSH = {
    # Made for the tests, and used nowhere else.
    "PRIVATE_KEY": "uQMhtUqcpE7Aq-K-oBT7a0h6yN9D5k8-yTWkWg1vqL4",
    "SUBJECT": "mailto:webmaster@example.com",
    "EXECUTOR": "tests.helpers.push.keep",
}
