"""What happens to all: the server restarts, or is away; a network is gone, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from benchmarks.plans import ONLINE, RELOAD, Trouble

if TYPE_CHECKING:
    from benchmarks.crowd import Crowd, Page

UP, RESTARTING, AWAY = "up", "restarting", "away"

Change = tuple[float, Callable[[float], None]]


def changes(crowd: Crowd) -> list[Change]:
    """What to do when, in order of time."""
    plan, found = crowd.plan, list[Change]()
    for trouble, state in ((plan.deploy, RESTARTING), (plan.outage, AWAY)):
        if trouble:
            found += [
                (trouble.begin, partial(_turn, crowd, state)),
                (trouble.end, partial(_come_back, crowd, trouble)),
            ]
    if plan.network:
        found += [
            (plan.network.begin, partial(_cut, crowd)),
            (plan.network.end, partial(_connect, crowd, plan.network)),
        ]
    return sorted(found, key=itemgetter(0))


def _turn(crowd: Crowd, state: str, now: float) -> None:
    crowd.state = state


def _come_back(crowd: Crowd, trouble: Trouble, now: float) -> None:
    crowd.state, crowd.latest = UP, trouble
    if trouble is crowd.plan.deploy and crowd.plan.reload_spread:
        for number in range(len(crowd.pages)):
            crowd.push(now + crowd.draw() * crowd.plan.reload_spread, number, RELOAD)


def _cut(crowd: Crowd, now: float) -> None:
    for page in _cut_off(crowd):
        page.offline = True


def _connect(crowd: Crowd, trouble: Trouble, now: float) -> None:
    crowd.latest = trouble
    for number in range(len(_cut_off(crowd))):
        crowd.push(now + crowd.draw() * crowd.plan.network_spread, number, ONLINE)


def _cut_off(crowd: Crowd) -> list[Page]:
    return crowd.pages[: int(len(crowd.pages) * crowd.plan.network_share)]
