"""The simulation of many open pages, each of which polls by static_src/js/poller.js itself."""

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.plans import Plan

PROGRAM = Path(__file__).parent / "main.mjs"


@dataclass(frozen=True)
class Seen:
    """What the server saw of everybody, by the second, the warm-up included."""

    plan: Plan
    counts: dict[str, list[int]]
    # How long after the end of a trouble each page that had failed was answered.
    recovered: dict[str, list[float]]
    # When each page asked, where the run was traced.
    requests: list[list[float]] | None


def simulate(plan: Plan, *, traced: bool = False) -> Seen:
    """Let the plan's time pass."""
    node = shutil.which("node")
    if not node:
        raise SystemExit("The simulation runs the modules of the script, which needs Node.js.")
    told = json.dumps({"plan": asdict(plan), "traced": traced})
    done = subprocess.run(
        [node, PROGRAM], input=told, stdout=subprocess.PIPE, text=True, check=True
    )
    return Seen(plan, **json.loads(done.stdout))
