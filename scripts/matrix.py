"""Runs the unit tests on every supported Django with every supported Python found here.

Each pair has a virtual environment of its own under .matrix/, with the newest releases of what the
kit depends on. The first pair runs a second time with the oldest ones that pyproject.toml allows.
A pair whose Python is not on this machine is named at the end, so that a green run cannot be taken
for more than it was.

`scripts/matrix.py 3.13/6.1` runs that pair alone, and `oldest` the oldest releases.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = {
    "3.11": ["5.2"],
    "3.12": ["5.2", "6.0", "6.1"],
    "3.13": ["5.2", "6.0", "6.1"],
}


class Run(NamedTuple):
    """One run of the unit tests: its name, its Python, and what is installed beside the kit."""

    name: str
    python: str
    requirements: list[str]


def runs() -> list[Run]:
    """Return all runs: one with the oldest releases, and one for each pair."""
    first = next(iter(PYTHONS))
    pairs = [(python, django) for python, djangos in PYTHONS.items() for django in djangos]
    return [
        Run("oldest", first, oldest_releases()),
        *(Run(f"{python}/{django}", python, [f"Django=={django}.*"]) for python, django in pairs),
    ]


def oldest_releases() -> list[str]:
    """Return the oldest releases of Django, django-htmx and django-cotton that are promised."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # A requirement of another form fails here, and is not passed over.
    parts = [re.fullmatch(r"([\w-]+)>=([\d.]+)", each).groups() for each in project["dependencies"]]
    return [f"{name}=={lowest}" for name, lowest in parts]


def find_python(version: str) -> str | None:
    """Return a Python of this version that works: one on PATH, or one of pyenv's."""
    candidates = [shutil.which(f"python{version}"), *map(str, _pyenv_pythons(version))]
    return next((path for path in candidates if path and _can_make_a_venv(path)), None)


def _pyenv_pythons(version: str) -> list[Path]:
    if not shutil.which("pyenv"):
        return []
    root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout
    return sorted(Path(root.strip(), "versions").glob(f"{version}.*/bin/python{version}"))


def _can_make_a_venv(python: str) -> bool:
    # A pyenv shim is on PATH even where no version stands behind it.
    check = [python, "-c", "import ensurepip, venv"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def outcome_of(run: Run) -> str:
    """Install what this run needs, run the unit tests, and say in a word how that went."""
    python = find_python(run.python)
    if python is None:
        return f"not run, no Python {run.python} here"
    home = ROOT / ".matrix" / run.name.replace("/", "-django")
    inside = str(home / "bin" / "python")
    print(f"\n=== {run.name}: Python {run.python}, {', '.join(run.requirements)}", flush=True)
    if not Path(inside).exists():
        subprocess.run([python, "-m", "venv", str(home)], check=True)
    install = [inside, "-m", "pip", "install", "-qq", "--editable", ".[test]", *run.requirements]
    subprocess.run(install, cwd=ROOT, check=True)
    tests = [inside, "-m", "pytest", "tests", "--numprocesses=auto"]
    tests += ["-m", "not packaging and not long"]
    return "FAILED" if subprocess.run(tests, cwd=ROOT, check=False).returncode else "passed"


def main(names: list[str]) -> int:
    """Run those of these names, or all, then say of each how it went."""
    unknown = set(names) - {run.name for run in runs()}
    if unknown:
        known = ", ".join(run.name for run in runs())
        sys.exit(f"There is no {', '.join(sorted(unknown))}; choose from {known}.")
    outcome = {run.name: outcome_of(run) for run in runs() if not names or run.name in names}
    print()
    for name, word in outcome.items():
        print(f"{name}: {word}")
    return int("FAILED" in outcome.values() or "passed" not in outcome.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
