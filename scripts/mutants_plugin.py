"""Tries mutants in a process of pytest that has all tests loaded: a fork of it for each mutant.

A plugin of pytest, for `scripts/mutants.py` alone. mutmut's own runner starts pytest several times
in one process, which pytest-django does not take: every mutant then counts as noticed.
"""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

# Seconds for the tests of one mutant. One that takes longer is in an endless loop.
LIMIT = 600


def pytest_configure(config: pytest.Config) -> None:
    """Record what each test reaches, or try mutants, as the environment asks for."""
    folder, task = Path(os.environ["THEMIS_MUTANTS"]), os.environ["THEMIS_MUTANTS_TASK"]
    plugin: Any = Recorder(folder) if task == "record" else Trier(folder, int(task))
    config.pluginmanager.register(plugin)


class Recorder:
    """Writes down which mutated functions each test calls, and how long it takes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "reach.json"
        self._reach: dict[str, list[str]] = {}
        self._seconds: dict[str, float] = {}
        set_mutant_under_test("stats")

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Take what the test has called."""
        for function in state()._stats:
            self._reach.setdefault(function, []).append(item.nodeid)
        state()._stats.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take how long it took."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Write all down."""
        self._file.write_text(json.dumps({"reach": self._reach, "seconds": self._seconds}))


class Trier:
    """Runs, for each mutant, the tests that may notice it, until one does."""

    def __init__(self, folder: Path, number: int) -> None:
        self._mutants = json.loads((folder / f"mutants-{number}.json").read_text())
        recorded = json.loads((folder / "reach.json").read_text())
        self._reach, self._seconds = recorded["reach"], recorded["seconds"]
        self._result = folder / f"result-{number}.json"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        # What comes after a test decides which fixtures are kept: those that every test shares.
        shared = next(item for item in session.items if item.path.parent.name == "tests")
        first = next(item for item in session.items if item.get_closest_marker("django_db"))
        _run(first, shared)
        if session.testsfailed:
            raise session.Failed(f"{first.nodeid} fails without any mutant")
        connections.close_all()
        database = Path(connections["default"].settings_dict["NAME"])
        original = database.with_suffix(".original")
        shutil.copy(database, original)
        found = {}
        for mutant in self._mutants:
            shutil.copy(original, database)
            found[mutant] = self._outcome(mutant, session, shared)
        original.unlink()
        self._result.write_text(json.dumps(found))
        return True

    def _outcome(self, mutant: str, session: pytest.Session, shared: pytest.Item) -> str:
        items = sorted(self._items(mutant, session.items), key=self._order(mutant))
        child = os.fork()
        if not child:
            _try(mutant, items, shared)
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return "" if os.waitstatus_to_exitcode(status) == 0 else "tests"
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "time"

    def _items(self, mutant: str, items: list[pytest.Item]) -> Iterator[pytest.Item]:
        """Yield the tests that reach the function, and all of its area.

        What is computed once and kept, such as compiled SQL, is reached by the first test alone.
        """
        reaching = set(self._reach.get(mutant.rpartition("__mutmut_")[0], []))
        area = f"tests/{_area(mutant)}/"
        return (item for item in items if item.nodeid in reaching or item.nodeid.startswith(area))

    def _order(self, mutant: str) -> Any:
        area, module = f"tests/{_area(mutant)}/", f"test_{mutant.split('.')[-2]}.py::"

        def order(item: pytest.Item) -> tuple[bool, bool, float]:
            name = item.nodeid
            return module not in name, not name.startswith(area), self._seconds.get(name, 1.0)

        return order


def _area(mutant: str) -> str:
    return mutant.split(".")[1]


def _run(item: pytest.Item, following: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _try(mutant: str, items: list[pytest.Item], shared: pytest.Item) -> None:
    """Run these tests in a process that ends with 1 at the first failure, and with 0 otherwise."""
    os.setsid()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    set_mutant_under_test(mutant)
    status = 1
    with suppress(BaseException):
        for item, following in zip(items, [*items[1:], shared], strict=True):
            _run(item, following)
            if item.session.testsfailed:
                break
        else:
            status = 0
    os._exit(status)
