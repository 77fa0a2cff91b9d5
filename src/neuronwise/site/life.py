"""How a worker's death is told: by a lock that only its death (or its end) opens. No clock, so no lease that runs out.

    SQLite       the worker holds a locked file DATA/workers/<name>
    PostgreSQL   the worker's connection holds an advisory lock; a lost connection is a death too

A worker that sleeps keeps its lock. Who can take a worker's lock knows that it is dead, and may take back what it had.
"""

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.db import connection

FOLDER = "workers"


class Life(ABC):
    """The life of one worker: from its beginning until it ends or dies. Its name is random and never used again."""

    def __init__(self) -> None:
        self.name = token_hex(8)

    @abstractmethod
    def begin(self) -> None:
        """Live: from now on nobody can take this worker's lock."""

    @abstractmethod
    def end(self) -> None:
        """Let go of the lock."""

    @abstractmethod
    def dead(self, name: str) -> AbstractContextManager[bool]:
        """Whether the worker of that name is dead; if it is, nobody else can find that out meanwhile."""


class FileLife(Life):
    """A locked file. The system unlocks it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.number: int | None = None

    def begin(self) -> None:
        """Live: make the file and lock it; again, if somebody who looks for dead workers has just removed it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        while self.number is None:
            number = os.open(self.folder / self.name, os.O_CREAT | os.O_RDWR, 0o600)
            if _lock(number) and _is_there(self.folder / self.name, number):
                self.number = number
            else:
                os.close(number)

    def end(self) -> None:
        """Unlock the file and remove it."""
        if self.number is not None:
            (self.folder / self.name).unlink(missing_ok=True)
            os.close(self.number)
            self.number = None

    @contextmanager
    def dead(self, name: str) -> Iterator[bool]:
        """Dead is whose file is gone, or can be locked; in the end it is removed."""
        file = self.folder / name
        try:
            number = os.open(file, os.O_RDWR)
        except FileNotFoundError:
            yield True
            return
        try:
            dead = _lock(number)
            yield dead
            if dead:
                file.unlink(missing_ok=True)
        finally:
            os.close(number)


class ConnectionLife(Life):
    """An advisory lock of this thread's connection to PostgreSQL, which the server opens when the connection ends."""

    def begin(self) -> None:
        """Live: take the lock."""
        self._ask("SELECT pg_advisory_lock(%s)", self.name)

    def end(self) -> None:
        """Let go of the lock."""
        self._ask("SELECT pg_advisory_unlock(%s)", self.name)

    @contextmanager
    def dead(self, name: str) -> Iterator[bool]:
        """Dead is whose lock can be taken."""
        dead = self._ask("SELECT pg_try_advisory_lock(%s)", name)
        try:
            yield dead
        finally:
            if dead:
                self._ask("SELECT pg_advisory_unlock(%s)", name)

    @staticmethod
    def _ask(question: str, name: str) -> bool:
        number = int(name, 16) - (1 << 63)  # PostgreSQL's numbers have a sign
        with connection.cursor() as cursor:
            cursor.execute(question, [number])
            return bool(cursor.fetchone()[0])


def life() -> Life:
    """A new life, told as the database at hand lets it be told."""
    return ConnectionLife() if connection.vendor == "postgresql" else FileLife(settings.DATA / FOLDER)


def _is_there(file: Path, number: int) -> bool:
    """Whether the opened file still is the one of that name."""
    try:
        return os.path.samestat(file.stat(), os.fstat(number))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> bool:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
