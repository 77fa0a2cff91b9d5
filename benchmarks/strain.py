"""The figures of the site under strain: floods, workers who claim at once, backups among writers, readers meanwhile.

PostgreSQL is left out where it is not installed.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import django
import postgres
from claiming import AGAIN, claimed
from ledgers import Ledger, ledger
from numbered import faults, writing
from serving import running

from benchmarks.measured import Row, none
from benchmarks.readers import memory

WARM_UP, REQUESTS = 10_002, 90_000  # the same number for each of six connections
WORKERS, LETTERS, ROUNDS = 4, 20_000, 20
BATCHES = (1, 40, 250)  # rows at once: one round the first, one the second, …
BACKUPS, A_SECOND, AMONG = 50, 200, 20_000
SUBSCRIBERS, PAUSE = 100_000, 0.01
PACE = 0.9  # of the pause between two transactions, so that what is behind is caught up with


def figures() -> Iterator[Row]:
    """Measure everything."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
    django.setup()  # tokens are made here, and the paths of the flood are the site's own
    with ExitStack() as stack:
        host = stack.enter_context(postgres.cluster()) if postgres.programs() else None
        for name in ("SQLite", *["PostgreSQL"] * bool(host)):
            yield from flood(name, host)
            yield from claims(name, host)
            yield from backups(name, host)
            yield from readers(name, host)


def settings(host: str | None, name: str, run: str) -> dict[str, str]:
    """The settings of an empty database."""
    return {"NEURONWISE_DATABASE": postgres.database(host, run)} if host and name == "PostgreSQL" else {}


def flood(name: str, host: str | None) -> Iterator[Row]:
    """Requests by chance to both listeners of a site that is set up as for the net."""
    from floods import Flood, fill, memory  # noqa: PLC0415  (it needs Django)

    public = {"NEURONWISE_URL": "https://book.example", "NEURONWISE_PROXY": "127.0.0.1"}
    public["MALLOC_ARENA_MAX"] = "2"  # as docs/deployment/neuronwise.service has it
    with tempfile.TemporaryDirectory() as folder:
        made = ledger(Path(folder), 0, **public, **settings(host, name, "flood"))
        known = fill(made)
        with running(made.book, made.data, **made.settings) as site:
            poured = Flood(site, known, https=True)
            first = poured.pour(WARM_UP)
            before = memory(site.process.pid)
            rest = poured.pour(REQUESTS)
            grown = memory(site.process.pid) - before
            alive = site.process.poll() is None
    asked = f"{first.asked + rest.asked:,} requests by chance, {name}"
    yield none(f"{asked}: answers with 5xx, a header missing, or a reader's cookie", [*first.faults, *rest.faults])
    yield none(f"{asked}: not answered", [*first.unanswered, *rest.unanswered])
    yield f"{asked}: growth of the memory after the first {WARM_UP:,}", grown if alive else float("inf"), 10, "MB"


def claims(name: str, host: str | None) -> Iterator[Row]:
    """Workers who begin at the same moment."""
    with tempfile.TemporaryDirectory() as folder:
        made = ledger(Path(folder), LETTERS, **settings(host, name, "claims"))
        made.run("publish", "1").check_returncode()
        twice = missed = 0
        for turn in range(ROUNDS):
            made.python(AGAIN)
            counts = claimed(made, BATCHES[turn % len(BATCHES)], WORKERS)
            twice += counts.total() - len(counts)
            missed += LETTERS - len(counts)
    about = f"{WORKERS} workers, {LETTERS:,} rows, {ROUNDS} times, {name}"
    yield f"{about}: rows claimed twice", twice, 0, ""
    yield f"{about}: rows claimed by nobody", missed, 0, ""


def backups(name: str, host: str | None) -> Iterator[Row]:
    """Each backup is restored elsewhere while the writers go on."""
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        here = ledger(folder, AMONG, **settings(host, name, "here"))
        with writing(here, folder, pause=2 / A_SECOND * PACE) as writers:
            first = [writer.committed() for writer in writers]
            started = time.perf_counter()
            for n in range(BACKUPS):
                before = [writer.committed() for writer in writers]
                there = Ledger(here.book, folder / f"there{n}", settings(host, name, f"there{n}"))
                for made, command in ((here, "backup"), (there, "restore")):
                    done = made.run(command, str(folder / f"{n}.backup"))
                    wrong += [done.stderr] * bool(done.returncode)
                wrong += faults(there, writers, before)
            written = sum(writer.committed() for writer in writers) - sum(first)
            seconds = time.perf_counter() - started
    about = f"{BACKUPS} backups among {A_SECOND} writes a second, restored elsewhere, {name}"
    yield none(f"{about}: hold other rows than were there at one moment", wrong)
    yield f"{about}: pause between two writes", seconds / written * 1000, 1000 / A_SECOND, "ms"


def readers(name: str, host: str | None) -> Iterator[Row]:
    """A reader asks for one page after the other, while all letters about a chapter are queued."""
    seconds: list[float] = []
    refused: list[int] = []
    most = 0.0
    with tempfile.TemporaryDirectory() as folder:
        made = ledger(Path(folder), SUBSCRIBERS, **settings(host, name, "readers"))
        with running(made.book, made.data, **made.settings) as site, made.start("publish", "1") as publishing:
            while publishing.poll() is None:
                started = time.perf_counter()
                status = site.ask("/atom.xml").status
                seconds.append(time.perf_counter() - started)
                refused += [status] * (status != HTTPStatus.OK)
                most = max(most, memory(publishing.pid))
                time.sleep(PAUSE)
        queued = sum(made.states().values())  # some may be on their way
    about = f"{len(seconds):,} pages asked for while a chapter is published to {queued:,}, {name}"
    yield none(f"{about}: refused", refused if queued == SUBSCRIBERS else [*refused, queued])
    yield f"{about}: the slowest", max(seconds) * 1000, 1000, "ms"
    yield f"{about}: memory of the program that publishes, at its highest", most, 120, "MB"
