"""The parent's end of the children: one process for each kit, each in its own environment."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT, python_of
from benchmarks.kits import KITS, Kit


class DatabaseMissingError(Exception):
    """The database does not answer."""


class Child:
    """A kit on a database, waiting to be told what to measure."""

    def __init__(self, kit: Kit, suite: str, vendor: str, folder: Path) -> None:
        self.kit, self.python = kit, python_of(kit)
        named = {"BENCH_KIT": kit.name, "BENCH_DATABASE": vendor, "BENCH_FOLDER": str(folder)}
        self.environment = {**os.environ, **named}
        self.process = subprocess.Popen(
            [self.python, "-W", "ignore::RuntimeWarning", "-m", "benchmarks.child", suite],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, word: str) -> Any:
        """Tell it one thing, and wait for what it says."""
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> Any:
        """Wait for its next line."""
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.kit.package} stopped; what it said stands above.")
        return json.loads(line)

    def end(self) -> None:
        """Let it remove its database and go."""
        self.process.stdin.close()
        self.process.wait(timeout=60)


@contextmanager
def children_on(
    suite: str, vendor: str, folder: Path
) -> Iterator[tuple[list[Child], dict[str, str]]]:
    """A child for each kit, seeded all at once, and the versions that they name."""
    versions: dict[str, str] = {}
    with ExitStack() as stack:
        children = [Child(kit, suite, vendor, folder) for kit in KITS.values()]
        for child in children:
            stack.callback(child.end)
        for child in children:
            said = child.hear()
            if "missing" in said:
                raise DatabaseMissingError(said["missing"])
            versions |= said
        yield children, versions
