"""What a kit writes, each act beside what it is compared with, and the state put back after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, cycle
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Max

from benchmarks import rows, timing
from benchmarks.plain.models import Plain
from benchmarks.stocking import Stock, vacuum

Answer = dict[str, list[float]]
WARM_UP, SENDS, COMMITS = 5, 50, 30
# What is new is about something new, or it would be a duplicate.
NUMBERS = count(1_000_000)


def sends(project: Any, stock: Stock) -> Answer:
    """One at a time, in a transaction that is rolled back: no wait for the disk is timed."""
    acts = _acts(project, stock)
    with transaction.atomic():
        found = _beside(acts, project, SENDS)
        transaction.set_rollback(True)
    return found


def commits(project: Any, stock: Stock) -> Answer:
    """One at a time, each committed by itself."""
    acts = _acts(project, stock)
    acts.pop("once", None)
    with _undone(*project.MODELS, Plain):
        found = _beside(acts, project, COMMITS)
    return {"committed": found["send"]}


def fan_out(project: Any, stock: Stock) -> Answer:
    """One for each user there is."""
    acts = {
        "plain": partial(_plain_rows, stock.user_ids),
        "fan_out": lambda: project.fan_out(get_user_model().objects.all(), next(NUMBERS)),
    }
    models = {"plain": [Plain], "fan_out": project.MODELS}
    measures = {
        name: partial(_written, act, models[name], len(stock.user_ids))
        for name, act in acts.items()
    }
    return _pairs(timing.medians(measures, 1))


def mark(project: Any, stock: Stock) -> Answer:
    """All that a user has unread, 50,000, beside the same in plain SQL."""
    acts = {
        "plain": lambda: _execute(*project.marking(stock.heavy)),
        "mark": lambda: project.mark(stock.heavy),
    }
    measures = {
        name: partial(_marked, act, project, stock.heavy, rows.HEAVY_UNREAD)
        for name, act in acts.items()
    }
    return _pairs(timing.medians(measures, 1))


def clean(project: Any, _stock: Stock) -> Answer:
    """What is old and read, 100,000 of 250,000, beside the same in plain SQL."""
    if not hasattr(project, "clean"):
        return {}
    acts = {"plain": lambda: _execute(*project.cleaning("DELETE")), "clean": project.clean}
    with _kept_aside(project):
        measures = {name: partial(_cleaned, act, project) for name, act in acts.items()}
        return _pairs(timing.medians(measures, 1))


def _acts(project: Any, stock: Stock) -> dict[str, Callable[[], Any]]:
    users = cycle(stock.users)
    acts = {"plain": lambda: _plain_row(next(users), next(NUMBERS))}
    for name in ("send", "once"):
        if act := getattr(project, name, None):
            acts[name] = partial(_send, act, users)
    return acts


def _send(act: Callable[[Any, int], Any], users: Iterator[Any]) -> None:
    act(next(users), next(NUMBERS))


def _plain_row(user: Any, number: int) -> None:
    Plain.objects.create(
        user=user, title=rows.title(number), message=rows.MESSAGE, url=rows.url(number)
    )


def _plain_rows(user_ids: list[int]) -> None:
    title, url = rows.title(next(NUMBERS)), rows.url(next(NUMBERS))
    made = [
        Plain(user_id=user_id, title=title, message=rows.MESSAGE, url=url) for user_id in user_ids
    ]
    Plain.objects.bulk_create(made, batch_size=1000)


def _beside(acts: dict[str, Callable[[], Any]], project: Any, rounds: int) -> Answer:
    """The medians, once it is certain that each call wrote its row."""
    measures = {name: partial(timing.nanoseconds, act) for name, act in acts.items()}
    before = _rows(Plain), _rows(project.MODELS[-1])
    timing.medians(measures, WARM_UP)
    found = timing.medians(measures, rounds)
    calls = WARM_UP + rounds
    written = _rows(Plain) - before[0], _rows(project.MODELS[-1]) - before[1]
    expect("rows written", written, (calls, calls * (len(acts) - 1)))
    return _pairs(found)


def _written(act: Callable[[], Any], models: list[Any], number: int) -> int:
    before = _rows(models[-1])
    with _undone(*models):
        took = timing.nanoseconds(act)
        expect("rows written", _rows(models[-1]) - before, number)
    vacuum(*(model._meta.db_table for model in models))
    return took


def _marked(act: Callable[[], Any], project: Any, user: Any, number: int) -> int:
    """Rolled back, which leaves dead rows and nothing else; they are vacuumed away."""
    unread = project.unread(user)
    expect("unread before", unread.count(), number)
    with transaction.atomic():
        took = timing.nanoseconds(act)
        expect("unread after", unread.count(), 0)
        transaction.set_rollback(True)
    vacuum(project.MODELS[-1]._meta.db_table)
    return took


def _cleaned(act: Callable[[], Any], project: Any) -> int:
    """Committed, since cleaning in short transactions is what costs; the rows are put back."""
    model = project.MODELS[-1]
    before = _rows(model)
    took = timing.nanoseconds(act)
    expect("rows deleted", before - _rows(model), rows.MANY_READ)
    _execute(project.PUTTING_BACK)
    vacuum(model._meta.db_table)
    return took


@contextmanager
def _kept_aside(project: Any) -> Iterator[None]:
    _execute(*project.cleaning("CREATE TABLE kept_aside AS SELECT *"))
    yield
    _execute("DROP TABLE kept_aside")


@contextmanager
def _undone(*models: Any) -> Iterator[None]:
    """Delete what was written meanwhile."""
    last = {model: model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in models}
    yield
    for model, pk in last.items():
        model.objects.filter(pk__gt=pk)._raw_delete(connection.alias)


def _rows(model: Any) -> int:
    return model.objects.count()


def _execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _pairs(found: dict[str, float]) -> Answer:
    """Each act's time with that of the plain one."""
    return {name: [took, found["plain"]] for name, took in found.items() if name != "plain"}


def expect(what: str, found: Any, wanted: Any) -> None:
    """Stop where what was measured is not what is meant."""
    if found != wanted:
        raise ValueError(f"{what}: {found}, not {wanted}")
