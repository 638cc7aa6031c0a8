"""The rules of the shipped code: its contents, its imports and its sizes."""

import ast
import gzip
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef
SHIPPED = ["themis_htmx", "themis", "components"]
STATIC = ROOT / "themis_htmx" / "static" / "themis_htmx"
KILOBYTES_8 = 8 * 1024

# A name and a pattern for each. HTML may also stand in a Python string, so every file is searched.
UNSAFE_OUTPUT = {
    "mark_safe": r"\bmark_safe\b",
    "the safe filter": r"\|\s*safe\b",
    "autoescape off": r"autoescape\s+off",
    # As a property: hx-swap="innerHTML" swaps in what Django has escaped.
    "innerHTML": r"""(?:\.|\[\s*["'`])(?:inner|outer)HTML\b""",
    "insertAdjacentHTML": r"\binsertAdjacentHTML\b",
    "document.write": r"\bdocument\.write",
}
REFUSED_BY_A_STRICT_CSP = {
    "eval": r"\beval\s*\(",
    "new Function": r"\bnew\s+Function\b",
    "hx-on": r"\bhx-on\b",
    "js: in an attribute": r"""=\s*["']\s*(?:js|javascript):""",
    "a trigger filter": r"""hx-trigger\s*=\s*["'][^"'>]*\[""",
    "a style attribute": r"""\sstyle\s*=\s*["']""",
    "an event attribute": r"""\son(?:abort|blur|change|click|close|error|focus|input|key\w+|load"""
    r"""|mouse\w+|pointer\w+|reset|submit|toggle|touch\w+)\s*=\s*["']""",
    "an inline script": r"<script\b(?![^>]*\bsrc=)",
    "an inline style": r"<style\b",
}

# The rooms of themis_htmx, floor by floor: a room imports itself and what lies on a lower floor.
FLOORS = [
    {"conf", "levels", "users", "databases", "tokens", "zones"},
    {"live", "policies"},
    {"models", "signals", "outlets"},
    {"channels", "compiled"},
    {"polling", "delivery", "forms", "cleanup", "periodic"},
    {"http", "notifications"},
    {"ui", "tasks", "django_tasks", "worker", "testing"},
    {"views", "templatetags", "management", "admin", "checks"},
    # The apps of further channels.
    {"mail", "webpush"},
    {"importing"},
    {"urls", "apps"},
]

# Put together here, so that this file does not contain what it looks for.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
    ]
]
MACHINE_PATHS = ["/".join(["", *parts]) for parts in [("work", ""), ("root", ""), ("tmp", "v")]]


def shipped_files(*suffixes: str) -> list[Path]:
    """Every shipped file, once: the package reaches ``components`` through a link."""
    found = [path for folder in SHIPPED for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.suffix in suffixes)


def modules() -> list[Path]:
    return [path for path in shipped_files(".py") if "migrations" not in path.parts]


def functions() -> Iterator[tuple[str, Function]]:
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, Function):
                yield f"{named(path)}:{node.lineno} {node.name}", node


def public_functions(parent: ast.AST) -> Iterator[Function]:
    """Functions and methods that others may call: not those inside a function."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node
        elif not isinstance(node, Function | ast.expr):
            yield from public_functions(node)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def body_length(function: Function) -> int:
    """Lines of the body, its docstring aside."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    start = min([body[0].lineno, *(d.lineno for d in getattr(body[0], "decorator_list", []))])
    return (body[-1].end_lineno or start) - start + 1


def imported_modules(path: Path) -> set[str]:
    """Names of the kit's own modules that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute_origin(node, path)
            found.update([origin, *(f"{origin}.{alias.name}" for alias in node.names)])
    return {name.split(".")[1] for name in found if name.startswith("themis_htmx.")}


def room_of(path: Path) -> str:
    """The first name below the package: a folder, or a module without its suffix."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "themis_htmx" else ""


def imported_files(path: Path) -> set[Path]:
    """Files of the kit that a file imports when it is loaded: no package's ``__init__.py``."""
    found: set[Path] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            places = [node.module or "", *(f"{node.module}.{each.name}" for each in node.names)]
            found.update(ROOT / f"{place.replace('.', '/')}.py" for place in places)
    return {each for each in found if each.is_file() and each != path}


def reachable(path: Path, imports: dict[Path, set[Path]]) -> set[Path]:
    found: set[Path] = set()
    ahead = [path]
    while ahead:
        new = imports.get(ahead.pop(), set()) - found
        found |= new
        ahead.extend(new)
    return found


def absolute_origin(node: ast.ImportFrom, path: Path) -> str:
    package = list(path.relative_to(ROOT).parts)[: -node.level or None] if node.level else []
    return ".".join([*package, *filter(None, [node.module])])


def hits(path: Path, patterns: dict[str, str]) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [
        f"{named(path)}:{text.count(chr(10), 0, match.start()) + 1} has {what}"
        for what, pattern in patterns.items()
        for match in re.finditer(pattern, text)
    ]


def is_email(hit: str) -> bool:
    """A style in the HTML of an e-mail, which is no page and reads no stylesheet."""
    is_style = hit.endswith(("a style attribute", "an inline style"))
    return is_style and "/templates/themis/mail/digest" in hit


def project_files() -> list[Path]:
    """Return the files that git would commit."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so there is nothing that could be committed")
    paths = {ROOT / name for name in listed.stdout.split("\0") if name}
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def gzipped_size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def listing(offenders: list[str]) -> str:
    return "".join(f"\n  - {offender}" for offender in offenders)


@pytest.mark.parametrize(
    "patterns", [UNSAFE_OUTPUT, REFUSED_BY_A_STRICT_CSP], ids=["unsafe output", "strict CSP"]
)
def test_no_shipped_file_contains_unsafe_output_or_breaks_a_strict_csp(patterns):
    files = shipped_files(".py", ".html", ".txt", ".js", ".css", ".svg")

    offenders = [hit for path in files for hit in hits(path, patterns) if not is_email(hit)]

    assert files, "no shipped file was found, so nothing was looked at"
    assert not offenders, f"these never ship:{listing(offenders)}"


def test_no_function_is_longer_than_30_lines():
    offenders = [
        f"{name} has {body_length(function)}"
        for name, function in functions()
        if body_length(function) > 30
    ]

    assert not offenders, f"at most 30 lines without the docstring:{listing(offenders)}"


def test_every_public_function_has_a_docstring():
    offenders = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in modules()
        for function in public_functions(parsed(path))
        if not ast.get_docstring(function)
    ]

    assert not offenders, f"these lack a docstring:{listing(offenders)}"


@pytest.mark.parametrize("name", ["themis.js", "themis.css"])
def test_script_and_stylesheet_each_fit_into_8_kilobytes_gzipped(name):
    size = gzipped_size(STATIC / name)

    assert size <= KILOBYTES_8, f"{name}: {size} bytes gzipped, at most {KILOBYTES_8}"


def test_script_of_live_updates_is_smaller_than_a_kilobyte_gzipped():
    assert gzipped_size(STATIC / "live.js") < 1024


def test_script_of_web_push_is_as_small_as_its_page_says():
    folder = ROOT / "themis_htmx" / "webpush" / "static" / "themis_htmx"

    assert gzipped_size(folder / "push.js") < 3000
    # The worker of a site with the app is that of alerts and this one.
    assert gzipped_size(folder / "push_worker.js") < 1100


def test_no_shipped_script_or_stylesheet_names_a_source_map():
    """Developer tools would request the map, and each answer of 404 is a line in a log."""
    offenders = [
        named(path) for path in shipped_files(".js", ".css") if b"sourceMap" in path.read_bytes()
    ]

    assert not offenders, f"these name a source map:{listing(offenders)}"


def test_imports_point_downwards():
    floors = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    offenders = [
        f"{named(path)} imports {imported}"
        for path in modules()
        if (room := room_of(path)) in floors
        for imported in imported_modules(path) - {room}
        if imported in floors and floors[imported] >= floors[room]
    ]

    assert not offenders, f"these imports point upwards:{listing(offenders)}"


def test_every_package_has_a_layer_in_the_import_order():
    rooms = {room_of(path) for path in modules() if path.is_relative_to(ROOT / "themis_htmx")}

    assert rooms - {"__init__"} == set.union(*FLOORS)


def test_no_modules_import_each_other_in_a_circle():
    imports = {path: imported_files(path) for path in modules()}
    circles = [named(path) for path in imports if path in reachable(path, imports)]

    assert not circles, f"these import themselves in the end:{listing(circles)}"


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    patterns = {repr(word): re.escape(word) for word in [*REGISTRY_HOSTS, *MACHINE_PATHS]}
    files = [path for path in project_files() if b"\0" not in path.read_bytes()]

    offenders = [hit for path in files for hit in hits(path, patterns)]

    assert not offenders, f"these hold on one machine only:{listing(offenders)}"
