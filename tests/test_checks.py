"""The system checks: each names the mistake and the line that mends it."""

from pathlib import Path

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.checks import ERROR, WARNING, run_checks
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.backends.base import BaseEngine
from django.test import modify_settings
from django.urls import clear_url_caches, set_urlconf
from django.utils.translation import gettext_lazy

from themis_htmx.checks import RULES, check_urls
from themis_htmx.conf import DEFAULTS

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
INSTALLED = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
]


def found(identity=""):
    """Return the messages of the kit's checks, or only those with one id."""
    messages = [message for message in run_checks() if message.id.startswith("themis.")]
    return [message for message in messages if message.id == identity or not identity]


def the_only(identity):
    [message] = found(identity)
    assert message.level == (ERROR if identity.startswith("themis.E") else WARNING)
    return message


@pytest.fixture
def urls(settings):
    """Serve another URLconf."""

    def urls(name):
        settings.ROOT_URLCONF = name
        clear_url_caches()
        set_urlconf(None)

    yield urls
    clear_url_caches()


def test_system_checks_report_nothing_in_a_complete_project():
    assert found() == []


@pytest.mark.parametrize("app", INSTALLED)
def test_system_check_names_a_missing_app(app):
    with modify_settings(INSTALLED_APPS={"remove": app}):
        message = the_only("themis.E001")

    assert message.msg == f"'{app}' is not installed."
    assert message.hint == f'Add "{app}" to INSTALLED_APPS.'


@pytest.mark.parametrize("path", MIDDLEWARE)
def test_system_check_names_a_missing_middleware(settings, path):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != path]

    message = the_only("themis.E002")
    assert message.msg == f"'{path}' is missing."
    assert message.hint == f'Add "{path}" to MIDDLEWARE.'


def test_system_check_accepts_a_middleware_of_the_same_name(settings):
    settings.MIDDLEWARE = [
        path.replace("django_htmx.middleware", "project.middleware") for path in settings.MIDDLEWARE
    ]

    assert found() == []


class Counting(SessionMiddleware):
    """A project's own session middleware, by another name."""


def test_system_check_accepts_a_middleware_subclass_of_another_name(settings):
    settings.MIDDLEWARE = [
        "tests.test_checks.Counting" if path == MIDDLEWARE[0] else path
        for path in settings.MIDDLEWARE
    ]

    assert found() == []


def test_system_check_does_not_take_a_middleware_that_cannot_be_imported_for_a_subclass(settings):
    settings.MIDDLEWARE = [
        path.replace("django_htmx.middleware.HtmxMiddleware", "project.middleware.Missing")
        for path in settings.MIDDLEWARE
    ]

    assert "django_htmx.middleware.HtmxMiddleware" in the_only("themis.E002").msg


@pytest.mark.parametrize("engine", ["signed_cookies", "cache", "file"])
def test_system_check_wants_no_session_app_for_sessions_without_a_table(settings, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    with modify_settings(INSTALLED_APPS={"remove": "django.contrib.sessions"}):
        assert found() == []


def test_system_check_reports_templates_without_a_request(settings):
    for options in ({"context_processors": []}, {}):
        settings.TEMPLATES = [settings.TEMPLATES[0] | {"OPTIONS": options}]
        message = the_only("themis.E003")
        assert '"django.template.context_processors.request"' in message.hint
        assert "TEMPLATES" in message.hint


def test_system_check_accepts_one_template_engine_with_a_request(settings):
    jinja = {"BACKEND": "django.template.backends.django.DjangoTemplates", "NAME": "other"}
    settings.TEMPLATES = [jinja, *settings.TEMPLATES]

    assert found() == []


class OtherEngine(BaseEngine):
    """A template engine that takes every file for its own language, as django-jinja may."""

    app_dirname = "templates"

    def __init__(self, params):
        params.pop("OPTIONS")
        super().__init__(params)

    def get_template(self, template_name):
        if any(Path(file).exists() for file in self.iter_template_filenames(template_name)):
            raise TemplateSyntaxError("Encountered unknown tag 'load'.")
        raise TemplateDoesNotExist(template_name)


def other_engine(*, app_dirs):
    return {"BACKEND": "tests.test_checks.OtherEngine", "NAME": "jinja2", "APP_DIRS": app_dirs}


def test_system_check_reports_another_engine_that_reads_the_templates_of_the_kit(settings):
    settings.TEMPLATES = [other_engine(app_dirs=True), *settings.TEMPLATES]

    message = the_only("themis.E006")
    assert message.msg == "The template engine 'jinja2' reads the templates of themis_htmx."
    assert "cotton/" in message.hint
    assert "themis/" in message.hint


def test_system_check_accepts_another_engine_that_leaves_the_templates_of_the_kit_alone(settings):
    settings.TEMPLATES = [other_engine(app_dirs=False), *settings.TEMPLATES]

    assert found() == []


def test_system_check_reports_templates_that_no_engine_finds(settings):
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"APP_DIRS": False}]
    settings.TEMPLATES[0]["OPTIONS"] = settings.TEMPLATES[0]["OPTIONS"] | {
        "loaders": ["django.template.loaders.filesystem.Loader"]
    }

    message = the_only("themis.E006")
    assert message.msg == "The templates of themis_htmx are not found."
    assert "django.template.loaders.app_directories.Loader" in message.hint


def test_system_check_reports_another_cotton_folder(settings):
    settings.COTTON_DIR = "components"

    message = the_only("themis.E004")
    assert message.msg == "COTTON_DIR is 'components'."
    assert "components/themis" in message.hint


def test_system_check_accepts_the_default_cotton_folder_by_name(settings):
    settings.COTTON_DIR = "cotton"

    assert found() == []


def test_system_check_warns_when_the_urls_are_not_included(urls):
    urls("themis_htmx.urls")

    message = the_only("themis.W001")
    assert "not included" in message.msg
    assert 'include("themis_htmx.urls")' in message.hint


def test_system_check_of_urls_is_silent_without_a_root_urlconf(settings):
    del settings.ROOT_URLCONF

    assert check_urls() == []


WRONG = {
    "THEMIS_NOTIFICATION_POLL_INTERVAL": [-1, 1.5, "60", None, True],
    "THEMIS_NOTIFICATION_MAX_AGE_DAYS": [0, -1, "90", None, False],
    "THEMIS_BASE_TEMPLATE": ["", None, 1],
    "THEMIS_PROFILE_ACCESSOR": ["", "not a name", 1, False],
    "THEMIS_PAGE_SIZE": [0, "20", None],
    "THEMIS_DROPDOWN_SIZE": [0, 2.5, None],
    "THEMIS_SOURCES": [
        None,
        ["tasks"],
        {1: "One"},
        {"tasks": None},
        {"tasks": ("Tasks", "tasks/icon.svg")},
        {"tasks": {}},
        {"tasks": {"name": None}},
        {"tasks": {"name": "Tasks", "icon": ""}},
        {"tasks": {"name": "Tasks", "icon": None}},
    ],
}
RIGHT = {
    "THEMIS_NOTIFICATION_POLL_INTERVAL": [0, 1, 3600],
    "THEMIS_NOTIFICATION_MAX_AGE_DAYS": [1, 36500],
    "THEMIS_BASE_TEMPLATE": ["host_base.html"],
    "THEMIS_PROFILE_ACCESSOR": [None, "mailbox"],
    "THEMIS_PAGE_SIZE": [1, 100],
    "THEMIS_DROPDOWN_SIZE": [1, 50],
    "THEMIS_SOURCES": [
        {},
        {"tasks": "Tasks", "billing": gettext_lazy("Monday"), "crm": ""},
        {"tasks": {"name": "Tasks"}},
        {"tasks": {"name": gettext_lazy("Monday"), "icon": "tasks/icon.svg"}},
        {"tasks": {"icon": "tasks/icon.svg"}},
        {"tasks": {"name": "Tasks", "bell": True, "desktop": False, "email": False}},
        {"tasks": {"required": ["bell", "email"]}, "news": {"required": ("bell",), "email": False}},
        {"tasks": {"required": []}},
    ],
}
# What is said of "tasks", and what the check says of that.
ENTRY_MISTAKES = [
    ({"emial": False}, " has 'emial', which is no key.", "bell, desktop, email"),
    ({"name": "Tasks", 1: "x"}, " has 1, which is no key.", "name, icon, required"),
    ({"email": "no"}, "['email'] is 'no'.", "True or False"),
    ({"bell": None}, "['bell'] is None.", "True or False"),
    ({"desktop": 0}, "['desktop'] is 0.", "True or False"),
    ({"required": "bell"}, "['required'] is 'bell'.", "bell, desktop, email"),
    ({"required": None}, "['required'] is None.", "bell, desktop, email"),
    ({"required": ["sms"]}, "['required'] names 'sms'", "bell, desktop, email"),
    ({"required": [["bell"]]}, "['required'] names ['bell']", "bell, desktop, email"),
    ({"required": ["email"], "email": False}, "['email'] is False", "leave out one"),
    ({"required": ["email"], "bell": False}, "['bell'] is False", "required in the bell"),
]


def cases(table):
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("name", "value"), cases(WRONG))
def test_system_check_reports_an_invalid_setting_with_its_rule(settings, name, value):
    setattr(settings, name, value)

    message = the_only("themis.E005")
    assert message.msg == f"{name} is {value!r}."
    assert message.hint.startswith("It must be ")


@pytest.mark.parametrize(("name", "value"), cases(RIGHT))
def test_system_check_accepts_a_valid_setting(settings, name, value):
    setattr(settings, name, value)

    assert found() == []


@pytest.mark.parametrize(("entry", "words", "hint"), ENTRY_MISTAKES)
def test_system_check_names_the_source_and_the_mistake_in_its_entry(settings, entry, words, hint):
    settings.THEMIS_SOURCES = {"billing": "Invoices", "tasks": entry}

    message = the_only("themis.E005")
    assert message.msg.startswith(f"THEMIS_SOURCES['tasks']{words}")
    assert hint in message.hint


def test_system_checks_cover_every_setting():
    assert set(RULES) == set(DEFAULTS)
    assert all(is_valid(DEFAULTS[name]) for name, (is_valid, _rule) in RULES.items())
