"""The database: SQLite in the data folder, or PostgreSQL. What differs between the two is in this file.

SQLite       one file; a transaction that writes has it alone; death of a worker is told by a locked file. What a large
             transaction changes stays in memory until its end (cache_spill): else nobody could read meanwhile
PostgreSQL   many connections; death of a worker is told by an advisory lock of its connection
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from django.db import connection, transaction

from neuronwise.site import folder

SECONDS_TO_WAIT = 5  # for another writer; a reader's browser waits no longer either
ALONE = 0x6E65_7572_6F6E  # the advisory lock of what is done by one process at a time


def config(address: SplitResult | None, data: Path) -> dict[str, Any]:
    """Django's settings of the database.

    >>> from urllib.parse import urlsplit
    >>> made = config(urlsplit("postgresql://book:a%40b@%2Fvar%2Frun%2FBook:5433/book"), Path())
    >>> made["PASSWORD"], made["HOST"]  # a folder: the socket in it
    ('a@b', '/var/run/Book')
    """
    if address is None:
        return _sqlite(data / folder.DATABASE)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path[1:]),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": unquote(re.sub(r":\d+$", "", address.netloc.rpartition("@")[2])).strip("[]"),
        "PORT": str(address.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": SECONDS_TO_WAIT, "options": f"-c lock_timeout={SECONDS_TO_WAIT}s"},
    }


def _sqlite(file: Path) -> dict[str, Any]:
    pragmas = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_spill=OFF"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": SECONDS_TO_WAIT},
    }


def random_key() -> str:
    """How this database writes 128 random bits, as it keeps a UUID."""
    return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"


@contextmanager
def alone() -> Iterator[None]:
    """A transaction that no other process is in at the same time."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
        yield
