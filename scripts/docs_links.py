"""``python scripts/docs_links.py FOLDER``: find the dead links of a site that was built.

Each address that does not leave the site has to lead to a file, and its anchor to an element. Links
to other sites are not followed: ``make docs-links`` does that.
"""

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ATTRIBUTES = {"href", "src"}


class Page(HTMLParser):
    """The ids of a page, and the addresses in it."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.addresses = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep what an element has of both."""
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            elif name in ATTRIBUTES and value:
                self.addresses.append(value)


@cache
def page(path):
    """Return the page of a file."""
    return Page(path.read_text(encoding="utf-8"))


def problem(path, address):
    """Return what is wrong with an address on the page of ``path``, "" if nothing is."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return "there is no such file"
    is_page = target.suffix == ".html"
    if parts.fragment and is_page and unquote(parts.fragment) not in page(target).ids:
        return "there is no such anchor"
    return ""


def main(folder):
    """Print every dead link below ``folder``, and return their number."""
    paths = sorted(Path(folder).resolve().rglob("*.html"))
    if not paths:
        print(f"There is no page in {folder}: build the site first, with `make docs`.")
        return 1
    found = [
        f"{path.name}: {address}: {wrong}"
        for path in paths
        for address in page(path).addresses
        if (wrong := problem(path, address))
    ]
    number = sum(len(page(path).addresses) for path in paths)
    print(*found, f"{number} links on {len(paths)} pages, {len(found)} of them dead", sep="\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1])))
