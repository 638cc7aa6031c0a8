"""A PostgreSQL of its own, which a test may stop, start and starve."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from signal import SIGINT, SIGQUIT

import psycopg

from tests.helpers.brokers import free_port, wait_until

# PostgreSQL refuses to run as root.
ACCOUNT = {"user": "postgres", "group": "postgres", "extra_groups": []} if not os.getuid() else {}
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "12",
    "shared_buffers": "16MB",
}


def program(name):
    """The path of a program of PostgreSQL, or None; Debian keeps them out of PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda it: it.parts[4])
    return shutil.which(name) or next(iter(map(str, reversed(versions))), None)


class Cluster:
    """A server with an empty database, which is not on the disk for good."""

    def __init__(self, **options):
        self.port = free_port()
        self.options = OPTIONS | options
        self.folder = Path(tempfile.mkdtemp(prefix="themis-cluster-"))
        if ACCOUNT:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(program("initdb"), "--no-sync", "--auth=trust", "--username=postgres").wait()
        self.start()

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def connect(self):
        """Connect as somebody who may write, also where others may not."""
        may_write = "-c default_transaction_read_only=off"
        return psycopg.connect(self.url, autocommit=True, options=may_write)

    def execute(self, statement):
        with self.connect() as connection:
            connection.execute(statement)

    def start(self):
        options = [f"-c{name}={value}" for name, value in self.options.items()]
        self.process = self._run(program("postgres"), "-p", str(self.port), *options)
        wait_until(self._answers, "PostgreSQL answers")

    def stop(self, signal=SIGINT):
        """End every connection; with SIGQUIT as a machine that goes down would."""
        self.process.send_signal(signal)
        self.process.wait()

    def restart(self, signal=SIGINT):
        self.stop(signal)
        self.start()

    def configure(self, name, value):
        """Change an option for all connections, those that are open as well."""
        self.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        self.execute("SELECT pg_reload_conf()")
        wait_until(lambda: self._shown(name) == value, f"{name} is {value}")

    def remove(self):
        self.stop(SIGQUIT)
        shutil.rmtree(self.folder)

    def _run(self, command, *arguments):
        return subprocess.Popen(
            [command, "-D", str(self.folder), *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **ACCOUNT,
        )

    def _answers(self):
        try:
            return self.execute("SELECT 1") is None
        except psycopg.OperationalError:
            return False

    def _shown(self, name):
        with psycopg.connect(self.url) as connection:
            return connection.execute(f"SHOW {name}").fetchone()[0]
