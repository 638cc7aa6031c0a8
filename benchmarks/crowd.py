"""Many people with a page open each, and a server that is up, restarts or is away."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from random import Random

from benchmarks.plans import ANSWER, PERSON, TIMER, Plan, Trouble
from benchmarks.poller import NEVER, Poller
from benchmarks.troubles import AWAY, RESTARTING, UP, changes

# htmx gives a request up after so many seconds; a poll's token is renewed after so many.
PATIENCE, LIFETIME = 10.0, 600.0
COUNTED = ("polls", "failed", "aged", "loads")


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
        for begin, change in [*changes(self), (float(self.plan.lasts), None)]:
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
            self.push(page.due, number, TIMER)
            self.push(self._next_act(page, -self.plan.warm_up), number, PERSON)
        heapify(self.events)

    def _second(self, now: float) -> int:
        return int(now + self.plan.warm_up)

    def push(self, when: float, number: int, kind: int) -> None:
        """Have something happen to a page."""
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
            self.push(page.answered, number, ANSWER)
            self.push(page.due, number, TIMER)
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
            self.push(page.due, number, TIMER)

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
        self.push(self._next_act(page, now), number, PERSON)

    def _poll(self, now: float, number: int, page: Page) -> None:
        if page.poll(now):
            self._ask(now, number, page)

    def _load(self, now: float, number: int) -> None:
        page = self.pages[number]
        if not page.offline:
            self.counts["loads"][self._second(now)] += 1
        if self.state is UP and not page.offline:
            self._open(page, now)
            self.push(page.due, number, TIMER)
        else:
            # An error page has no script.
            page.broken, page.due, page.answered = True, NEVER, NEVER

    def _online(self, now: float, number: int) -> None:
        page = self.pages[number]
        page.offline = False
        if not page.broken:
            self._poll(now, number, page)
