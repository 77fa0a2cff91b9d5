"""What readers see of a published chapter: a copy, as it was built then. A later build is a draft, until published.

    DATA/published/1-the-smallest-network-0123456789abcdef/   page, downloads, programs
    DATA/published/a/<digest>/                                 the assets that its page refers to

A copy is made beside its place and then renamed, so it is whole or not there. A name holds its content's digest or
version: what is there already is the same. A backup keeps all of it.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER = "published"
ASSETS = "a"
DIGITS = 16  # of the digest, in a copy's name
NAME = re.compile(
    rf"{FOLDER}(/[A-Za-z0-9_][A-Za-z0-9_.-]*){{2,9}}"
)  # of a file below it; hidden is what is not whole yet

Copy = Callable[[str, str], object]


def take(book: Path, data: Path, slug: str) -> str:
    """Copy a built chapter and the assets; the name of the copy. What is there already stays."""
    name = f"{slug}-{_digest(book / slug)[:DIGITS]}"
    place = data / FOLDER
    (place / ASSETS).mkdir(mode=0o700, parents=True, exist_ok=True)
    for assets in (book / ASSETS).iterdir():
        _copy(assets, place / ASSETS / assets.name, _link)  # an asset is never changed
    _copy(book / slug, place / name, shutil.copy2)
    return name


def drop(data: Path, name: str) -> None:
    """Delete a copy that nobody sees any more; its assets stay, since others may refer to them."""
    gone = data / FOLDER / f".{name}"
    with suppress(OSError):
        (data / FOLDER / name).rename(gone)  # at once, so that a backup never keeps half of it
    shutil.rmtree(gone, ignore_errors=True)


def names(data: Path) -> set[str]:
    """The copies that there are."""
    return {copy.name for copy in _shown(data / FOLDER)}


def keep(data: Path, backup: Path) -> None:
    """Have every copy and asset in a folder of a backup, whatever is named like a file of a book.

    Errors   FileNotFoundError: a copy was dropped meanwhile
    """
    for file in (file for copy in _shown(data / FOLDER) for file in sorted(copy.rglob("*")) if file.is_file()):
        target = backup / file.relative_to(data)
        if NAME.fullmatch(target.relative_to(backup).as_posix()):
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(str(file), str(target))


def put_back(backup: Path, data: Path) -> None:
    """Move into their places what a backup has kept; what is there already stays."""
    kept, place = backup / FOLDER, data / FOLDER
    (place / ASSETS).mkdir(mode=0o700, parents=True, exist_ok=True)
    for copy in (*_shown(kept), *_shown(kept / ASSETS)):
        target = place / copy.relative_to(kept)
        if not target.exists():
            _make_durable(copy)
            copy.rename(target)


def _shown(folder: Path) -> list[Path]:
    return sorted(copy for copy in folder.glob("*") if not copy.name.startswith("."))


def _digest(folder: Path) -> str:
    """One number for all files of a folder."""
    whole = hashlib.sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        whole.update(f"{file.relative_to(folder)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _copy(source: Path, target: Path, copy: Copy) -> None:
    if target.exists():
        return
    with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as beside:
        whole = Path(beside) / target.name
        shutil.copytree(source, whole, copy_function=copy)
        _make_durable(whole)  # before the database speaks of it
        try:
            whole.rename(target)
        except OSError:
            if not target.is_dir():  # else another has made it meanwhile
                raise


def _link(source: str, target: str) -> None:
    """Another name for the same file; where that can't be, a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _make_durable(folder: Path) -> None:
    for file in (folder, *folder.rglob("*")):
        if file.is_dir():
            file.chmod(0o700)  # the builder's may be for reading alone
        else:
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
