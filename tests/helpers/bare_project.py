"""A project in a process of its own, set up as its first argument says; prints what it renders.

Arguments: django-cotton's app config, then ``loaders`` or ``isolated`` or nothing.
"""

import json
import sys

import django
from django.conf import settings

CONFIG, *OPTIONS = sys.argv[1:]
ENGINE = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}
if "loaders" in OPTIONS:
    ENGINE["OPTIONS"]["loaders"] = ["django.template.loaders.app_directories.Loader"]
else:
    ENGINE["APP_DIRS"] = True

settings.configure(
    SECRET_KEY="bare",
    USE_TZ=True,
    STATIC_URL="/static/",
    ROOT_URLCONF="tests.urls_bare",
    COTTON_ISOLATE_BY_DEFAULT="isolated" in OPTIONS,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[ENGINE],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    ],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "django_htmx",
        CONFIG,
        "themis_htmx",
    ],
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tests.helpers.browsers import READ_NAMES, address  # noqa: E402
from tests.helpers.hosts import NAMES, SPELLINGS, render, spelled  # noqa: E402
from themis_htmx.notifications import notify_user  # noqa: E402

setup_test_environment()
call_command("check")
call_command("migrate", verbosity=0)
user = User.objects.create(username="ada")
notify_user(user, "<u>News</u>", source_app="tasks", url="/tasks/1/")
client = Client()
client.force_login(user)
spellings = list(SPELLINGS)[: 1 if CONFIG.endswith("SimpleAppConfig") else 3]
print(  # noqa: T201
    json.dumps(
        {name: client.get(address(name), {"since": 0}).content.decode() for name in READ_NAMES}
        | {
            f"{spelling}: {name}": render(spelled(name, spelling), user)
            for name in NAMES
            for spelling in spellings
        }
    )
)
