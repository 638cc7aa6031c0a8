"""A small extension of Sphinx, which makes pages of the site out of pages of the repository.

- A paragraph that is a single link to a file of ``SHOWN``, such as README.md, becomes the text of
  that file.
- A link to one of these files leads to the page that shows it. A link to any other file outside
  docs/ becomes its words, unless the setting ``repository`` says where files can be seen.
- A block of HTML is read as a Django template, and a crontab as text, where they are coloured.
- A ``<picture>`` with an image for dark pages becomes two images, of which the theme shows one.
"""

import re
from functools import partial
from pathlib import Path

from pygments.lexers.special import TextLexer
from pygments.lexers.templates import HtmlDjangoLexer

DOCS = Path(__file__).resolve().parents[1]
# A page of the site, by the file at the root of the repository that it shows.
SHOWN = {
    "README.md": "index.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
}

FENCE = re.compile(r"(^ *```.*?^ *```$)", re.M | re.S)
ALONE = re.compile(r"^\[[^\]]+\]\(\.\./(\w+\.md)\)$", re.M)
LINK = re.compile(r"\[([^\]]*)\]\(((?!\w+:)[^)#]+)(#[^)]*)?\)")
PICTURE = re.compile(r"<picture>\s*<source (.*?)>\s*<img (.*?)>\s*</picture>", re.S)
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


def setup(app):
    """Connect the extension to Sphinx."""
    app.add_config_value("repository", "", "env")
    app.add_lexer("html", HtmlDjangoLexer)
    app.add_lexer("cron", TextLexer)
    app.connect("source-read", read)
    return {"version": "1", "parallel_read_safe": True}


def read(app, docname, source):
    """Turn the text of a page, the only item of ``source``, into that of a page of the site."""
    for file in ALONE.findall(source[0]):
        app.env.note_dependency(str(DOCS.parent / file))
    source[0] = page(source[0], app.config.repository)


def page(text, repository=""):
    """Return the text of a page of docs/ as the site has it."""
    text = ALONE.sub(lambda found: shown(found[1]), text)
    prose = partial(LINK.sub, partial(link, repository=repository))
    # Every other part is a block of code, which stays as it is.
    parts = FENCE.split(text)
    parts[::2] = [PICTURE.sub(images, prose(part)) for part in parts[::2]]
    return "".join(parts)


def shown(file):
    """Return the text of a file at the root, with its addresses as they are seen from docs/."""
    text = (DOCS.parent / file).read_text(encoding="utf-8")
    text = re.sub(r'(src(?:set)?=")docs/', r"\1", text)
    return LINK.sub(seen_from_docs, text)


def seen_from_docs(found):
    words, target, anchor = found.groups()
    target = target.removeprefix("docs/") if target.startswith("docs/") else f"../{target}"
    return f"[{words}]({target}{anchor or ''})"


def link(found, repository):
    """Return a link of a page as the site has it."""
    words, target, anchor = found.groups()
    if not target.startswith("../"):
        return found[0]
    target = target.removeprefix("../")
    if target in SHOWN:
        return f"[{words}]({SHOWN[target]}{anchor or ''})"
    return f"[{words}]({repository}{target})" if repository else words


def images(found):
    """Return the two images of a picture, each for its scheme."""
    dark, light = (dict(ATTRIBUTE.findall(part)) for part in found.groups())
    width = f" width={light['width']}" if "width" in light else ""
    return "\n".join(
        f"![{light['alt']}]({address}){{.only-{scheme}{width}}}"
        for scheme, address in [("light", light["src"]), ("dark", dark["srcset"])]
    )
