"""Settings of the site of the long run: the example with every channel, on PostgreSQL and Redis."""

import json
import os

import django

# This one adds Web Push itself.
os.environ["EXAMPLE_WEBPUSH"] = "0"

from example.settings import *  # noqa: F403
from example.settings import INSTALLED_APPS

# Ports and addresses of what the run has started; benchmarks/soak/site.py writes it.
SOAK = json.loads(os.environ["SOAK"])

DEBUG = False
ROOT_URLCONF = "benchmarks.soak.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "themis_htmx.webpush"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# As docs/reliability.md advises.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": SOAK["postgres"],
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    },
}

SMTP = "django.core.mail.backends.smtp.EmailBackend"
if django.VERSION >= (6, 1):
    server = {"host": "127.0.0.1", "port": SOAK["smtp"], "timeout": 10}
    MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": server}}
else:
    EMAIL_BACKEND, EMAIL_TIMEOUT = SMTP, 10
    EMAIL_HOST, EMAIL_PORT = "127.0.0.1", SOAK["smtp"]
THEMIS_MAIL = {"SITE": f"http://127.0.0.1:{SOAK['pages']}", "NAME": "Taskboard"}

THEMIS_NOTIFICATION_POLL_INTERVAL = 60
THEMIS_LIVE = {"BROKER": "redis", "URL": SOAK["redis"]}
THEMIS_WEBPUSH = {
    # Made for this, and used nowhere else.
    "PRIVATE_KEY": "uQMhtUqcpE7Aq-K-oBT7a0h6yN9D5k8-yTWkWg1vqL4",
    "SUBJECT": "mailto:webmaster@example.com",
    "ALLOWED_HOSTS": [SOAK["push"]],
    "EXECUTOR": "celery",
}

CELERY_BROKER_URL = SOAK["redis"]
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# What a killed worker had is handed out again after a minute, and not after an hour.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE = {
    # Four times as often as the pages say, so that faults meet a run of it.
    "deliver-notifications": {
        "task": "themis.deliver_notifications",
        "schedule": 15,
        "options": {"expires": 14},
    },
    "cleanup-notifications": {"task": "themis.cleanup_notifications", "schedule": 120},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
