"""Runs the unit tests on every supported Django with every supported Python found here.

Each pair has a virtual environment of its own under .matrix/. A pair whose Python is not on
this machine is named at the end, so that a green run cannot be taken for more than it was.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = {
    "3.11": ["5.2"],
    "3.12": ["5.2", "6.0", "6.1"],
    "3.13": ["5.2", "6.0", "6.1"],
}


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


def outcome_of(python: str | None, version: str, django: str) -> str:
    """Install this pair, run the unit tests in it, and say in a word how that went."""
    if python is None:
        return "not run, no such Python here"
    home = ROOT / ".matrix" / f"python{version}-django{django}"
    inside = str(home / "bin" / "python")
    print(f"\n=== Python {version}, Django {django}", flush=True)
    if not Path(inside).exists():
        subprocess.run([python, "-m", "venv", str(home)], check=True)
    install = [inside, "-m", "pip", "install", "-qq", "--editable", ".[test]"]
    subprocess.run([*install, f"Django=={django}.*"], cwd=ROOT, check=True)
    tests = [inside, "-m", "pytest", "tests", "--numprocesses=auto", "-m", "not packaging"]
    return "FAILED" if subprocess.run(tests, cwd=ROOT, check=False).returncode else "passed"


def main() -> int:
    """Run all pairs, then say of each how it went."""
    outcome = {}
    for version, djangos in PYTHONS.items():
        python = find_python(version)
        for django in djangos:
            outcome[version, django] = outcome_of(python, version, django)
    print()
    for (version, django), word in outcome.items():
        print(f"Python {version}, Django {django}: {word}")
    return int("FAILED" in outcome.values() or "passed" not in outcome.values())


if __name__ == "__main__":
    sys.exit(main())
