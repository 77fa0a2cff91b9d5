"""Writing when the database can't: who wants to write is told to try again, and who reads is served all the while."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError

WRITERS = 4  # at once, of the server's threads: the others are for readers
BUSY = "We can't write this down just now. Please press the button once more in a minute."

_slots = threading.BoundedSemaphore(WRITERS)


class BusyError(Exception):
    """The database is locked, its disk is full, or too many write at once. Nothing was kept."""

    def __init__(self) -> None:
        super().__init__(BUSY)


@contextmanager
def writing() -> Iterator[None]:
    """Write inside of this: all of it is kept, or it ends with a BusyError.

    Errors   BusyError
    """
    if not _slots.acquire(blocking=False):
        raise BusyError
    try:
        yield
    except (OperationalError, IntegrityError, OSError) as error:  # Integrity: what is referred to was erased meanwhile
        raise BusyError from error
    finally:
        _slots.release()
