"""Tests of neuronwise.site.folder."""

import os
import resource
import stat
from pathlib import Path

import pytest

from neuronwise.site.errors import FolderError
from neuronwise.site.folder import DATABASE, SECRET, prepare, secrets_of

posix = pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@posix
def test_folder_database_and_secret_are_their_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"

    prepare(data)

    assert [mode(file) for file in (data, data / DATABASE, data / SECRET)] == [0o700, 0o600, 0o600]


def test_a_second_start_keeps_the_secret_and_older_ones(tmp_path: Path) -> None:
    prepare(tmp_path)
    first = secrets_of(tmp_path)
    newer = "a newer secret that has blanks in it"
    (tmp_path / SECRET).write_text(f"{newer}\n\n{first[0]}\n")

    prepare(tmp_path)

    assert secrets_of(tmp_path) == [newer, *first]
    assert len(first[0]) >= 64


@posix
@pytest.mark.parametrize("name", [DATABASE, SECRET])
def test_what_others_can_read_is_refused_with_the_mend(tmp_path: Path, name: str) -> None:
    prepare(tmp_path)
    (tmp_path / name).chmod(0o644)

    with pytest.raises(FolderError, match=f"{name}: expected mode 600, .*; got 644.*\n.*chmod 600"):
        prepare(tmp_path)


@pytest.mark.parametrize("text", ["", "short\n", f"{'x' * 40}\nshort\n", "ü" * 40])
def test_a_secret_that_is_none_or_short_is_refused(tmp_path: Path, text: str) -> None:
    prepare(tmp_path)
    (tmp_path / SECRET).write_text(text, encoding="utf-8")

    with pytest.raises(FolderError, match="expected a secret of 32 or more characters"):
        prepare(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(FolderError, match=r"(?s)expected a folder.*--data DIR"):
        prepare(tmp_path / "file" / "data")


@posix
def test_half_a_secret_is_none(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))  # a disk with room for ten letters
    try:
        with pytest.raises(FolderError, match="expected a folder to keep database and secret in"):
            prepare(tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert not (tmp_path / "data" / SECRET).exists()
