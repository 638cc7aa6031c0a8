"""``python -m benchmarks.live``: what one process that streams holds, takes, and how soon it tells.

Everything stays on this machine, and is bounded: so many streams, so many events, so many seconds.
"""

import argparse
import asyncio
import json
import os
import resource
from statistics import quantiles
from time import perf_counter

from benchmarks.live.browsers import Browser, open_browsers, told
from benchmarks.live.server import Server, serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.live.settings")
# Descriptors that are no streams.
OTHER_FILES = 300


def main() -> None:
    """Measure, and print a line for each figure."""
    options = arguments()
    config = {"BROKER": "redis", "URL": options.redis, "CHANNEL": f"themis-bench-{os.getpid()}"}
    os.environ["BENCH_LIVE"] = json.dumps(config)
    limit, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < options.streams + OTHER_FILES:
        raise SystemExit(f"{options.streams} streams need more files than `ulimit -n`, {limit}.")
    with serving(dict(os.environ)) as server:
        asyncio.run(measure(server, options))


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--streams", type=int, default=9500, help="how many are held")
    parser.add_argument("--idle", type=float, default=50, help="seconds for which they are idle")
    parser.add_argument("--events", type=int, default=200, help="how many are published alone")
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/0", help="the broker")
    return parser.parse_args()


async def measure(server: Server, options: argparse.Namespace) -> None:
    """Open the streams, let them be, tell one after the other, then all, and close them."""
    # Its first stream makes the process load the rest of its code.
    [first] = await open_browsers(server.port, 1)
    first.transport.close()  # type: ignore[attr-defined]
    await asyncio.sleep(1)
    files, memory, start = server.files(), server.memory(), perf_counter()
    browsers = await open_browsers(server.port, options.streams)
    print(f"{len(browsers)} streams opened in {perf_counter() - start:.1f} s")
    await asyncio.sleep(3)
    await idle(server, options.idle)
    each = (server.memory() - memory) / len(browsers) / 1000
    print(f"{each:.1f} kB a stream, {memory / 1e6:.0f} MB before the first")
    await alone(browsers, options.events)
    await all_at_once(browsers)
    print(f"{sum(browser.is_lost for browser in browsers)} streams lost")
    for browser in browsers:
        browser.transport.abort()  # type: ignore[attr-defined]
    start = perf_counter()
    while server.files() > files and perf_counter() - start < 30:
        await asyncio.sleep(0.1)
    print(f"{server.files() - files} streams left {perf_counter() - start:.1f} s after all went")


async def idle(server: Server, seconds: float) -> None:
    """Measure what the heartbeats take."""
    before, start = server.seconds(), perf_counter()
    await asyncio.sleep(seconds)
    share = (server.seconds() - before) / (perf_counter() - start)
    print(f"idle: {share:.1%} of a core over {seconds:.0f} s")


async def alone(browsers: list[Browser], events: int) -> None:
    """Publish one event after the other, and measure how soon its browser has it."""
    from themis_htmx.live.config import broker

    times = []
    for number in range(events):
        browser = browsers[number * 7 % len(browsers)]
        before, start = browser.told, perf_counter()
        broker().publish([browser.user])
        await told(browser, before + 1)
        times.append(1000 * (browser.told_at - start))
        await asyncio.sleep(0.02)
    cuts = quantiles(times, n=100)
    print(
        f"publish → event: {cuts[49]:.2f} ms median, {cuts[98]:.2f} ms p99, {max(times):.2f} ms max"
    )


async def all_at_once(browsers: list[Browser]) -> None:
    """Publish one event for all, and measure how evenly they are told."""
    from themis_htmx.live.config import broker

    before, start = [browser.told for browser in browsers], perf_counter()
    broker().publish([browser.user for browser in browsers])
    for browser, number in zip(browsers, before, strict=True):
        await told(browser, number + 1, 60)
    seconds = sorted(browser.told_at - start for browser in browsers)
    most = max(_in_each_second(seconds))
    print(f"all told within {seconds[-1]:.1f} s, at most {most} in a second")


def _in_each_second(seconds: list[float]) -> list[int]:
    return [sum(int(at) == second for at in seconds) for second in range(int(seconds[-1]) + 1)]


if __name__ == "__main__":
    main()
