"""Brokers that a test may restart: a Redis of its own, and RabbitMQ through a proxy."""

import os
import select
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

from kombu import Connection, Queue

from tests.helpers.databases import address

ROOT = Path(__file__).resolve().parents[2]
RABBITMQ = (os.environ.get("RABBITMQ_HOST", "127.0.0.1"), 5672)


def answers(address):
    with suppress(OSError), socket.create_connection(address, timeout=1):
        return True
    return False


def available(name):
    """Tell whether such a broker is available on this machine."""
    return answers(RABBITMQ) if name == "rabbitmq" else shutil.which("redis-server") is not None


def wait_until(condition, what, seconds=30):
    end = monotonic() + seconds
    while not (found := condition()):
        assert monotonic() < end, f"after {seconds} seconds still not: {what}"
        sleep(0.05)
    return found


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Redis:
    """A server of its own that writes everything down before it answers."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = folder
        self.start()

    def start(self):
        options = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        options += ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        wait_until(lambda: answers(("127.0.0.1", self.port)), "Redis answers")

    def restart(self):
        self.stop()
        sleep(0.5)
        self.start()

    def stop(self, queue=None):
        self.process.kill()
        self.process.wait()


class Way:
    """The way to a server that others use too: what a test may cut, and mend."""

    def __init__(self, server):
        self.server, self.port = server, free_port()
        self.start()

    def start(self):
        self.down = Event()
        listener = socket.create_server(("127.0.0.1", self.port))
        listener.settimeout(0.1)
        self.thread = Thread(target=self.serve, args=[listener])
        self.thread.start()

    def serve(self, listener):
        with listener:
            calls = []
            while not self.down.is_set():
                with suppress(TimeoutError):
                    calls.append(Thread(target=self.forward, args=[listener.accept()[0]]))
                    calls[-1].start()
        for call in calls:
            call.join()

    def forward(self, near):
        with near, socket.create_connection(self.server) as far, suppress(OSError):
            other = {near: far, far: near}
            while not self.down.is_set():
                for ready in select.select([near, far], [], [], 0.1)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    other[ready].sendall(data)

    def restart(self):
        self.drop()
        sleep(0.5)
        self.start()

    def drop(self):
        self.down.set()
        self.thread.join()


class RabbitMQ(Way):
    """The machine's RabbitMQ, through a way that a test may cut."""

    def __init__(self, folder):
        super().__init__(RABBITMQ)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def stop(self, queue):
        with Connection(self.url) as connection:
            Queue(queue, channel=connection.channel()).delete()
        self.drop()


BROKERS = {"redis": Redis, "rabbitmq": RabbitMQ}


class Worker:
    """A real worker in processes of its own."""

    def __init__(
        self,
        url,
        queue,
        database,
        log,
        concurrency=2,
        pause=None,
        options=(),
        retries=None,
        more=None,
    ):
        self.log = log
        environment = os.environ | {
            "THEMIS_TEST_BROKER": url,
            "THEMIS_TEST_QUEUE": queue,
            "THEMIS_TEST_DATABASE": "postgres",
            "THEMIS_POSTGRES_URL": address("postgres", database),
        }
        if pause:
            environment["THEMIS_TEST_PAUSE"] = str(pause)
        if retries is not None:
            environment["THEMIS_TEST_RETRIES"] = str(retries)
        environment |= more or {}
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tests.helpers.worker",
            "worker",
            "--loglevel=INFO",
        ]
        command += [f"--concurrency={concurrency}", "--without-gossip", "--without-mingle"]
        command += options
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self):
        """The whole group at once, as a machine that goes down would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.wait()

    def kill_its_process(self):
        """Only the process that does the tasks, of a worker that has a single one."""
        pid = self.process.pid
        [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(child), 9)

    def says(self, words):
        """How often the worker has written these words into its log."""
        return self.log.read_text().count(words)

    def outcomes(self):
        """Return the results of the tasks that succeeded, in their order."""
        lines = self.log.read_text().splitlines()
        return [int(line.rsplit(" ", 1)[1]) for line in lines if " succeeded in " in line]


@contextmanager
def sending(app):
    """Let ``delay()`` send through ``app`` meanwhile."""
    from celery import current_app

    before = current_app._get_current_object()
    app.set_current()
    try:
        yield
    finally:
        before.set_current()
        app.close()
