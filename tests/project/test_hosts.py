"""Whichever way a project has set django-cotton up, or not at all, the kit renders the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.markup import parse

ROOT = Path(__file__).resolve().parents[2]
SETUPS = [
    ("django_cotton",),
    ("django_cotton.apps.SimpleAppConfig",),
    ("django_cotton.apps.SimpleAppConfig", "loaders"),
    ("django_cotton", "isolated"),
]


@pytest.mark.parametrize("arguments", SETUPS, ids=" ".join)
def test_a_project_renders_everything(arguments):
    command = [sys.executable, "-W", "error", "-m", "tests.helpers.bare_project", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr

    for name, html in json.loads(ran.stdout.splitlines()[-1]).items():
        assert len(html) > 300, f"{name}: {html}"
        assert not parse(html).all("u"), f"{name} is not escaped"
        assert "<c-" not in html, f"{name} has a component left"
        assert "{%" not in html, f"{name} has a tag left"
