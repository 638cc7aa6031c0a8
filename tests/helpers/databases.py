"""The databases that the tests run on; by default those of a local installation."""

import os
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote, unquote, urlsplit

# For each server the environment variable that names its address, and the address without it.
ADDRESSES = {
    "postgres": ("THEMIS_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "mariadb": ("THEMIS_MARIADB_URL", "mariadb://root@127.0.0.1:3306/test"),
}
READ_COMMITTED, REPEATABLE_READ = "read committed", "repeatable read"


def chosen():
    """Return the database that the environment asks for: sqlite, postgres or mariadb."""
    return os.environ.get("THEMIS_TEST_DATABASE", "sqlite")


def isolation():
    """Return the isolation level that the environment asks for on the servers."""
    return os.environ.get("THEMIS_TEST_ISOLATION", READ_COMMITTED)


def writes_what_it_asks():
    """Tell whether a single send is one statement, also with ``deduplicate=True``."""
    return chosen() == "postgres" and isolation() == READ_COMMITTED


def database(vendor):
    """Return the DATABASES entry for sqlite, postgres or mariadb."""
    return {"sqlite": _sqlite, "postgres": _postgres, "mariadb": _mariadb}[vendor]()


def address(vendor, name):
    """Return the address of another database on the same server, for another process."""
    variable, local = ADDRESSES[vendor]
    url = urlsplit(os.environ.get(variable) or local)
    return url._replace(path=f"/{quote(name)}").geturl()


def _sqlite():
    # A file, since connections to one in memory cannot wait for each other; one for each process,
    # since two runs at once must not share it.
    name = str(Path(gettempdir()) / f"themis-htmx-tests-{os.getpid()}.sqlite3")
    quick = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "TEST": {"NAME": name},
        "OPTIONS": {"timeout": 30, "init_command": quick},
    }


def _postgres():
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    level = IsolationLevel[isolation().upper().replace(" ", "_")]
    engine = {"ENGINE": "django.db.backends.postgresql"}
    return engine | _server("postgres") | {"OPTIONS": {"isolation_level": level}}


def _mariadb():
    import pymysql

    pymysql.install_as_MySQLdb()
    return {
        "ENGINE": "django.db.backends.mysql",
        **_server("mariadb"),
        "TEST": {"CHARSET": "utf8mb4"},
        "OPTIONS": {"charset": "utf8mb4", "isolation_level": isolation()},
    }


def _server(vendor):
    """Taken from an address, ``vendor://user:password@host:port/name``."""
    variable, local = ADDRESSES[vendor]
    url = urlsplit(os.environ.get(variable) or local)
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "127.0.0.1",
        "PORT": str(url.port or ""),
    }
