"""Functions of a program as rows, a line of code each: what a listing shows beside it, and where its symbols stand."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from neuronwise.book.program import Operation, Program
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node

WORDS = str.maketrans("_", " ")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of code; `symbol` if they name one."""

    text: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: `words` beside a `def`; `formula` beside a statement that is one; `operation` if it has a number."""

    code: tuple[Piece, ...]
    words: str = ""
    formula: Node | None = None
    operation: Operation | None = None

    @property
    def text(self) -> str:
        """The line as it stands in the file."""
        return "".join(piece.text for piece in self.code)


def rows(program: Program, name: str) -> list[Row]:
    r"""Return the lines of a function.

    >>> source = "START = {}\ndef feed_forward(w, x):\n    a = w * x\n    return a\n"
    >>> for row in rows(Program(source, "smallest.py", ("feed_forward",)), "feed_forward"):
    ...     print(repr(row.words), row.formula is not None, row.text)
    'Feed forward' False def feed_forward(w, x):
    '' True     a = w * x
    '' False     return a
    """
    function = program.code.functions[name]
    start, end = program.code.span(function)
    beside = _formulas(program, name)
    found: list[Row] = []
    for line in program.code.source[start:end].split("\n"):
        formula, operation = beside.get(start + len(line) - len(line.lstrip()), (None, None))
        words = "" if found else name.translate(WORDS).capitalize()
        found.append(Row(tuple(_pieces(program, function, start, line)), words, formula, operation))
        start += len(line) + 1
    return found


def _formulas(program: Program, name: str) -> dict[int, tuple[Node, Operation | None]]:
    """Return where a statement begins -> its formula, and the operation of an update that it is."""
    operations = {o.formula: o for o in program.operations if o.function == name}
    formulas = program.code.formulas(name) if name in program.formulated else []
    return {formula.span[0]: (formula, operations.get(formula)) for formula in formulas if formula.span}


def _pieces(program: Program, function: ast.FunctionDef, start: int, line: str) -> Iterator[Piece]:
    """Yield a line in pieces: each symbol of the book is one of its own."""
    at, end = start, start + len(line)
    for (begin, stop), symbol in sorted(_symbols(program, function)):
        if start <= begin < end:
            yield from _plain(program.code.source[at:begin])
            yield Piece(program.code.source[begin:stop], symbol)
            at = stop
    yield from _plain(program.code.source[at:end])


def _plain(text: str) -> Iterator[Piece]:
    if text:
        yield Piece(text)


def _symbols(program: Program, function: ast.FunctionDef) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield where each symbol of the book is named in a function."""
    for node in ast.walk(function):
        match node:
            case ast.Name(id=text) | ast.arg(arg=text) if text in SYMBOLS:
                yield program.code.span(node), text
