"""What one process of the site can do for how many readers, and how large everything grows: for the page on deployment.

The readers ask over connections that stay, several at once, from this very machine: they take part of its processors.
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.measured import Row
from benchmarks.page import BOOK, CHAPTER
from neuronwise.book.build import build, stale

SUBSCRIBERS = 100_000
AT_ONCE, EACH = 4, 250
NEURONWISE = [sys.executable, "-m", "neuronwise.cli", "book"]
FILL = f"""
from neuronwise.site import opening
opening.open_book()
from django.db import transaction
from django.utils import timezone
from neuronwise.site.ledger import Delivery, State
from neuronwise.site.models import Chapter, Subscriber
now = timezone.now()
people = [
    Subscriber(address=f"reader-{{n}}@example.org", state="active", confirmed=now) for n in range({SUBSCRIBERS})
]
letters = [Delivery(topic="chapter:1", subscriber=one, state=State.SENT, tries=1) for one in people]
with transaction.atomic():
    Subscriber.objects.bulk_create(people, batch_size=2_000)
    Delivery.objects.bulk_create(letters, batch_size=2_000)
    Chapter.objects.filter(number=1).update(published=now)
"""


def figures() -> Iterator[Row]:
    """Measure everything."""
    if stale(BOOK):
        build(BOOK, say=lambda _: None)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = os.environ | {"NEURONWISE_DATA": str(folder / "data"), "NEURONWISE_BOOK": str(BOOK.resolve())}
        subprocess.run([sys.executable, "-c", FILL], env=settings, check=True)  # noqa: S603 - our own
        yield from kept(folder, settings)
        serve = [*NEURONWISE, "serve", "--no-build", "--port", "0"]
        with subprocess.Popen(serve, env=settings, stdout=subprocess.PIPE, text=True) as site:  # noqa: S603 - our own
            try:
                said = site.stdout.readline() if site.stdout else ""
                yield from answered(int(re.findall(r"http://\S+:(\d+)", said)[0]))
                yield "memory of the site after that, at its highest", memory(site.pid), 150, "MB"
            finally:
                site.terminate()
                site.communicate()


def kept(folder: Path, settings: dict[str, str]) -> Iterator[Row]:
    """What the subscribers take on the disk, and how long a backup of them takes."""
    size = (folder / "data" / "site.sqlite3").stat().st_size
    yield "the database for each subscriber with one letter", size / SUBSCRIBERS, 1000, "B"
    started = time.perf_counter()
    backup = folder / "site.backup"
    subprocess.run([*NEURONWISE, "backup", backup], env=settings, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
    yield f"backup of {SUBSCRIBERS:,} subscribers", time.perf_counter() - started, 30, "s"
    yield "the backup for each subscriber", backup.stat().st_size / SUBSCRIBERS, 500, "B"
    started = time.perf_counter()
    there = settings | {"NEURONWISE_DATA": str(folder / "there")}
    subprocess.run([*NEURONWISE, "restore", backup], env=there, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
    yield f"restore of {SUBSCRIBERS:,} subscribers", time.perf_counter() - started, 30, "s"


def answered(port: int) -> Iterator[Row]:
    """How long an answer takes when the process does nothing else: the time of all, divided by their number."""
    (stylesheet,) = set(
        re.findall(r"a/[0-9a-f]+/style\.css", ask(http.client.HTTPConnection("127.0.0.1", port), "/")[1])
    )
    etag = ask(http.client.HTTPConnection("127.0.0.1", port), f"/{CHAPTER}")[0]
    for what, path, headers in (
        ("a chapter's page", f"/{CHAPTER}", {}),
        ("a chapter's page that the browser has", f"/{CHAPTER}", {"If-None-Match": etag}),
        ("the landing page", "/", {}),
        ("the style sheet", f"/{stylesheet}", {}),
        ("the book as PDF", f"/{CHAPTER}book.pdf", {}),
    ):
        seconds = load(port, path, {"Accept-Encoding": "br", **headers})
        yield f"{what}, {AT_ONCE} readers at once, for each answer", seconds / (AT_ONCE * EACH) * 1000, 20, "ms"


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[str, str]:
    """One answer's tag and text."""
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.headers["ETag"], text


def load(port: int, path: str, headers: dict[str, str]) -> float:
    """The seconds until all readers have had all their answers."""

    def read(_reader: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(EACH):
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
        connection.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as readers:
        list(readers.map(read, range(AT_ONCE)))
    return time.perf_counter() - started


def memory(process: int) -> float:
    """The megabytes that a process had at its highest; where the system does not tell, or it has ended, nothing."""
    status = Path(f"/proc/{process}/status")
    told = status.read_text() if status.exists() else ""
    return sum(int(kilobytes) / 1000 for kilobytes in re.findall(r"VmHWM:\s+(\d+) kB", told))
