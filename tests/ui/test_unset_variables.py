"""No template reads a variable that was never set: a project may have Django write so."""

import copy

import pytest
from django.conf import settings as project
from django.utils import timezone

from tests.helpers.browsers import ITEM_NAMES, READ_NAMES, address, browser, htmx
from tests.helpers.daily import daily
from tests.helpers.hosts import NAMES, SPELLINGS, render, spelled
from themis_htmx.models import SourcePreference
from themis_htmx.models.profile import stored

UNSET = "UNSET"
QUERIES = {
    "plainly": {},
    "filtered": {"state": "unread", "level": "danger", "source": "tasks"},
    "without a hit": {"source": "nothing", "state": "unread"},
    "further down": {"before": "100000"},
    "past the end": {"before": "1", "level": "danger"},
    "with news": {"since": "0", "shown": "0", "alerts": "full"},
    "after a dismissal": {"themis_dismissed": "1"},
    "after reading all": {"themis_read": "0", "themis_undo": "x"},
    "after muting": {"themis_muted": "shop"},
    "after saving": {"themis_saved": "1"},
}
CHANGES = {
    "read_all": {"up_to": "100000"},
    "mute": {"source_app": "tasks"},
    "unmute": {"source_app": "shop"},
    "preferences_source": {"source_app": "shop", "urgent": "off"},
}


@pytest.fixture(autouse=True)
def unset(settings):
    """Have Django write a word for what is not set, as `string_if_invalid` does."""
    templates = copy.deepcopy(project.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = f"{UNSET}(%s)"
    settings.TEMPLATES = templates


@pytest.fixture
def some(user, notify):
    """Notifications of every kind, and a muted source."""
    SourcePreference.objects.mute(user, "shop")
    now = timezone.now()
    notify("Read", read_at=now)
    notify("Bare", source_app="", source_model="", message="", url="")
    notify("Urgent", level="danger", url="/tasks/2/")
    actions = [{"label": "Yes", "url": "/", "method": "post"}, {"label": "No", "url": "/"}]
    notify("Rich", level="danger", image="/a.svg", actions=actions)
    return notify("Whole", message="With words", url="/tasks/1/", source_app="tasks")


def words_about_unset(response):
    html = response if isinstance(response, str) else response.content.decode()
    return [line.strip() for line in html.splitlines() if UNSET in line]


def test_django_writes_its_word_for_an_unset_variable():
    assert words_about_unset(render("{{ missing }}")) == ["UNSET(missing)"]


@pytest.mark.parametrize("way", daily([browser, htmx], [htmx]))
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("name", READ_NAMES)
def test_every_page_and_fragment_has_every_variable(user, some, name, query, way):
    response = way(user).get(address(name), query)

    assert response.status_code == 200
    assert words_about_unset(response) == []


@pytest.mark.parametrize("name", READ_NAMES)
def test_an_empty_page_has_every_variable(user, name):
    profile = stored(user)
    profile.notifications_enabled = False
    profile.save()

    assert words_about_unset(browser(user).get(address(name))) == []


@pytest.mark.parametrize("name", ITEM_NAMES)
def test_an_action_on_an_item_has_every_variable(user, some, name):
    response = htmx(user, "/page/").post(address(name, some), {"scope": "themis-bell-panel"})

    assert response.status_code == 200
    assert words_about_unset(response) == []


@pytest.mark.parametrize("scope", ["themis-inbox", "themis-preferences"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_has_every_variable(user, some, name, scope):
    response = htmx(user, "/page/").post(address(name), CHANGES[name] | {"scope": scope})

    assert response.status_code == 200
    assert words_about_unset(response) == []


@pytest.mark.parametrize("way", [browser, htmx])
@pytest.mark.parametrize("fields", [{}, {"notifications_min_level": "no such"}])
def test_the_form_with_its_mistakes_has_every_variable(user, fields, way):
    response = way(user).post(address("preferences_form"), fields)

    assert response.status_code == 200
    assert words_about_unset(response) == []


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", [*NAMES, "head"])
def test_a_component_in_a_page_of_a_project_has_every_variable(user, some, name, spelling):
    assert words_about_unset(render(spelled(name, spelling) * 2, user)) == []


def test_toasts_and_the_count_in_the_title_have_every_variable(user, some):
    source = "{% load themis %}{% themis_bell toasts=True title_count=True %}"

    assert words_about_unset(render(source, user)) == []
