"""The documentation site: Sphinx, with the pages of docs/ as they are, and the theme furo.

``make docs`` builds it. The pages are plain Markdown, so that they read well in the repository,
too; what the site needs beyond that is in site/pages.py.
"""

import os
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent), str(DOCS / "site")]

# The docstrings are read from the modules themselves, which need the apps.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from themis_htmx import __version__  # noqa: E402

project = "themis-htmx"
author = "The themis-htmx authors"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "pages"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["site"]
nitpicky = True

# Headings have the anchors that they have in the repository, and alerts are boxes as there.
myst_enable_extensions = ["alert", "attrs_inline"]
myst_heading_anchors = 4

# The signatures name types as the source does, "Any" and the like, which are explained nowhere.
autodoc_typehints = "none"
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = f"themis-htmx {version}"
# No page depends on the day of its build, so that two builds of one commit are the same.
html_last_updated_fmt = None
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False

# For `make docs-links`. Many pages make their anchors by a script, so only pages are looked for.
linkcheck_anchors = False
linkcheck_timeout = 15
