"""The template tags and their components: both render the same in any host template."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone, translation

from tests.helpers.browsers import ITEM_NAMES, address, browser, htmx
from tests.helpers.hosts import (
    NAMES,
    SPELLINGS,
    render,
    render_plainly,
    request_by,
    settled,
    spelled,
)
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification

ROOT = Path(__file__).resolve().parents[2]
PARTS = pytest.mark.parametrize("name", NAMES)
SPELLED = pytest.mark.parametrize("spelling", SPELLINGS)
NASTY = "<b>\"'&{{ x }}"
SOURCES = [*ROOT.glob("components/*.html"), *ROOT.glob("themis_htmx/templates/**/*.html")]
# Every word in them, of which a host may use any as a name of its own.
WORDS = {
    word
    for path in SOURCES
    for inside in re.findall(r"\{[{%].*?[%}]\}", path.read_text())
    for word in re.findall(r"\b[a-z]\w*", inside)
} - {"request", "csrf_token", "csp_nonce"}


@pytest.fixture(autouse=True)
def inbox(user, notify):
    """Something of everything."""
    notify("Read", level="success", read_at=timezone.now())
    notify("Warning", message="Message", level="warning", url="/tasks/1/", source_app="tasks")
    notify(NASTY, message=NASTY, level="danger", url='/"><b>', source_app=NASTY, source_model=NASTY)


@PARTS
@SPELLED
def test_a_tag_and_its_component_render_the_same(user, name, spelling):
    assert len(render(spelled(name), user)) > 1000
    assert settled(render(spelled(name, spelling), user)) == settled(render(spelled(name), user))


@PARTS
@SPELLED
def test_components_render_nothing_for_anonymous_users_without_a_query(
    name, spelling, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert render(spelled(name, spelling)).strip() == ""


def test_page_with_a_bell_runs_no_query_for_an_anonymous_user(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = browser().get("/page/")

    assert "themis.css" in response.content.decode()
    assert not parse(response).all(class_="themis")


@PARTS
@SPELLED
@pytest.mark.parametrize("given", [{}, {"request": None}, {"request": "a string"}])
def test_components_without_a_request_name_the_missing_context_processor(name, spelling, given):
    with pytest.raises(
        ImproperlyConfigured, match=r'"django\.template\.context_processors\.request" to the con'
    ):
        render_plainly(spelled(name, spelling), **given)


@PARTS
@SPELLED
def test_components_render_with_only_a_request_in_the_context(user, name, spelling):
    plain = render_plainly(spelled(name, spelling), request=request_by(user))

    assert parse(plain).elements[-1]["class"] == f"themis themis-{name}"


@PARTS
@SPELLED
def test_components_stay_escaped_under_autoescape_off_of_the_host(user, name, spelling):
    source = spelled(name, spelling)
    off = "{% autoescape off %}" + source + "{{ host }}{% endautoescape %}"

    assert settled(render(off, user, host="<i>")) == settled(render(source, user)) + "<i>"


@PARTS
@SPELLED
def test_components_render_the_same_when_cotton_isolates_them(user, settings, name, spelling):
    expected = settled(render(spelled(name, spelling), user))

    settings.COTTON_ISOLATE_BY_DEFAULT = True
    assert settled(render(spelled(name, spelling), user)) == expected


@PARTS
@SPELLED
@pytest.mark.parametrize("value", ["taken", 7, {"form": "taken"}, ["taken"]])
def test_components_ignore_context_variables_of_the_host(user, name, spelling, value):
    source = spelled(name, spelling)

    rendered = render(source, user, **dict.fromkeys(WORDS, value))

    assert settled(rendered) == settled(render(source, user))


@PARTS
@SPELLED
def test_components_leave_nothing_in_the_context_of_the_host(user, name, spelling):
    peek = "|" + "".join("{{ " + word + " }}" for word in sorted(WORDS))

    assert render(spelled(name, spelling) + peek, user).endswith(render(peek, user))


@PARTS
@SPELLED
@pytest.mark.parametrize("language", ["de", "en"])
def test_component_attributes_have_no_thousand_separators_in_any_language(
    user, settings, name, spelling, language
):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 4000
    user.profile.notification_retention_days = 3650
    user.profile.save()
    far = UserNotification.objects.create(pk=far_along(), user=user, title="Far along")
    UserNotification.objects.create(pk=far.pk + 1, user=user, title="Further", url="/x/")
    settings.THEMIS_PAGE_SIZE = 1

    def numbers():
        with translation.override(language):
            source = spelled(name, spelling)
            return numerals(render(source, user, f"/page/?themis_dismissed={far.pk}"))

    expected = numbers()
    settings.USE_THOUSAND_SEPARATOR = True
    assert numbers() == expected


@pytest.mark.parametrize("name", ["bell", "dropdown", "inbox_items", "read", "dismiss", "restore"])
def test_htmx_fragments_write_ids_without_thousand_separators(user, settings, name):
    settings.USE_THOUSAND_SEPARATOR = True
    one = UserNotification.objects.create(pk=far_along(), user=user, title="Far", url="/x/")

    answer = htmx(user).post if name in ITEM_NAMES else htmx(user).get
    html = answer(address(name, one)).content.decode()

    assert str(one.pk) in html
    assert f"{one.pk:,}"[:6] not in html


def far_along():
    """Beyond every row: MariaDB's counter stays where another test has taken it."""
    return UserNotification.objects.newest_first()[0].pk + 1_234_567


def numerals(html):
    return [
        {name: value for name, value in element.attrs.items() if any(map(str.isdigit, value or ""))}
        for element in parse(settled(html)).all()
        if element.tag not in ("time", "path", "symbol", "circle", "svg")
    ]
