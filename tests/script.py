"""The functions of themis.js that decide when a page polls, and a way to run them by themselves."""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = (ROOT / "static_src/js/themis.js").read_text(encoding="utf-8")

# Around the script's own functions: a clock, a timer, chance and a page that are told to it.
AROUND = """
const { interval: seconds, draws, steps } = JSON.parse(require("fs").readFileSync(0, "utf8"));
let now = 0, due = -1, sent = 0, heard;
const Date = { now: () => now }, document = { hidden: false, documentElement: { dataset: {} } };
const { min, max } = globalThis.Math, Math = { min, max, random: () => draws.shift() };
const setTimeout = (act, wait) => { due = now + wait; };
const clearTimeout = () => { due = -1; };
const inStorage = () => null, inSession = () => null, isPoller = () => true;
const freshen = () => {};
const one = () => ({ dataset: { themisInterval: seconds } });
const answer = () => ({}), on = (names, listener) => { heard ??= listener; };
const send = () => { sent++; heard({ target: null, detail: {} }); };
%s
const doing = {
  load: () => { failures = 0; start(); },
  start,
  timer: () => { due = -1; poll(); },
  hide: () => { document.hidden = true; comeBack(); },
  return: () => { document.hidden = false; comeBack(); },
  online: comeBack,
  good: () => polled(true),
  bad: (retryAfter) => polled(false, retryAfter),
};
const trace = steps.map(([moment, act, value]) => {
  [now, sent] = [moment * 1000, 0];
  doing[act](value);
  return [sent, due < 0 ? due : due / 1000];
});
console.log(JSON.stringify(trace));
"""


def body(head):
    """What stands between the braces of a function."""
    return re.search(rf"\nfunction {re.escape(head)} \{{\n(.*?)\n\}}", SCRIPT, re.S)[1]


def constant(name):
    """Its value in seconds."""
    return int(re.search(rf"^const {name} = ([\d_]+);", SCRIPT, re.M)[1]) / 1000


def run(told):
    """What the script does with the acts that it is told: requests sent, and when it polls next."""
    done = subprocess.run(
        ["node", "-e", AROUND % _alone()],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def _alone():
    limits = re.findall(r"^const (?:SLOWEST|TIMEOUT) = .*", SCRIPT, re.M)
    state = re.search(r"let timer;.*?(?=\n// A person may stop)", SCRIPT, re.S)[0]
    schedule = re.search(r"const stopped.*?(?=\nfunction freshen)", SCRIPT, re.S)[0]
    come_back = re.search(r"const comeBack = .*", SCRIPT)[0]
    start = f"function start() {{ {body('start()')} }}"
    return "\n".join([*limits, state, schedule, come_back, start])
