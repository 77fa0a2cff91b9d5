"""Writers that go on without a pause, and whether a restored database holds what the live one held at one moment.

A writer numbers its transactions. Each writes a row into two tables, and is noted, once it is committed, together with
one digest of all that the writer has written so far. What is restored has to be, of each writer, all up to some number:
in both tables, with the digest that was noted there.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledgers import Ledger

PATIENCE = 10.0
WRITE = """
import hashlib, sys, time
from contextlib import suppress
from itertools import count
from random import Random
from uuid import UUID
from neuronwise.site import opening
opening.open_site()
from django.db import OperationalError, transaction
from neuronwise.site.models import Delivery, Subscriber

name, pause = sys.argv[1], float(sys.argv[2])
whole, chance, started = hashlib.sha256(), Random(name), time.monotonic()
for n in count(1):
    who, key = (UUID(int=chance.getrandbits(128)) for _ in range(2))
    while True:
        with suppress(OperationalError), transaction.atomic():  # another has it for longer than anybody waits
            Subscriber.objects.create(pk=who, address=f"{name}-{n}@example.org")
            Delivery.objects.create(key=key, topic=f"{name}:{n}", subscriber_id=who, state="sent")
            break
    whole.update(f"{n} {who} {key};".encode())
    print(n, whole.hexdigest(), flush=True)
    time.sleep(max(0, started + n * pause - time.monotonic()))
"""
LOOK = """
import hashlib, json, sys
from neuronwise.site import opening
opening.open_site()
from neuronwise.site.models import Delivery, Subscriber

for name in sys.argv[1:]:
    rows = Delivery.objects.filter(topic__startswith=f"{name}:")
    found = sorted((int(topic.partition(":")[2]), who, key) for topic, who, key in
                   rows.values_list("topic", "subscriber__pk", "key"))
    whole = hashlib.sha256("".join(f"{n} {who} {key};" for n, who, key in found).encode())
    people = Subscriber.objects.filter(address__startswith=f"{name}-").count()
    print(json.dumps([name, [n for n, *_ in found] == list(range(1, people + 1)), people, whole.hexdigest()]))
"""


@dataclass(frozen=True)
class Writer:
    """One of them, and its notes."""

    name: str
    file: Path

    def notes(self) -> dict[int, str]:
        """By each number that is committed, the digest of all up to it."""
        lines = self.file.read_text().rpartition("\n")[0].splitlines() if self.file.exists() else []
        return {int(number): digest for number, digest in (line.split() for line in lines)}

    def committed(self, least: int = 1) -> int:
        """The last number that is committed, at least that one: waits for it."""
        until = time.monotonic() + PATIENCE
        while (last := max(self.notes(), default=0)) < least:
            assert time.monotonic() < until, f"{self.name} is at {last}, and not at {least}"
            time.sleep(0.01)
        return last


@contextmanager
def writing(ledger: Ledger, folder: Path, count: int = 2, pause: float = 0.0) -> Iterator[list[Writer]]:
    """So many writers, each with so many seconds from one number to the next; all killed in the end."""
    writers = [Writer(f"writer{n}", folder / f"writer{n}") for n in range(count)]
    running = []
    try:
        for writer in writers:
            command = [sys.executable, "-c", WRITE, writer.name, str(pause)]
            with writer.file.open("w") as notes:
                running.append(subprocess.Popen(command, env=ledger.environment, stdout=notes))
        for writer in writers:
            writer.committed()
        yield writers
    finally:
        for each in running:
            each.kill()
            each.wait()


def faults(restored: Ledger, writers: list[Writer], before: list[int]) -> Iterator[str]:
    """What is wrong with a backup that was begun when the writers had committed these numbers."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *(writer.name for writer in writers)],
        env=restored.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        yield done.stderr
        return
    for writer, least, line in zip(writers, before, done.stdout.splitlines(), strict=True):
        name, without_gap, last, digest = json.loads(line)
        if not without_gap:
            yield f"{name}: the tables differ, or a row is missing"
        elif last < least:
            yield f"{name}: ends with {last}, and {least} was committed before the backup"
        elif writer.committed(last) and writer.notes()[last] != digest:
            yield f"{name}: other rows up to {last} than were written"
