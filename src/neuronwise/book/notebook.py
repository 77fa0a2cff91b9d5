"""A chapter -> Jupyter notebook (format 4.5): its text, its functions as cells, and what running the cells gives.

The cells need the standard library alone. They run here, one after the other in one room of names, as a kernel does:
a test runs them in a kernel and compares.
"""

import ast
import base64
import contextlib
import doctest
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from neuronwise.book import document as d
from neuronwise.book import fragments, pictures, printed
from neuronwise.book.pictures import Drawing
from neuronwise.book.program import Program
from neuronwise.book.typst import png
from neuronwise.book.underlined import Underlined
from neuronwise.book.writer import Writer
from neuronwise.mathematics import printers
from neuronwise.mathematics.derivation import Line
from neuronwise.mathematics.rules import Application
from neuronwise.network.markdown import escaped

FRACTION = re.compile(r"\\frac\{(.*)\}\{(.*)\}")
MARKS = {"em": "*", "strong": "**", "term": "*"}
LARGE, WIDTH, HALF = 640, 420, 200  # of pictures, in points
latex = Underlined(printers.latex, r"\underline{", "}")
# inside a sentence, dE/dw stands on one line
inline = printers.Printer(latex.looks, lambda symbol: FRACTION.sub(r"\1/\2", symbol.latex), latex.needs)


def notebook(chapter: d.Chapter) -> bytes:
    """Return a chapter as notebook: the same bytes from the same chapter."""
    writer = NotebookWriter(chapter)
    writer.write()
    metadata = {
        "title": f"{chapter.number} {chapter.title} · Neuron by Neuron",
        "authors": [{"name": "the neuronwise authors"}],
        "license": "CC-BY-4.0",
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    made = {"cells": writer.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return f"{json.dumps(made, ensure_ascii=False, indent=1)}\n".encode()


def tex(math: d.Math) -> str:
    """Return a chain of formulas as LaTeX, on one line."""
    signs = {"=": "=", "≈": r"\approx", "←": r"\leftarrow"}
    return " ".join([inline(math.node), *(f"{signs[sign]} {inline(node)}" for sign, node in math.then)])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a table.

    >>> print(table(["a", "b"], [["1", "$|x|$"]]))
    | a | b |
    |---|---|
    | 1 | $\vert x\vert $ |
    """
    lines = [heads, *([cell.replace("|", r"\vert ") for cell in row] for row in rows)]
    drawn = [f"| {' | '.join(cells)} |" for cells in lines]
    return "\n".join([drawn[0], "|---" * len(heads) + "|", *drawn[1:]])


class NotebookWriter(Writer):
    """Writes a chapter as cells: words are gathered until a cell of code comes."""

    def __init__(self, chapter: d.Chapter) -> None:
        self.chapter, self.program = chapter, chapter.program
        self.moment = fragments.printed(chapter.program)
        self.cells: list[dict[str, Any]] = []
        self.room: dict[str, Any] = {"__name__": "__main__"}
        self.words = ""
        self.pictures: dict[str, tuple[Drawing, int]] = {}
        self.place = "start"
        self.runs = 0

    def write(self) -> None:
        """Write all cells."""
        chapter = self.chapter
        symbols = [
            [f"${tex(sign)}$", escaped(words), f"${tex(value)}$"] for sign, words, value in printed.symbols(chapter)
        ]
        self.words = (
            f"*Chapter {chapter.number} of {escaped(chapter.part)}*\n\n# {chapter.number} {escaped(chapter.title)}\n\n"
            f"*{escaped(chapter.question)}*\n\n{self.inlines(chapter.lede)}\n\n"
            f"{table(['sign', 'meaning', 'at the start'], symbols)}\n\nRun the cells from top to bottom. "
            "Then change a number, and run them again."
        )
        self.run(f"{statement(self.program, 'START')}\n{start(self.program)}")
        for section in chapter.sections:
            self.end_words()
            self.place = section.id
            self.words = f"## {section.number} {self.inlines(section.title)}\n\n"
            self.gather(section.blocks)
        self.words += f"---\n\n*{printed.LICENCE}*\n"
        self.end_words()

    # cells

    def gather(self, blocks: Sequence[d.Block]) -> None:
        """Write blocks one after the other; a block of code ends the words before it."""
        for block in blocks:
            text = self.block(block)
            self.words += text

    def end_words(self) -> None:
        """Make a cell of the words gathered so far, with the pictures in them."""
        words, pictures_ = self.words.strip(), self.pictures
        self.words, self.pictures = "", {}
        if words:
            drawn = {name: {"image/png": _base64(png(*picture))} for name, picture in pictures_.items()}
            self.cell("markdown", words, **({"attachments": drawn} if drawn else {}))

    def run(self, source: str) -> None:
        """Make a cell of code, with what running it gives."""
        self.end_words()
        self.runs += bool(source)
        count = self.runs if source else None
        self.cell("code", source, execution_count=count, outputs=outputs(source, self.room, count) if source else [])

    def cell(self, kind: str, source: str, **more: object) -> None:
        """Make a cell, named by its section and a number."""
        same = sum(cell["id"].rpartition("-")[0] == self.place for cell in self.cells)
        head = {"cell_type": kind, "id": f"{self.place}-{same + 1}", "metadata": {}}
        self.cells.append({**head, **more, "source": source.splitlines(keepends=True)})

    # inlines

    def text(self, text: str) -> str:
        return escaped(text)

    def emphasis(self, inner: str, kind: str) -> str:
        return f"{MARKS[kind]}{inner}{MARKS[kind]}"

    def code(self, text: str) -> str:
        return f"`{text}`"

    def link(self, href: str, inner: str) -> str:
        """Return a link into the world; a notebook has no names for its sections."""
        return f"[{inner}]({href})" if href.startswith("https://") else inner

    def math(self, math: d.Math) -> str:
        return f"${tex(math)}$"

    # blocks

    def paragraph(self, inner: str) -> str:
        return f"{inner}\n\n"

    def bullets(self, items: Sequence[str]) -> str:
        return "".join(f"- {item}\n" for item in items) + "\n"

    def note(self, inner: str) -> str:
        quoted = "\n".join(f"> {line}".rstrip() for line in inner.strip().splitlines())
        return f"{quoted}\n\n"

    def equation(self, equation: d.Equation) -> str:
        return f"$${latex(equation.node)} \\qquad \\textit{{{equation.origin}}}$$\n\n"

    def listing(self, listing: d.Listing) -> str:
        """Make a cell of functions as they stand in the program, and of what they give with the numbers at hand."""
        program, names = listing.program, listing.functions
        calls = [call(program, name) for name in names if name in program.steps]
        loops = [run_alone(program) for name in names if name not in program.formulated]
        self.run("\n\n\n".join([*(program.source_of(name) for name in names), *calls, *loops]))
        return ""

    def conversation(self, text: str) -> str:
        for example in doctest.DocTestParser().get_examples(text):
            self.run(example.source.strip())
        return ""

    def derived(self, derived: d.Derived) -> str:
        """Return the lines, aligned at =, and below them the reason for each."""
        goal, last = derived.derivation.goal, printed.last_line(derived)
        lines = [f"&= {latex(line.node)} && {self.rules(line)}" for line in derived.derivation.lines]
        numbers = tex(d.Math(last.then[0][1], last.then[1:]))
        whys = "".join(self.why(step.application) for line in derived.derivation.lines for step in line.steps)
        rows = " \\\\\n".join([f"{latex(goal)} {lines[0]}", *lines[1:], rf"&= {numbers} && \text{{the numbers}}"])
        return f"$$\\begin{{aligned}}\n{rows}\n\\end{{aligned}}$$\n\nWhy each rule may be used:\n\n{whys}\n"

    def rules(self, line: Line) -> str:
        """Return the names of a line's rules, as LaTeX."""
        parts = (part for step in line.steps for part in (d.Text(", "), *printed.rule_name(step.application)))
        shown = (
            inline(part.node) if isinstance(part, d.Math) else rf"\text{{{part.text}}}"
            for part in parts
            if isinstance(part, d.Math | d.Text)
        )
        return "".join(list(shown)[1:])

    def why(self, used: Application) -> str:
        why = printed.why(used)
        return (
            f"- *{self.inlines(why.rule)}*: {self.inlines(why.sentence)}\n"
            f"  *Condition.* {self.inlines(why.condition)} *Without it.* {self.inlines(why.without)}\n"
        )

    def picture(self, picture: d.Picture) -> str:
        draw = {"neuron": pictures.neuron, "number-line": pictures.number_line}[picture.kind]
        return self.drawn({picture.kind: draw(self.moment.update)}, WIDTH, picture.caption)

    def drawn(self, drawings: Mapping[str, Drawing], width: int, caption: Sequence[d.Inline]) -> str:
        """Return pictures side by side, which the cell carries with it, and their caption."""
        self.pictures.update({f"{name}.png": (drawing, width) for name, drawing in drawings.items()})
        shown = " ".join(f"![{escaped(drawing.alt)}](attachment:{name}.png)" for name, drawing in drawings.items())
        return f"{shown}\n\n*{self.inlines(caption)}*\n\n"

    def stepper(self, stepper: d.Stepper) -> str:
        program = self.program
        rows = [
            [
                f"{i}",
                fragments.DIRECTIONS[o.function],
                f"${inline(o.formula)}$",
                f"${tex(printed.numbers(program, o))}$",
                escaped(stepper.words[o.target]),
            ]
            for i, o in enumerate(program.operations, 1)
        ]
        heads = ["step", "way", "formula", "numbers", "what happens"]
        picture = self.drawn({"loop": pictures.loop(self.moment.scene)}, LARGE, stepper.caption)
        return f"{picture}{table(heads, rows)}\n\n"

    def training(self, training: d.Training) -> str:
        """Return both charts, and make a cell that computes every update of them."""
        updates = printed.training(self.program)
        valley = pictures.valley(updates, fragments.error_at(self.program, updates[-1]))
        self.words += self.drawn({"valley": valley, "curve": pictures.curve(updates)}, HALF, training.caption)
        self.run(loop(self.program, len(updates)))
        return ""

    def roads(self, roads: d.Roads) -> str:
        report = roads.report
        rows = [[escaped(r.name), escaped(r.words), fragments.minus(r.value), f"`{r.bits}`"] for r in report.roads]
        return f"{table(['Road', 'How it goes', 'Slope', '64 bits'], rows)}\n\n**{escaped(report.verdict)}**\n\n"

    def claim(self, claim: d.Claim) -> str:
        runs = claim.trial.runs
        shown = printed.trial_columns(len(runs[0].errors))
        heads = ["error", *("start" if i == 0 else f"after {i}" for i in shown)]
        rows = [[f"`{run.name}`", *(fragments.minus(run.errors[i]) for i in shown)] for run in runs]
        self.words += f"### {claim.kind.capitalize()}: {self.inlines(claim.title)}\n\n"
        self.gather(claim.blocks)
        return f"{table(heads, rows)}\n\nProof: `{claim.proof}` {printed.verdict(claim)}.\n\n"

    def exercise(self, exercise: d.Exercise) -> str:
        """Make a question and an empty cell; return hint and solution, folded."""
        self.words += f"### {exercise.number} {self.inlines(exercise.title)}\n\n"
        self.gather(exercise.blocks)
        self.run("")
        solution = f"**{self.inlines(printed.right_answer(exercise.answer))}**\n\n{self.blocks(exercise.solution)}"
        return folded("Hint", self.blocks(exercise.hint)) + folded("Solution", solution)


def folded(title: str, inner: str) -> str:
    """Return words that open at a click."""
    return f"<details>\n<summary>{title}</summary>\n\n{inner}</details>\n\n"


# code


def statement(program: Program, name: str) -> str:
    """Return the statement that gives a name its value, as it stands in the program."""
    wanted = (node for node in program.code.tree.body if isinstance(node, ast.Assign))
    found = next(node for node in wanted if any(isinstance(t, ast.Name) and t.id == name for t in node.targets))
    return ast.get_source_segment(program.code.source, found) or ""


def run_alone(program: Program) -> str:
    """Return what the program does when it is run by itself: the statements below `if __name__`."""
    wanted = (node for node in program.code.tree.body if isinstance(node, ast.If))
    return "\n".join(ast.get_source_segment(program.code.source, line) or "" for node in wanted for line in node.body)


def call(program: Program, name: str) -> str:
    r"""Return lines that call a function of an update with the names at hand, and show what it gives.

    What changes a symbol is only shown: the names keep the numbers of the start.

    >>> source = "START = {}\ndef feed_forward(w, x):\n    a = w * x\n    return a\n"
    >>> print(call(Program(source, "smallest.py", ("feed_forward",)), "feed_forward"))
    a = feed_forward(w, x)
    a
    """
    changes = any(operation.changes for operation in program.operations if operation.function == name)
    target, called = assignment(program, name).split(" = ")
    return called if changes else f"{target} = {called}\n{target}"


def assignment(program: Program, name: str) -> str:
    """Return a line that calls a function of an update, and keeps what it gives."""
    target = [operation.target for operation in program.operations if operation.function == name][-1]
    return f"{target} = {name}({', '.join(program.parameters(name))})"


def start(program: Program) -> str:
    """Return a line that gives every symbol its starting number."""
    return f"{', '.join(program.start)} = START.values()"


def loop(program: Program, updates: int) -> str:
    """Return a loop that prints every update of the printed training: its number, the weight, the error, a bar."""
    *forward, last = (assignment(program, name) for name in program.steps)
    said = 'print(f"{i}  w = {w:<7} E = {E:<7} |" + "█" * round(32 * E))'
    body = "\n".join(f"    {line}" for line in (*forward, said, last))
    return f"{start(program)}\nfor i in range({updates}):\n{body}"


def outputs(source: str, room: dict[str, Any], count: int | None) -> list[dict[str, Any]]:
    """Run a cell as a kernel does: what it prints, and the value of its last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    value: object = None
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(tree, "cell", "exec"), room)  # noqa: S102 - the book's own program, printed in the notebook
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), room)  # noqa: S307 - the same
    found: list[dict[str, Any]] = []
    if said.getvalue():
        found.append({"output_type": "stream", "name": "stdout", "text": said.getvalue().splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": [repr(value)]}
        found.append({"output_type": "execute_result", "data": data, "execution_count": count, "metadata": {}})
    return found


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
