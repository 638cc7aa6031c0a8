"""The run: everything is started, disturbed, left to settle, and counted."""

import argparse
import json
from time import monotonic, time
from typing import Any

from django.core.management import call_command
from django.db import connection

from benchmarks.soak import ledger
from benchmarks.soak.faults import FAULTS, Fault
from benchmarks.soak.ledger import Account, Book
from benchmarks.soak.memory import Samples
from benchmarks.soak.people import People, make_people
from benchmarks.soak.report import Outcome, Window
from benchmarks.soak.services import Services
from benchmarks.soak.site import Part, Site, running
from benchmarks.soak.tab import Tab, tab

# Seconds between two measurements, and between two acts in the browser.
MEASURE, ACT = 10, 5
# The share of the time in which faults begin.
FIRST_FAULT, LAST_FAULT = 0.05, 0.88
# Seconds that the last of what waits may take: longer than any retry after these faults.
SETTLE = 420


def run(services: Services, options: argparse.Namespace) -> bool:
    """Run for as long as was asked for, print what came of it, and return whether all is right."""
    call_command("migrate", verbosity=0)
    site = Site(services)
    people = make_people(
        site.push, pages=options.clients, mailed=options.mailed, pushed=options.pushed
    )
    with running(site), tab(site.proxy.url, people.sessions[0]) as opened:
        return Run(site, people, opened).go(60 * options.minutes)


class Run:
    """One long run, on a site that serves."""

    def __init__(self, site: Site, people: People, opened: Tab) -> None:
        self._site, self._people, self._tab = site, people, opened
        # The first user has the real browser.
        pages = zip(people.pages[1:], people.sessions[1:], strict=True)
        audiences = {name: getattr(people, name) for name in ("pages", "mailed", "pushed")}
        keys = {name: [user.pk for user in users] for name, users in audiences.items()}
        self._senders = self._child("senders", keys)
        self._clients = self._child("clients", {user.pk: session for user, session in pages})
        self._samples = Samples()
        self._windows: list[Window] = []
        # When something was last done, by its name.
        self._last: dict[str, float] = {}

    def go(self, seconds: float) -> bool:
        """Do everything that the module's first line says."""
        self._clients.start()
        self._senders.start()
        try:
            self._disturb(seconds)
            book = self._settle()
            outcome = self._outcome(book, seconds)
        finally:
            self._clients.kill()
            self._senders.kill()
        self._samples.write(self._site.folder / "memory.json")
        outcome.print()
        return outcome.is_right

    def _child(self, name: str, given: Any) -> Part:
        told, result = (self._site.folder / f"{name}-{word}.json" for word in ("given", "result"))
        told.write_text(json.dumps(given))
        return Part(name, self._site.folder, "benchmarks.soak.child", name, str(told), str(result))

    def _result(self, name: str) -> Any:
        return json.loads((self._site.folder / f"{name}-result.json").read_text())

    def _disturb(self, seconds: float) -> None:
        first, last = FIRST_FAULT * seconds, LAST_FAULT * seconds
        step = (last - first) / (len(FAULTS) - 1)
        coming = [(first + number * step, fault) for number, fault in enumerate(FAULTS)]
        start = monotonic()
        while (passed := monotonic() - start) < seconds:
            if coming and passed >= coming[0][0]:
                self._meet(coming.pop(0)[1])
            self._live(1)

    def _meet(self, fault: Fault) -> None:
        print(f"{fault.name}, {fault.seconds:.0f} s", flush=True)
        start = time()
        fault.begin(self._site)
        self._live(fault.seconds)
        fault.mend(self._site)
        self._windows.append(Window(fault.name, start, time(), fault.delays))

    def _live(self, seconds: float) -> None:
        """Let so much time pass, in which the browser is used and memory is measured."""
        end = monotonic() + seconds
        while monotonic() < end:
            if self._is_time("measure", MEASURE):
                for part in (*self._site.parts, self._senders):
                    self._samples.add_processes(part.name, part.pids())
                self._tab.measure(self._samples)
            for part in self._site.parts:
                part.supervise()
            if self._is_time("act", ACT):
                self._tab.act()
            self._tab.wait(0.2)

    def _is_time(self, what: str, seconds: float) -> bool:
        last = self._last.get(what, 0.0)
        if monotonic() - last < seconds:
            return False
        self._last[what] = monotonic()
        return True

    def _settle(self) -> Book:
        """Let the calls end, what waits go out, and every page catch up; return the book."""
        print("no more calls; what waits goes out", flush=True)
        self._senders.say("over")
        self._senders.wait(120)
        book: Book = self._result("senders")
        # A fault has ended the one of this process.
        connection.close()
        end = monotonic() + SETTLE
        while monotonic() < end and any(each.lost for each in self._accounts(book)):
            self._live(3)
        self._live(5)
        self._clients.say("over")
        self._clients.wait(300)
        return book

    def _accounts(self, book: Book) -> list[Account]:
        return [
            *ledger.of_calls(book),
            ledger.of_mails(book, self._people, self._site.mail.taken),
            ledger.of_pushes(self._site.push, self._people.browsers),
        ]

    def _outcome(self, book: Book, seconds: float) -> Outcome:
        pages = self._result("clients")
        return Outcome(
            accounts=[*self._accounts(book), *ledger.of_pages(pages)],
            book=book,
            pages=pages,
            windows=self._windows,
            growths=self._samples.growths(least=seconds / 4),
            complaints=self._tab.complaints,
            acts=self._tab.acts,
            hindered=self._tab.hindered,
            label=self._tab.label,
            right_label=ledger.label_of(self._people.pages[0].pk),
        )
