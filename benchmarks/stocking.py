"""The tables of the inbox's figures: the kit's own and the plain one, with the same rows."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import rows
from benchmarks.plain.models import Plain

USERS, SENT_TO, CHUNK = 10_000, 100, 5_000


class Stock(NamedTuple):
    """Who there is, and what the rows of many people weigh."""

    heavy: Any
    user_ids: list[int]
    # Few: objects in memory make Python's collector slow, and with it whatever makes many.
    users: list[Any]
    weights: dict[str, list[float]]


def fill(project: Any) -> Stock:
    """Fill both tables, and let the database look at what it has got."""
    now, user_ids = timezone.now(), _people()
    project.choose(user_ids[::2])
    writers = project.write, write_plain
    weights = [_weight(write, rows.of_many(user_ids[1:], now)) for write in writers]
    for write in writers:
        _write(write, rows.of_one(user_ids[0], now))
    vacuum()
    heavy, *users = get_user_model().objects.order_by("pk")[: SENT_TO + 1]
    return Stock(heavy, user_ids, users, {"row": weights, **_files()})


def write_plain(written: Iterable[rows.Row]) -> None:
    """Write rows into the plain table."""
    Plain.objects.bulk_create(
        [
            Plain(
                user_id=row.user_id,
                title=rows.title(row.number),
                message=rows.MESSAGE,
                url=rows.url(row.number),
                created_at=row.created_at,
                read_at=row.read_at,
            )
            for row in written
        ],
        batch_size=1000,
    )


def vacuum(*tables: str) -> None:
    """Clear away what is deleted, where the database does not do so at once, and look anew."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
        elif not tables:
            cursor.execute("ANALYZE")


def _people() -> list[int]:
    user = get_user_model()
    user.objects.bulk_create(
        [user(username=f"user{number}", password="!") for number in range(USERS)]  # noqa: S106
    )
    return list(user.objects.order_by("pk").values_list("pk", flat=True))


def _weight(write: Callable[[list[rows.Row]], None], written: Iterable[rows.Row]) -> float:
    """Bytes a row, with all indexes, as they are freshly written."""
    before = _bytes()
    _write(write, written)
    return (_bytes() - before) / rows.MANY


def _write(write: Callable[[list[rows.Row]], None], written: Iterable[rows.Row]) -> None:
    with transaction.atomic():
        for chunk in _chunks(written):
            write(chunk)


def _chunks(written: Iterable[rows.Row]) -> Iterator[list[rows.Row]]:
    remaining = iter(written)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _bytes() -> int:
    """What all tables take, of which only those grow that are written to."""
    queries = {
        "postgresql": "SELECT sum(pg_relation_size(relid) + pg_indexes_size(relid))"
        " FROM pg_stat_user_tables",
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return int(cursor.fetchone()[0])


def _files() -> dict[str, list[float]]:
    """Bytes of scripts and of styles that the kit ships, each file gzipped."""
    package = Path(import_module(settings.KIT.apps[-1]).__file__).parent
    return {kind: [_gzipped(package.rglob(f"*.{kind}"))] for kind in ("js", "css")}


def _gzipped(paths: Iterable[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in paths)
