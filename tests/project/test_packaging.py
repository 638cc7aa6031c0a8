"""The package as built, installed alone into a host project, and put to use.

The sdist is the delicate one. ``themis_htmx/templates/cotton/themis`` is a symbolic link to
``components``, and hatchling skips a folder that it has already seen: a sdist told to ``include``
this and that, and every wheel built from it, would ship no components and say nothing.
"""

import json
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.helpers.packages import ROOT, environment, run

pytestmark = pytest.mark.packaging

COMPONENTS = "themis_htmx/templates/cotton/themis"
ESSENTIAL = [
    f"{COMPONENTS}/bell.html",
    *[
        f"themis_htmx/locale/{name}/LC_MESSAGES/django.mo"
        for name in ("ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt_BR", "zh_Hans")
    ],
    "themis_htmx/importing/management/commands/import_notifications.py",
    "themis_htmx/importing/migrations/0001_initial.py",
    "themis_htmx/migrations/0001_initial.py",
    "themis_htmx/migrations/0002_attention.py",
    "themis_htmx/mail/migrations/0001_initial.py",
    "themis_htmx/mail/templates/themis/mail/digest.html",
    "themis_htmx/mail/templates/themis/mail/digest.txt",
    "themis_htmx/mail/templates/themis/mail/digest/card.html",
    "themis_htmx/mail/templates/themis/mail/subject.txt",
    "themis_htmx/mail/templates/themis/mail/unsubscribe.html",
    "themis_htmx/py.typed",
    "themis_htmx/static/themis_htmx/alerts.js",
    "themis_htmx/static/themis_htmx/themis.css",
    "themis_htmx/static/themis_htmx/themis.js",
    "themis_htmx/static/themis_htmx/worker.js",
    "themis_htmx/templates/themis/inbox.html",
    "themis_htmx/templates/themis/preferences.html",
    "themis_htmx/templatetags/themis.py",
    "themis_htmx/webpush/management/commands/webpush_keys.py",
    "themis_htmx/webpush/migrations/0001_initial.py",
    "themis_htmx/webpush/static/themis_htmx/push.js",
    "themis_htmx/webpush/static/themis_htmx/push_worker.js",
    "themis_htmx/webpush/templates/themis/webpush/head.html",
    "themis_htmx/webpush/templates/themis/webpush/preferences.html",
    "themis/notifications.py",
]

# A host project with as little in it as Django allows, written to a folder of its own.
HOST_PROJECT = {
    "settings.py": """
SECRET_KEY = "for a test"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
USE_TZ = True
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "host.sqlite3"}}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
    "themis_htmx",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
""",
    "urls.py": """
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path


def page(request):
    template = Template("{% load themis %}{% themis_bell %}")
    return HttpResponse(template.render(RequestContext(request)))


urlpatterns = [path("", page), path("notifications/", include("themis_htmx.urls"))]
""",
    "visit.py": """
import json

import django

django.setup()

from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

import themis_htmx
from themis.notifications import notify_user

call_command("check", fail_level="WARNING", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
call_command("migrate", verbosity=0)
user = get_user_model().objects.create_user("ada")
for number in range(3):
    notify_user(user, f"Task {number} is done")
browser = Client()
browser.force_login(user)
print(
    json.dumps(
        {
            "package": themis_htmx.__file__,
            "stylesheet": finders.find("themis_htmx/themis.css"),
            "script": finders.find("themis_htmx/themis.js"),
            "inbox": reverse("themis:inbox"),
            "bell": browser.get("/").content.decode(),
            "inbox page": browser.get(reverse("themis:inbox")).content.decode(),
        }
    )
)
""",
}


@pytest.fixture(scope="module")
def visit(wheel, tmp_path_factory):
    """The pages that a signed-in user sees in a host project with only the wheel installed."""
    folder = tmp_path_factory.mktemp("host")
    for name, text in HOST_PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    python = environment(folder / "venv", wheel) / "python"
    said = run(python, "visit.py", cwd=folder, DJANGO_SETTINGS_MODULE="settings")
    return json.loads(said.splitlines()[-1])


def files_of_the_packages() -> set[str]:
    """Every file of the two packages that a project needs, by its path inside a wheel."""
    found = set()
    for package in ("themis_htmx", "themis"):
        for folder, folders, names in os.walk(ROOT / package, followlinks=True):
            folders[:] = [name for name in folders if name != "__pycache__"]
            needed = [name for name in names if not name.endswith(".po")]
            found.update(Path(folder, name).relative_to(ROOT).as_posix() for name in needed)
    return found


def files_in(wheel: Path) -> set[str]:
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if ".dist-info/" not in name and ".data/" not in name}


def test_the_sdist_holds_the_components_as_real_files(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        members = {member.name.partition("/")[2]: member for member in sdist.getmembers()}

    components = [path.name for path in (ROOT / "components").rglob("*.html")]

    assert components, "there is no component to ship"
    for name in components:
        assert members[f"{COMPONENTS}/{name}"].isreg(), f"{name} is not a real file in the sdist"


def test_the_wheel_made_from_the_sdist_holds_all_that_a_host_needs(wheel):
    missing = set(ESSENTIAL) - files_in(wheel)

    assert not missing, f"these did not get into the wheel: {sorted(missing)}"


@pytest.mark.parametrize("origin", ["wheel", "wheel_straight_from_the_checkout"])
def test_wheel_holds_the_two_packages_whole_and_nothing_else(origin, request):
    shipped, ours = files_in(request.getfixturevalue(origin)), files_of_the_packages()

    assert shipped == ours, (
        f"missing: {sorted(ours - shipped)}; there by mistake: {sorted(shipped - ours)}"
    )


def test_every_translation_ships_compiled(wheel):
    sources = [path.relative_to(ROOT) for path in ROOT.glob("themis_htmx/**/*.po")]
    uncompiled = {path.with_suffix(".mo").as_posix() for path in sources} - files_in(wheel)

    assert sources
    assert not uncompiled, f"run compilemessages; these are missing: {sorted(uncompiled)}"


def test_a_host_that_installs_the_wheel_imports_it_and_finds_its_static_files(visit):
    assert not Path(visit["package"]).is_relative_to(ROOT), "the host imported this checkout"
    assert visit["stylesheet"], "the host cannot find themis_htmx/themis.css"
    assert visit["script"], "the host cannot find themis_htmx/themis.js"


def test_user_of_a_host_with_the_wheel_sees_the_bell_with_its_count(visit):
    assert f'href="{visit["inbox"]}"' in visit["bell"], f"no link: {visit['bell']}"
    assert "Notifications, 3 unread" in visit["bell"], f"no count: {visit['bell']}"


def test_user_of_a_host_with_the_wheel_reads_the_list(visit):
    assert "Task 2 is done" in visit["inbox page"]


def test_host_that_adds_web_push_without_its_library_is_told_what_to_install(visit):
    environment = Path(visit["package"]).parents[4]
    host = environment.parent
    added = "INSTALLED_APPS = [*INSTALLED_APPS, 'themis_htmx.webpush']"
    (host / "settings_push.py").write_text(f"from settings import *\n{added}\n", encoding="utf-8")

    done = subprocess.run(
        [environment / "bin" / "python", "-m", "django", "check"],
        cwd=host,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings_push"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "pip install themis-htmx[webpush]" in done.stderr


def test_wheel_brings_the_stylesheet_for_a_tailwind_build_of_a_project(wheel):
    built = (ROOT / "themis_htmx" / "static" / "themis_htmx" / "themis.css").read_bytes()

    with zipfile.ZipFile(wheel) as archive:
        brought = [
            archive.read(name)
            for name in archive.namelist()
            if name.endswith(".data/data/share/themis-htmx/themis.css")
        ]

    assert brought == [built]
    assert b"@apply" not in built
