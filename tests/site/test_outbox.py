"""Tests of neuronwise.site.outbox: a letter's file is durable first, and in `new/` only when the ledger says so."""

import errno
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from neuronwise.site import outbox
from neuronwise.site.outbox import FOLDER, SENT, Outbox
from neuronwise.site.postbox import PostboxError, Posting

KEYS = [UUID(int=n) for n in range(1, 5)]


@pytest.fixture
def box(memory: Path) -> Outbox:
    return Outbox(memory / FOLDER)


def posted(box: Outbox, worker: str, *keys: UUID) -> dict[UUID, object]:
    return dict(box.post(worker, [Posting(key, "a@example.org", b"a letter %d" % key.int) for key in keys]))


def drafts(box: Outbox) -> list[str]:
    return sorted(file.name for file in box.writing.iterdir())


def handed_over(box: Outbox) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in box.new.iterdir()}


def draft(worker: str, key: UUID) -> str:
    return f"{worker}.{key.hex}.eml"


def opened() -> int:
    """How many files are open; where that can't be told, none."""
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0  # noqa: PTH208


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_where_it_is_and_how_it_works_is_as_the_documentation_says(memory: Path, box: Outbox) -> None:
    assert (box.writing, box.new) == (memory / "outbox" / "writing", memory / "outbox" / "new")
    assert (box.batch, box.leaves_doubt, SENT.state) == (250, False, "sent")


def test_nobody_else_reads_it(memory: Path, box: Outbox) -> None:
    before = os.umask(0)
    try:
        for each in (box.writing, box.new, memory / FOLDER):
            each.rmdir()
        posted(Outbox(memory / FOLDER), "w", KEYS[0])
    finally:
        os.umask(before)

    assert [mode(folder) for folder in (memory / FOLDER, box.writing, box.new)] == [0o700] * 3
    assert mode(box.writing / draft("w", KEYS[0])) == 0o600


def test_letters_are_drafts_until_they_are_settled(box: Outbox) -> None:
    outcomes = posted(Outbox(box.new.parent), "w", *KEYS[:3])  # another in the same folder
    before = drafts(box), handed_over(box)

    box.settle("w", KEYS[:2], KEYS[2:])

    assert outcomes == dict.fromkeys(KEYS[:3], SENT)
    assert before == ([draft("w", key) for key in KEYS[:3]], {})
    assert drafts(box) == []
    assert handed_over(box) == {f"{key.hex}.eml": b"a letter %d" % key.int for key in KEYS[:2]}


def test_a_letter_written_again_holds_nothing_of_what_was_there(box: Outbox) -> None:
    (box.writing / draft("w", KEYS[0])).write_bytes(b"a longer letter " * 9)

    posted(box, "w", KEYS[0])

    assert (box.writing / draft("w", KEYS[0])).read_bytes() == b"a letter 1"


def test_files_are_durable_before_their_folder_is(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[bool, int]] = []

    def fsync(number: int) -> None:
        found = os.fstat(number)
        synced.append((stat.S_ISDIR(found.st_mode), found.st_ino if stat.S_ISDIR(found.st_mode) else found.st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    before = opened()
    posted(box, "w", *KEYS[:2])

    assert synced == [(False, len(b"a letter 1"))] * 2 + [(True, box.writing.stat().st_ino)]
    assert opened() == before


def test_where_folders_are_durable_by_themselves_none_is_opened(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setattr(os, "name", "nt")

    outbox._sync(box.writing)  # noqa: SLF001

    assert synced == []


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_full_disk_is_told_with_its_folder_and_no_letter_is_to_blame(
    box: Outbox, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    real = os.fsync

    def fsync(number: int) -> None:
        if stat.S_ISDIR(os.fstat(number).st_mode) == (which == "folder"):
            full()
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)

    with pytest.raises(PostboxError) as told:
        posted(box, "w", *KEYS)

    assert str(told.value) == f"The outbox {box.writing} can't be written: No space left on device."


def test_settling_twice_or_after_all_was_erased_does_no_harm(box: Outbox) -> None:
    posted(box, "w", *KEYS[:2])
    box.settle("w", KEYS[:1], KEYS[1:2])

    box.settle("w", KEYS[:1], KEYS[1:2])

    assert (drafts(box), len(handed_over(box))) == ([], 1)


class Told:
    """A ledger that says which worker sent a key, and notes in which order it is asked."""

    def __init__(self, dead: str, sent: Mapping[UUID, str]) -> None:
        self.workers, self.sent, self.asked = dead, sent, list[object]()

    def is_dead(self, name: str) -> bool:
        """Whether it is one of the dead."""
        self.asked.append(name)
        return name in self.workers

    def senders(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Who sent these."""
        self.asked.append(sorted(keys))
        return {key: self.sent[key] for key in keys if key in self.sent}


def test_of_dead_workers_what_they_sent_is_handed_over_and_the_rest_deleted(box: Outbox) -> None:
    posted(box, "d", *KEYS[:3])
    posted(box, "e", KEYS[2])
    posted(box, "alive", KEYS[3])
    told = Told("de", {KEYS[0]: "d", KEYS[2]: "e", KEYS[3]: "alive"})

    box.sweep(told.is_dead, told.senders)

    assert drafts(box) == [draft("alive", KEYS[3])]
    assert sorted(handed_over(box)) == [f"{key.hex}.eml" for key in (KEYS[0], KEYS[2])]
    assert sorted(map(str, told.asked[:3])) == ["alive", "d", "e"]  # death first, each once
    assert told.asked[3:] == [sorted([*KEYS[:3], KEYS[2]])]  # then the ledger, of the dead alone


def test_what_another_has_swept_meanwhile_is_no_fault(box: Outbox) -> None:
    posted(box, "d", *KEYS[:2])

    def swept(*_: object) -> dict[UUID, str]:
        for file in box.writing.iterdir():
            file.unlink()
        return {KEYS[0]: "d"}

    box.sweep(lambda _: True, swept)

    assert (drafts(box), handed_over(box)) == ([], {})


def test_an_erased_letter_is_nowhere_and_the_others_stay(box: Outbox) -> None:
    posted(box, "d", *KEYS)
    posted(box, "e", *KEYS[:1])
    box.settle("d", KEYS[:2], [])

    box.erase([KEYS[0], KEYS[2], UUID(int=99)])

    assert drafts(box) == [draft("d", KEYS[3])]
    assert list(handed_over(box)) == [f"{KEYS[1].hex}.eml"]


def test_a_letter_erased_by_another_meanwhile_is_no_fault(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    posted(box, "d", KEYS[0])
    real: Callable[..., None] = Path.unlink

    def twice(file: Path, **how: bool) -> None:
        if file.exists():
            real(file)
        real(file, **how)

    monkeypatch.setattr(Path, "unlink", twice)

    box.erase(KEYS)

    assert drafts(box) == []


def test_it_is_closed_as_often_as_one_likes(box: Outbox) -> None:
    box.close()
    box.close()

    assert posted(box, "w", KEYS[0]) == {KEYS[0]: SENT}
