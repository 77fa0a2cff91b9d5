"""The notebook: it runs, and running it gives what is printed in it and in the chapter."""

import ast
import dataclasses
import re
import sys
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nbclient import NotebookClient

from neuronwise.book import document as d
from neuronwise.book.notebook import notebook
from neuronwise.network.markdown import escaped

printable = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1)


@pytest.fixture(scope="module")
def written(chapter: d.Chapter) -> Any:  # noqa: ANN401 - nbformat's cells have no types
    return nbformat.reads(notebook(chapter).decode(), as_version=4)  # type: ignore[no-untyped-call] # nbformat's own


def code(written: Any) -> list[Any]:  # noqa: ANN401 - as above
    return [cell for cell in written.cells if cell.cell_type == "code"]


def said(cell: Any) -> str:  # noqa: ANN401 - as above
    """Everything a cell answers, as text."""
    return "".join(one.get("text") or one.data["text/plain"] for one in cell.outputs)


def test_it_is_valid(written: Any) -> None:  # noqa: ANN401 - as above
    nbformat.validate(written)

    assert (written.nbformat, written.nbformat_minor) == (4, 5)


def test_running_it_gives_what_is_stored(written: Any, chapter: d.Chapter) -> None:  # noqa: ANN401 - as above
    run = nbformat.reads(notebook(chapter).decode(), as_version=4)  # type: ignore[no-untyped-call] # nbformat's own
    for cell in code(run):
        cell.outputs = []

    NotebookClient(run, timeout=60, kernel_name="python3").execute()

    assert [cell.outputs for cell in code(run)] == [cell.outputs for cell in code(written)]
    assert sum(bool(cell.outputs) for cell in code(run)) >= 6


def test_every_function_gives_the_number_of_the_chapter(written: Any, chapter: d.Chapter) -> None:  # noqa: ANN401
    program = chapter.program
    passed = program.update(program.start)
    answers = {cell.source: said(cell) for cell in code(written)}

    for name in program.steps:
        operation = [o for o in program.operations if o.function == name][-1]
        value = (passed.became if operation.changes else passed.values)[operation.target]
        answer = next(text for source, text in answers.items() if program.source_of(name) in source)
        assert float(answer) == value


def test_the_training_prints_every_update(written: Any, chapter: d.Chapter) -> None:  # noqa: ANN401 - as above
    cell = next(cell for cell in code(written) if "for i in range" in cell.source)

    printed = re.findall(r"^(\d+)  w = (\S+) +E = (\S+)", said(cell), re.MULTILINE)
    runs = [chapter.program.after(int(i)).values for i, _, _ in printed]

    assert [(float(w), float(e)) for _, w, e in printed] == [(run["w"], run["E"]) for run in runs]
    assert float(printed[-1][2]) == 0


def test_every_function_is_quoted_whole(written: Any, chapter: d.Chapter) -> None:  # noqa: ANN401 - as above
    everything = "\n".join(cell.source for cell in code(written))

    missing = [name for name in chapter.program.code.functions if chapter.program.source_of(name) not in everything]

    assert missing == []


def test_its_cells_need_the_standard_library_alone(written: Any) -> None:  # noqa: ANN401 - as above
    tree = ast.parse("\n".join(cell.source for cell in code(written)))
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert [name for name in imported if name.split(".")[0] not in sys.stdlib_module_names] == []


def test_every_exercise_has_an_empty_cell_and_a_folded_solution(written: Any, chapter: d.Chapter) -> None:  # noqa: ANN401
    exercises = [b for s in chapter.sections for b in s.blocks if isinstance(b, d.Exercise)]
    empty = [cell for cell in code(written) if not cell.source]
    words = "\n".join(cell.source for cell in written.cells if cell.cell_type == "markdown")

    assert len(empty) == len(exercises) == words.count("<summary>Solution</summary>")


def test_every_picture_is_in_its_cell_and_described(written: Any) -> None:  # noqa: ANN401 - as above
    cells = [cell for cell in written.cells if "attachments" in cell]

    for cell in cells:
        shown = re.findall(r"!\[(.+?)\]\(attachment:([\w.-]+)\)", cell.source)
        assert [name for _, name in shown] == list(cell.attachments)
        assert all(len(alt) > 10 for alt, _ in shown)
    assert len(cells) >= 4


def test_no_cell_of_a_table_is_cut_by_the_bars_of_a_formula(written: Any) -> None:  # noqa: ANN401 - as above
    words = "\n".join(cell.source for cell in written.cells if cell.cell_type == "markdown")
    tables = [block.splitlines() for block in re.findall(r"(?:^\|.*\n?)+", words, re.MULTILINE)]

    assert len(tables) >= 4
    assert all(len({line.count("|") for line in lines}) == 1 for lines in tables)


def test_code_in_a_label_stands_below_its_title(chapter: d.Chapter) -> None:
    claim = next(b for s in chapter.sections for b in s.blocks if isinstance(b, d.Claim))
    spoken = dataclasses.replace(claim, blocks=[d.Try(">>> 1 + 1\n2\n")])
    section = d.Section("label", "1.1", [d.Text("Label")], [spoken])

    changed = notebook(dataclasses.replace(chapter, sections=[section]))
    cells = nbformat.reads(changed.decode(), as_version=4).cells[2:]  # type: ignore[no-untyped-call] # nbformat's own

    assert [cell.cell_type for cell in cells] == ["markdown", "code", "markdown"]
    assert "### Necessary" in cells[0].source
    assert (cells[1].source, said(cells[1])) == ("1 + 1", "2")


@given(words=printable)
def test_words_are_never_read_as_markup(words: str) -> None:
    parsed = MarkdownIt("commonmark").parse(f"x {escaped(words)} x")

    assert [token.type for token in parsed] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(one.content for one in parsed[1].children or []) == f"x {words} x"


@given(words=printable)
def test_words_begin_no_list(words: str) -> None:
    parsed = MarkdownIt("commonmark").parse(f"{escaped(words.strip() or 'x')} x")

    assert parsed[0].type == "paragraph_open"


def test_what_a_chapter_says_arrives_as_it_is(chapter: d.Chapter) -> None:
    hostile = "<script>alert(1)</script> $x$ | *b* [c](d) # e"

    changed = notebook(dataclasses.replace(chapter, lede=[d.Text(hostile)]))

    assert escaped(hostile) in nbformat.reads(changed.decode(), as_version=4).cells[0].source  # type: ignore[no-untyped-call] # nbformat's own
