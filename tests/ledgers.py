"""Ledgers to try: made, delivered by real workers that are killed as they work, counted by who takes the letters."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sink
from serving import command, environment, write_book

PAUSE = 0.002  # seconds between two looks into the outbox
PATIENCE = 120.0  # seconds without any letter, until a run counts as stuck

SUBSCRIBE = """
from neuronwise.site import opening
opening.open_book()
from django.db import transaction
from django.utils import timezone
from neuronwise.site.subscribers import State, Subscriber
now = timezone.now()
addresses = {addresses}
rows = [Subscriber(address=address, state=State.ACTIVE, confirmed=now) for address in addresses]
with transaction.atomic():
    Subscriber.objects.bulk_create(rows, batch_size=2_000)
"""

PUBLISH = """
from neuronwise.site.publishing import publish
publish(1)
"""

COUNT = """
from neuronwise.site import opening
opening.open_site()
from django.db.models import Count
from neuronwise.site.ledger import Delivery
for state, count in Delivery.objects.order_by().values_list("state").annotate(Count("key")):
    print(state, count)
"""


@dataclass
class Ledger:
    """A data folder with a database, and the environment in which commands work on it."""

    book: Path
    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command."""
        folders = {"NEURONWISE_BOOK": str(self.book), "NEURONWISE_DATA": str(self.data)}
        return environment(**folders, **self.settings)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `neuronwise book …` to its end."""
        return subprocess.run(
            command("book", *arguments), env=self.environment, capture_output=True, text=True, check=False
        )

    def python(self, program: str) -> str:
        """Run a program that may open the site; what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", program], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `neuronwise book …`."""
        return subprocess.Popen(
            command("book", *arguments), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def states(self) -> dict[str, int]:
        """How many rows are in each state."""
        lines = [line.split() for line in self.python(COUNT).splitlines()]
        return {state: int(count) for state, count in lines}

    @property
    def new(self) -> Path:
        """Where letters appear."""
        return self.data / "outbox" / "new"


def ledger(folder: Path, subscribers: int | Collection[str], *, then: str = "", **settings: str) -> Ledger:
    """A ledger with a small book and so many subscribers, or those; made in one process, which then does more."""
    made = Ledger(write_book(folder / "book"), folder / "data", settings)
    numbered = f'(f"reader-{{n}}@example.org" for n in range({subscribers}))'
    addresses = numbered if isinstance(subscribers, int) else repr(list(subscribers))
    made.python(SUBSCRIBE.format(addresses=addresses) + then)
    return made


def published(folder: Path, subscribers: int | Collection[str], **settings: str) -> Ledger:
    """The same, with chapter 1 public and its letters queued."""
    return ledger(folder, subscribers, then=PUBLISH, **settings)


@dataclass(frozen=True)
class Sink:
    """A running mail server, and what it has taken."""

    port: int
    file: Path

    @property
    def taken(self) -> list[str]:
        """The addresses of the letters it has taken, in their order."""
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []
        return [line.split()[1] for line in lines]

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a site that sends its letters there."""
        return {"NEURONWISE_MAIL": f"smtp://127.0.0.1:{self.port}", "NEURONWISE_FROM": "book@localhost"}


@contextmanager
def sinking(file: Path, *options: str) -> Iterator[Sink]:
    """A mail server of our own with these options, until the end; it writes down in FILE what it takes."""
    program = [sys.executable, sink.__file__, str(file), *options]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Sink(int(process.stdout.readline()), file)
        finally:
            process.kill()


class Taker:
    """The program that takes letters out of the outbox as soon as they are there, and counts them by their key."""

    def __init__(self, new: Path) -> None:
        self.new, self.taken = new, Counter[str]()

    def take(self) -> int:
        """Take what is there; how many there were."""
        names = os.listdir(self.new) if self.new.exists() else []  # noqa: PTH208  (the names alone: quicker)
        for name in names:
            (self.new / name).unlink()
        self.taken.update(names)
        return len(names)

    @property
    def twice(self) -> int:
        """How many letters came more than once."""
        return sum(count - 1 for count in self.taken.values())


@contextmanager
def workers(ledger: Ledger, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many `notify` at once; all ended afterwards."""
    running = [ledger.start("notify") for _ in range(count)]
    try:
        yield running
    finally:
        for each in running:
            each.kill()
            each.wait()


class SinkTaker(Taker):
    """The same for a mail server of our own: what it has taken, counted by key."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(sink.file)
        self.place = 0

    def take(self) -> int:
        """Count what has come since the last time."""
        if not self.new.exists():
            return 0
        with self.new.open("rb") as file:
            file.seek(self.place)
            lines = file.read().rpartition(b"\n")[0].splitlines()
        self.place += sum(len(line) + 1 for line in lines)
        self.taken.update(line.split()[0].decode() for line in lines)
        return len(lines)


def deliver_killing(ledger: Ledger, letters: int, taker: Taker, *, kills: int, count: int) -> str:
    """Have all letters delivered, while so many of the workers are killed, each at a moment nobody chose.

    What killed ones had is delivered, or parked, by one more in the end; returns what it says.
    """
    chance = random.Random(0)  # noqa: S311  (moments, no secrets)
    moments = sorted(chance.sample(range(1, letters - kills), kills))  # each kill may keep a letter back for good
    last = time.monotonic()
    with workers(ledger, count) as running:
        while (alive := [each for each in running if each.poll() is None]) or moments:
            if taker.take():
                last = time.monotonic()
            if moments and alive and taker.taken.total() >= moments[0]:
                moments.pop(0)
                kill(chance.choice(alive))
                running.append(ledger.start("notify"))
            elif not alive:  # nobody left, and more to kill
                running.append(ledger.start("notify"))
            if time.monotonic() - last > PATIENCE:
                break
            time.sleep(PAUSE)
    said = ledger.run("notify").stdout
    taker.take()
    return said


def kill(victim: subprocess.Popen[bytes]) -> None:
    """Kill a worker, so that it can do nothing more."""
    victim.send_signal(signal.SIGKILL)
    victim.wait()
