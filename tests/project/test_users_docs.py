"""The recipe of docs/users.md that deletes everything stored about a user who stays."""

import re
from pathlib import Path

from django.apps import apps

from tests.helpers.push import Browser, push_service
from themis_htmx.importing.models import ImportedPreference
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.models import SourcePreference
from themis_htmx.webpush.models import PushMessage

PAGE = Path(__file__).resolve().parents[2] / "docs" / "users.md"


def models_about_users():
    """The models of the kit with a foreign key to the user, found and not listed here."""
    kits = [model for model in apps.get_models() if model.__module__.startswith("themis_htmx.")]
    return [model for model in kits if any(f.name == "user" for f in model._meta.fields)]


def stored_about(user):
    return {model for model in models_about_users() if model.objects.filter(user=user).exists()}


def fill(user, notify, service):
    made = notify("Secret", to=user)
    SourcePreference.objects.mute(user, "tasks")
    user.themis_profile.save()
    MailPreference.objects.choose(user, "daily", hour=8, weekday=0)
    ImportedPreference.objects.create(user=user, source_app="tasks")
    Mailed.objects.mark(user.pk, [made.pk])
    browser = Browser(service, user.username)
    PushMessage.objects.create(subscription=browser.subscribe(user), notification=made.pk)


def test_recipe_of_the_page_deletes_all_that_is_stored_about_one_user(user, other, notify):
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition("## When a user is deactivated or made anonymous")[2]
    [code] = re.findall(r"^```python\n(.*?)^```", section.partition("\n## ")[0], re.M | re.S)
    with push_service() as service:
        fill(user, notify, service)
        fill(other, notify, service)
    assert stored_about(user) == set(models_about_users())

    exec(code, {"user": user})  # noqa: S102

    assert stored_about(user) == set()
    assert stored_about(other) == set(models_about_users())
