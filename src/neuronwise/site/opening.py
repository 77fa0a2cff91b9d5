"""Opening the site for a command: settings checked, folder and database made and brought up to date.

A module that has models can be loaded only after `settings`, so commands load theirs after this.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection

from neuronwise.site import contents, environment, folder
from neuronwise.site.contents import Contents
from neuronwise.site.database import alone
from neuronwise.site.errors import FolderError, SettingError

OLDEST_SQLITE = (3, 35)


def open_site(*, restoring: bool = False) -> None:
    """Everything but the built book; `restoring` says that the restore that isn't done yet asks.

    Errors   StartError: a setting, the data folder, or the database can't be used
    """
    data = environment.data(os.environ)
    environment.check(os.environ)
    folder.prepare(data, restoring=restoring)
    os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
    django.setup()
    with in_words():
        check_version(sqlite3.sqlite_version)
        check_journal(data)
        if not restoring:
            check_restored()
        _migrate()


def open_book() -> Contents:
    """Everything, and the tables say what the built book says.

    Errors   StartError: as above, or the built book can't be used
    """
    built = contents.read(environment.book(os.environ))
    open_site()
    with in_words():
        mirror(built)
    return built


@contextmanager
def in_words() -> Iterator[None]:
    """What the database can't do is said in a sentence, with the mend.

    Errors   StartError
    """
    try:
        yield
    except DatabaseError as error:
        raise refusal(error, environment.data(os.environ)) from error


def mirror(built: Contents) -> None:
    """Make the tables say what the built book says."""
    from neuronwise.site import models  # noqa: PLC0415  (models can be loaded only after django.setup)

    models.mirror(built)


def check_version(version: str) -> None:
    """The ledger's statements need what SQLite has since March 2021: RETURNING, and MATERIALIZED."""
    if connection.vendor == "sqlite" and tuple(map(int, version.split("."))) < OLDEST_SQLITE:
        expected = "SQLite 3.35 or newer in this Python, or else a database of PostgreSQL"
        raise SettingError(environment.DATABASE, expected=expected, got=f"SQLite {version}")


def check_journal(data: Path) -> None:
    """What survives a power cut rests on SQLite's journal: it has to be the one that was asked for."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "truncate":
        why = f"expected the journal mode truncate; got {mode}. Stop other programs that have it open."
        raise FolderError(data / folder.DATABASE, why)


def check_restored() -> None:
    """Another machine may be in the middle of a restore into the database that this one uses, too."""
    if connection.vendor == "postgresql" and folder.MARK in connection.introspection.table_names():
        raise FolderError(environment.DATABASE, folder.UNFINISHED)


def refusal(error: DatabaseError, data: Path) -> FolderError | SettingError:
    """Why the database can't be used, and the mend."""
    if connection.vendor == "postgresql":
        got = str(error).partition("\n")[0]
        return SettingError(environment.DATABASE, expected="a database of PostgreSQL that can be reached", got=got)
    if isinstance(error, OperationalError):
        why = f"{error}. Stop other programs that have it open, and see that its disk has room."
    else:
        why = f"{error}. Move it away, and the next start makes a new one."
    return FolderError(data / folder.DATABASE, why)


def _migrate() -> None:
    """Bring the tables up to date; with PostgreSQL one process after the other, since its migrations don't wait."""
    if connection.vendor != "postgresql":
        call_command("migrate", verbosity=0, interactive=False)
        return
    with alone():
        call_command("migrate", verbosity=0, interactive=False)
