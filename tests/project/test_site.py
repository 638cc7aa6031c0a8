"""The documentation site: its order, what it makes of the pages, and its check of links."""

import re
from functools import cache
from importlib import import_module, util
from pathlib import Path

import pytest

from tests.project.test_public_names import NAMES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Pages of the site that show a file at the root.
ROOT_FILES = {"index", "changes", "contributing", "reporting"}


@cache
def loaded(path):
    """A module that is in no package."""
    spec = util.spec_from_file_location(path.stem, path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def page():
    pytest.importorskip("pygments")
    return loaded(DOCS / "site" / "pages.py").page


def sections_of_the_site():
    """The pages by the caption of their table of contents."""
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    found = re.findall(r"^:caption: ([^\n]+)\n:hidden:\n\n(.*?)\n```", text, re.M | re.S)
    return {caption: body.split() for caption, body in found}


def sections_of_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [part] = re.findall(r"^## Documentation\n(.*?)^## ", text, re.M | re.S)
    _, *parts = re.split(r"^### (.+)\n", part, flags=re.M)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {
        caption: re.findall(r"^\| \[.+?\]\(docs/([\w-]+)\.md\)", rows, re.M)
        for caption, rows in pairs
    }


def test_every_page_has_one_place_in_the_table_of_contents_of_the_site():
    listed = sorted(name for names in sections_of_the_site().values() for name in names)

    assert listed == sorted({path.stem for path in DOCS.glob("*.md")} - {"index"})


def test_readme_lists_the_pages_in_the_order_of_the_site():
    site = sections_of_the_site()

    assert sections_of_the_readme() == {
        caption: [name for name in names if name not in ROOT_FILES]
        for caption, names in site.items()
    }
    assert list(site) == ["Tutorial", "How to", "Reference", "Explanation"]


def documented():
    """Each module and name of which the site shows the docstring."""
    module = ""
    for kind, name in re.findall(
        r"^\.\. (module|autofunction|autoclass|autodata):: ([\w.]+)",
        (DOCS / "api.md").read_text(encoding="utf-8"),
        re.M,
    ):
        if kind == "module":
            module = name
        else:
            yield module, name


def test_site_shows_the_docstring_of_every_public_name_and_no_other():
    public = {(module, signature.partition("(")[0]) for module, signature in NAMES}
    # What `UserNotification.objects` and `SourcePreference.objects` are.
    querysets = {
        ("themis_htmx.models.notification", "NotificationQuerySet"),
        ("themis_htmx.models.source_preference", "SourcePreferenceQuerySet"),
    }
    shorter = {each for each in public if each[0].startswith("themis.")}

    assert set(documented()) == (public - shorter) | querysets


def test_public_functions_and_classes_have_a_docstring_of_their_own():
    for module, name in documented():
        found = getattr(import_module(module), name)
        if isinstance(found, type) or hasattr(found, "__code__"):
            assert found.__doc__, f"{module}.{name}"


def test_page_that_is_a_link_shows_the_file_with_links_that_work_from_there(page):
    text = page("[README.md](../README.md)\n")

    assert "# themis-htmx\n" in text
    assert "[tutorial](tutorial.md)" in text
    assert "[CONTRIBUTING.md](contributing.md)" in text
    assert "(docs/" not in text
    assert "../" not in text


def test_link_to_a_file_outside_of_the_docs_is_words_unless_the_repository_is_known(page):
    link = "The [example](../example/asgi.py)."

    assert page(link) == "The example."
    assert page(link, "https://example.org/main/") == (
        "The [example](https://example.org/main/example/asgi.py)."
    )


def test_links_between_pages_and_blocks_of_code_stay_as_they_are(page):
    text = "[a](a.md#b) [b](https://example.org)\n\n```text\n[c](../c.py)\n```\n"

    assert page(text) == text


def test_picture_with_an_image_for_dark_pages_becomes_one_for_each_scheme(page):
    text = (
        '<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="images/d.png">\n'
        '  <img alt="A bell" width="300" src="images/l.png">\n</picture>'
    )

    assert page(text) == (
        "![A bell](images/l.png){.only-light width=300}\n"
        "![A bell](images/d.png){.only-dark width=300}"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<a href="a.html#here">', ""),
        ('<a href="https://example.org/">', ""),
        ('<a href="a.html#there">', "b.html: a.html#there: there is no such anchor\n"),
        ('<img src="c.png">', "b.html: c.png: there is no such file\n"),
    ],
)
def test_check_of_the_built_site_finds_dead_links_and_anchors(tmp_path, capsys, text, problem):
    main = loaded(ROOT / "scripts" / "docs_links.py").main
    (tmp_path / "a.html").write_text('<p id="here"><a href="#here">', encoding="utf-8")
    (tmp_path / "b.html").write_text(text, encoding="utf-8")

    assert main(tmp_path) == bool(problem)
    assert problem in capsys.readouterr().out


def test_configuration_of_the_site_names_no_other_host():
    for path in [DOCS / "conf.py", *(DOCS / "site").glob("*.py")]:
        assert "://" not in path.read_text(encoding="utf-8")
