"""The links between the pages: each leads to a file that is there and to a heading in it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^( *)```.*?^\1```", re.M | re.S)


def prose(page):
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    words = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in words}


def links(page):
    """Every target on this side of the site: in brackets, or in a picture's attributes."""
    text = prose(page)
    found = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
    return [target for target in found if not re.match(r"https?://|mailto:", target)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_documentation_page_leads_to_a_file_and_heading(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page

        assert file.exists(), f"{target}: there is no such file"
        if anchor:
            assert anchor in anchors(file), f"{target}: there is no such heading"


def test_every_documentation_page_is_listed_in_the_readme():
    listed = links(ROOT / "README.md")

    missing = [page.name for page in PAGES if f"docs/{page.name}" not in listed]

    # Those at the root, and the pages of the site that show them.
    root = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert set(missing) <= root | {"index.md", "changes.md", "contributing.md", "reporting.md"}
