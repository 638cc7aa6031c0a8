"""The modules of the script, by node's own test runner: tests/js has their tests."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers.node import find_node

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "static_src" / "js"
TESTS = sorted((ROOT / "tests" / "js").glob("*.test.mjs"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name.removesuffix(".test.mjs"))
def test_script_module_passes_its_node_tests(file):
    command = [find_node(), "--test", "--test-reporter=spec", file]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_node_tests_cover_the_poller_htmx_stale_lists_and_stream_modules():
    tested = {file.name.removesuffix(".test.mjs") for file in TESTS}
    assert tested >= {"poller", "htmx", "stale_lists", "stream"}


def test_no_script_module_is_longer_than_150_lines():
    lines = {path.name: len(path.read_text("utf-8").splitlines()) for path in MODULES.glob("*.js")}

    assert lines, "no module of the script was found"
    assert not {name: number for name, number in lines.items() if number > 150}
