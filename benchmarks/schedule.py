"""``python -m benchmarks.schedule``: an hour of many open pages, in requests a second."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from statistics import mean

from benchmarks.crowd import Seen, simulate
from benchmarks.plans import Plan, Trouble

BAR, EVERY = 40, 5
# Normal is what differs from the mean before all troubles by no more than this.
CLOSE = 0.05


class Hour:
    """What came in, by second and by minute."""

    def __init__(self, seen: Seen) -> None:
        self.plan, self.recovered = seen.plan, seen.recovered
        self.counts = {name: each[self.plan.warm_up :] for name, each in seen.counts.items()}
        self.minutes = self.plan.lasts // 60

    def rate(self, minute: int, name: str = "polls") -> float:
        """A minute's mean, a second."""
        return mean(self.counts[name][60 * minute : 60 * minute + 60])

    def peak(self, begin: float, end: float, name: str = "polls") -> int:
        """The second that saw most."""
        return max(self.counts[name][int(begin) : int(end)])

    def usual(self) -> float:
        """The mean before anything happens."""
        first = min([self.plan.lasts, *(trouble.begin for trouble in self.plan.troubles())])
        return mean(self.counts["polls"][: int(first)])

    def until(self, trouble: Trouble) -> float:
        """When the next trouble begins."""
        later = [t.begin for t in self.plan.troubles() if t.begin > trouble.begin]
        return min([self.plan.lasts, *later])

    def normal_from(self, trouble: Trouble) -> int | None:
        """From which minute on the rate is the usual one, until the next trouble."""
        first, last = int(-(-trouble.end // 60)), int(self.until(trouble) // 60)
        usual = self.usual()
        odd = [m for m in range(first, last) if abs(self.rate(m) / usual - 1) > CLOSE]
        after = odd[-1] + 1 if odd else first
        return after if after < last else None


def main() -> None:
    """Simulate, then print the table and the summary."""
    hour = Hour(simulate(plan_of(arguments())))
    print(*table(hour), "", *summary(hour), "", *aftermaths(hour), sep="\n")


def arguments() -> Namespace:
    """What the command line says."""
    parser, usual = ArgumentParser(prog="python -m benchmarks.schedule"), Plan()
    add = parser.add_argument
    add("--people", type=int, default=usual.people)
    add("--interval", type=float, default=usual.interval, help="seconds")
    add(
        "--hidden-share", type=float, default=usual.hidden_share, help="who looks elsewhere, 0 to 1"
    )
    add("--looks", type=float, default=usual.looks, help="seconds until one looks elsewhere")
    add("--stays", type=float, default=usual.stays, help="seconds that one stays on a page")
    add("--reload", type=float, default=0, metavar="SECONDS", help="all reload after the deploy")
    add("--retry-after", type=float, default=0, help="what the 503s of the deploy say")
    add("--calm", action="store_true", help="nothing happens")
    add("--seed", type=int, default=usual.seed)
    return parser.parse_args()


def plan_of(given: Namespace) -> Plan:
    """The plan that the arguments make."""
    names = ("people", "interval", "hidden_share", "looks", "stays", "retry_after", "seed")
    plan = Plan(**{name: getattr(given, name) for name in names}, reload_spread=given.reload)
    return replace(plan, deploy=None, outage=None, network=None) if given.calm else plan


def table(hour: Hour) -> Iterator[str]:
    """Every fifth minute, and those around what happens."""
    most = max(hour.rate(minute) for minute in range(hour.minutes))
    yield "minute  polls/s  peak second  failed/s  page loads/s"
    for minute in shown(hour):
        rate, peak = hour.rate(minute), hour.peak(60 * minute, 60 * minute + 60)
        others = f"{hour.rate(minute, 'failed'):8.0f}  {hour.rate(minute, 'loads'):12.0f}"
        bar = "#" * round(BAR * rate / most)
        line = f"{minute:6}  {rate:7.0f}  {peak:11}  {others}  {bar} {names_of(hour, minute)}"
        yield line.rstrip()


def shown(hour: Hour) -> list[int]:
    """The minutes of the table."""
    found = set(range(0, hour.minutes, EVERY))
    for trouble in hour.plan.troubles():
        found |= set(range(int(trouble.begin // 60) - 1, int(trouble.end // 60) + EVERY))
    return sorted(minute for minute in found if 0 <= minute < hour.minutes)


def names_of(hour: Hour, minute: int) -> str:
    """What goes on within the minute."""
    begin, end = 60 * minute, 60 * minute + 60
    return " ".join(t.name for t in hour.plan.troubles() if t.begin < end and t.end > begin)


def summary(hour: Hour) -> Iterator[str]:
    """The hour in some lines, and a line for each trouble."""
    polls, usual = sum(hour.counts["polls"]), hour.usual()
    peak = hour.peak(0, hour.plan.lasts)
    yield f"{hour.plan.people} people, every {hour.plan.interval:g} s, seed {hour.plan.seed}:"
    yield f"- {polls} polls and {sum(hour.counts['loads'])} page loads in the hour"
    yield f"- {polls / hour.plan.lasts:.0f} polls a second on average, {usual:.0f} undisturbed"
    yield f"- peak second {peak}, {peak / usual:.2f} x undisturbed"
    yield f"- {sum(hour.counts['aged']) / polls:.1%} of the polls came with an aged token"


def aftermaths(hour: Hour) -> Iterator[str]:
    """A line for each trouble: what came between its end and the next one."""
    yield "after    peak second  x usual  page loads  normal from   pages that  half asked    95 %"
    yield "            of polls           in a second     minute    had failed    again in      in"
    for trouble in hour.plan.troubles():
        end, times = hour.until(trouble), sorted(hour.recovered[trouble.name])
        peak, loads = (hour.peak(trouble.end, end, name) for name in ("polls", "loads"))
        half, most = (times[int(share * len(times))] if times else 0 for share in (0.5, 0.95))
        numbers = (
            f"{peak:11}  {peak / hour.usual():7.2f}  {loads:11}  {hour.normal_from(trouble)!s:>9}"
        )
        yield f"{trouble.name:7}  {numbers}  {len(times):12}  {half:8.0f} s  {most:4.0f} s"


if __name__ == "__main__":
    main()
