"""contents.json: what the builder says that it has built, checked against what lies in the folder."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from neuronwise.site.errors import ContentsError

FILE = "contents.json"
DOWNLOADS = {"pdf": "book.pdf", "epub": "book.epub", "ipynb": "book.ipynb"}


@dataclass(frozen=True)
class Chapter:
    """One chapter; without a slug it is still to come, and has neither digest nor files."""

    number: int
    title: str
    question: str
    slug: str | None
    digest: str
    downloads: tuple[str, ...]
    programs: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """The book's title and its chapters, in order."""

    title: str
    chapters: tuple[Chapter, ...]


def read(book: Path) -> Contents:
    """The contents of the built book.

    Errors   ContentsError: contents.json is missing, isn't of this form, or names a file that isn't there as named
    """
    file = book / FILE
    try:
        contents = _contents(json.loads(file.read_bytes()))
    except FileNotFoundError as error:
        raise ContentsError(file, "expected the contents of a built book; there is no such file") from error
    except OSError as error:
        raise ContentsError(file, f"expected the contents of a built book; {error}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        why = f"expected the contents of a built book; {type(error).__name__}: {error}"
        raise ContentsError(file, why) from error
    _check_files(book, contents)
    return contents


def _contents(raw: dict[str, object]) -> Contents:
    chapters = tuple(_chapter(entry) for entry in _list(raw["chapters"]))
    numbers = [chapter.number for chapter in chapters]
    if numbers != sorted(set(numbers)):
        message = f"chapters: expected numbers that rise; got {numbers}"
        raise ValueError(message)
    return Contents(_text(raw["title"]), chapters)


def _chapter(raw: dict[str, object]) -> Chapter:
    number, slug = raw["number"], raw["slug"]
    if not isinstance(number, int) or number < 1:
        message = f"number: expected 1 or more; got {number!r}"
        raise ValueError(message)
    title, question = _text(raw["title"]), _text(raw["question"])
    if slug is None:
        return Chapter(number, title, question, None, "", (), ())
    if not re.fullmatch(rf"{number}(-[a-z0-9]+)+", _text(slug)):
        message = f"slug: expected {number}-and-words; got {slug!r}"
        raise ValueError(message)
    downloads = tuple(DOWNLOADS[_text(entry["kind"])] for entry in _list(raw["downloads"]))
    programs = tuple(_program(entry["file"]) for entry in _list(raw.get("programs", [])))
    return Chapter(number, title, question, _text(slug), _text(raw["digest"]), downloads, programs)


def _program(name: object) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.py", _text(name)):
        message = f"programs: expected names like smallest.py; got {name!r}"
        raise ValueError(message)
    return _text(name)


def _list(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        message = f"expected a list of objects; got {value!r}"
        raise TypeError(message)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        message = f"expected a text; got {value!r}"
        raise TypeError(message)
    return value


def _check_files(book: Path, contents: Contents) -> None:
    files = [
        book / name
        for name in ("index.html", "404.html", "500.html", "blank.html", "picture.png", "errata/index.html", "a")
    ]
    for chapter in contents.chapters:
        if chapter.slug:
            _check_digest(book / chapter.slug / "index.html", chapter.digest)
            files += [book / chapter.slug / file for file in ("picture.png", *chapter.downloads, *chapter.programs)]
    for file in files:
        if not file.exists():
            raise ContentsError(file, "expected what the builder has written; there is nothing")


def _check_digest(page: Path, digest: str) -> None:
    try:
        found = hashlib.sha256(page.read_bytes()).hexdigest()
    except OSError as error:
        raise ContentsError(page, f"expected a page that the builder has written; {error}") from error
    if found != digest:
        raise ContentsError(page, f"expected the page with the digest {digest}; got {found}")
