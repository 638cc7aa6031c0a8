"""Settings of the example project, for development only."""

import os
from importlib.util import find_spec
from pathlib import Path

import django
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "for-the-example-only-never-use-this-key-in-a-project-of-your-own"
DEBUG = os.environ.get("EXAMPLE_DEBUG", "1") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]

# `make demo-push` makes a key, which turns Web Push on; one may also be in the environment.
WEBPUSH_KEY_FILE = BASE_DIR / "demo.webpush-key"
webpush_key = os.environ.get("EXAMPLE_WEBPUSH_KEY", "")
if not webpush_key and WEBPUSH_KEY_FILE.exists():
    webpush_key = WEBPUSH_KEY_FILE.read_text().strip()
has_webpush = os.environ.get("EXAMPLE_WEBPUSH", "1" if webpush_key else "0") == "1"

INSTALLED_APPS = [
    # Before the admin, whose header it gives a bell.
    "example.gallery",
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
    "example.mailbox",
    "example.tasks",
]
if has_webpush:
    INSTALLED_APPS += ["themis_htmx.webpush"]
    THEMIS_WEBPUSH = {"PRIVATE_KEY": webpush_key, "SUBJECT": "mailto:webmaster@example.com"}
# Only who changes the kit's stylesheet needs Tailwind; the built one is committed.
if find_spec("tailwind"):
    INSTALLED_APPS += ["tailwind", "example.theme.ThemeConfig"]
    TAILWIND_APP_NAME = "example.theme"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "example.urls"
WSGI_APPLICATION = "example.wsgi.application"
ASGI_APPLICATION = "example.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "example.context.htmx",
                "example.context.bell",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("EXAMPLE_DATABASE", BASE_DIR / "demo.sqlite3"),
        # Without these, two people who click at once can meet "database is locked".
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "board"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt-br", "Português brasileiro"),
    ("ar", "العربية"),
    ("ja", "日本語"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [BASE_DIR / "example" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

# 2 or 4: the kit works with both.
HTMX_VERSION = int(os.environ.get("HTMX_VERSION", "2"))

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True

THEMIS_BASE_TEMPLATE = "base.html"
# Short, so that two browsers side by side see each other soon; the default is 60 seconds.
THEMIS_NOTIFICATION_POLL_INTERVAL = 5
# `make demo-live` names a Redis. Pages then learn of a change at once, and poll as they would in a
# project of one's own.
if redis_url := os.environ.get("EXAMPLE_REDIS"):
    THEMIS_LIVE = {"BROKER": "redis", "URL": redis_url}
    THEMIS_NOTIFICATION_POLL_INTERVAL = 60
THEMIS_SOURCES = {
    "tasks": _("Tasks"),
    "requests": _("Requests"),
    "reports": _("Reports"),
    "events": _("Events"),
    "team": _("Team"),
}

# No e-mail leaves the machine: all land in a folder, and the page "Mailbox" shows them.
MAIL_FOLDER = Path(DATABASES["default"]["NAME"]).parent / "mails"
FILES = "django.core.mail.backends.filebased.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": FILES, "OPTIONS": {"file_path": MAIL_FOLDER}}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = FILES, MAIL_FOLDER
DEFAULT_FROM_EMAIL = "Taskboard <taskboard@example.com>"
THEMIS_MAIL = {"SITE": "http://127.0.0.1:8000", "NAME": "Taskboard"}
