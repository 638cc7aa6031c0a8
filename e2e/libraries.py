"""Other scripts that a project may have on its pages, from npm as e2e/package.json names them."""

import os
from pathlib import Path

import pytest

MODULES = Path(__file__).parent / "node_modules"


def load(page, file):
    """Run a script of another project in the page, or skip the journey where there is no npm."""
    path = MODULES / file
    if not path.exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"{file} comes by npm; `make e2e` fetches it where npm is.")
    page.context.route(f"**/libraries/{path.name}", lambda route: route.fulfill(path=path))
    page.evaluate(
        """(src) => new Promise((resolve) => {
            const script = document.createElement("script");
            script.src = src;
            script.addEventListener("load", resolve);
            document.head.append(script);
        })""",
        f"/libraries/{path.name}",
    )
