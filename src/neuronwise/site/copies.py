"""What readers see of a published chapter: a copy, as it was built then. A later build is a draft, until published.

    DATA/published/1-the-smallest-network-0123456789abcdef/   page, downloads, programs
    DATA/published/a/<digest>/                                 the assets that its page refers to

A copy is made beside its place and then renamed, so it is whole or not there.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER = "published"
ASSETS = "a"
DIGITS = 16  # of the digest, in a copy's name

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
    shutil.rmtree(data / FOLDER / name, ignore_errors=True)


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
        with suppress(OSError):  # another has made it meanwhile
            whole.rename(target)


def _link(source: str, target: str) -> None:
    """Another name for the same file; where that can't be, a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
