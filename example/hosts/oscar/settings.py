"""django-oscar, as its page "Building your own shop" sets it up."""

import oscar
from oscar.defaults import *  # noqa: F403

from example.hosts.settings import *  # noqa: F403
from example.hosts.settings import HOSTS, INSTALLED_APPS, MIDDLEWARE, database_of, templates_of

HOST = "django-oscar"
SITE_ID = 1
INSTALLED_APPS = [
    *INSTALLED_APPS,
    *(each for each in oscar.INSTALLED_APPS if each not in INSTALLED_APPS),
]
MIDDLEWARE = [
    *MIDDLEWARE,
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
ROOT_URLCONF = "example.hosts.oscar.urls"
DATABASES = database_of("oscar")
TEMPLATES = templates_of(
    "oscar",
    "oscar.apps.search.context_processors.search_form",
    "oscar.apps.checkout.context_processors.checkout",
    "oscar.apps.communication.notifications.context_processors.notifications",
    "oscar.core.context_processors.metadata",
)
LOGIN_URL = "customer:login"
LOGIN_REDIRECT_URL = "/"
THEMIS_BASE_TEMPLATE = "themis_base.html"
STATICFILES_DIRS = [HOSTS / "oscar" / "static"]
