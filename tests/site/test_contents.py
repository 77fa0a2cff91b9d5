"""Tests of neuronwise.site.contents."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from serving import SLUG, contents, write_book

from neuronwise.site.contents import Chapter, read
from neuronwise.site.errors import ContentsError


def test_what_the_builder_wrote_is_read(tmp_path: Path) -> None:
    book = read(write_book(tmp_path))

    assert book.title == "Neuron by Neuron"
    assert [chapter.slug for chapter in book.chapters] == [SLUG, None]
    assert book.chapters[0].downloads == ("book.pdf", "book.epub", "book.ipynb")
    assert book.chapters[0].programs == ("without_x.py",)
    assert book.chapters[1] == Chapter(2, "Error and learning speed", "How far should a step go?", None, "", (), ())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '{"title": "A"}', "[" * 100_000, '{"chapters": {}}', "\xff"]
)
def test_damaged_text_is_refused_with_file_and_mend(tmp_path: Path, text: str) -> None:
    (write_book(tmp_path) / "contents.json").write_bytes(text.encode("latin-1"))

    with pytest.raises(ContentsError, match=r"contents\.json: expected(.|\n)*neuronwise book build"):
        read(tmp_path)


def put(name: str, value: object) -> Callable[[Any], None]:
    def fault(chapter: Any) -> None:  # noqa: ANN401  (any JSON)
        chapter[name] = value

    return fault


@pytest.mark.parametrize(
    "fault",
    [
        put("slug", "../../etc"),
        put("slug", "1-the/../smallest"),
        put("slug", "2-of-another-number"),
        put("slug", ""),
        put("slug", "1-the-smallest-network\n"),
        put("number", 0),
        put("number", "1"),
        put("number", 2),
        put("title", ""),
        put("question", 3),
        put("digest", "0" * 64),
        put("downloads", [{"kind": "exe", "file": "book.exe"}]),
        put("downloads", ["book.pdf"]),
        put("programs", [{"file": "../smallest.py"}]),
        put("programs", [{"file": "smallest.sh"}]),
        put("programs", ["smallest.py"]),
        lambda chapter: chapter.pop("title"),
    ],
)
def test_a_fault_in_a_chapter_is_refused(tmp_path: Path, fault: Callable[[Any], None]) -> None:
    raw: Any = contents()
    fault(raw["chapters"][0])
    (write_book(tmp_path) / "contents.json").write_text(json.dumps(raw))

    with pytest.raises(ContentsError):
        read(tmp_path)


@pytest.mark.parametrize("name", ["contents.json", "index.html", "404.html", "errata/index.html", f"{SLUG}/book.epub"])
def test_a_missing_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (write_book(tmp_path) / name).unlink()

    with pytest.raises(ContentsError, match=Path(name).name):
        read(tmp_path)
