"""Faults planted on purpose: what a tired author could have typed. A check that does not find them checks nothing.

    sign        − for +, + for −, a minus sign gone
    factor      a factor of a product forgotten
    turned      v − u for u − v
    operand     another name of the same function
    operation   any other of + − * /; for those that count, such as // and %, another one
    number      another number
    question    < for >, another for == and `in`; `or` for `and`; without `not`
    function    abs for sign, and the like
    result      another name for what is computed, or handed back

`faults` plants each that it can, one at a time; `planted` chooses some that make the roads to a slope part.
"""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from neuronwise.checks.roads import BACKWARD, report
from neuronwise.checks.running import run, target
from neuronwise.mathematics.from_code import Code
from neuronwise.mathematics.tree import Span

OPERATORS: dict[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COUNTING: dict[type[ast.AST], tuple[str, str]] = {
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}  # fmt: skip
QUESTIONS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Gt: (">", "<"), ast.Lt: ("<", ">"), ast.GtE: (">=", "<="), ast.LtE: ("<=", ">="), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}  # fmt: skip
BOTH: dict[type[ast.AST], tuple[str, str]] = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
CONSTANTS = "constants"  # of a file: they are planted in like a function
SHOWN = ("sign", "factor", "turned", "operand")  # what a reader sees at once


@dataclass(frozen=True, slots=True)
class Fault:
    """A program with one fault: which kind, in which line, in words, and the program's text."""

    kind: str
    line: int
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of the source, what stands there instead, and what that is in words."""

    kind: str
    span: Span
    new: str
    words: str


def faults(code: Code, function: str) -> list[Fault]:
    r"""Return the program with one fault in a function, for every fault that can be planted there.

    >>> code = Code("def feed_forward(w, x):\n    a = w * x\n    return a\n", "f.py")
    >>> [fault.words for fault in faults(code, "feed_forward") if fault.kind == "factor"]
    ['the factor x is forgotten in line 2: a = w', 'the factor w is forgotten in line 2: a = x']
    """
    return [_fault(code, change) for change in _Planter(code, function).changes()]


def planted(source: str, start: Mapping[str, float] | None = None) -> list[Fault]:
    """Return some faults in backpropagate that make the roads part, from START or other numbers; one of a kind a line.

    From numbers that show none of them (an input of 0, say) none is returned.

    >>> source = '''
    ... START = {"x": 0.5, "w": 1.5, "t": 0.25}
    ... def feed_forward(w, x):
    ...     a = w * x
    ...     return a
    ... def error(t, a):
    ...     E = abs(t - a)
    ...     return E
    ... def backpropagate(x, t, a):
    ...     dE_dw = x
    ...     return dE_dw
    ... '''
    >>> planted(source)[0].words
    't instead of x in line 10: dE_dw = t'
    """
    code = Code(source, "program.py")
    goal = target(code, BACKWARD)
    numbers = run(code.tree, code.file)["START"] if start is None else start
    every = [fault for fault in faults(code, BACKWARD) if fault.kind in SHOWN]
    parting = [fault for fault in every if _parts(fault, numbers, goal)]
    return list({(fault.line, fault.kind): fault for fault in reversed(parting)}.values())[::-1]


def _parts(fault: Fault, start: Mapping[str, float], goal: str) -> bool:
    with suppress(ArithmeticError):
        return not report(fault.source, start, goal).agree
    return False


def _fault(code: Code, change: Change) -> Fault:
    start, end = change.span
    source = code.source[:start] + change.new + code.source[end:]
    line = code.source.count("\n", 0, start) + 1
    return Fault(change.kind, line, f"{change.words} in line {line}: {source.splitlines()[line - 1].strip()}", source)


class _Planter:
    """Finds what can be changed in one function."""

    def __init__(self, code: Code, function: str) -> None:
        self.code, self.function = code, constants(code) if function == CONSTANTS else code.functions[function]
        self.known = [argument.arg for argument in self.function.args.args]

    def changes(self) -> Iterator[Change]:
        """Yield every change, line by line; a name is known once it has a value."""
        self.known += [n.id for n in ast.walk(self.function) if isinstance(n, ast.Name) and bound(n, self.function)]
        for statement in self.function.body:
            results = [target for target in getattr(statement, "targets", []) if isinstance(target, ast.Name)]
            if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name):
                results = [statement.value]
            for result in results:
                yield from self.renamed(result, "result")
            kinds = [inner.annotation for inner in ast.walk(statement) if isinstance(inner, ast.AnnAssign)]
            left_alone = [*results, *(node for kind in kinds for node in ast.walk(kind))]
            for node in ast.walk(statement):
                yield from self.of(node) if node not in left_alone else ()
            self.known += [result.id for result in results]

    def renamed(self, node: ast.Name, kind: str) -> Iterator[Change]:
        """Yield the changes of a name to another name of this function."""
        others = [other for other in dict.fromkeys(self.known) if other != node.id]
        yield from (self.instead(kind, node, other) for other in others if node.id not in self.functions)

    def of(self, node: ast.AST) -> Iterator[Change]:
        """Yield the changes of one piece of syntax."""
        match node:
            case ast.UnaryOp(op=ast.USub()):
                start, _ = self.code.span(node)
                yield Change("sign", (start, start + 1), "", "the minus sign is gone")
            case ast.BinOp(op=op) if type(op) in OPERATORS:
                yield from self.operation(node, OPERATORS[type(op)])
            case ast.Constant(value=int() | float() as value):
                for number in dict.fromkeys((value + 1, 0)):
                    if number != value:
                        yield self.instead("number", node, str(number))
            case ast.Name():
                yield from self.renamed(node, "operand")
            case ast.Call(func=ast.Name(id=name) as called, args=arguments):
                yield from (
                    self.instead("function", called, other)
                    for other, count in self.functions.items()
                    if other != name and count == len(arguments)
                )
            case _:
                yield from self.sign_behind(node)

    def sign_behind(self, node: ast.AST) -> Iterator[Change]:
        """Yield the changes of what counts, and of what asks."""
        match node:
            case ast.BinOp(left=left, op=op) if type(op) in COUNTING:
                yield self.other("operation", left, *COUNTING[type(op)])
            case ast.AugAssign(target=target, op=ast.Add()):
                yield self.other("operation", target, "+=", "-=")
            case ast.UnaryOp(op=ast.Not()):
                start, _ = self.code.span(node)
                yield Change("question", (start, start + len("not")), "", "not is gone")
            case ast.Compare(left=left, ops=questions, comparators=others):
                for before, question in zip([left, *others], questions, strict=False):
                    yield self.other("question", before, *QUESTIONS[type(question)])
            case ast.BoolOp(op=both, values=values):
                for before in values[:-1]:
                    yield self.other("question", before, *BOTH[type(both)])

    def operation(self, node: ast.BinOp, sign: str) -> Iterator[Change]:
        """Yield the changes of u + v and the like."""
        start, end = self.code.span(node)
        place = self.sign(self.code.span(node.left)[1], sign)
        left, right = self.code.source[start : place[0]].strip(), self.code.source[place[1] : end].strip()
        opposite = {"+": "-", "-": "+"}.get(sign)
        if opposite:
            yield Change("sign", place, opposite, f"{opposite} instead of {sign}")
        if sign == "-":
            yield Change("turned", (start, end), f"{right} - {left}", f"{right} and {left} have changed places")
        if sign == "*":
            yield Change("factor", (start, end), left, f"the factor {right} is forgotten")
            yield Change("factor", (start, end), right, f"the factor {left} is forgotten")
        for other in OPERATORS.values():
            if other not in (sign, opposite):
                yield Change("operation", place, other, f"{other} instead of {sign}")

    def other(self, kind: str, before: ast.expr, sign: str, other: str) -> Change:
        """Return the change of the sign behind a piece."""
        return Change(kind, self.sign(self.code.span(before)[1], sign), other, f"{other} instead of {sign}")

    def sign(self, after: int, sign: str) -> Span:
        """Return where a sign stands."""
        start = self.code.source.index(sign, after)
        return start, start + len(sign)

    def instead(self, kind: str, node: ast.expr, new: str) -> Change:
        """Return the change that puts something else in place of a piece."""
        span = self.code.span(node)
        return Change(kind, span, new, f"{new} instead of {self.code.source[slice(*span)]}")

    @property
    def functions(self) -> dict[str, int]:
        """The functions that can be called, and with how many arguments."""
        return {"abs": 1, **{name: len(function.args.args) for name, function in self.code.functions.items()}}


def bound(name: ast.Name, function: ast.FunctionDef) -> bool:
    """Tell whether a name is what a sum or a `for` runs with."""
    clauses = (node for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension))
    return any(name in ast.walk(clause.target) for clause in clauses)


def constants(code: Code) -> ast.FunctionDef:
    """Return the lines of a file that give names to numbers, as if they were a function; types are left out."""
    lines = [
        node for node in code.tree.body if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Subscript)
    ]
    arguments = ast.arguments([], [], None, [], [], None, [])
    return ast.FunctionDef(CONSTANTS, arguments, [*lines], [], None, None)
