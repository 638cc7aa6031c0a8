"""Brings the translations up to date with the sources, and compiles them. Needs GNU gettext.

make messages
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "themis_htmx"
# Set anew by each run, so that a run without a new string would still change every file.
DATES = re.compile(r'^"PO(?:T-Creation|-Revision)-Date: .*"\n', re.MULTILINE)


def extract(package: Path) -> None:
    """Write the strings of ``package`` into its translations, next to what is there."""
    # Through the symbolic link, by which the package reaches the components.
    django_admin(package, "makemessages", "--all", "--symlinks", "--add-location=file")
    for path in package.glob("locale/*/LC_MESSAGES/django.po"):
        path.write_text(DATES.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


def django_admin(folder: Path, *command: str) -> None:
    """Run a command of Django in ``folder``, without any project's settings."""
    names = {"DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    subprocess.run(
        [sys.executable, "-m", "django", *command], cwd=folder, env=environment, check=True
    )


if __name__ == "__main__":
    if not shutil.which("xgettext"):
        raise SystemExit("This needs GNU gettext, for example: apt-get install gettext")
    extract(KIT)
    django_admin(KIT, "compilemessages")
