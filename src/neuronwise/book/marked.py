"""Code with a <span> around every symbol and every sub-expression, each named like its twin in the formula."""

import ast
from collections.abc import Iterator
from html import escape

from neuronwise.book.program import Program
from neuronwise.mathematics.printers import plain, symbol_named
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Span, code_name


def lines(program: Program, name: str) -> list[str]:
    r"""Return the lines of a function as HTML.

    >>> source = "START = {}\ndef feed_forward(w, x):\n    a = w * x\n    return a\n"
    >>> lines(Program(source, "smallest.py", ("feed_forward",)), "feed_forward")[2]
    '    return <span data-sym="a" data-kind="value">a</span>'
    """
    start, end = program.code.span(program.code.functions[name])
    marks = sorted(_marks(program, name), key=lambda mark: (mark[0][0], -mark[0][1]))
    opening = [(span[0], 1, i, f"<span {attributes}>") for i, (span, attributes) in enumerate(marks)]
    closing = [(span[1], 0, -i, "</span>") for i, (span, _) in enumerate(marks)]
    html, at = "", start
    for place, _, _, tag in sorted(opening + closing):
        html += escape(program.code.source[at:place], quote=False) + tag
        at = place
    return (html + escape(program.code.source[at:end], quote=False)).split("\n")


def _marks(program: Program, name: str) -> Iterator[tuple[Span, str]]:
    """Yield (span, attributes) of everything that lights up; pieces of syntax nest, and none spans two lines."""
    for node in ast.walk(program.code.functions[name]):
        match node:
            case ast.Name(id=text) | ast.arg(arg=text) if text in SYMBOLS:
                yield program.code.span(node), f'data-sym="{text}" data-kind="{symbol_named(text).kind}"'
    for formula in program.code.formulas(name) if name in program.formulated else []:
        for piece in formula.parts[1].nodes():
            if piece.span and piece.parts and code_name(piece) is None:
                yield piece.span, f'data-expr="{escape(plain(piece))}"'
