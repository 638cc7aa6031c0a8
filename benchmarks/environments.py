"""A virtual environment for each kit, so that none is measured with another's packages."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.kits import Kit

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".bench"


def python_of(kit: Kit) -> str:
    """The Python of the kit's environment, which is made when it is not there."""
    home = FOLDER / kit.name
    python, installed = home / "bin" / "python", home / "installed.txt"
    wanted = [*kit.install, f"Django=={django_version()}", "psycopg[binary]", "gunicorn"]
    if not installed.exists() or installed.read_text() != "\n".join(wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *wanted], cwd=ROOT, check=True)
        installed.write_text("\n".join(wanted))
    return str(python)


def django_version() -> str:
    """The Django of all of them: the one that this project is developed with."""
    try:
        return version("Django")
    except PackageNotFoundError:
        return "5.2.*"
