"""Changes the code in small ways, one at a time, and names the changes that no check notices.

mutmut makes the changes, the mutants: another operator, another constant, an argument less. What
may notice them is mypy, the unit tests on SQLite, and those on PostgreSQL and MariaDB. Nothing in
the checkout is touched: all of it happens in a copy, in .mutants/.

`scripts/mutants.py --sample 450` tries as many, chosen by `--seed`; without it, all of them.
"""

import argparse
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / ".mutants"
# What is worth it: who is told, what is stored, what a page learns, and what a user chooses.
MUTATED = ["delivery/*.py", "models/*.py", "polling/*.py", "forms.py", "views/preferences.py"]
# Of the unit tests, those that begin no processes and read no documentation.
TESTS = [
    *(f"tests/{name}" for name in ("delivery", "models", "polling", "views", "live", "cleanup")),
    *(f"tests/test_{name}.py" for name in ("forms", "notifications", "channels", "admin")),
    *(f"tests/test_{name}.py" for name in ("hostile_calls", "zones", "signals")),
]
OPTIONS = ["-q", "-p", "no:cacheprovider", "-m", "not packaging and not long and not services"]
# Errors of mypy that a changed value causes. Others come from the way in which mutants are written:
# a method that stands in its class several times, or a decorator whose type is not known.
TYPE_ERRORS = {"arg-type", "assignment", "attr-defined", "call-arg", "call-overload", "dict-item"}
TYPE_ERRORS |= {"index", "list-item", "operator", "return-value", "type-var", "union-attr"}


# Seconds for the tests of one mutant on one database. One that takes longer is in an endless loop.
LIMIT = 900


class Sources:
    """The mutated files in the copy: what each mutant has changed."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}
        self._spans: dict[str, tuple[int, int]] = {}
        self.mutants: list[str] = []

    def add(self, file: Path) -> None:
        """Put all mutants of a file into it, side by side; one of them is chosen by its name."""
        mutated = mutate_file_contents(str(file), file.read_text(encoding="utf-8"))
        file.write_text(mutated.code, encoding="utf-8")
        module = ".".join(file.relative_to(COPY).with_suffix("").parts)
        self._lines[module] = mutated.code.splitlines()
        for name, span in mutated.line_span_by_function_name.items():
            self._spans[f"{module}.{name}"] = span.start, span.end
        self.mutants += [f"{module}.{name}" for name in mutated.mutant_names]

    def at(self, module: str, line: int) -> str:
        """Return the mutant or the original function that stands in this line, or ``""``."""
        spans = self._spans.items()
        inside = (name for name, (start, end) in spans if start <= line <= end)
        return next((name for name in inside if name.rpartition(".")[0] == module), "")

    def difference(self, mutant: str) -> str:
        """Return the lines that a mutant has changed, as they were and as they are."""
        before, after = self._body(original_of(mutant)), self._body(mutant)
        lines = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
        return "\n".join(line for line in lines if not line.startswith("@@"))

    def _body(self, name: str) -> list[str]:
        start, end = self._spans[name]
        body = self._lines[name.rpartition(".")[0]][start - 1 : end]
        return [line for line in body if "__mutmut_" not in line]


def main() -> None:
    """Do what the first line of this file says, and print it."""
    parser = argparse.ArgumentParser(description="Name the changes that no check notices.")
    parser.add_argument("--sample", type=int, help="how many mutants to try, instead of all")
    parser.add_argument("--seed", type=int, default=1, help="which ones a sample has")
    options = parser.parse_args()
    sources = mutated_copy()
    chosen = sorted(sources.mutants)
    random.Random(options.seed).shuffle(chosen)  # noqa: S311
    chosen = chosen[: options.sample]
    print(f"{len(chosen)} of {len(sources.mutants)} mutants", flush=True)
    noticed = noticed_by_types(sources, chosen)
    noticed |= noticed_by_tests([each for each in chosen if each not in noticed])
    for database in ("sqlite", "postgres", "mariadb"):
        noticed |= noticed_on(database, [each for each in chosen if each not in noticed])
    left = [each for each in chosen if each not in noticed]
    for mutant in left:
        print(f"\n{mutant}\n{sources.difference(mutant)}")
    print()
    for word, number in Counter(noticed.values()).most_common():
        print(f"{number} noticed by {word}")
    print(f"{len(left)} of {len(chosen)} left, {len(left) / len(chosen):.1%}")


def mutated_copy() -> Sources:
    """Make a copy of what git knows of, and put the mutants into it."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).exists():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name, follow_symlinks=False)
    sources, package = Sources(), COPY / "themis_htmx"
    for file in sorted(file for pattern in MUTATED for file in package.glob(pattern)):
        sources.add(file)
    return sources


def noticed_by_types(sources: Sources, mutants: list[str]) -> dict[str, str]:
    """Return those of which mypy complains, and not of the function as it was."""
    command = [sys.executable, "-m", "mypy", "themis_htmx"]
    said = subprocess.run(command, cwd=COPY, capture_output=True, text=True, check=False).stdout
    complaints: dict[str, Counter[str]] = {}
    for line in said.splitlines():
        found = re.match(r"(\S+)\.py:(\d+): error: (.*\[([\w-]+)\])$", line)
        if found and found[4] in TYPE_ERRORS:
            name = sources.at(found[1].replace("/", "."), int(found[2]))
            complaints.setdefault(name, Counter())[found[3]] += 1
    before = {mutant: complaints.get(original_of(mutant), Counter()) for mutant in mutants}
    wrong = (each for each in mutants if complaints.get(each, Counter()) - before[each])
    return dict.fromkeys(wrong, "types")


def noticed_by_tests(mutants: list[str]) -> dict[str, str]:
    """Return those that the tests on SQLite notice which reach the function, or are of its area."""
    run_tests("record").wait()
    parts = range(os.cpu_count() or 1)
    for number in parts:
        (COPY / f"mutants-{number}.json").write_text(json.dumps(mutants[number :: len(parts)]))
    processes = [run_tests(str(number)) for number in parts]
    for process in processes:
        process.wait()
    results = [json.loads((COPY / f"result-{number}.json").read_text()) for number in parts]
    return {mutant: word for result in results for mutant, word in result.items() if word}


def run_tests(task: str) -> subprocess.Popen[bytes]:
    """Start pytest with the plugin; what it prints goes into a file of the copy."""
    chosen = {"THEMIS_MUTANTS": str(COPY), "THEMIS_MUTANTS_TASK": task, "PYTHONPATH": str(COPY)}
    command = [sys.executable, "-m", "pytest", "-p", "scripts.mutants_plugin", "-p", "no:xdist"]
    with (COPY / f"pytest-{task}.txt").open("w") as log:
        return subprocess.Popen(
            [*command, *TESTS, *OPTIONS],
            cwd=COPY,
            env=os.environ | chosen,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def noticed_on(database: str, mutants: list[str]) -> dict[str, str]:
    """Return those that are noticed by all tests of their area, in a process of their own.

    Such a process also makes the database anew, and reads each module with the mutant in it.
    """
    environment = os.environ | {"THEMIS_TEST_DATABASE": database, "PYTHONPATH": str(COPY)}
    answers = [sys.executable, "scripts/database_answers.py"]
    if subprocess.run(answers, cwd=COPY, env=environment, check=False).returncode:
        return {}
    noticed = {}
    for mutant in mutants:
        area = COPY / "tests" / mutant.split(".")[1]
        tests = [str(area)] if area.is_dir() else TESTS
        command = [sys.executable, "-m", "pytest", *tests, *OPTIONS, "-x"]
        try:
            subprocess.run(
                command,
                cwd=COPY,
                env=environment | {"MUTANT_UNDER_TEST": mutant},
                capture_output=True,
                check=True,
                timeout=LIMIT,
            )
        except subprocess.SubprocessError:
            # They failed, or took too long.
            noticed[mutant] = f"tests on {database}"
    return noticed


def original_of(mutant: str) -> str:
    """Return the name under which the function as it was stands beside its mutants."""
    return mutant.rpartition("__mutmut_")[0] + "__mutmut_orig"


if __name__ == "__main__":
    main()
