"""The ASGI application of the example project, with live updates where they are set up."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example.settings")

application = get_asgi_application()
if getattr(settings, "THEMIS_LIVE", None):
    from themis_htmx.live.stream import in_front_of

    application = in_front_of(application)
