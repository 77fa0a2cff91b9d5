"""A program with one thing changed, again and again: an operator, a number, a word, a condition, a statement left out.

Left out on purpose: docstrings and types, which nothing runs; what only another system runs; decorators and plain
assignments, whose loss any test would see and which would only raise the score.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

OTHERS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift,
    ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip
TYPES = {"annotation", "returns"}  # fields that hold types
ELSEWHERE = "sys.platform == 'win32'"


@dataclass(frozen=True)
class Mutant:
    """A changed program: where it was changed and how, and its whole source."""

    name: str
    line: int
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield a program with each of its changes, one at a time.

    >>> [mutant.name for mutant in mutants("f = lambda a: a < 1 or None")]
    ['module: a < 1 or None -> a < 1 and None', 'module: a < 1 -> a <= 1', 'module: 1 -> 2']
    """
    tree = ast.parse(source)
    seen = Counter[str]()
    for parent, field, at, node, where in places(tree, ""):
        for new in changes(node, parent):
            name = f"{where}: {said(node)} -> {said(new)}"
            seen[name] += 1
            put(parent, field, at, new)
            yield Mutant(name + f" ({seen[name]})" * (seen[name] > 1), node.lineno, ast.unparse(tree))
            put(parent, field, at, node)


Place = tuple[ast.AST, str, int | None, ast.stmt | ast.expr | ast.ExceptHandler, str]


def places(node: ast.AST, where: str) -> Iterator[Place]:
    """Yield what stands below a node, where it hangs, and in which function or class; itself before what is in it."""
    for field, value in ast.iter_fields(node):
        if field in TYPES or (field == "body" and isinstance(node, ast.If) and ast.unparse(node.test) == ELSEWHERE):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or is_docstring(child):
                continue
            if isinstance(child, ast.stmt | ast.expr | ast.ExceptHandler):
                yield node, field, at, child, where or "module"
            inner = f"{where}.{child.name}".strip(".") if isinstance(child, ast.FunctionDef | ast.ClassDef) else where
            yield from places(child, inner)


def is_docstring(node: ast.AST) -> bool:
    """Tell whether a statement is words alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def put(parent: ast.AST, field: str, at: int | None, node: ast.AST) -> None:
    """Hang a node where another hung."""
    if at is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[at] = node


def said(node: ast.AST) -> str:
    """Return a node as one line."""
    return " ".join(ast.unparse(node).split())[:90]


def changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912  (a table of kinds)
    """Yield what may stand in place of a node."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield with_(node, ops=[*ops[:at], OTHERS[type(op)](), *ops[at + 1 :]])
        case ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in OTHERS:
            yield with_(node, op=OTHERS[type(op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Break() | ast.Continue():
            yield OTHERS[type(node)]()
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"XX{value}XX")
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(b"XX" + value)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.ExceptHandler(body=body) if not isinstance(body[-1], ast.Raise):
            yield with_(node, body=[ast.Raise()])
    if isinstance(node, ast.AugAssign) and type(node.op) in OTHERS:
        yield with_(node, op=OTHERS[type(node.op)]())
    if isinstance(node, ast.Call):
        for at in range(len(node.keywords)):
            yield with_(node, keywords=node.keywords[:at] + node.keywords[at + 1 :])
    conditions = [getattr(parent, "test", None), *getattr(parent, "ifs", [])]
    decides = any(node is condition for condition in conditions)
    if decides and isinstance(node, ast.expr) and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)


def with_(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    copy = deepcopy(node)
    for name, value in fields.items():
        setattr(copy, name, value)
    return copy
