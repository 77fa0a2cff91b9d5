"""Machine code is kept in a folder of its own; what nobody has used for a month is deleted, and nothing else."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuronwise import native

MONTH = native.UNUSED


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("NEURONWISE_CACHE", str(tmp_path / "cache"))
    native.folder.cache_clear()
    yield tmp_path / "cache"
    monkeypatch.undo()
    native.folder.cache_clear()


def kept(base: Path, name: str, days: float, file: str = "kernels_1/kernels.train-457.py311.1.nbc") -> Path:
    """A folder that was used so many days ago, with a file in it."""
    folder = base / name
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_text("machine code")
    used = time.time() - days * 24 * 60 * 60
    os.utime(folder, (used, used))
    return folder


def test_what_was_not_used_for_a_month_is_deleted_when_a_new_version_comes(base: Path) -> None:
    old, young = kept(base, "0123456789abcdef", 31), kept(base, "fedcba9876543210", 29)
    left = kept(base, "00000000deadbeef", 31, "a_1/a.b-1.py311.2.nbc.tmp.a8f03")

    found = native.folder()

    assert found is not None
    assert (old.exists(), left.exists(), young.exists(), found.exists()) == (False, False, True, True)


def test_what_is_used_is_marked_so_and_prunes_nothing(base: Path) -> None:
    found = native.folder()
    assert found is not None
    old = kept(base, "0123456789abcdef", 31)
    os.utime(found, (0, 0))
    native.folder.cache_clear()

    assert native.folder() == found
    assert time.time() - found.stat().st_mtime < 60
    assert old.exists()


def test_whatever_else_stands_there_stays(base: Path, tmp_path: Path) -> None:
    elsewhere = kept(tmp_path, "photos", 40, "a.nbc")
    others = [
        kept(base, "0123456789abcdef", 31, "kernels_1/diary.txt"),
        kept(base, "holiday", 400, "a.nbc"),
        kept(base, "0123456789abcdef0", 400, "a.nbc"),
    ]
    (base / "fedcba9876543210").symlink_to(elsewhere)

    native.prune(base, time.time() + 10 * MONTH)

    assert [other.exists() for other in (*others, elsewhere / "a.nbc", base / "fedcba9876543210")] == [True] * 5


def test_a_folder_that_can_not_be_made_is_none(base: Path) -> None:
    base.write_text("a file")

    assert native.folder() is None
