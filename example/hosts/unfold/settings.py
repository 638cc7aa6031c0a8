"""Unfold: its app before the admin's."""

from django.templatetags.static import static

from example.hosts.settings import *  # noqa: F403
from example.hosts.settings import HOSTS, INSTALLED_APPS, database_of, templates_of

HOST = "Unfold"
INSTALLED_APPS = ["unfold", *INSTALLED_APPS]
ROOT_URLCONF = "example.hosts.urls"
DATABASES = database_of("unfold")
TEMPLATES = templates_of("unfold", "example.hosts.context.admin_frame")
THEMIS_BASE_TEMPLATE = "admin/base_site.html"
STATICFILES_DIRS = [HOSTS / "unfold" / "static"]
UNFOLD = {"STYLES": [lambda request: static("admin_bell.css")]}
