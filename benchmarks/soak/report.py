"""What came of the run, in lines to read and as one answer."""

import re
from statistics import median, quantiles
from typing import Any, NamedTuple

from benchmarks.soak.ledger import Account, Book
from benchmarks.soak.memory import Growth
from e2e.complaints import REPLACED
from themis_htmx.models import UserNotification

# What a browser, or htmx, says of a request that was not answered well.
OF_REQUESTS = re.compile(
    r"^Failed to load resource|^Response Status Error|^htmx:(send|response|time)"
)
# Seconds after a fault for which a request may still fail: what began during it may take a while.
FAILING = 20
# Seconds after a fault for which arrivals may be late: pages that have met failures ask again more
# and more slowly.
LATE = 75
# What a whole run has at least.
LEAST_ROWS, LEAST_FAULTS = 50_000, 10


class Window(NamedTuple):
    """A fault, and when it was there, by the clock of the machine."""

    name: str
    start: float
    end: float
    # Whether it is between the calls and the simulated pages.
    delays: bool

    def covers(self, at: float, aftermath: float) -> bool:
        """Whether something at this time may be of the fault, which is felt for so many seconds."""
        return self.start <= at <= self.end + aftermath


class Outcome(NamedTuple):
    """Everything that is known in the end."""

    accounts: list[Account]
    book: Book
    pages: list[dict[str, Any]]
    windows: list[Window]
    growths: list[Growth]
    # Of the real browser: what its console said and when, what was done in it, what it shows.
    complaints: list[tuple[float, str]]
    acts: int
    hindered: int
    label: str
    right_label: str

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost or doubled, nothing grows, and the console was silent."""
        is_kept = not any(each.lost or each.doubled for each in self.accounts)
        is_flat = all(each.is_flat for each in self.growths)
        return is_kept and is_flat and not self.unforeseen and self.label == self.right_label

    @property
    def unforeseen(self) -> list[str]:
        """What the console said that no fault explains: errors of scripts, and at quiet times."""
        return [
            words
            for at, words in self.complaints
            if not re.search(REPLACED, words)
            and not (OF_REQUESTS.search(words) and self._is_failing(at))
        ]

    def _is_failing(self, at: float) -> bool:
        return any(each.covers(at, FAILING) for each in self.windows)

    def _is_late(self, at: float) -> bool:
        return any(each.delays and each.covers(at, LATE) for each in self.windows)

    def print(self) -> None:
        """Print everything."""
        for account in self.accounts:
            _print_account(account)
        self._print_totals()
        for growth in self.growths:
            _print_growth(growth)
        for words in self.unforeseen:
            print(f"console: {words}")
        print("all is right" if self.is_right else "SOMETHING IS WRONG")

    def _print_totals(self) -> None:
        rows = UserNotification.objects.filter(source_app="soak").count()
        calls = [entry["seconds"] for entry in self.book if entry["outcome"] == "returned"]
        print(f"{rows:,} notifications, {len(calls):,} calls, {len(self.windows)} faults")
        if rows < LEAST_ROWS or len(self.windows) < LEAST_FAULTS:
            print(
                f"(a whole run has {LEAST_ROWS:,} notifications and {LEAST_FAULTS} faults at least)"
            )
        print(f"a call: {1000 * median(calls):.0f} ms median, {max(calls):.1f} s at most")
        arrivals = self._arrivals()
        calm = [pair for pair in arrivals if not any(map(self._is_late, pair))]
        _print_seconds("call → another page, no fault", calm)
        _print_seconds("call → another page, all", arrivals)
        streams = sum(page["streams"] for page in self.pages)
        events = sum(page["events"] for page in self.pages)
        print(f"{len(self.pages)} pages: {streams:,} streams, {events:,} events")
        print(f"browser: {self.acts} acts, {self.hindered} hindered, {len(self.complaints)} lines")
        print(f"browser's bell: {self.label!r}, should be {self.right_label!r}")

    def _arrivals(self) -> list[tuple[float, float]]:
        """Return the date of each row that a page showed as its newest one, and when it did."""
        shown = [(int(pk), at) for page in self.pages for pk, at in page["shown_at"].items()]
        rows = UserNotification.objects.filter(source_app="soak")
        dates = dict(rows.values_list("pk", "created_at"))
        return [(dates[pk].timestamp(), at) for pk, at in shown if pk in dates]


def _print_seconds(name: str, pairs: list[tuple[float, float]]) -> None:
    if len(pairs) < 2:
        return
    seconds = [end - start for start, end in pairs]
    half, most = median(seconds), max(seconds)
    line = f"{half:.1f} s median, {quantiles(seconds, n=100)[98]:.1f} s p99, {most:.0f} s at most"
    print(f"{name}: {line}, of {len(seconds):,}")


def _print_account(account: Account) -> None:
    line = f"{account.name:<34}{account.due:>9,} due {account.lost:>5} lost"
    print(f"{line} {account.doubled:>5} doubled {account.errors:>6} errors  {account.note}")


def _print_growth(growth: Growth) -> None:
    large = growth.first > 100_000
    first, last = ((size / 1e6 if large else size) for size in (growth.first, growth.last))
    unit = " MB" if large else ""
    words = "flat" if growth.is_flat else "GROWS"
    line = f"{growth.name:<28}{growth.seconds:>6.0f} s  {first:.1f} → {last:.1f}{unit}"
    print(f"{line:<70}{words}")
