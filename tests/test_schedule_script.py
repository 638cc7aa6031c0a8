"""The simulation keeps to the script: whatever happens to a page, both poll at the same moments."""

import re
import shutil
from math import inf
from random import Random

import pytest

from benchmarks import crowd, poller
from benchmarks.poller import Poller
from tests import script
from themis_htmx.polling import token as polling

# The moments are large numbers, and the script's are a thousand times as large.
EXACT = 1e-12
# As the script has them, without what is no matter of time. Who changes one changes poller.py too.
FUNCTIONS = {
    "poll()": """
        if (signedOut || !mayPoll()) return;
        if (Date.now() - asked < TIMEOUT) { again = true; return; }
        begun = true;
        last = Date.now();
        send(one("[data-themis-poller]"), "themis:poll");
        schedule();
    """,
    "schedule(least = 0)": """
        clearTimeout(timer);
        if (!interval() || signedOut) return;
        const slowed = Math.min(interval() * 2 ** failures, Math.max(SLOWEST, interval()));
        const share = begun ? 0.8 + 0.4 * Math.random() : Math.random();
        timer = setTimeout(poll, Math.max(slowed * share, least));
    """,
    "polled(good, retryAfter)": """
        asked = 0;
        failures = good ? 0 : failures + 1;
        schedule(1000 * retryAfter || 0);
        if (good && !again && !document.hidden) freshen();
        if (again) poll();
        again = false;
    """,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_script_decides_as_when_the_simulation_was_written(name):
    assert one_line(script.body(name)) == one_line(FUNCTIONS[name])


def test_its_constants_are_the_simulations():
    part = script.ROOT / "themis_htmx/templates/themis/parts/htmx.html"
    request = part.read_text(encoding="utf-8")
    assert script.constant("SLOWEST") == poller.SLOWEST
    assert script.constant("TIMEOUT") == poller.TIMEOUT
    assert f'"timeout":{1000 * crowd.PATIENCE:.0f}}}' in request
    assert polling.LIFETIME == crowd.LIFETIME


@pytest.mark.skipif(not shutil.which("node"), reason="node runs the script's own functions")
@pytest.mark.parametrize("interval", [5, 60, 900])
def test_whatever_happens_the_script_and_the_simulation_poll_alike(interval):
    chance = Random(interval)  # noqa: S311
    draws = [chance.random() for _ in range(5000)]
    steps, expected = lived(Poller(interval, iter(draws).__next__), chance)

    found = script.run({"interval": interval, "draws": draws, "steps": steps})

    assert sum(sent for sent, _due in expected) > 200
    assert [sent for sent, _due in found] == [sent for sent, _due in expected]
    assert [due for _sent, due in found] == pytest.approx(
        [due for _sent, due in expected], rel=EXACT
    )


def lived(page, chance):
    """What a page may meet in any order, and what the simulation does at each step."""
    step, steps, expected = (1e6, "load", None), [], []
    for _step in range(2000):
        steps.append(step)
        expected.append((simulated(page, *step), page.due if page.due < inf else -1))
        step = following(page, step[0], chance)
    return steps, expected


def following(page, now, chance):
    """When the next thing happens, and what."""
    soon = now + chance.uniform(0, 3)
    if page.asked > now - 10 and chance.random() < 0.6:
        return soon, *chance.choice([("good", None), ("bad", None), ("bad", "90")])
    if page.due > soon and chance.random() < 0.4:
        return soon, chance.choice(["hide", "return", "return", "online", "load", "start"]), None
    return (page.due, "timer", None) if page.due < inf else (soon, "return", None)


def simulated(page, now, act, retry_after):
    """Do it to the simulation's page; how many requests go out."""
    if act in ("load", "start"):
        return getattr(page, act)(now) or 0
    if act in ("good", "bad"):
        return int(page.polled(now, good=act == "good", retry_after=float(retry_after or 0)))
    if act in ("hide", "return"):
        page.hidden = act == "hide"
    if act == "timer":
        page.due = inf
    return int(page.poll(now))


def one_line(text):
    return " ".join(re.sub(r"//.*", "", text).split())
