"""A backup: one file with all that can't be built again. It is made while the site runs, and restored while it doesn't.

    digests.json    what kind of database, when, and the SHA-256 of each of the others
    secret          so that links in letters go on working
    database        SQLite's own copy of itself, or what pg_dump wrote
    published/…     the copies of published chapters, so that readers see after a restore what they saw before
    withdrawn.log   read last, so that it knows of everybody whom the database knows to have left

Not in it is the book, which can be built again.

A restore leaves the mark DATA/restoring until it is done; with it nothing starts. Letters that the backup had not
finished become `unknown`: they may have gone since. Who has withdrawn since stays withdrawn, where the withdrawn.log of
today lies in the folder, even alone.
"""

import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

from neuronwise.site import copies, environment, folder, life, withdrawals
from neuronwise.site.database import config
from neuronwise.site.errors import BackupError

DIGESTS, DUMP = "digests.json", "database"
PARTS = (folder.SECRET, DUMP, withdrawals.LOG)
BESIDE = ".restoring-"
LARGEST_TEXT = 64 * 1024**2  # of secret, withdrawals and digests
LARGEST_COPIES = 4 * 1024**3  # all together
CHUNK = 1024**2


def backup(data: Path, database: SplitResult | None, file: Path) -> None:
    """Write a backup into a new file that only its owner can read: whole, or not at all.

    Errors   BackupError: the file is there already; something can't be read or written
    """
    if file.exists():
        raise BackupError(file, "expected a new file; there is one of that name. Name another")
    try:
        with _beside(file, file.absolute().parent, f".{file.name}.neuronwise-") as beside:
            _write(data, database, Path(beside))
            whole = Path(beside) / "whole"
            with whole.open("rb") as written:
                os.fsync(written.fileno())
            os.link(whole, file)  # a rename would replace a file that has come meanwhile
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        raise BackupError(file, f"expected to write a backup; {_why(error)}") from error


def _write(data: Path, database: SplitResult | None, beside: Path) -> None:
    shutil.copyfile(data / folder.SECRET, beside / folder.SECRET)
    _keep_together(data, database, beside)
    log = data / withdrawals.LOG
    (beside / withdrawals.LOG).write_bytes(log.read_bytes() if log.exists() else b"")
    kept = [
        file.relative_to(beside).as_posix() for file in sorted((beside / copies.FOLDER).rglob("*")) if file.is_file()
    ]
    if sum((beside / name).stat().st_size for name in kept) > LARGEST_COPIES:
        why = f"expected at most {LARGEST_COPIES >> 30} GiB; delete old assets, of which no page speaks any more"
        raise BackupError(data / copies.FOLDER, why)
    about = {
        "database": _kind(database),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": {name: _digest(beside / name) for name in (*PARTS, *kept)},
    }
    (beside / "whole").touch(mode=0o600)
    with zipfile.ZipFile(beside / "whole", "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr(DIGESTS, json.dumps(about, indent=1))
        for name in about["sha256"]:
            whole.write(beside / name, name)


def _keep_together(data: Path, database: SplitResult | None, beside: Path) -> None:
    """The database, and the copies that it speaks of: if one is dropped meanwhile, both once more."""
    while True:
        before = copies.names(data)
        _dump(data, database, beside / DUMP)
        with suppress(FileNotFoundError):
            copies.keep(data, beside)
            if before <= copies.names(data):
                return
        shutil.rmtree(beside / copies.FOLDER, ignore_errors=True)


def _dump(data: Path, database: SplitResult | None, out: Path) -> None:
    if database:
        with out.open("wb") as dump:
            subprocess.run([_tool("pg_dump"), *POSTGRES], env=_environment(database), stdout=dump, check=True)  # noqa: S603 - our own arguments
        return
    source = f"{(data / folder.DATABASE).as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(out)) as copy:
        live.backup(copy)  # in one go: what is written meanwhile waits


# restoring


def restore(data: Path, database: SplitResult | None, file: Path, *, replace: bool) -> None:
    """Put secret, withdrawals, copies and database in their places. The mark `restoring` stays until `finish`.

    Errors   BackupError: the file is no whole backup of this kind of database; the place is not empty; a worker lives
    """
    with _beside(file, _place(file, data), BESIDE) as beside:
        try:
            _unpack(file, _kind(database), Path(beside))
            if not replace:
                _refuse_what_is_there(data, database)
            _refuse_workers(data, database)
            (data / folder.RESTORING).touch(mode=0o600)
            if database:
                _do(database, f"CREATE TABLE IF NOT EXISTS {folder.MARK} ()")
            _put_lines(data / folder.SECRET, Path(beside) / folder.SECRET)
            _put_lines(data / withdrawals.LOG, Path(beside) / withdrawals.LOG)
            copies.put_back(Path(beside), data)
            _load(data, database, Path(beside) / DUMP)
        except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
            raise BackupError(file, f"expected to restore a backup; {_why(error)}") from error


def finish(data: Path, database: SplitResult | None) -> None:
    """All is done: the site may start, here and on other machines."""
    if database:
        _do(database, f"DROP TABLE IF EXISTS {folder.MARK}")
    (data / folder.RESTORING).unlink(missing_ok=True)


def _place(file: Path, data: Path) -> Path:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(file, f"expected to restore a backup; {_why(error)}") from error
    return data


def _beside(file: Path, place: Path, prefix: str) -> "tempfile.TemporaryDirectory[str]":
    """A folder for what is half done; what a killed one has left is removed, since it holds addresses."""
    try:
        for left in place.glob(f"{glob.escape(prefix)}*"):
            shutil.rmtree(left, ignore_errors=True)
        return tempfile.TemporaryDirectory(dir=place, prefix=prefix)
    except OSError as error:
        raise BackupError(file, f"expected a folder that can be written; {_why(error)}") from error


def _unpack(file: Path, kind: str, out: Path) -> None:
    """Lay out the parts of a backup, each with the digest that the backup says."""
    try:
        with zipfile.ZipFile(file) as whole:
            about = json.loads(_text(whole, DIGESTS))
            names = (*PARTS, *_kept(whole, about["sha256"]))
            for name in names:
                (out / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (out / name).touch(mode=0o600)
                with whole.open(name) as packed, (out / name).open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, CHUNK)
            damaged = [name for name in names if _digest(out / name) != about["sha256"][name]]
            made_of = about["database"]
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        RuntimeError,
        zlib.error,
    ) as error:
        raise BackupError(file, f"expected a backup made by `neuronwise book backup`; {_why(error)}") from error
    if damaged:
        raise BackupError(file, f"expected a whole backup; {damaged[0]} has another digest than was written down")
    if made_of != kind:
        raise BackupError(file, f"expected a backup of {kind}, as NEURONWISE_DATABASE says; got one of {made_of}")


def _kept(whole: zipfile.ZipFile, names: Iterable[str]) -> list[str]:
    """The names of the copies' files, each below the folder of the copies; not too large when they are unpacked.

    Errors   ValueError
    """
    kept = [name for name in names if name not in PARTS]
    foreign = [name for name in kept if not copies.NAME.fullmatch(name)]
    if foreign or sum(whole.getinfo(name).file_size for name in kept) > LARGEST_COPIES:
        message = f"no file of it is named {foreign[0]!r}" if foreign else "its copies are too large"
        raise ValueError(message)
    return kept


def _refuse_what_is_there(data: Path, database: SplitResult | None) -> None:
    taken = [name for name in (folder.DATABASE, folder.SECRET, folder.RESTORING) if (data / name).exists()]
    if not taken and database and _do(database, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"):
        taken = [database.path[1:]]
    if taken:
        raise BackupError(data, f"expected an empty place; {taken[0]} is there. To replace it, add --replace")


def _refuse_workers(data: Path, database: SplitResult | None) -> None:
    """Nobody may go on writing into the database that is taken away."""
    if database:
        busy = bool(
            _do(
                database,
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        )
    else:
        busy = any(not _is_dead(data / life.FOLDER, file.name) for file in (data / life.FOLDER).glob("*"))
    if busy:
        raise BackupError(
            data, "expected a site that is stopped; a `neuronwise book serve` or `notify` is at work. Stop it"
        )


def _is_dead(workers: Path, name: str) -> bool:
    with life.FileLife(workers).dead(name) as dead:
        return dead


def _put_lines(file: Path, restored: Path) -> None:
    """The restored lines, and after them those that only the present file has: newer withdrawals, other secrets."""
    lines = restored.read_bytes().splitlines()
    present = file.read_bytes().splitlines() if file.exists() else []
    _replace(file, b"".join(line + b"\n" for line in dict.fromkeys([*lines, *present])))


def _load(data: Path, database: SplitResult | None, dump: Path) -> None:
    if database:
        command = [_tool("pg_restore"), *POSTGRES, "--clean", "--if-exists", "--single-transaction", "--exit-on-error"]
        own = _environment(database)
        subprocess.run([*command, f"--dbname={own['PGDATABASE']}", dump], env=own, check=True)  # noqa: S603 - our own arguments
        _drop_newer(database, dump)
        return
    with closing(sqlite3.connect(dump)) as copy:
        ((verdict,),) = copy.execute("PRAGMA integrity_check(1)").fetchall()
    if verdict != "ok":
        raise BackupError(dump.name, f"expected a database without damage; {verdict}")
    with dump.open("rb") as whole:
        os.fsync(whole.fileno())
    (data / f"{folder.DATABASE}-journal").unlink(missing_ok=True)  # the old database's
    dump.replace(data / folder.DATABASE)


def _drop_newer(database: SplitResult, dump: Path) -> None:
    """Drop the tables of ours that an older version's backup doesn't hold: the next start makes them anew."""
    command = [_tool("pg_restore"), "--list", str(dump)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own arguments
    held = set(re.findall(r" TABLE public (\w+) ", listed))
    for (name,) in _do(database, OURS):
        if name not in held:
            _do(database, f"DROP TABLE public.{name} CASCADE")


OURS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(site|auth|django)_[a-z_]+$'"

# PostgreSQL's own tools

POSTGRES = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")


def _tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise BackupError(
            name, "expected PostgreSQL's own tool; it is not installed. Debian: apt install postgresql-client"
        )
    return found


def _environment(database: SplitResult) -> dict[str, str]:
    """How the tools find the database: by variables, since everybody can read a command line.

    >>> from urllib.parse import urlsplit
    >>> _environment(urlsplit("postgresql://book@%2Fvar%2Frun%2FBook/book"))["PGHOST"]
    '/var/run/Book'
    """
    known = config(database, Path())
    named = {"PGDATABASE": known["NAME"]} | {f"PG{name}": known[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
    return dict(os.environ) | {name: value for name, value in named.items() if value}


def _do(database: SplitResult, statement: str) -> list[tuple[Any, ...]]:
    """Do a statement of our own; its rows, if it has any."""
    import psycopg  # noqa: PLC0415  (only where PostgreSQL is)

    try:
        with psycopg.connect(database.geturl()) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []
    except psycopg.Error as error:
        raise BackupError(environment.DATABASE, f"expected a database that can be reached; {error}".rstrip()) from error


# files


def _kind(database: SplitResult | None) -> str:
    return "PostgreSQL" if database else "SQLite"


def _text(whole: zipfile.ZipFile, name: str) -> bytes:
    if whole.getinfo(name).file_size > LARGEST_TEXT:
        message = f"{name} is too large"
        raise ValueError(message)
    return whole.read(name)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _replace(file: Path, content: bytes) -> None:
    new = file.with_name(f"{file.name}.new")
    new.touch(mode=0o600)
    with new.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"{Path(error.cmd[0]).name} ended with {error.returncode}, and said why above"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
