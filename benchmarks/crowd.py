"""Many people with a page open each, and a server that is up, restarts or is away."""

from collections.abc import Callable
from functools import partial
from heapq import heapify, heappop, heappush
from operator import itemgetter
from random import Random

from benchmarks.plans import Plan, Trouble
from benchmarks.poller import NEVER, Poller

# What an event is about: the page's timer, an answer, the person, the page's network.
TIMER, ANSWER, PERSON, ONLINE, RELOAD = range(5)
# htmx gives a request up after so many seconds; a poll's token is renewed after so many.
PATIENCE, LIFETIME = 10.0, 600.0
COUNTED = ("polls", "failed", "aged", "loads")
UP, RESTARTING, AWAY = "up", "restarting", "away"

Change = tuple[float, Callable[[float], None]]


class Page(Poller):
    """The page that a person has open."""

    __slots__ = ("answered", "answers", "broken", "offline", "renewed")

    def __init__(self, interval: float, draw: Callable[[], float]) -> None:
        super().__init__(interval, draw)
        self.broken = self.offline = False


class Crowd:
    """Everybody, and what the server sees of them second by second."""

    def __init__(self, plan: Plan, heard: Callable[[float, int], None] | None = None) -> None:
        self.plan, self.heard = plan, heard
        self.random = Random(plan.seed)  # noqa: S311
        self.draw = self.random.random
        self.state, self.events = UP, list[tuple[float, int, int]]()
        self.counts = {name: [0] * (plan.warm_up + plan.lasts) for name in COUNTED}
        # How long after the end of a trouble pages that had failed were answered.
        self.recovered: dict[str, list[float]] = {t.name: [] for t in plan.troubles()}
        self.latest: Trouble | None = None
        self.pages = [Page(plan.interval, self.draw) for _ in range(plan.people)]

    def run(self) -> "Crowd":
        """Let the time pass."""
        self._begin()
        acts = [self._timer, self._answer, self._act, self._online, self._load]
        for begin, change in [*self._changes(), (float(self.plan.lasts), None)]:
            while self.events and self.events[0][0] < begin:
                now, number, kind = heappop(self.events)
                acts[kind](now, number)
            if change:
                change(begin)
        return self

    def _begin(self) -> None:
        for number, page in enumerate(self.pages):
            page.hidden = self.draw() < self.plan.hidden_share
            self._open(page, -self.plan.warm_up)
            page.renewed -= self.draw() * LIFETIME
            self._push(page.due, number, TIMER)
            self._push(self._next_act(page, -self.plan.warm_up), number, PERSON)
        heapify(self.events)

    def _second(self, now: float) -> int:
        return int(now + self.plan.warm_up)

    def _push(self, when: float, number: int, kind: int) -> None:
        heappush(self.events, (when, number, kind))

    def _open(self, page: Page, now: float) -> None:
        page.broken, page.answered, page.renewed = False, NEVER, now
        page.load(now)

    # The page

    def _timer(self, now: float, number: int) -> None:
        page = self.pages[number]
        # One that was set anew, or whose page is gone.
        if page.due != now:
            return
        page.due = NEVER
        if page.poll(now):
            self._ask(now, number, page)

    def _ask(self, now: float, number: int, page: Page) -> None:
        if not page.offline:
            self.counts["polls"][self._second(now)] += 1
        if self.heard:
            self.heard(now, number)
        # It refuses at once, or keeps silent until it is given up: each half of the time.
        if self.state is AWAY and not page.offline and self.draw() < 0.5:
            page.answered = now + PATIENCE
            self._push(page.answered, number, ANSWER)
            self._push(page.due, number, TIMER)
        else:
            self._take(now, number, page, good=self.state is UP and not page.offline)

    def _answer(self, now: float, number: int) -> None:
        page = self.pages[number]
        if page.answered == now:
            self._take(now, number, page, good=False)

    def _take(self, now: float, number: int, page: Page, *, good: bool) -> None:
        page.answered = NEVER
        if good:
            self._note(now, page)
        elif not page.offline:
            self.counts["failed"][self._second(now)] += 1
        told = self.plan.retry_after if self.state is RESTARTING and not page.offline else 0.0
        if page.polled(now, good=good, retry_after=told):
            self._ask(now, number, page)
        else:
            self._push(page.due, number, TIMER)

    def _note(self, now: float, page: Page) -> None:
        if page.failures and self.latest:
            self.recovered[self.latest.name].append(now - self.latest.end)
        if now - page.renewed > LIFETIME:
            self.counts["aged"][self._second(now)] += 1
            page.renewed = now

    # The person

    def _next_act(self, page: Page, now: float) -> float:
        plan = self.plan
        if page.broken:
            return now + self.random.uniform(*plan.retries)
        if page.hidden:
            away = plan.looks * plan.hidden_share / (1 - plan.hidden_share)
            return now + self.random.expovariate(1 / away)
        often = self._leaves() + 1 / plan.stays
        return now + self.random.expovariate(often) if often else NEVER

    def _leaves(self) -> float:
        """How often a second somebody who looks turns elsewhere."""
        return 1 / self.plan.looks if self.plan.hidden_share else 0.0

    def _act(self, now: float, number: int) -> None:
        page = self.pages[number]
        if page.broken:
            self._load(now, number)
        elif page.hidden:
            page.hidden = False
            self._poll(now, number, page)
        elif self.draw() * (self._leaves() + 1 / self.plan.stays) < self._leaves():
            page.hidden = True
        else:
            self._load(now, number)
        self._push(self._next_act(page, now), number, PERSON)

    def _poll(self, now: float, number: int, page: Page) -> None:
        if page.poll(now):
            self._ask(now, number, page)

    def _load(self, now: float, number: int) -> None:
        page = self.pages[number]
        if not page.offline:
            self.counts["loads"][self._second(now)] += 1
        if self.state is UP and not page.offline:
            self._open(page, now)
            self._push(page.due, number, TIMER)
        else:
            # An error page has no script.
            page.broken, page.due, page.answered = True, NEVER, NEVER

    def _online(self, now: float, number: int) -> None:
        page = self.pages[number]
        page.offline = False
        if not page.broken:
            self._poll(now, number, page)

    # What happens to all

    def _changes(self) -> list[Change]:
        deploy, outage, network = self.plan.deploy, self.plan.outage, self.plan.network
        found: list[Change] = []
        if deploy:
            found += [(deploy.begin, partial(self._turn, RESTARTING)), (deploy.end, self._deployed)]
        if outage:
            found += [(outage.begin, partial(self._turn, AWAY)), (outage.end, self._back)]
        if network:
            found += [(network.begin, self._cut), (network.end, self._reach)]
        return sorted(found, key=itemgetter(0))

    def _turn(self, state: str, now: float) -> None:
        self.state = state

    def _back(self, now: float) -> None:
        self.state, self.latest = UP, self.plan.outage

    def _deployed(self, now: float) -> None:
        self.state, self.latest = UP, self.plan.deploy
        if self.plan.reload_spread:
            for number in range(len(self.pages)):
                self._push(now + self.draw() * self.plan.reload_spread, number, RELOAD)

    def _cut(self, now: float) -> None:
        for page in self._in_that_network():
            page.offline = True

    def _reach(self, now: float) -> None:
        self.latest = self.plan.network
        for number in range(len(self._in_that_network())):
            self._push(now + self.draw() * self.plan.network_spread, number, ONLINE)

    def _in_that_network(self) -> list[Page]:
        return self.pages[: int(len(self.pages) * self.plan.network_share)]
