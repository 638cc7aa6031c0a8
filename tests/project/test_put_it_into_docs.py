"""The page docs/put-it-into.md: its lines are those of example/hosts/, and they run."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.template import Context, Template
from django.urls import resolve, reverse

from tests.helpers.hosts import request_by
from tests.helpers.markup import parse
from themis_htmx.notifications import notify_user

ROOT = Path(__file__).resolve().parents[2]
HOSTS = ROOT / "example" / "hosts"
PAGE = (ROOT / "docs" / "put-it-into.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.M | re.S)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
TEMPLATES = [text for kind, text in BLOCKS if kind == "html"]
FILES = sorted([*HOSTS.glob("*/templates/**/*.html"), *HOSTS.glob("*/static/*.css")])
# The first line of a block may name its file.
PATH = re.compile(r"\A(?:\{# \S.* #\}|/\* static/\S+ \*/|# mysite/\S+)\n")


def test_every_real_host_has_settings_and_an_extra_and_is_served_by_make():
    folders = {path.parent.name for path in HOSTS.glob("*/settings.py")}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert folders == {name.removeprefix("hosts-") for name in extras if "hosts-" in name}
    assert folders == set(re.search(r"^HOSTS := (.+)", makefile, re.M)[1].split())
    assert {name for name in folders if f"`{name}`" in PAGE or f"HOST={name}`" in PAGE} == folders


def lines_of(file):
    """The text of a file, without what only the demo has: toasts, and a comment at the head."""
    text = file.read_text(encoding="utf-8").replace(" toasts=True", "")
    return re.sub(r"\A/\*.*?\*/\n", "", text, flags=re.S)


def block_with(words):
    [found] = [text for text in PYTHON if words in text]
    return PATH.sub("", found)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HOSTS).as_posix())
def test_every_template_and_stylesheet_of_a_real_host_is_on_the_page(file):
    shown = [PATH.sub("", text) for _kind, text in BLOCKS]

    assert lines_of(file) in shown


@pytest.mark.parametrize("source", TEMPLATES, ids=lambda source: source.splitlines()[0][:50])
def test_every_template_of_the_page_can_be_compiled(source):
    load = "" if "{% load" in source else "{% load django_htmx themis %}"

    # {% extends %} has to come first, and needs no tags here.
    Template(source if "{% extends" in source else load + source)


@pytest.mark.parametrize("source", PYTHON, ids=lambda source: source.splitlines()[0][:50])
def test_every_python_block_of_the_page_is_valid(source):
    ast.parse(source)


def test_context_processor_of_the_page_is_the_one_of_the_real_hosts():
    used = (HOSTS / "context.py").read_text(encoding="utf-8")

    assert used.endswith(block_with("def admin_frame"))


@pytest.fixture
def in_the_admin(settings, monkeypatch):
    """The project, set up as the page says."""
    module = ModuleType("mysite.context")
    exec(block_with("def admin_frame"), vars(module))  # noqa: S102 - a file of this repository
    monkeypatch.setitem(sys.modules, "mysite", ModuleType("mysite"))
    monkeypatch.setitem(sys.modules, "mysite.context", module)
    [engine] = settings.TEMPLATES
    processors = engine["OPTIONS"]["context_processors"]
    options = engine["OPTIONS"] | {
        "context_processors": [*processors, "mysite.context.admin_frame"]
    }
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]
    settings.THEMIS_BASE_TEMPLATE = "admin/base_site.html"
    return module.admin_frame


@pytest.mark.usefixtures("in_the_admin")
@pytest.mark.parametrize("page", ["inbox", "preferences"])
def test_context_processor_of_the_page_gives_both_pages_the_frame_of_the_admin(admin_client, page):
    html = parse(admin_client.get(reverse(f"themis:{page}")).content.decode())

    assert html.all("div", id="user-tools")
    assert html.all("div", class_="themis-page")


def test_context_processor_of_the_page_leaves_polls_and_unknown_addresses_alone(
    in_the_admin, admin_user, django_assert_num_queries
):
    polled, unknown = request_by(admin_user), request_by(admin_user)
    polled.resolver_match = resolve(reverse("themis:bell"))

    with django_assert_num_queries(0):
        assert in_the_admin(polled) == in_the_admin(unknown) == {}


@pytest.mark.parametrize(
    ("is_staff", "base"), [(True, "admin/base_site.html"), (False, "base.html")]
)
def test_adapter_of_the_page_chooses_the_frame_by_user(user, is_staff, base):
    [adapter] = [text for text in TEMPLATES if "yesno" in text]
    user.is_staff = is_staff
    [node] = Template(PATH.sub("", adapter)).nodelist

    assert node.parent_name.resolve(Context({"user": user})) == base


def test_function_of_the_page_renders_the_tags_for_jinja2(user, monkeypatch):
    environment = SimpleNamespace(Environment=lambda **_options: SimpleNamespace(globals={}))
    monkeypatch.setitem(sys.modules, "jinja2", environment)
    defined = {}
    exec(block_with("def themis(request, tag)"), defined)  # noqa: S102
    themis = defined["environment"]().globals["themis"]
    notify_user(user, "News")

    bell = themis(request_by(user), "themis_bell toasts=True")

    assert hasattr(bell, "__html__"), "Jinja2 would escape it"
    [badge] = parse(bell).all("span", class_="themis-badge")
    assert badge.text.strip() == "1"
