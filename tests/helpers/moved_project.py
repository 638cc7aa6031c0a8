"""The project of old_project.py after the move, with this kit.

Arguments: the file of the database, the old app if it is still installed or "", and words for the
command; prints what there is afterwards.
"""

import json
import sys

import django
from django.conf import settings

DATABASE, OLD, *WORDS = sys.argv[1:]

settings.configure(
    SECRET_KEY="new",
    USE_TZ=True,
    SITE_ID=1,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    ROOT_URLCONF="tests.urls_bare",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.flatpages",
        "django.contrib.sites",
        "django_htmx",
        "django_cotton",
        "themis_htmx",
        "themis_htmx.importing",
        *filter(None, [OLD]),
    ],
)
django.setup()

from django.core.management import call_command  # noqa: E402

from themis_htmx.models import SourcePreference, UserNotification  # noqa: E402

call_command("migrate", verbosity=0)
call_command("import_notifications", *WORDS, stdout=sys.stderr)
rows = UserNotification.objects.order_by("pk").select_related("user")
columns = ("user__username", "title", "message", "level", "url", "source_app", "source_model")
print(  # noqa: T201
    json.dumps(
        {
            "notifications": [
                [*values, row.is_read, row.is_dismissed]
                for values, row in zip(rows.values_list(*columns), rows, strict=True)
            ],
            "preferences": list(
                SourcePreference.objects.order_by("pk").values_list(
                    "user__username", "source_app", "bell", "email"
                )
            ),
        }
    )
)
