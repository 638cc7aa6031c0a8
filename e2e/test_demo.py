"""The demo command: it prints its welcome only when it can serve at that address."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run_demo(tmp_path):
    """Run the demo on a database of its own, in a process of its own."""
    runs = []

    def run_demo(port, redis=None):
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "example.settings",
            "EXAMPLE_DATABASE": str(tmp_path / "demo.sqlite3"),
            "PYTHONUNBUFFERED": "1",
        }
        if redis:
            environment["EXAMPLE_REDIS"] = redis
        command = [sys.executable, "manage.py", "demo", "--port", str(port)]
        run = subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        runs.append(run)
        return run

    yield run_demo
    for run in runs:
        run.terminate()
        run.communicate(timeout=20)


def test_demo_command_reports_a_port_in_use_instead_of_its_welcome(run_demo):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = run_demo(port)
        said, _ = run.communicate(timeout=60)

    assert run.returncode == 1
    assert f"Port {port} cannot be used" in said
    assert f"make demo PORT={port + 1}" in said
    assert "Taskboard" not in said


def test_demo_command_says_what_to_do_where_no_redis_brings_live_updates(run_demo):
    pytest.importorskip("redis")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = run_demo(port, redis="redis://127.0.0.1:1/0")
    said, _ = run.communicate(timeout=60)

    assert run.returncode == 1
    assert "No Redis answers at redis://127.0.0.1:1/0" in said
    assert "make demo-live REDIS=" in said


def test_demo_command_serves_at_the_address_in_its_welcome(run_demo):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = run_demo(port)

    for line in run.stdout:
        if "Quit the server" in line:
            break
        if line.startswith("Taskboard is ready"):
            assert f"http://127.0.0.1:{port}/" in line

    with urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=30) as answer:
        assert "Taskboard" in answer.read().decode()
