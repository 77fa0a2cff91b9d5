"""A sheet of exercises as text, page, PDF and notebook; the sheet of its worked solutions is a file of its own.

Formulas, worked lines and derivations look as `shown` has them. What is added here: numbered questions with what is
given, room for the answer, and in a notebook a cell in which an answer is typed and judged.
"""

import json
import textwrap
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from neuronwise.mathematics.printers import latex, mathml, plain, spoken, typst
from neuronwise.mathematics.tree import Node
from neuronwise.mathematics.worked import Worked
from neuronwise.network import markdown, shown, storage
from neuronwise.network.errors import DataError
from neuronwise.network.exercises import Sheet
from neuronwise.network.explain import Explanation
from neuronwise.network.maker import Exercise, Words

SOLUTIONS = ".solutions"
ROOM = """<style>
.explained .question { color: var(--ink); max-width: 48rem }
.explained .given { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; align-items: baseline; margin: 0 0 1rem }
.explained .given > span { color: var(--muted) }
.explained .room { min-height: 7rem; border-bottom: 1px dotted var(--line) }
.explained ol.lines { margin: 0; padding-left: 2rem }
.explained ol.lines li::marker { color: var(--muted) }
@media print { .explained section { break-inside: avoid } }
</style>"""
LOOK = """
#let worksheet(title, note, body) = {
  set document(title: title, date: none)
  set page(paper: "a4", margin: (x: 22mm, y: 20mm), footer: context align(center, text(8pt, counter(page).display())))
  set text(font: "Libertinus Serif", size: 10.5pt, lang: "en", fill: rgb("#1e1b17"))
  show math.equation: set text(top-edge: "bounds", bottom-edge: "bounds") // so a line is as high as its fractions
  { show heading: set text(16pt, weight: "regular"); heading(level: 1, title) }
  block(below: 1.6em, text(fill: rgb("#5c564d"), note))
  body
}
#let exercise(number, room, ..pieces) = block(breakable: false, width: 100%, above: 1.4em, below: 0em, {
  { show heading: set text(12pt, weight: "regular"); heading(level: 2, number) }
  pieces.pos().join(parbreak())
  if room { v(26mm); line(length: 100%, stroke: 0.4pt + rgb("#ddd7ca")) }
})
#let given(..them) = block(above: 0.8em, below: 0.8em, {
  text(fill: rgb("#5c564d"), "Given: ")
  them.pos().map(box).join([, #h(0.4em)])
})
"""


def titled(sheet: Sheet, *, solved: bool) -> str:
    """Return the title of a sheet, or of its solutions."""
    return f"Solutions: {sheet.title}" if solved else sheet.title


# ------------------------------------------------------------------------------------------------- text
def text(sheet: Sheet, *, solved: bool = False, width: int = 0) -> str:
    """Return a sheet for a terminal; `width` for a file."""
    width = width or shown.room()
    blocks = [titled(sheet, solved=solved), *([] if solved else [textwrap.fill(sheet.note, width)])]
    for exercise in sheet.exercises:
        question = "".join(plain(word) if isinstance(word, Node) else word for word in exercise.words)
        head = f"{exercise.number:>2}  "
        blocks.append(textwrap.fill(head + question, width, subsequent_indent="    ", break_on_hyphens=False))
        blocks += [given_text(exercise.given, width)] if exercise.given else []
        blocks += [
            "\n".join(numbered(n, shown.block(line, width - 5)) for n, line in enumerate(exercise.lines, 1))
        ] * bool(exercise.lines)
        blocks += solution_text(exercise, width) if solved else []
    return "\n\n".join(blocks) + "\n"


def given_text(given: tuple[Node, ...], width: int) -> str:
    """Return what is given, as many to a line as fit."""
    listed = textwrap.wrap(",  ".join(plain(each).replace(" ", "\xa0") for each in given), width - 11)
    return "\n".join(("    Given: " if not n else " " * 11) + line for n, line in enumerate(listed)).replace(
        "\xa0", " "
    )


def numbered(number: int, block: str) -> str:
    r"""Return a worked formula with a number in front of it.

    >>> numbered(2, "    z = 1\n      = 1")
    '    (2)  z = 1\n           = 1'
    """
    return f"    ({number})  {textwrap.indent(block, ' ' * 5)[9:]}"


def solution_text(exercise: Exercise, width: int) -> list[str]:
    """Return the worked solution."""
    blocks = [textwrap.fill(exercise.note, width, initial_indent="    ", subsequent_indent="    ")] * bool(
        exercise.note
    )
    blocks += ["\n".join(f"    {plain(formula)}" for formula in exercise.formulas)] * bool(exercise.formulas)
    blocks += [shown.in_columns(exercise.table, width)] if exercise.table else []
    blocks += [shown.derived_text(derivation, width) for derivation in exercise.derived]
    return blocks + [shown.block(worked, width) for worked in exercise.solution]


# ------------------------------------------------------------------------------------------------- page
def html(sheet: Sheet, *, solved: bool = False) -> str:
    """Return a sheet as a piece of a page, with its own style: for a notebook."""
    return within(shown.html(empty(sheet, solved=solved)), sheet, solved=solved)


def page(sheet: Sheet, *, solved: bool = False) -> str:
    """Return a sheet as a page of its own: one file, which asks nobody for anything."""
    return within(shown.page(empty(sheet, solved=solved)), sheet, solved=solved)


def empty(sheet: Sheet, *, solved: bool) -> Explanation:
    """Return an explanation with the title alone: its page is what the exercises are put into."""
    return Explanation(titled(sheet, solved=solved), (), {})


def within(whole: str, sheet: Sheet, *, solved: bool) -> str:
    """Return a page with the exercises at the end of its article."""
    note = "" if solved else f"<p>{escape(sheet.note)}</p>"
    inner = note + "".join(exercise_html(exercise, solved=solved) for exercise in sheet.exercises)
    return whole.replace("<article", f"{ROOM}<article", 1).replace("</article>", f"{inner}</article>")


def exercise_html(exercise: Exercise, *, solved: bool) -> str:
    """Return one exercise: the question, what is given, then room for the answer, or the solution."""
    question = "".join(mathml(word) if isinstance(word, Node) else escape(word) for word in exercise.words)
    given = "".join(map(mathml, exercise.given))
    lines = "".join(f"<li>{shown.worked_html(line)}</li>" for line in exercise.lines)
    return (
        f'<section><h2>{exercise.number}</h2><p class="question">{question}</p>'
        + (f'<div class="given"><span>Given:</span>{given}</div>' if given else "")
        + (f'<ol class="lines">{lines}</ol>' if lines else "")
        + (solution_html(exercise) if solved else '<div class="room"></div>')
        + "</section>"
    )


def solution_html(exercise: Exercise) -> str:
    """Return the worked solution."""
    note = f"<p>{escape(exercise.note)}</p>" if exercise.note else ""
    formulas = "".join(f"<li>{mathml(formula, display=True)}</li>" for formula in exercise.formulas)
    derived = "".join(map(shown.derived_html, exercise.derived))
    worked = "".join(map(shown.worked_html, exercise.solution))
    return note + (f'<ul class="general">{formulas}</ul>' if formulas else "") + table_html(exercise) + derived + worked


def table_html(exercise: Exercise) -> str:
    """Return the table of a solution."""
    if not exercise.table:
        return ""
    head, *rows = exercise.table
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>{cells}</tbody></table></div>'


# ------------------------------------------------------------------------------------------------- PDF
def pdf(sheet: Sheet, *, solved: bool = False) -> bytes:
    """Return a sheet as PDF, tagged for screen readers (PDF/UA-1)."""
    import typst as compiler  # noqa: PLC0415 - an extra

    source = shown.LOOK.read_text(encoding="utf-8") + LOOK + "\n".join(typst_lines(sheet, solved=solved))
    return compiler.compile(source.encode(), pdf_standards=["ua-1"])


def typst_lines(sheet: Sheet, *, solved: bool) -> Iterator[str]:
    """Yield the lines that Typst reads."""
    note = "" if solved else sheet.note
    yield f"#show: worksheet.with({shown.quoted(titled(sheet, solved=solved))}, {shown.quoted(note)})"
    for exercise in sheet.exercises:
        pieces = [*typst_question(exercise), *(typst_solution(exercise) if solved else [])]
        room = "false" if solved else "true"
        yield f"#exercise({shown.quoted(str(exercise.number))}, {room}, {', '.join(f'[{each}]' for each in pieces)})"


def formula(node: Node) -> str:
    """Return a formula with the words that a screen reader says."""
    return shown.equation(spoken(node), typst(node))


def typst_question(exercise: Exercise) -> Iterator[str]:
    """Yield the question, what is given, and the lines to look at."""
    yield "".join(
        "#" + formula(word) if isinstance(word, Node) else f"#{shown.quoted(word)}" for word in exercise.words
    )
    if exercise.given:
        yield f"#given({', '.join(f'{formula(each)}' for each in exercise.given)})"
    for n, line in enumerate(exercise.lines, 1):
        yield f'#grid(columns: (1.6em, 1fr), [#"{n}"], [{shown.typst_worked(line)}])'


def typst_solution(exercise: Exercise) -> Iterator[str]:
    """Yield the worked solution."""
    if exercise.note:
        yield f"#{shown.quoted(exercise.note)}"
    yield from (f"#general({formula(each)})" for each in exercise.formulas)
    if exercise.table:
        cells = ", ".join(shown.quoted(cell) for row in exercise.table for cell in row)
        yield f"#rows({len(exercise.table[0])}, {cells})"
    yield from map(shown.typst_derived, exercise.derived)
    yield from map(shown.typst_worked, exercise.solution)


# ------------------------------------------------------------------------------------------------- notebook
def ipynb(sheet: Sheet, *, solved: bool = False) -> str:
    """Return a sheet as a notebook: under each question a cell in which an answer is judged."""
    begin = f"# {markdown.escaped(titled(sheet, solved=solved))}"
    cells = [words(begin if solved else f"{begin}\n\n{markdown.escaped(sheet.note)}")]
    if not solved:
        cells.append(code(f"from neuronwise.network.exercises import sheet\n\nexercises = {sheet.code}"))
    for exercise in sheet.exercises:
        cells.append(words("\n\n".join(markdown_question(exercise))))
        if solved:
            cells.append(words("\n\n".join(markdown_solution(exercise))))
        else:
            cells.append(code(f'exercises.check({exercise.number}, """\n\n""")'))
    numbered_cells = [{**cell, "id": f"cell-{n}"} for n, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": numbered_cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def words(source: str) -> dict[str, object]:
    """Return a cell of words."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str) -> dict[str, object]:
    """Return a cell of code."""
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def markdown_question(exercise: Exercise) -> Iterator[str]:
    """Yield the question, what is given, and the lines to look at."""
    yield f"## {exercise.number}"
    yield in_markdown(exercise.words)
    if exercise.given:
        yield "Given: " + ", ".join(map(inline, exercise.given))
    yield from (f"({n})\n\n{aligned(line)}" for n, line in enumerate(exercise.lines, 1))


def in_markdown(words: Words) -> str:
    """Return a sentence with its formulas."""
    return "".join(inline(word) if isinstance(word, Node) else markdown.escaped(word) for word in words)


def inline(node: Node) -> str:
    """Return a formula within a line."""
    return markdown.formula(latex(node))[1:-1]


def aligned(worked: Worked) -> str:
    """Return a worked formula for a cell of words."""
    return markdown.formula(shown.tex_worked(worked).replace("align*", "aligned"))


def markdown_solution(exercise: Exercise) -> Iterator[str]:
    """Yield the worked solution."""
    if exercise.note:
        yield markdown.escaped(exercise.note)
    yield from (markdown.formula(latex(formula)) for formula in exercise.formulas)
    if exercise.table:
        yield markdown.table(exercise.table)
    yield from (markdown.formula(shown.tex_derived(each).replace("align*", "aligned")) for each in exercise.derived)
    yield from map(aligned, exercise.solution)


# ------------------------------------------------------------------------------------------------- files
def txt(sheet: Sheet, *, solved: bool = False) -> str:
    """Return a sheet for a file: as wide on every machine."""
    return text(sheet, solved=solved, width=shown.WIDEST)


WRITERS: dict[str, Callable[..., str | bytes]] = {".txt": txt, ".html": page, ".pdf": pdf, ".ipynb": ipynb}


def files(path: Path) -> tuple[Path, Path]:
    """Return the names of both files: of the sheet, and of its solutions.

    Errors   DataError: a name that does not say of which kind the files are

    >>> [each.name for each in files(Path("sheet.pdf"))]
    ['sheet.pdf', 'sheet.solutions.pdf']
    """
    if path.suffix not in WRITERS:
        message = f"expected a name that ends in {', '.join(WRITERS)}; got {path.name}"
        raise DataError(message)
    return path, path.with_name(f"{path.stem}{SOLUTIONS}{path.suffix}")


def save(sheet: Sheet, path: Path) -> tuple[Path, Path]:
    """Write both files, each whole or not at all."""
    both = files(path)
    write = WRITERS[path.suffix]
    contents = [write(sheet, solved=solved) for solved in (False, True)]
    for each, content in zip(both, contents, strict=True):
        storage.save(content, each)
    return both
