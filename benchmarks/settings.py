"""What ``startproject`` writes, with one kit, on one database; the environment says which."""

import os
from pathlib import Path

from benchmarks.environments import ROOT
from benchmarks.kits import KITS
from tests.helpers.databases import database

KIT = KITS[os.environ["BENCH_KIT"]]
VENDOR = os.environ["BENCH_DATABASE"]
NAME = os.environ.get("BENCH_NAME", KIT.name)
NAMES = {
    "sqlite": str(Path(os.environ["BENCH_FOLDER"]) / f"{NAME}.sqlite3"),
    # Of this checkout: a run in another one has databases of its own.
    "postgres": f"themis_bench_{ROOT.name}_{NAME}",
    "mariadb": f"themis_bench_{ROOT.name}_{NAME}",
}

SECRET_KEY = "benchmarks"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = f"benchmarks.projects.{KIT.name}"
USE_TZ = True
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The test database is the database: made anew for each run and removed after it.
DATABASES = {
    "default": database(VENDOR)
    | {"NAME": NAMES[VENDOR], "TEST": {"NAME": NAMES[VENDOR]}, "CONN_MAX_AGE": None}
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *KIT.apps,
    "benchmarks.plain",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *KIT.middleware,
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
