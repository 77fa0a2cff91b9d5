"""Who has withdrawn: a line each in DATA/withdrawn.log, on disk before the database says so.

A restore of an old backup reads it, so that nobody who left comes back. It names random ids, no addresses.

    2027-01-10T12:00:00.123456+00:00 gone 0b6c…       unsubscribed
    2027-01-10T12:00:00.123456+00:00 erased 0b6c…     a subscriber or a reply was erased
    2027-01-10T12:00:00.123456+00:00 nameless 0b6c…   a reply stays without its name

The time is exact: within one second somebody may confirm and leave again.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils import timezone

LOG = "withdrawn.log"
GONE, ERASED, NAMELESS = "gone", "erased", "nameless"


@dataclass(frozen=True)
class Withdrawal:
    """Who withdrew, how, and when."""

    when: datetime
    how: str
    who: UUID


def note(data: Path, how: str, who: UUID) -> None:
    """Write down that somebody withdraws; when this returns, it is on the disk."""
    line = f"{timezone.now().isoformat()} {how} {who.hex}\n"
    number = os.open(data / LOG, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
    with os.fdopen(number, "ab+") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - 1))
        half = log.read(1) not in {b"", b"\n"}  # the last line, by a power cut or a full disk
        log.write(b"\n" * half + line.encode("ascii"))  # all of it, or an error
        log.flush()
        os.fsync(number)


def noted(data: Path) -> Iterator[Withdrawal]:
    """All withdrawals, the oldest first; a line that a power cut or a full disk has left half is none."""
    file = data / LOG
    for line in file.read_text(encoding="ascii", errors="replace").splitlines() if file.exists() else []:
        try:
            when, how, who = line.split()
            yield Withdrawal(datetime.fromisoformat(when), how, UUID(who))
        except ValueError:
            continue


def has_noted(data: Path, who: UUID) -> bool:
    """Whether there is any line about this one."""
    return any(one.who == who for one in noted(data))
