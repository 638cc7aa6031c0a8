"""Wagtail, as `wagtail start` sets it up."""

from example.hosts.settings import *  # noqa: F403
from example.hosts.settings import HOSTS, INSTALLED_APPS, database_of, templates_of

HOST = "Wagtail"
INSTALLED_APPS = [
    *INSTALLED_APPS,
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
]
ROOT_URLCONF = "example.hosts.wagtail.urls"
DATABASES = database_of("wagtail")
TEMPLATES = templates_of("wagtail")
LOGIN_URL = "wagtailadmin_login"
WAGTAIL_SITE_NAME = "Acme"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1:8000"
THEMIS_BASE_TEMPLATE = "themis_base.html"
STATICFILES_DIRS = [HOSTS / "wagtail" / "static"]
