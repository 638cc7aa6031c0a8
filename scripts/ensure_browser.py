"""Makes sure that the Chromium of the journeys is there and starts; prints its path.

A system browser is used where there is one (THEMIS_CHROMIUM names another); else Playwright
downloads its own; else, as root on Debian or Ubuntu, apt-get installs one. Chromium's headless
shell comes first, as it does for Playwright: it draws no window around a page, which takes the
other browsers half of the processor time of a short journey. The journeys about the way back need
one of the others.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

NAMES_WITH_WINDOWS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
NAMES = ["chromium-headless-shell", *NAMES_WITH_WINDOWS]
# Playwright's own Node.js needs libatomic1, which a bare Debian lacks. Ubuntu lacks the shell.
DEBIAN_PACKAGES = [["chromium-headless-shell"], ["chromium", "libatomic1"]]
NONE_STARTS = """\
No Chromium starts here, and none could be installed. Any one of these helps:
  - install Chromium or Google Chrome (on Debian: apt-get install chromium libatomic1);
  - run .venv/bin/python -m playwright install --with-deps chromium;
  - set THEMIS_CHROMIUM to the path of a browser."""


def find_chromium(names: list[str] = NAMES) -> str | None:
    """Return the path of the system's first browser; None leaves the choice to Playwright."""
    named = os.environ.get("THEMIS_CHROMIUM")
    return named or next(filter(None, map(shutil.which, names)), None)


def path_of_one_that_starts() -> str | None:
    """Start the browser that the journeys will use, and return where it is."""
    path = find_chromium()
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=path).close()
            return path or playwright.chromium.executable_path
    except Exception as error:  # Plain ones too, where Playwright itself lacks a library.
        print(str(error).splitlines()[0], file=sys.stderr)
        return None


def download_with_playwright() -> None:
    """Let Playwright fetch its own build, and as root the libraries that it needs."""
    if find_chromium():
        return  # It would not be used.
    playwright = [sys.executable, "-m", "playwright"]
    if _run([*playwright, "install", "chromium"]) and os.geteuid() == 0:
        _run([*playwright, "install-deps", "chromium"])


def install_with_apt() -> None:
    """Install Debian's Chromium; one more try each, for mirrors that stumble."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run(["apt-get", "update"]) or _run(["apt-get", "update"])
        for packages in DEBIAN_PACKAGES:
            install = ["apt-get", "install", "--yes", *packages]
            _run(install) or _run(install)


def _run(command: list[str]) -> bool:
    print("Running", " ".join(command), file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        complaints = [line for line in (done.stdout + done.stderr).splitlines() if "rror" in line]
        print("That did not work:", *complaints[-1:], file=sys.stderr)
    return done.returncode == 0


def main() -> int:
    """Look, then try each way of getting a browser until one starts."""
    path = path_of_one_that_starts()
    for install in (download_with_playwright, install_with_apt):
        if not path:
            install()
            path = path_of_one_that_starts()
    print(f"Chromium: {path}" if path else NONE_STARTS, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
