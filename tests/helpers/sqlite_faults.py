"""Faults of the SQLite database that a test runs on."""

import subprocess
import sys
from contextlib import contextmanager

from django.db import connection

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def pragma(words):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {words}").fetchone()


@contextmanager
def changed(name, value):
    """Change one of SQLite's options for a while, and do not wait long for a lock."""
    [usual] = pragma(name)
    [patience] = pragma("busy_timeout")
    pragma("busy_timeout = 100")
    pragma(f"{name} = {value}")
    try:
        yield
    finally:
        pragma(f"{name} = {usual}")
        pragma(f"busy_timeout = {patience}")


@contextmanager
def locked():
    """Another process writes, and takes longer than anybody waits."""
    command = [sys.executable, "-c", HOLD, connection.settings_dict["NAME"]]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()
        holder.wait()
