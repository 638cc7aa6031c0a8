"""The jobs of an executor: to tell users of what they have not been told of, and to send a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PUSH, TEST = "push", "test"


def run(job: str, keys: Sequence[Any]) -> dict[str, int]:
    """Do a job, in a process or a thread in which it may take its time.

    Arguments as in ``executors.submit()``. Returns numbers of browsers by outcome.
    """
    # Only here, since it needs cryptography.
    from themis_htmx.webpush.delivery import push_to, send_test

    if job == PUSH:
        return dict(push_to(keys))
    answers = [send_test(key) for key in keys]
    return {"tested": sum(answer is not None for answer in answers)}
