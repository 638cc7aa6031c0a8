"""The databases that the tests run on; the addresses are those of a local installation."""

import os
from pathlib import Path
from tempfile import gettempdir


def database(vendor):
    """Return the DATABASES entry for sqlite, postgres or mariadb."""
    return {"sqlite": _sqlite, "postgres": _postgres, "mariadb": _mariadb}[vendor]()


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
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "postgres"),
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "PORT": os.environ.get("PGPORT", "5432"),
    }


def _mariadb():
    import pymysql

    pymysql.install_as_MySQLdb()
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": os.environ.get("MYSQL_DATABASE", "test"),
        "USER": os.environ.get("MYSQL_USER", "root"),
        "PASSWORD": os.environ.get("MYSQL_PASSWORD", ""),
        "HOST": os.environ.get("MYSQL_HOST", "127.0.0.1"),
        "PORT": os.environ.get("MYSQL_PORT", "3306"),
        "TEST": {"CHARSET": "utf8mb4"},
        "OPTIONS": {"charset": "utf8mb4"},
    }
