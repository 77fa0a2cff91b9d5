"""All actions of the site at random, against a model: after each, the site has to be as the model says.

Each kind of database has a run of its own, beside the others. A line on the terminal tells how far each is.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import postgres
from acted import acted

from benchmarks.measured import Row, none

MEMORY = Path("/dev/shm")  # noqa: S108  (thousands of durable files don't wear out a disk in memory)


@dataclass(frozen=True)
class Size:
    """How many runs of how many actions; and how many of them have to be enough to find a planted fault."""

    runs: int
    steps: int
    to_find: int


FULL, SMALL = Size(2_000, 50, 400), Size(200, 50, 200)


def figures(size: Size) -> Iterator[Row]:
    """Measure everything."""
    with ExitStack() as stack:
        databases: dict[str, dict[str, str]] = {"SQLite": {}}
        if postgres.programs():
            host = stack.enter_context(postgres.cluster())
            databases["PostgreSQL"] = {"NEURONWISE_DATABASE": postgres.database(host, "actions")}
        pool = ThreadPoolExecutor(os.cpu_count())
        stack.callback(pool.shutdown, cancel_futures=True)  # after Ctrl-C no further one is begun
        jobs = [
            pool.submit(told, f"actions, {name}", size.runs, size.steps, **more) for name, more in databases.items()
        ]
        faults = {fault: pool.submit(told, fault, size.to_find, size.steps, fault) for fault in planted()}
        for name, job in zip(databases, jobs, strict=True):
            yield from agreeing(name, job.result())
        yield none(
            f"planted faults missed, of {len(faults)}",
            [fault for fault, job in faults.items() if "found" not in job.result()],
        )


def agreeing(name: str, last: dict[str, Any]) -> Iterator[Row]:
    """Whether the site and its model agree, and whether everything was done."""
    about = f"{last['runs']:,} runs, {last['steps']:,} actions, {name}"
    yield none(f"actions after which the site is not as its model says: {about}", filter(None, [last.get("found")]))
    yield none(
        f"kinds of actions that were never taken: {about}", [rule for rule, count in last["rules"].items() if not count]
    )


def planted() -> list[str]:
    """The names of the planted faults."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
    django.setup()
    from wrong_actions import FAULTS  # noqa: PLC0415  (it holds the site's tables)

    return list(FAULTS)


def told(what: str, runs: int, steps: int, fault: str = "", **more: str) -> dict[str, Any]:
    """Act; the last that is told, and meanwhile how far it is."""
    last: dict[str, Any] = {}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        for last in acted(Path(folder), runs, steps, fault, **more):
            words = f"{what}: {last['runs']:,} of {runs:,} runs, {time.monotonic() - started:.0f} s"
            print(words, file=sys.stderr, flush=True)
    return last
