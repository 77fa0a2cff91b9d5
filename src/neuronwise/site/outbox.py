"""The outbox: each letter a file, for whatever program takes files from `new/`. Exactly once, whatever is killed when.

    writing/<worker>.<key>.eml    durable, but perhaps not yet `sent` in the ledger: nobody's business but ours
    new/<key>.eml                 sent: for the program that takes it; to an address outside ASCII, UTF-8 (RFC 6532)

Write and fsync the file, fsync the folder; commit `sent`; rename. Killed before the commit, the row goes to another
worker and the file is deleted; killed after it, whoever sweeps next renames. A file counts only if its own worker sent
its row.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from neuronwise.site.ledger import State
from neuronwise.site.postbox import Dead, Outcome, PostboxError, Posting, Senders

FOLDER = "outbox"
FILES_AT_ONCE = 16
SENT = Outcome(State.SENT)


class Outbox:
    """Two folders below one; `sweep` finishes what dead workers have left."""

    batch = 250
    leaves_doubt = False

    def __init__(self, folder: Path) -> None:
        self.writing, self.new = folder / "writing", folder / "new"
        for each in (folder, self.writing, self.new):
            each.mkdir(mode=0o700, exist_ok=True)

    def open(self) -> None:
        """It always is."""

    def post(self, worker: str, postings: Sequence[Posting]) -> Iterator[tuple[UUID, Outcome]]:
        """Write all of them, then say so."""
        try:
            with ThreadPoolExecutor(FILES_AT_ONCE) as pool:  # a disk makes many files durable in the time of one
                list(pool.map(lambda each: _write(self._draft(worker, each.key), each.message), postings))
            _sync(self.writing)
        except OSError as error:
            message = f"The outbox {self.writing} can't be written: {error.strerror}."
            raise PostboxError(message) from error
        return ((posting.key, SENT) for posting in postings)

    def settle(self, worker: str, sent: Iterable[UUID], dropped: Iterable[UUID]) -> None:
        """Hand over what is sent, delete what nobody wants any more."""
        for key in dropped:
            self._draft(worker, key).unlink(missing_ok=True)
        for key in sent:
            self._hand_over(self._draft(worker, key), key)

    def sweep(self, is_dead: Dead, senders_of: Senders) -> None:
        """Hand over the drafts of dead workers that the ledger says are sent; delete the others.

        Death first, then the ledger: a worker alive when the ledger is asked could still commit, and die after.
        """
        drafts = [(file, *_named(file)) for file in self.writing.glob("*.eml")]
        dead = {author for author in {author for _, author, _ in drafts} if is_dead(author)}
        senders = senders_of([key for _, author, key in drafts if author in dead])
        for file, author, key in drafts:
            if senders.get(key) == author:
                self._hand_over(file, key)
            elif author in dead:
                file.unlink(missing_ok=True)

    def erase(self, keys: Iterable[UUID]) -> None:
        """Delete these letters, wherever they are."""
        for key in keys:
            for file in (*self.writing.glob(f"*.{key.hex}.eml"), self.new / f"{key.hex}.eml"):
                file.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _draft(self, worker: str, key: UUID) -> Path:
        return self.writing / f"{worker}.{key.hex}.eml"

    def _hand_over(self, draft: Path, key: UUID) -> None:
        with suppress(FileNotFoundError):  # another has done it, or its owner had it erased
            draft.rename(self.new / f"{key.hex}.eml")


def _named(file: Path) -> tuple[str, UUID]:
    worker, key, _ = file.name.split(".")
    return worker, UUID(key)


def _write(file: Path, content: bytes) -> None:
    number = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(number, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(number)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable; Windows does that by itself."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
