"""The tests' project as a site that ASGI serves anyway, with its stream in front of it."""

from django.conf import settings
from django.core.asgi import get_asgi_application

from themis_htmx.live.stream import in_front_of

settings.ALLOWED_HOSTS = ["127.0.0.1"]
application = in_front_of(get_asgi_application())
