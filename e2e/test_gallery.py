"""The gallery: every page answers, for everybody, and its states need no rows."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from example.gallery.pages import HOSTS
from example.gallery.states import STATES
from tests.helpers.daily import daily

PATHS = ["", "list/", "preferences/", "states/"]
TIMES = re.compile("<time[^>]*>([^<]*)</time>")


@pytest.fixture
def listed():
    """The components that docs/components.md lists."""
    page = Path(__file__).resolve().parents[1] / "docs" / "components.md"
    [section] = re.findall(r"^### Components\n(.*?)^### ", page.read_text("utf-8"), re.M | re.S)
    return set(re.findall(r"^\| `(\w+\.html)` \|", section, re.M))


def test_documentation_lists_every_component(listed):
    folder = Path(__file__).resolve().parents[1] / "components"
    assert listed == {path.name for path in folder.glob("*.html")}


def test_gallery_shows_every_component_that_the_documentation_lists(client, ana, listed):
    client.force_login(ana)
    shown = set()
    for path in PATHS:
        templates = client.get(f"/gallery/bare/{path}").templates
        shown |= {template.name for template in templates if template.name}

    assert {f"cotton/themis/{name}" for name in listed} - shown == set()


@pytest.mark.parametrize("name", daily(list(HOSTS), ["bare"]))
def test_gallery_pages_open_for_anonymous_and_signed_in_visitors(client, ana, name):
    host = HOSTS[name]
    for path in PATHS:
        for _look, query in [("", ""), *host.looks]:
            assert client.get(f"/gallery/{host.name}/{path}{query}").status_code == 200
    client.force_login(ana)
    for path in PATHS:
        assert client.get(f"/gallery/{host.name}/{path}").status_code == 200


def test_host_without_a_dark_look_is_light_whatever_is_asked(client, db):
    page = client.get("/gallery/bootstrap3/?scheme=dark")
    assert page.context["scheme"] == ""


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_gallery_state_has_a_page_of_its_own(client, state):
    page = client.get(f"/gallery/bare/states/{state.name}/").content.decode()
    assert re.findall('<section class="gallery-state [^>]*id="([^"]*)"', page) == [state.name]


def test_gallery_page_of_all_states_runs_no_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/gallery/bare/states/").status_code == 200


def test_gallery_states_show_the_same_times_on_another_day(client):
    seen = []
    for day in (3, 17):
        with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC), tick=False):
            seen.append(TIMES.findall(client.get("/gallery/bare/states/").content.decode()))
    assert seen[0] == seen[1]
    assert "4 minutes ago" in seen[0]


def test_gallery_index_links_to_every_page_of_every_host(client, db):
    index = client.get("/gallery/").content.decode()
    for host in HOSTS.values():
        for path in PATHS:
            for _look, query in host.looks:
                assert f'href="/gallery/{host.name}/{path}{query}"' in index


@pytest.mark.parametrize("path", ["nowhere/", "bare/states/nothing/"])
def test_unknown_gallery_page_answers_404(client, path):
    assert client.get(f"/gallery/{path}").status_code == 404


def test_task_board_links_to_the_gallery(client, ana):
    client.force_login(ana)
    assert 'href="/gallery/"' in client.get("/").content.decode()
