"""The settings that all hosts share: those of the example, without its gallery and its policy."""

import os
from pathlib import Path

from example.settings import *  # noqa: F403
from example.settings import BASE_DIR, DATABASES, INSTALLED_APPS, MIDDLEWARE, TEMPLATES

HOSTS = Path(__file__).resolve().parent

# The gallery has a template for the stock admin. Tailwind is for the kit's own stylesheet.
_OTHERS = {"example.gallery", "tailwind", "example.theme.ThemeConfig"}
INSTALLED_APPS = ["example.hosts", *(each for each in INSTALLED_APPS if each not in _OTHERS)]
# The hosts have inline scripts, which the example's policy forbids.
MIDDLEWARE = [each for each in MIDDLEWARE if not each.startswith("example.csp.")]

LOGIN_URL = "admin:login"


def templates_of(host, *processors):
    """Return TEMPLATES with the folder of a host, and with more context processors."""
    [engine] = TEMPLATES
    shared = engine["OPTIONS"]["context_processors"]
    options = {**engine["OPTIONS"], "context_processors": [*shared, *processors]}
    return [{**engine, "DIRS": [HOSTS / host / "templates"], "OPTIONS": options}]


def database_of(host):
    """Return DATABASES with a file of the host's own, unless the environment names one."""
    if "EXAMPLE_DATABASE" in os.environ:
        return DATABASES
    return {"default": {**DATABASES["default"], "NAME": BASE_DIR / ".hosts" / f"{host}.sqlite3"}}
