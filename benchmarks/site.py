"""The figures of publishing: how quickly letters go, and that none is lost or doubled when workers are killed.

Each run has its own folder, on a disk; PostgreSQL is left out where it is not installed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import crashing
import forged
import postgres
from ledgers import Ledger, SinkTaker, Taker, deliver_killing, ledger, published, sinking
from letterbox import aged, post
from serving import running

from benchmarks.measured import Row, none

WORKERS = 3
PEAK = """
import re, sys
from pathlib import Path
from neuronwise.cli import main
main(["book", "notify"])
print(int(re.findall(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[0]) // 1024, file=sys.stderr)
"""  # Linux's own count: ru_maxrss would begin with this process's
INTEGRITY = """
from neuronwise.site import opening
opening.open_site()
from django.db import connection
with connection.cursor() as cursor:
    print(cursor.execute("PRAGMA integrity_check").fetchone()[0])
"""


@dataclass(frozen=True)
class Size:
    """How many subscribers and kills."""

    letters: int
    kills: int


FULL, SMALL = Size(100_000, 50), Size(20_000, 30)


def figures(size: Size) -> Iterator[Row]:
    """Measure everything: first what needs no quiet machine, then what is timed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
    with ExitStack() as stack:
        host = stack.enter_context(postgres.cluster()) if postgres.programs() else None
        for name in ("SQLite", "PostgreSQL") if host else ("SQLite",):
            yield from outbox(size, name, settings(host, name, "outbox"))
            yield from relay(size, name, settings(host, name, "relay"))
            yield from parked(size, name, settings(host, name, "parked"))
            yield from crash_points(name, settings(host, name, "crashes"))
        yield from pace(size)
        yield from told_apart(size)
        yield from forged_tokens(size)


def settings(host: str | None, name: str, run: str) -> dict[str, str]:
    """The settings of a database for one run."""
    return {"NEURONWISE_DATABASE": postgres.database(host, run)} if host and name == "PostgreSQL" else {}


def pace(size: Size) -> Iterator[Row]:
    """Nobody is killed: how long it takes, and how much memory."""
    with tempfile.TemporaryDirectory() as folder:
        made = ledger(Path(folder), size.letters)
        yield f"publishing to {size.letters:,} subscribers", timed(made, "publish", "1"), 5, "s"
        started = time.perf_counter()
        done = run([sys.executable, "-c", PEAK], made)
        seconds = time.perf_counter() - started
        yield "a letter to the outbox, one worker", seconds / size.letters * 1000, 2, "ms"
        yield "memory of a worker, at its highest", int(done.stderr.split()[-1]), 120, "MB"
    with tempfile.TemporaryDirectory() as folder, sinking(Path(folder) / "taken") as sink:
        letters = size.letters // 10
        made = published(Path(folder), letters, **sink.settings)
        yield "a letter to a mail server, one worker", timed(made, "notify") / letters * 1000, 5, "ms"


def timed(made: Ledger, *arguments: str) -> float:
    """How long a command takes, its start included."""
    started = time.perf_counter()
    made.run(*arguments).check_returncode()
    return time.perf_counter() - started


def run(program: list[str], made: Ledger) -> "subprocess.CompletedProcess[str]":
    """Run one of our own programs on a ledger."""
    return subprocess.run(program, env=made.environment, capture_output=True, text=True, check=True)  # noqa: S603


def told_apart(size: Size) -> Iterator[Row]:
    """Whether the time of an answer tells that an address is known."""
    count = size.letters // 100
    with tempfile.TemporaryDirectory() as folder:
        made = ledger(Path(folder), count)
        with running(made.book, made.data, NEURONWISE_PROXY="127.0.0.1") as site:
            seconds: dict[str, list[float]] = {"reader": [], "stranger": []}
            for number in range(count):
                for who, times in seconds.items():
                    fields = {"email": f"{who}-{number}@example.org", "form": aged(site, "subscribe")}
                    started = time.perf_counter()
                    post(site, "/subscribe", fields, X_Forwarded_For=f"192.0.{number % 250}.1")
                    times.append(time.perf_counter() - started)
        known, unknown = (statistics.median(times) for times in seconds.values())
        apart = abs(known - unknown) * 1000
        yield f"medians of known and unknown addresses apart, {2 * count:,} sign-ups", apart, 5, "ms"


def forged_tokens(size: Size) -> Iterator[Row]:
    """Whether a forged token opens anything."""
    count = size.letters * 10
    yield none(f"forged tokens accepted of {count:,}", forged.accepted(count))


def outbox(size: Size, name: str, database: dict[str, str]) -> Iterator[Row]:
    """Workers are killed while they write files, and files are taken at once."""
    with tempfile.TemporaryDirectory() as folder:
        made = published(Path(folder), size.letters, **database)
        taker = Taker(made.new)
        deliver_killing(made, size.letters, taker, kills=size.kills, count=WORKERS)
        about = f"outbox, {name}, {size.letters:,} letters, {size.kills} kills of {WORKERS} workers"
        yield f"letters lost: {about}", size.letters - len(taker.taken), 0, ""
        yield f"letters doubled: {about}", taker.twice, 0, ""
        yield f"letters not sent by the ledger: {about}", size.letters - made.states().get("sent", 0), 0, ""
        if name == "SQLite":
            yield "faults that SQLite finds in the database afterwards", made.python(INTEGRITY) != "ok\n", 0, ""


def relay(size: Size, name: str, database: dict[str, str]) -> Iterator[Row]:
    """Workers are killed while they speak with a mail server: each kill may double the one letter at hand."""
    with tempfile.TemporaryDirectory() as folder, sinking(Path(folder) / "taken") as sink:
        made = published(Path(folder), size.letters, **database, **sink.settings)
        taker = SinkTaker(sink)
        deliver_killing(made, size.letters, taker, kills=size.kills, count=WORKERS)
        about = f"mail server, {name}, {size.letters:,} letters, {size.kills} kills of {WORKERS} workers"
        yield f"letters lost: {about}", size.letters - len(taker.taken), 0, ""
        yield f"letters doubled: {about}", taker.twice, size.kills, ""


def parked(size: Size, name: str, database: dict[str, str]) -> Iterator[Row]:
    """The same where what is in doubt is parked: none comes twice, and each kill parks a letter at most."""
    letters = size.letters // 10
    with tempfile.TemporaryDirectory() as folder, sinking(Path(folder) / "taken") as sink:
        made = published(Path(folder), letters, NEURONWISE_IN_DOUBT="park", **database, **sink.settings)
        taker = SinkTaker(sink)
        deliver_killing(made, letters, taker, kills=size.kills, count=WORKERS)
        about = f"mail server, park, {name}, {letters:,} letters, {size.kills} kills of {WORKERS} workers"
        states = made.states()
        parked, doubled = states.get("unknown", 0), taker.twice
        made.run("notify", "--retry", "unknown")
        taker.take()
        yield f"letters doubled: {about}", doubled, 0, ""
        yield f"letters parked: {about}", parked, size.kills, ""
        yield f"letters neither sent nor parked: {about}", letters - states.get("sent", 0) - parked, 0, ""
        yield f"letters lost after `notify --retry unknown`: {about}", letters - len(taker.taken), 0, ""


def crash_points(name: str, database: dict[str, str]) -> Iterator[Row]:
    """A worker ends, or fails, at each of its steps."""
    with tempfile.TemporaryDirectory() as folder, sinking(Path(folder) / "taken") as sink:
        for where, more in (("outbox", {}), ("mail server", sink.settings)):
            made = ledger(Path(folder), 0, **database, **more)
            for how in ("end", "fail"):
                program = [sys.executable, crashing.__file__, how, "5", str(sink.file)]
                done = run(program, made)
                steps = [json.loads(line) for line in done.stdout.splitlines()]
                broken = [step for step in steps if not kept(step, where)]
                yield (
                    f"promises broken: workers {how} at each of {len(steps)} steps, {where}, {name}",
                    len(broken),
                    0,
                    "",
                )


def kept(step: dict[str, list[object]], where: str) -> bool:
    """Whether each reader has the letter once; one of them, from a mail server, perhaps twice."""
    held = sorted(map(str, step["held"]))
    most = "2" if where == "mail server" else "1"
    return held[:-1] == ["1"] * 4 and "1" <= held[-1] <= most and step["states"] == ["sent"] * 5
