"""The simulation of many pages: the waits of each page, and the polls that the server gets.

Every page in it polls by the module of the script, so this is the schedule that browsers keep.
"""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import chain, pairwise

import pytest

from benchmarks.crowd import simulate
from benchmarks.plans import Plan, Trouble
from tests.helpers.daily import daily
from tests.helpers.hosts import render, spelled
from tests.helpers.markup import parse
from tests.helpers.node import find_node
from themis_htmx.polling import token

NEVER = 1e15
CALM = Plan(people=2000, hidden_share=0, stays=NEVER, deploy=None, outage=None, network=None)


@pytest.fixture(autouse=True)
def node():
    find_node()


def gaps_of(plan):
    """Return the waits of each page between its requests."""
    return [
        [after - before for before, after in pairwise(times)]
        for times in simulate(plan, traced=True).requests
    ]


def polls_of(plan):
    return simulate(plan).counts["polls"][plan.warm_up :]


def test_simulated_pages_wait_for_the_interval_give_or_take_a_fifth():
    gaps = list(chain(*gaps_of(CALM)))
    assert len(gaps) > 50 * CALM.people
    assert 48 <= min(gaps) < 49
    assert 71 < max(gaps) <= 72


@pytest.mark.seldom
def test_simulated_pages_poll_sooner_only_on_return_or_load():
    assert min(chain(*gaps_of(replace(CALM, hidden_share=0.4)))) < 1
    assert min(chain(*gaps_of(replace(CALM, stays=300)))) < 10


@pytest.mark.parametrize("interval", daily([30, 60, 300], [300]))
@pytest.mark.parametrize("hidden_share", [0, 0.3])
def test_simulated_poll_rate_is_visible_pages_divided_by_the_interval(interval, hidden_share):
    plan = replace(CALM, interval=interval, hidden_share=hidden_share, looks=7200)
    rate = sum(polls_of(plan)) / plan.lasts
    assert rate == pytest.approx(plan.people * (1 - hidden_share) / interval, rel=0.05)


def test_each_failed_poll_doubles_the_wait_up_to_ten_minutes():
    away = Trouble("outage", -1, 3600)
    waits = defaultdict(list)
    for gaps in gaps_of(replace(CALM, people=300, outage=away, warm_up=1)):
        for failures, gap in enumerate(gaps, start=1):
            waits[failures].append(gap)
    for failures, found in waits.items():
        usual = min(60 * 2**failures, 600)
        assert 0.8 * usual <= min(found)
        assert max(found) <= 1.2 * usual + CALM.timeout
    assert max(waits) >= 5


def test_server_back_after_five_minutes_meets_no_wave_of_polls():
    polls = polls_of(replace(CALM, outage=Trouble("outage", 1200, 1500)))
    before, after = tens(polls[600:1200]), tens(polls[1500:])
    assert max(after) <= 1.1 * max(before)
    assert sum(polls[3000:]) == pytest.approx(600 * CALM.people / CALM.interval, rel=0.03)
    assert min(tens(polls[1400:1500])) < 0.5 * min(before)


def test_pages_reloaded_after_a_deploy_spread_their_polls():
    plan = replace(CALM, deploy=Trouble("deploy", 600, 605), reload_spread=10)
    seen = simulate(plan).counts
    polls, loads = seen["polls"][plan.warm_up :], seen["loads"][plan.warm_up :]
    assert sum(loads[605:616]) == plan.people
    assert max(tens(polls[600:])) <= 1.35 * plan.people / 6


def test_pages_poll_at_once_when_their_network_comes_back():
    plan = replace(CALM, network=Trouble("network", 600, 720), network_share=0.2, network_spread=5)
    polls = polls_of(plan)
    usual = 5 * plan.people / 60
    assert sum(polls[660:720]) == pytest.approx(0.8 * plan.people, rel=0.1)
    assert sum(polls[720:725]) == pytest.approx(0.8 * usual + 0.2 * plan.people, rel=0.1)


@pytest.mark.seldom
def test_simulation_with_the_same_seed_gives_the_same_polls():
    plan = Plan(people=200)
    assert polls_of(plan) == polls_of(plan)
    assert polls_of(plan) != polls_of(replace(plan, seed=2))


def test_simulation_uses_the_constants_of_the_kit(user):
    poller = parse(render(spelled("bell"), user)).one(data_themis_poller=True)
    assert json.loads(poller["hx-request"]) == {"timeout": 1000 * CALM.timeout}
    assert CALM.token_life == token.LIFETIME


def tens(polls):
    """Sum the polls of every ten seconds."""
    counted = Counter()
    for second, number in enumerate(polls):
        counted[second // 10] += number
    return list(counted.values())
