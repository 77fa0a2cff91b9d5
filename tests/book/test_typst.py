"""The PDF: tagged, said aloud, with the numbers of the run, and with no word of a chapter read as markup."""

import dataclasses
import io
import json
import re
from collections.abc import Iterator

import pikepdf
import pypdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronwise.book import document as d
from neuronwise.book.typst import LayoutError, compiled, escaped, formula, pdf, quoted
from neuronwise.mathematics.printers import spoken
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import symbol, ungrouped

printable = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1)


@pytest.fixture(scope="module")
def written(chapter: d.Chapter) -> bytes:
    return pdf(chapter)


@pytest.fixture(scope="module")
def text(written: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written)).pages)


def tags(element: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Every element of the structure, from the top down."""
    if isinstance(element, pikepdf.Array):
        for one in element:
            yield from tags(one)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield element
        yield from tags(element.get("/K", pikepdf.Array()))


def said(written: bytes, kind: str) -> list[str]:
    """What is said aloud in place of each formula or picture."""
    with pikepdf.open(io.BytesIO(written)) as document:
        found = [tag for tag in tags(document.Root.StructTreeRoot.K) if str(tag.S) == kind]
        return [str(tag.get("/Alt", "")) for tag in found]


def test_a_chapter_becomes_a_tagged_pdf_in_english(written: bytes, chapter: d.Chapter) -> None:
    with pikepdf.open(io.BytesIO(written)) as document, document.open_metadata() as about:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == f"1 {chapter.title} · Neuron by Neuron"
        assert not [name for name in about if "Date" in name]


def test_the_text_can_be_read_from_it(text: str, chapter: d.Chapter) -> None:
    assert chapter.title in text
    assert chapter.question in text
    assert all("".join(part.text for part in s.title if isinstance(part, d.Text)) in text for s in chapter.sections)
    assert "CC BY 4.0" in text


def test_the_numbers_of_the_run_stand_in_it(text: str, chapter: d.Chapter) -> None:
    passed = chapter.program.update(chapter.program.start)

    missing = [value for value in (*passed.values.values(), *passed.became.values()) if f"{value:g}" not in text]

    assert missing == []


def test_every_function_stands_in_it_as_it_is_in_the_program(text: str, chapter: d.Chapter) -> None:
    printed = [line.strip() for line in text.splitlines()]

    missing = [
        line.strip()
        for name in chapter.program.code.functions
        for line in chapter.program.source_of(name).splitlines()
        if not any(line.strip() in one for one in printed)
    ]

    assert missing == []


def test_every_formula_is_said_aloud(written: bytes, chapter: d.Chapter) -> None:
    formulas = said(written, "/Formula")

    expected = [spoken(symbol(name)) for name in chapter.symbols if name != "sign"]
    expected += [spoken(operation.formula) for operation in chapter.program.operations]

    assert "" not in formulas
    assert set(expected) <= set(formulas)


def test_every_picture_is_described(written: bytes) -> None:
    pictures = said(written, "/Figure")

    assert len(pictures) >= 6
    assert all(len(words) > 10 for words in pictures)


def test_tables_have_heads(written: bytes) -> None:
    with pikepdf.open(io.BytesIO(written)) as document:
        tables = [tag for tag in tags(document.Root.StructTreeRoot.K) if str(tag.S) == "/Table"]
        without = [table for table in tables if not any(str(tag.S) == "/TH" for tag in tags(table.K))]

    assert tables
    assert without == []


def test_a_minus_sign_is_never_a_hyphen(text: str, chapter: d.Chapter) -> None:
    code = chapter.program.code.source
    with_hyphen = [line for line in text.splitlines() if re.search(r"(?<![\w.])-\d", line)]

    assert [line for line in with_hyphen if line.strip() not in code] == []


@given(words=printable)
@settings(max_examples=60, deadline=None)
def test_words_are_never_read_as_markup(words: str) -> None:
    source = f"#metadata([x{escaped(words)}x]) <it>\n#metadata({quoted(words)}) <same>".encode()

    content, same = (
        json.loads(typst.query(source, f"<{label}>", field="value", one=True, ignore_system_fonts=True))
        for label in ("it", "same")
    )

    assert plain(content) == re.sub(" +", " ", f"x{words}x")
    assert same == words


def plain(content: dict[str, object]) -> str:
    """The words of a content; whatever is no word stands as its name."""
    match content:
        case {"func": "text" | "symbol", "text": str(words)}:
            return words
        case {"func": "space"}:
            return " "
        case {"func": "sequence", "children": list(children)}:
            return "".join(map(plain, children))
    return f"<{content['func']}>"


def test_what_a_chapter_says_arrives_as_it_is(chapter: d.Chapter) -> None:
    hostile = '#panic("x") $ a ] \\ <id> @ref *b* _c_ `d` // e /* f */ -- ~ = 1. + \'q\' "r"'

    page = pypdf.PdfReader(io.BytesIO(pdf(dataclasses.replace(chapter, lede=[d.Text(hostile)])))).pages[0]

    assert hostile.replace(" ", "") in re.sub(r"\s", "", page.extract_text())


def test_links_lead_to_sections_and_into_the_world(chapter: d.Chapter) -> None:
    links: list[d.Inline] = [
        d.Link(href, [d.Text("here")]) for href in ("#error", "https://example.org/", "without_x.py")
    ]

    with pikepdf.open(io.BytesIO(pdf(dataclasses.replace(chapter, lede=links)))) as document:
        inside, outside = document.pages[0].Annots
        assert "/Dest" in inside
        assert str(outside.A.URI) == "https://example.org/"


def test_a_changed_piece_is_underlined_once_over_all_its_neighbours() -> None:
    product = ungrouped(read_plain("t*a*x"))
    marked = dataclasses.replace(
        product, parts=tuple(dataclasses.replace(part, changed=part.text != "t") for part in product.parts)
    )

    assert formula(marked) == "target(t) dot changed(value(a) dot value(x))"


def test_every_symbol_can_be_printed() -> None:
    page = "\n".join(f'#math.equation(alt: "it", $ {formula(symbol(name))} $)' for name in SYMBOLS)
    hues = "\n".join(f"#let {kind}(it) = it" for kind in ("value", "weight", "target", "error", "slope", "rate"))

    assert compiled(f'#set document(title: "it")\n{hues}\n{page}', "pdf").startswith(b"%PDF")


def test_a_layout_that_does_not_settle_is_refused() -> None:
    restless = "#context v(1pt * query(<a>).len())\n#context for i in range(query(<a>).len() + 1) [#metadata(i) <a>]"

    with pytest.raises(LayoutError, match="did not converge"):
        compiled(f'#set document(title: "it")\n{restless}', "pdf")
