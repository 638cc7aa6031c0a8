"""Jazzmin: its app before the admin's."""

from example.hosts.settings import *  # noqa: F403
from example.hosts.settings import HOSTS, INSTALLED_APPS, database_of, templates_of

HOST = "Jazzmin"
INSTALLED_APPS = ["jazzmin", *INSTALLED_APPS]
ROOT_URLCONF = "example.hosts.urls"
DATABASES = database_of("jazzmin")
TEMPLATES = templates_of("jazzmin", "example.hosts.context.admin_frame")
THEMIS_BASE_TEMPLATE = "admin/base_site.html"
STATICFILES_DIRS = [HOSTS / "jazzmin" / "static"]
