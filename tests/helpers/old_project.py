"""A project with another kit, in that kit's own virtual environment; it writes what a test imports.

Arguments: the app of the kit, the file of the database, and a number of rows, by default few. Flat
pages are what the notifications are about, since Django has them.
"""

import sys

import django
from django.conf import settings

KIT, DATABASE = sys.argv[1:3]
NUMBER = int(sys.argv[3]) if sys.argv[3:] else 0

settings.configure(
    SECRET_KEY="old",
    USE_TZ=True,
    SITE_ID=1,
    # The two kits differ in whether they may be installed with BigAutoField.
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DJANGO_NOTIFICATIONS_CONFIG={"USE_JSONFIELD": True, "SOFT_DELETE": True},
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.flatpages",
        "django.contrib.sites",
        KIT,
    ],
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.contrib.flatpages.models import FlatPage  # noqa: E402
from django.core.management import call_command  # noqa: E402


def write_notifications(ada, grace, page):
    from notifications.models import Notification
    from notifications.signals import notify

    team = Group.objects.create(name="Team")
    team.user_set.add(ada, grace)
    notify.send(grace, recipient=ada, verb="joined")
    notify.send(grace, recipient=ada, verb="changed", target=page, description="Two words.")
    notify.send(page, recipient=team, verb="is late", level="error", public=False, colour="red")
    notify.send(grace, recipient=ada, verb="moved", action_object=page, target=team)
    ada.notifications.get(verb="joined").mark_as_read()
    ada.notifications.filter(verb="moved").mark_all_as_deleted()
    for start in range(0, NUMBER, 1000):
        template = Notification.objects.get(verb="changed")
        rows = []
        for number in range(start, min(start + 1000, NUMBER)):
            template.pk, template.unread = None, number % 5 == 0
            template.verb = f"changed {number}"
            rows.append(Notification(**fields_of(template)))
        Notification.objects.bulk_create(rows)


def write_generic_notifications(ada, grace, page):
    from generic_notifications import send_notification
    from generic_notifications.channels import EmailChannel, WebsiteChannel
    from generic_notifications.frequencies import RealtimeFrequency
    from generic_notifications.models import Notification
    from generic_notifications.types import NotificationType, SystemMessage, register

    @register
    class Comment(NotificationType):
        key = "comment"
        name = "Comments"
        description = "Somebody commented"

    @register
    class Like(NotificationType):
        key = "like"
        name = "Likes"
        description = "Somebody liked it"

    Like.disable_channel(ada, WebsiteChannel)
    Comment.disable_channel(grace, EmailChannel)
    Comment.set_frequency(ada, RealtimeFrequency)
    send_notification(ada, Comment, actor=grace, target=page, subject="New comment", text="Hi!")
    send_notification(ada, Like, subject="By e-mail alone")
    send_notification(grace, Comment, subject="Read", url="/read/")
    send_notification(grace, SystemMessage)
    Notification.objects.get(subject="Read").mark_as_read()


def fields_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


call_command("migrate", verbosity=0)
people = [User.objects.create(username=name, email=f"{name}@x.org") for name in ("ada", "grace")]
about = FlatPage.objects.create(url="/about/", title="About us")
{"notifications": write_notifications, "generic_notifications": write_generic_notifications}[KIT](
    *people, about
)
