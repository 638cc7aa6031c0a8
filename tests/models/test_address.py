"""Addresses in the table: whatever was written there, only a safe one comes out."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.template import Context, Template
from django.urls import reverse

from tests.helpers.markup import parse
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import notify_user
from themis_htmx.polling.arrivals import NEVER, Arrivals, Known

UNSAFE = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " \x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "\n//evil.example/",
    "http:evil.example",
    "https://",
    "http://[",
    "mailto:ada@example.org",
    "tasks/42/",
]
SAFE = [
    ("", ""),
    ("/tasks/42/?a=b#c", "/tasks/42/?a=b#c"),
    ("https://example.org/", "https://example.org/"),
    ("HTTP://example.org", "HTTP://example.org"),
    (" /tasks/42/\n", "/tasks/42/"),
]

each_unsafe = pytest.mark.parametrize("address", UNSAFE, ids=ascii)


def by_update(row, address):
    UserNotification.objects.filter(pk=row.pk).update(url=address)


def by_bulk_update(row, address):
    row.url = address
    UserNotification.objects.bulk_update([row], ["url"])


def by_sql(row, address):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE themis_usernotification SET url = %s WHERE id = %s", [address, row.pk]
        )


@pytest.fixture(params=[by_update, by_bulk_update, by_sql])
def write(request):
    """A way past ``notify_user()``."""
    return request.param


@each_unsafe
def test_an_unsafe_address_in_the_table_is_read_as_empty(notify, write, address):
    row = notify()
    write(row, address)

    everything = UserNotification.objects.all()
    assert everything.get().url == ""
    assert everything.defer("url").get().url == ""
    assert list(everything.values_list("url", flat=True)) == [""]
    assert UserNotification.objects.raw("SELECT * FROM themis_usernotification")[0].url == ""
    row.refresh_from_db()
    assert row.url == ""


@pytest.mark.parametrize(("address", "read"), SAFE)
def test_a_safe_address_in_the_table_is_read_as_notify_user_would_have_stored_it(
    notify, other, write, address, read
):
    row = notify()
    write(row, address)

    assert UserNotification.objects.get().url == read
    assert notify_user(other, "News", url=address).url == read


@each_unsafe
def test_an_unsafe_address_from_a_fixture_is_read_as_empty(notify, tmp_path, address):
    notify(url="/safe/")
    fixture = tmp_path / "notifications.json"
    call_command("dumpdata", "themis.usernotification", output=fixture, verbosity=0)
    [row] = json.loads(fixture.read_text(encoding="utf-8"))
    row["fields"]["url"] = address
    fixture.write_text(json.dumps([row]), encoding="utf-8")

    call_command("loaddata", fixture, verbosity=0)

    assert UserNotification.objects.get().url == ""


@each_unsafe
def test_full_clean_refuses_an_unsafe_address(user, address):
    with pytest.raises(ValidationError) as raised:
        UserNotification(user=user, title="News", url=address).full_clean()

    assert raised.value.message_dict == {"url": ["Enter a valid URL."]}


@pytest.mark.parametrize(("address", "_read"), SAFE)
def test_full_clean_accepts_a_safe_address(user, address, _read):
    UserNotification(user=user, title="News", url=address).full_clean()


def test_an_unsafe_address_can_be_found_in_the_table(notify):
    row = notify()
    by_update(row, "javascript:alert(1)")

    assert UserNotification.objects.filter(url__startswith="javascript:").get() == row


@pytest.mark.parametrize("name", ["inbox", "inbox_items", "dropdown", "toasts"])
@pytest.mark.parametrize("address", ["javascript:alert(1)", "/\t/evil.example/"], ids=ascii)
def test_no_list_and_no_toast_links_to_an_unsafe_address(client, user, notify, name, address):
    by_sql(notify("Bad"), address)
    by_sql(notify("Good"), "/good/")
    client.force_login(user)

    html = client.get(reverse(f"themis:{name}"), {"since": 0}).content.decode()

    links = parse(html).all("a", class_="themis-item__link")
    assert "Bad" in html
    assert [link["href"] for link in links] == ["/good/"]
    assert address not in html


def test_a_desktop_alert_about_an_unsafe_address_leads_to_the_inbox(user, notify):
    by_sql(notify("Bad"), "javascript:alert(1)")

    assert Arrivals.since(user, Known(0, NEVER), 0, alerts="full").alert()["url"] == reverse(
        "themis:inbox"
    )


def test_a_poll_hands_no_unsafe_address_to_the_script(client, user, notify):
    UserProfile.objects.create(
        user=user, browser_notifications_enabled=True, browser_notifications_full_text=True
    )
    by_sql(notify("Bad"), "javascript:alert(1)")
    client.force_login(user)

    html = client.get(reverse("themis:bell"), {"since": 0}).content.decode()

    assert "javascript:" not in html


def test_a_template_of_the_project_that_does_not_check_gets_no_unsafe_address(user, notify):
    by_sql(notify("Bad"), "javascript:alert(1)")
    template = Template(
        "{% for each in user.themis_notifications.all %}<a href='{{ each.url }}'>{% endfor %}"
    )

    assert template.render(Context({"user": user})) == "<a href=''>"


def test_the_admin_shows_a_notification_with_an_unsafe_address(admin_client, notify):
    row = notify()
    by_sql(row, "javascript:alert(1)")

    response = admin_client.get(reverse("admin:themis_usernotification_change", args=[row.pk]))

    assert response.status_code == 200
    assert "javascript:alert" not in response.content.decode()
