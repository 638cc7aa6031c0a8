"""Setups of django-cotton in a project: the kit renders under each of them."""

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
def test_every_component_renders_under_each_setup_of_django_cotton(arguments):
    command = [sys.executable, "-W", "error", "-m", "tests.helpers.bare_project", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr

    for name, html in json.loads(ran.stdout.splitlines()[-1]).items():
        assert len(html) > 300, f"{name}: {html}"
        assert not parse(html).all("u"), f"{name} is not escaped"
        assert "<c-" not in html, f"{name} has a component left"
        assert "{%" not in html, f"{name} has a tag left"
