"""What a user wants by source and channel, over HTTP: a table of switches, each of which posts."""

import copy

import pytest
from django.conf import settings as project

from tests.helpers.browsers import BOOSTED, address, browser, htmx
from tests.helpers.markup import parse
from themis_htmx import outlets
from themis_htmx.databases import looks_up_ids_first
from themis_htmx.models import SourcePreference, UserProfile
from themis_htmx.policies import Channel

PAGE, SOURCE = address("preferences"), address("preferences_source")
BOTH = pytest.mark.parametrize("open_", [browser, htmx])
WITHOUT_HTMX = pytest.mark.parametrize("headers", [{}, BOOSTED])


@pytest.fixture(autouse=True)
def names(settings):
    settings.THEMIS_SOURCES = {"tasks": "The board"}


@pytest.fixture(autouse=True)
def _no_outlets(monkeypatch):
    """Whatever apps the tests have installed."""
    monkeypatch.setattr(outlets, "_registered", {})


@pytest.fixture
def outlet():
    """An outlet, registered for one test."""
    outlet = outlets.Outlet()
    outlet.name = "test"
    outlets.register(outlet)
    return outlet


@pytest.fixture
def mails(outlet):
    """An outlet that adds the column for e-mail."""
    outlet.columns = (Channel.EMAIL,)
    return outlet


@pytest.fixture
def chosen(user):
    """Return what a user has chosen: bell, desktop, e-mail and urgent ones too, by source."""

    def chosen(owner=user):
        rows = SourcePreference.objects.filter(user=owner)
        columns = ("source_app", "bell", "desktop", "email", "including_urgent")
        return {each[0]: each[1:] for each in rows.values_list(*columns)}

    return chosen


def table(response):
    return parse(response).one("table", class_="themis-sources__table")


def row(response, name):
    [found] = [
        each
        for each in parse(response).all("tr", class_="themis-source")
        if each.one("bdi").text == name
    ]
    return found


def states(row):
    """The switches of a row, each as it stands: on or off, and in brackets where it is disabled."""
    shown = []
    for switch in row.all("button", role="switch"):
        word = {"true": "on", "false": "off"}[switch["aria-checked"]]
        shown.append(f"({word})" if "disabled" in switch.attrs else word)
    return shown


def test_table_has_a_row_for_each_source_named_known_or_chosen_by_name(user, other, notify):
    for source in ("crm", ""):
        notify(source_app=source)
    notify(to=other, source_app="theirs")
    SourcePreference.objects.mute(other, "hers")
    SourcePreference.objects.choose(user, "archive", "desktop", wanted=False)

    shown = table(browser(user).get(PAGE))

    assert [name.text for name in shown.all("bdi")] == ["Archive", "Crm", "The board"]


def test_table_says_when_there_is_no_source_yet(user, settings):
    settings.THEMIS_SOURCES = {}

    section = parse(browser(user).get(PAGE)).one("section", class_="themis-sources")

    assert not section.all("table")
    assert "once something has come from it" in section.text


def test_table_has_a_column_for_email_only_if_an_outlet_adds_it(user, request):
    def heads():
        return [head.text for head in table(browser(user).get(PAGE)).all("th", scope="col")]

    assert heads() == ["Source", "Bell", "Desktop", "Urgent ones always"]
    request.getfixturevalue("mails")
    assert heads() == ["Source", "Bell", "Desktop", "E-mail", "Urgent ones always"]


@pytest.mark.parametrize(
    ("choices", "shown", "words"),
    [
        ({}, ["on", "on", "on", "(on)"], ""),
        ({"desktop": False}, ["on", "off", "on", "on"], ""),
        ({"bell": False}, ["off", "(off)", "(off)", "on"], "Off: only urgent ones arrive"),
        (
            {"bell": False, "email": False, "including_urgent": True},
            ["off", "(off)", "(off)", "off"],
            "Off: nothing arrives",
        ),
    ],
)
def test_row_shows_what_the_user_has_chosen(user, mails, choices, shown, words):
    SourcePreference.objects.create(user=user, source_app="tasks", **choices)

    found = row(browser(user).get(PAGE), "The board")

    assert states(found) == shown
    assert found.one("th").text == f"The board {words}".strip()


def test_row_shows_the_defaults_and_requirements_of_the_project(user, mails, settings):
    settings.THEMIS_SOURCES = {
        "digest": {"name": "Digest", "email": False},
        "safety": {"name": "Safety", "required": ["email"]},
    }
    # Chosen before the project required it.
    SourcePreference.objects.create(user=user, source_app="safety", bell=False, email=False)

    page = browser(user).get(PAGE)

    assert states(row(page, "Digest")) == ["on", "on", "off", "on"]
    safety = row(page, "Safety")
    assert states(safety) == ["(on)", "on", "(on)", "(on)"]
    assert [each.text for each in safety.all(class_="themis-source__always")] == ["Always on"] * 2
    assert [each["aria-label"] for each in safety.all("button")] == [
        "Safety: Bell, always on",
        "Safety: Desktop",
        "Safety: E-mail, always on",
        "Safety: Urgent ones always",
    ]


@BOTH
@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("bell", (False, None, None, False)),
        ("desktop", (None, False, None, False)),
        ("email", (None, None, False, False)),
    ],
)
def test_each_switch_is_accepted_as_rendered_and_takes_itself_back(
    user, other, mails, chosen, open_, name, changed
):
    client = open_(user, enforce_csrf_checks=True)

    def press():
        found = row(client.get(PAGE), "The board")
        button = found.one("button", id=f"{found['id']}-{name}")
        form = found.one("form", id=button["form"])
        assert button["formaction"] == button["hx-post"]
        assert button["hx-target"] == f"#{found['id']}"
        assert client.post(button["formaction"], form.fields).status_code in (200, 302)

    press()
    assert chosen() == {"tasks": changed}
    assert chosen(other) == {}
    press()
    assert chosen() == {}


@BOTH
def test_urgent_switch_holds_urgent_ones_back_and_lets_them_through(user, chosen, open_):
    SourcePreference.objects.mute(user, "tasks")
    client = open_(user)

    client.post(SOURCE, {"source_app": "tasks", "urgent": "off"})
    assert chosen() == {"tasks": (False, None, None, True)}
    client.post(SOURCE, {"source_app": "tasks", "urgent": "on"})
    assert chosen() == {"tasks": (False, None, None, False)}


def test_one_request_may_choose_several_channels(user, chosen):
    sent = {"source_app": "tasks", "desktop": "off", "email": "off", "bell": "on"}

    assert htmx(user).post(SOURCE, sent).status_code == 200

    assert chosen() == {"tasks": (None, False, False, False)}


def test_choice_is_answered_to_htmx_with_the_row_as_it_is_now(user, mails):
    SourcePreference.objects.choose(user, "tasks", "email", wanted=False)

    html = parse(htmx(user, "/page/").post(f"{SOURCE}?desktop=off", {"source_app": "tasks"}))

    [only] = html.elements
    assert (only.tag, only["data-themis-saved"]) == ("tr", "Saved")
    assert states(only) == ["on", "off", "off", "on"]
    assert only.one("form").fields["next"] == "/page/"


@WITHOUT_HTMX
def test_choice_without_htmx_redirects_to_a_page_that_says_saved(user, headers):
    sent = {"source_app": "tasks", "bell": "off", "next": "/page/?a=1"}

    response = browser(user, headers).post(SOURCE, sent)

    assert response.status_code == 302
    location, _, place = response["Location"].partition("#")
    assert location == "/page/?a=1&themis_saved=1"
    assert table(browser(user).get(PAGE)).one("tr", id=place).one("bdi").text == "The board"


@BOTH
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"bell": "off"}, "source_app: '' is empty"),
        ({"source_app": "x" * 101, "bell": "off"}, "source_app: 101 characters"),
        ({"source_app": "tasks"}, "Send one of bell, desktop, email, urgent"),
        ({"source_app": "tasks", "sms": "off"}, "Send one of bell, desktop, email, urgent"),
        ({"source_app": "tasks", "bell": "maybe"}, "bell: 'maybe' is not 'on' or 'off'"),
        ({"source_app": "safety", "bell": "off"}, "'safety' is required in 'bell'"),
    ],
)
def test_choice_that_makes_no_sense_is_refused_in_words(
    user, chosen, settings, caplog, open_, sent, words
):
    settings.THEMIS_SOURCES = {"safety": {"required": ["bell"]}}

    response = open_(user).post(SOURCE, sent)

    assert response.status_code == 400
    assert words in caplog.text
    assert chosen() == {}


def test_names_of_sources_are_escaped_and_their_ids_are_plain(user, settings):
    settings.THEMIS_SOURCES = {'a"b <c>': "<u>Board</u>"}

    found = row(browser(user).get(PAGE), "<u>Board</u>")

    assert found["id"].replace("themis-source-", "").isalnum()
    assert found.one("form").fields["source_app"] == 'a"b <c>'


@pytest.mark.parametrize("sources", [1, 30])
def test_preferences_take_few_queries_whatever_the_number_of_sources(
    user, notify, statements, sources
):
    """The page has a bell, which shares one of them, and asks for what is unread."""
    for number in range(sources):
        notify(source_app=f"source{number}")
        SourcePreference.objects.choose(user, f"source{number}", "desktop", wanted=False)

    def queries(open_, url):
        ran = statements(lambda: open_(user).get(url))
        return [sql for sql in ran if "themis_" in sql]

    # The newest notifications tell which sources there are: MariaDB looks up their ids first.
    count = 3 + looks_up_ids_first("default")
    assert len(queries(htmx, address("preferences_form"))) == count
    assert len(queries(browser, PAGE)) == count + 1
    assert len(table(browser(user).get(PAGE)).all("tr", class_="themis-source")) == sources + 1


def test_outlet_shows_its_section_below_the_table(user, outlet, settings, tmp_path):
    (tmp_path / "letters.html").write_text(
        '<section class="themis-card" id="letters">{{ words }} {% csrf_token %}</section>'
    )
    settings.TEMPLATES = copy.deepcopy(project.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"] = [tmp_path]
    outlet.preferences_section = lambda request: outlets.Section(
        "letters.html", {"words": f"<b>{request.user}</b>"}
    )

    for response in (browser(user).get(PAGE), htmx(user).get(address("preferences_form"))):
        cards = parse(response).one(id="themis-preferences-cards")
        letters = cards.elements[-1].elements[-1]
        assert letters["id"] == "letters"
        assert letters.text == f"<b>{user}</b>"
        assert letters.fields["csrfmiddlewaretoken"]


def test_save_that_changes_the_time_zone_brings_the_sections_that_tell_times_along(
    user, outlet, settings, tmp_path
):
    (tmp_path / "clock.html").write_text('<section id="clock">{{ zone }}</section>')
    settings.TEMPLATES = copy.deepcopy(project.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"] = [tmp_path]
    outlet.preferences_section = lambda request: outlets.Section(
        "clock.html", {"zone": UserProfile.objects.get(user=request.user).zone}
    )

    def save(shown, chosen):
        sent = {"notifications_min_level": "info", "quiet_from": "22:00", "quiet_to": "07:00"}
        sent |= {"shown_zone": shown, "time_zone": chosen}
        return parse(htmx(user).post(address("preferences_form"), sent))

    UserProfile.objects.create(user=user)
    brought = save("", "Asia/Tokyo").one(id="themis-preferences-sections")
    assert brought["hx-swap-oob"] == "true"
    assert brought.one(id="clock").text == "Asia/Tokyo"
    assert brought.one("input", name="shown_zone")["value"] == "Asia/Tokyo"

    assert save("Asia/Tokyo", "Asia/Tokyo").text == "Saved"
    # A newer save took the place of the one that changed the zone, whose answer was never read.
    assert save("", "Asia/Tokyo").one(id="clock").text == "Asia/Tokyo"


def test_form_that_shows_no_time_zone_brings_nothing_along(user, outlet):
    outlet.preferences_section = lambda request: outlets.Section("letters.html", {"words": ""})
    sent = {"notifications_min_level": "info", "quiet_from": "22:00", "quiet_to": "07:00"}
    answer = htmx(user).post(address("preferences_form"), sent | {"time_zone": "Asia/Tokyo"})
    assert parse(answer).text == "Saved"
    assert UserProfile.objects.get(user=user).time_zone == "Asia/Tokyo"


def test_quiet_hours_speak_of_email_only_if_an_outlet_sends_it(user, request):
    def words():
        return parse(browser(user).get(PAGE)).one("fieldset", data_themis_quiet=True).text

    assert "e-mail" not in words()
    request.getfixturevalue("mails")
    assert "No alerts and no urgent e-mails then." in words()
