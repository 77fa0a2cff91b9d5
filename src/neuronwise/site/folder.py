"""The data folder: the database and the secret, both for their owner's eyes alone.

DATA/                 made with mode 0700
├── site.sqlite3      mode 0600
├── secret            mode 0600; a line is a secret, the newest first
└── restoring         there while a backup is put in its place: nothing starts
"""

import os
import secrets
import stat
from pathlib import Path

from neuronwise.site.errors import FolderError

RESTORING, MARK = "restoring", "neuronwise_restoring"  # the latter in PostgreSQL: others may use the same database
UNFINISHED = (
    "a backup was being put in its place, and that did not come to its end. Do it again:\n"
    "    neuronwise book restore FILE --replace"
)
DATABASE = "site.sqlite3"
SECRET = "secret"  # noqa: S105  (the file's name)
SECRET_BYTES, SHORTEST = 48, 32


def prepare(data: Path, *, restoring: bool = False) -> None:
    """Make what is missing in the data folder, and refuse what others can read.

    Errors   FolderError: the folder can't be written; others could read database or secret; the secret is empty;
                          a restore has not come to its end
    """
    try:
        unfinished = (data / RESTORING).exists() and not restoring
    except OSError as error:  # another's folder
        raise FolderError(data, f"expected the folder of who runs this; {error}") from error
    if unfinished:
        raise FolderError(data, UNFINISHED)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(data / DATABASE, "")
        _create(data / SECRET, secrets.token_urlsafe(SECRET_BYTES) + "\n")
        _refuse_others(data / DATABASE)
        _refuse_others(data / SECRET)
    except OSError as error:
        why = f"expected a folder to keep database and secret in; {error}\nName another:\n"
        raise FolderError(data, why + "    neuronwise book serve --data DIR") from error
    if min(map(len, secrets_of(data)), default=0) < SHORTEST:
        why = f"expected a secret of {SHORTEST} or more characters of ASCII in each line. To make one:\n"
        raise FolderError(data / SECRET, why + "    python3 -c 'import secrets; print(secrets.token_urlsafe(48))'")


def secrets_of(data: Path) -> list[str]:
    """The secrets, the newest first. Older ones stay readable, so that links in old mail outlive a new secret."""
    file = data / SECRET
    text = file.read_bytes().decode("ascii", errors="ignore") if file.exists() else ""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _create(file: Path, text: str) -> None:
    """A new file that only its owner can read; one that is already there stays as it is."""
    try:
        number = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    try:
        with os.fdopen(number, "w", encoding="ascii") as opened:
            opened.write(text)
    except OSError:
        file.unlink()  # half a secret would be taken for one
        raise


def _refuse_others(file: Path) -> None:
    mode = stat.S_IMODE(file.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        why = f"expected mode 600, its owner alone; got {mode:o}. The mend:\n    chmod 600 '{file}'"
        raise FolderError(file, why)
