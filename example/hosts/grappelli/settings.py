"""Grappelli: its app before the admin's."""

from example.hosts.settings import *  # noqa: F403
from example.hosts.settings import HOSTS, INSTALLED_APPS, database_of, templates_of

HOST = "Grappelli"
INSTALLED_APPS = ["grappelli", *INSTALLED_APPS]
ROOT_URLCONF = "example.hosts.urls"
DATABASES = database_of("grappelli")
TEMPLATES = templates_of("grappelli", "example.hosts.context.admin_frame")
THEMIS_BASE_TEMPLATE = "admin/base_site.html"
STATICFILES_DIRS = [HOSTS / "grappelli" / "static"]
