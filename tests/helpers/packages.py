"""The package, built and installed away from this checkout."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command away from this checkout, and show all it said when it fails."""
    ours = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV"}
    env = {name: value for name, value in os.environ.items() if name not in ours} | environment
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(target: Path, *options: str) -> Path:
    run(
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        *options,
        "--outdir",
        target,
        ROOT,
        cwd=target,
    )
    return target


def environment(folder: Path, *requirements: str | Path) -> Path:
    """Make a virtual environment with these packages; return its folder of commands."""
    venv.create(folder, with_pip=True)
    commands = folder / "bin"
    run(
        commands / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        *requirements,
        cwd=folder,
    )
    return commands
