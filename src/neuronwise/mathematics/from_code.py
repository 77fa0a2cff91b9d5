"""Code -> formula: one walk over the syntax tree, one formula a statement. What has no agreed notation is refused.

    code                            formula
    a = w * x                       a = w·x
    w = w - eta * dE_dw             w ← w − η·dE/dw      the name had a value before: no equation, an arrow
    return 1 if u > 0 else 0        sgn(u) = 1 if u > 0, else 0      the formula of the function itself
    abs(u)  square(u)               |u|  u²

A column of `ast` counts UTF-8 bytes, a reader counts characters: spans are converted.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, Span, code_name, number, symbol

BINARY: dict[type[ast.operator], str] = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "over"}
COMPARISON: dict[type[ast.cmpop], str] = {ast.Gt: "greater", ast.Lt: "less"}
WRITTEN = re.compile(r"\d+(\.\d+)?")
LINE = re.compile(r".*\n|.+")  # where Python ends a line; str.splitlines ends it at more characters
BUILT_IN = ("abs", "square")


class NoNotationError(ValueError):
    """A piece of code that has no agreed mathematical notation: where it stands, what it is, what to write."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{file}, line {line}, column {column}: {message}")
        self.line, self.message = line, f"column {column}: {message}"


class Code:
    r"""A program's text, its functions, and the formulas in them.

    >>> code = Code("def error(t, a):\n    E = abs(t - a)\n    return E\n", "error.py")
    >>> code.text(code.formulas("error")[0].parts[1])
    'abs(t - a)'
    """

    def __init__(self, source: str, file: str) -> None:
        self.source, self.file = source, file
        self.tree = ast.parse(source, filename=file)
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        self._lines = LINE.findall(source)

    def formulas(self, function: str) -> list[Node]:
        """Return the formulas of a function, in order; NoNotationError for what cannot be written as one."""
        return _Reader(self, self.functions[function]).formulas

    def text(self, node: Node) -> str:
        """Return the piece of source that a node was read from."""
        if node.span is None:
            message = f"expected a node read from {self.file}; got one without a place in it: {node.kind} {node.text}"
            raise ValueError(message)
        return self.source[slice(*node.span)]

    def span(self, node: ast.expr | ast.stmt | ast.arg) -> Span:
        """Return where a piece of syntax stands, in characters."""
        return self._offset(node.lineno, node.col_offset), self._offset(
            node.end_lineno or node.lineno, node.end_col_offset or 0
        )

    def column(self, node: ast.expr | ast.stmt) -> int:
        """Return the column of a piece of syntax, counted from 1, in characters."""
        return self._offset(node.lineno, node.col_offset) - self._offset(node.lineno, 0) + 1

    def _offset(self, line: int, byte: int) -> int:
        before = sum(len(text) for text in self._lines[: line - 1])
        return before + len(self._lines[line - 1].encode()[:byte].decode())


class _Reader:
    """Reads one function."""

    def __init__(self, code: Code, function: ast.FunctionDef) -> None:
        self.code, self.function = code, function
        self.known = [argument.arg for argument in function.args.args]
        self.formulas: list[Node] = []
        for statement in without_docstring(function.body):
            self.statement(statement)

    def refuse(self, node: ast.expr | ast.stmt, why: str, mend: str) -> NoNotationError:
        piece = (ast.get_source_segment(self.code.source, node) or "").splitlines()[0]
        return NoNotationError(self.code.file, node.lineno, self.code.column(node), f"{piece}\n    {why} {mend}")

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=target) as left], value=value):
                becomes = target in self.known
                formula = Node(
                    "becomes" if becomes else "equals",
                    (self.symbol(left, target), self.expression(value)),
                    span=self.code.span(node),
                )
                self.known.append(target)
                self.formulas.append(formula)
            case ast.Return(value=ast.Name(id=target)) if (
                self.formulas and code_name(self.formulas[-1].parts[0]) == target
            ):
                pass  # the formula stands already
            case ast.Return(value=ast.expr() as value):
                parts = (self.itself(node), self.expression(value))
                self.formulas.append(Node("equals", parts, span=self.code.span(node)))
            case _:
                raise self.refuse(
                    node,
                    f"A statement of the kind {type(node).__name__} has no agreed mathematical notation.",
                    "Write name = formula, or return formula.",
                )

    def itself(self, node: ast.stmt) -> Node:
        """Return f(u): the left side of a function that returns a formula."""
        self.look_up(node, self.function.name)
        arguments = self.function.args.args
        for argument in arguments:
            self.look_up(node, argument.arg)
        parts = tuple(replace(symbol(a.arg), span=self.code.span(a)) for a in arguments)
        return Node("call", parts, self.function.name)

    def look_up(self, node: ast.expr | ast.stmt, text: str) -> None:
        if text not in SYMBOLS:
            raise self.refuse(
                node, f"{text!r} is not in the table of symbols.", "Give it a look and a meaning in symbols.py."
            )

    def symbol(self, node: ast.expr, text: str) -> Node:
        self.look_up(node, text)
        return replace(symbol(text), span=self.code.span(node))

    def expression(self, node: ast.expr) -> Node:
        span = self.code.span(node)
        match node:
            case ast.Name(id=text):
                return self.symbol(node, text)
            case ast.Constant():
                return self.number(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Node("negative", (self.expression(operand),), span=span)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return Node(BINARY[type(op)], self.expressions((left, right)), span=span)
            case ast.BinOp(op=ast.Pow()):
                raise self.refuse(node, "x**2 and x*x are not always the same float.", "Write square(x), or a product.")
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISON:
                return Node(COMPARISON[type(op)], self.expressions((left, right)), span=span)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Node("cases", self.expressions((body, test, orelse)), span=span)
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                return self.call(node, function, arguments, span)
        raise self.refuse(
            node,
            f"An expression of the kind {type(node).__name__} has no agreed mathematical notation.",
            "Write + - * /, names, numbers, known functions, and u if v else w.",
        )

    def expressions(self, nodes: Iterable[ast.expr]) -> tuple[Node, ...]:
        return tuple(self.expression(node) for node in nodes)

    def number(self, node: ast.Constant) -> Node:
        text = ast.get_source_segment(self.code.source, node) or ""
        if not WRITTEN.fullmatch(text):
            raise self.refuse(node, "This is no number as people write it.", "Use digits and at most one point.")
        return Node("number", text=text, span=self.code.span(node))

    def call(self, node: ast.Call, function: str, arguments: Sequence[ast.expr], span: Span) -> Node:
        if function == "sum":
            raise self.refuse(
                node, "sum() of floats adds in another way since Python 3.12.", "Write total(…): it adds left to right."
            )
        if function not in BUILT_IN:
            self.look_up(node, function)
        parts = self.expressions(arguments)
        if function == "square":
            return Node("power", (*parts, number(2)), span=span)
        return Node("call", parts, function, span)


def without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """Return the statements after the docstring, if there is one."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *_]:
            return body[1:]
    return body


def definitions(formulas: Iterable[Node]) -> dict[str, Node]:
    r"""Return name -> right side, of the formulas that define a name: `a = w*x`, not `w ← …`, not `sgn(u) = …`.

    >>> code = Code("def feed_forward(w, x):\n    a = w * x\n    return a\n", "f.py")
    >>> definitions(code.formulas("feed_forward"))["a"].kind
    'times'
    """
    named = ((code_name(f.parts[0]), f) for f in formulas)
    return {text: f.parts[1] for text, f in named if text is not None and f.kind == "equals"}
