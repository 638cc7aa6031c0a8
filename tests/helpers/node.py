"""Node.js for the tests and the simulation that run the script's own modules."""

import os
import shutil

import pytest


def find_node():
    """The path of node. Without it a test is skipped, and fails where CI is set."""
    node = shutil.which("node")
    if not node:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("There is no Node.js on this machine, which runs the modules of the script.")
    return node
