"""The blocks of the pages that are neither Python nor templates mean what is there.

Commands are read by the parsers of the commands themselves, and names are looked up. ``KINDS`` says
what is tried how, and what is not.
"""

import configparser
import io
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po
from django.core.management import get_commands, load_command_class

from tests.helpers.blocks import BLOCK, PAGES, ROOT, blocks, every
from tests.helpers.node import find_node

STYLES = (ROOT / "themis_htmx" / "static" / "themis_htmx" / "themis.css").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CRONTABS = [
    (page, text)
    for page in PAGES
    for kind, text in blocks(page)
    if kind == "text" and "manage.py" in text
]

# How the blocks of a kind are tried.
KINDS = {
    "python": "runs in test_python_blocks.py",
    "pycon": "runs in test_python_blocks.py",
    "html": "is rendered in test_python_blocks.py",
    "console": "is read below by the commands that it names",
    "yaml": "is read below, and so is its command",
    "ini": "is read below, and so is its command",
    "css": "its names are compared below with those of the stylesheet",
    "po": "is read below, and its words are looked up",
    "js": "is compiled below by Node.js",
    "javascript": "is compiled below by Node.js",
    "sql": "runs in test_scaling_docs.py",
    "jinja": "is not run, since Jinja2 is not installed; the function that it calls is",
    "nginx": "is not run, since there is no nginx",
    "caddy": "is not run, since there is no Caddy",
    "text": "is a picture or an answer; the lines of a crontab are read below",
    "{toctree}": "is read by test_site.py",
    "{eval-rst}": "is read by test_site.py",
}


def test_every_kind_of_block_is_tried_or_says_why_not():
    kinds = {kind for page in PAGES for _, kind, _ in BLOCK.findall(page.read_text("utf-8"))}

    assert kinds == KINDS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_a_page_says_its_kind(page):
    fences = re.findall(r"^(?:> )? *```", page.read_text(encoding="utf-8"), re.M)

    assert len(fences) == 2 * len(BLOCK.findall(page.read_text(encoding="utf-8")))


@every("css")
def test_names_in_a_stylesheet_of_a_page_are_those_of_the_kit(text):
    names = set(re.findall(r"--themis-[\w-]+|\.themis-[\w-]+", text))

    assert not {name for name in names if not re.search(re.escape(name) + r"(?![\w-])", STYLES)}
    assert text.count("{") == text.count("}")


@every("js", "javascript")
def test_script_of_a_page_compiles(text):
    subprocess.run([find_node(), "--check", "-"], input=text, text=True, check=True)


@every("po")
def test_translation_of_a_page_is_of_words_that_the_kit_has(text):
    locale = ROOT / "themis_htmx" / "locale" / "de" / "LC_MESSAGES" / "django.po"
    kit = read_po(io.BytesIO(locale.read_bytes()))

    [message] = [message for message in read_po(io.StringIO(text)) if message.id]

    assert kit.get(message.id, message.context)


# Commands


def commands(text):
    """The words of each command of a block, without its variables, its prompt and its answer."""
    if re.search(r"^\$ ", text, re.M):
        text = "\n".join(re.findall(r"^\$ (.+)", text, re.M))
    so_far = ""
    for line in text.splitlines():
        so_far += line
        try:
            words = shlex.split(so_far, comments=True)
        except ValueError:  # a quote or a backslash is open
            so_far = so_far.removesuffix("\\") + "\n"
            continue
        so_far = ""
        yield from one_by_one(words)


def one_by_one(words):
    """The commands of a line, which ``&&`` joins."""
    while words and re.match(r"\w+=", words[0]):
        words = words[1:]
    if "&&" in words:
        position = words.index("&&")
        yield words[:position]
        yield from one_by_one(words[position + 1 :])
    elif words:
        yield words


# Commands of others, whose words are not checked.
OF_OTHERS = {
    ".",
    "cd",
    "celery",
    "django-admin",
    "export",
    "git",
    "ln",
    "mkdir",
    "redis-cli",
    "rm",
    "sha256sum",
    "uvicorn",
}


# Extras of psycopg and of Celery.
EXTRAS_OF_OTHERS = {"binary", "redis"}


def check(words):
    """Fail unless a command is one that is there, with options that it has."""
    program, *arguments = words
    name = Path(program).name if program != "." else program
    if name == "make":
        targets = [word for word in arguments if "=" not in word]
        assert all(
            re.search(rf"^[\w -]*\b{target}\b[\w -]*:", MAKEFILE, re.M) for target in targets
        )
    elif name == "pip":
        check_extras(arguments)
    elif name == "pytest":
        paths = [word for word in arguments if "/" in word]
        assert all((ROOT / path).exists() for path in paths)
    elif name in {"python", "python3"}:
        check_python(arguments)
    else:
        assert name in OF_OTHERS, words


def check_extras(arguments):
    command, *requirements = arguments
    assert command == "install"
    for extra in re.findall(r"\[(\w+)\]", " ".join(requirements)):
        assert extra in PROJECT["optional-dependencies"] or extra in EXTRAS_OF_OTHERS


def check_python(arguments):
    if arguments[0] == "-W":
        arguments = arguments[2:]
    first, *others = arguments
    if first == "-c":
        compile(others[0], "the block", "exec")
    elif arguments[:2] == ["-m", "django"] or Path(first).name == "manage.py":
        name, *options = others[1:] if first == "-m" else others
        if name == "test":
            return
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        parser.parse_args(options)
        code = options[options.index("-c") + 1] if "-c" in options else ""
        compile(code, "the block", "exec")
    else:
        assert first == "-m"
        assert others[0] in {"build", "http.server", "twine", "venv"}


@every("console")
def test_commands_of_a_block_are_there_with_their_options(text):
    # A command may stand for a value.
    found = list(commands(re.sub(r"^\w+=\$\((.+)\)$", r"\1", text, flags=re.M)))

    assert found
    for words in found:
        check(words)


@every("yaml")
def test_manifest_of_a_page_can_be_read_and_runs_a_command_that_is_there(text):
    manifest = yaml.safe_load(text)

    pod = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["name"] == manifest["metadata"]["name"]
    check(container["command"])


@every("ini")
def test_unit_of_a_page_can_be_read_and_runs_a_command_that_is_there(text):
    unit = configparser.ConfigParser()
    unit.optionxform = str
    unit.read_string(text)

    assert unit["Unit"]["Description"]
    if "Timer" in unit:
        assert unit["Timer"]["OnCalendar"] == "minutely"
    else:
        check(unit["Service"]["ExecStart"].split())


@pytest.mark.parametrize("line", [line for _, text in CRONTABS for line in text.splitlines()])
def test_line_of_a_crontab_runs_a_command_that_is_there(line):
    *_times, command = line.split(maxsplit=5)

    for words in commands(command):
        check(words)
