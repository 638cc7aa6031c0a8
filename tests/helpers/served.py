"""The tests' project as servers run it: WSGI and ASGI, each answer saying which process gave it."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def say_who(get_response):
    def middleware(request):
        response = get_response(request)
        response["X-Process"] = os.getpid()
        return response

    return middleware


settings.ROOT_URLCONF = "tests.helpers.served_urls"
settings.ALLOWED_HOSTS = ["127.0.0.1"]
settings.MIDDLEWARE = [f"{__name__}.say_who", *settings.MIDDLEWARE]
wsgi = get_wsgi_application()
asgi = get_asgi_application()
