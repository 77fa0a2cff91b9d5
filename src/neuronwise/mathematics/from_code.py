"""Code -> formula: one walk over the syntax tree, one formula a statement. What has no agreed notation is refused.

    code                            formula
    a = w * x                       a = w·x
    w = w - eta * dE_dw             w ← w − η·dE/dw      the name had a value before: no equation, an arrow
    return 1 if u > 0 else 0        sgn(u) = 1 if u > 0, else 0      the formula of the function itself
    abs(u)  square(u)               |u|  u²
    w[i]  graph.edges[k]            symbols with indices
    total(u for i in names) + b     Σ u + b              `total` adds from left to right, as it is written
    max(u for i in names)           the largest u
    for k in names: z[k] = u        z = u for each k
    {p: u for p in names}           the same, of what is given its name, or handed back
    1 if j == k else 0              1 if j is k, else 0; `j in t` likewise

A column of `ast` counts UTF-8 bytes, a reader counts characters: spans are converted.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from neuronwise.mathematics.symbols import ONE_NUMBER, SYMBOLS
from neuronwise.mathematics.tree import DERIVATIVE, Node, Span, code_name, number, split, symbol

BINARY: dict[type[ast.operator], str] = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "over"}
COMPARISON: dict[type[ast.cmpop], str] = {ast.Gt: "greater", ast.Lt: "less"}
WRITTEN = re.compile(r"\d+(\.\d+)?")
BINDERS = {"total": "sum", "max": "largest"}
AMONG: dict[type[ast.cmpop], str] = {ast.Eq: "same", ast.In: "member"}
LINE = re.compile(r".*\n|.+")  # where Python ends a line; str.splitlines ends it at more characters
BUILT_IN = ("abs", "square")
WHOLE = ("graph", "group")  # what has parts: graph.edges is printed as edges


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
        self.known = [argument.arg for argument in every_argument(function)]
        self.formulas = self.statements(without_docstring(function.body))

    def refuse(self, node: ast.expr | ast.stmt, why: str, mend: str) -> NoNotationError:
        piece = (ast.get_source_segment(self.code.source, node) or "").splitlines()[0]
        return NoNotationError(self.code.file, node.lineno, self.code.column(node), f"{piece}\n    {why} {mend}")

    # ------------------------------------------------------------------------------------------- statements
    def statements(self, body: Sequence[ast.stmt]) -> list[Node]:
        formulas: list[Node] = []
        for node in body:
            formulas += self.statement(node, formulas)
            if isinstance(node, ast.Return) and node is not body[-1]:
                raise self.refuse(node, "Behind it stands code that never runs.", "Take that out.")
        return formulas

    def statement(self, node: ast.stmt, above: Sequence[Node]) -> list[Node]:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=target)], value=value)
                | ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
            ) if begun(value):
                self.known.append(target)
                return self.copied(node, target, value)
            case ast.Assign(targets=[ast.Name() | ast.Subscript() as left], value=value):
                return [self.assigned(node, left, value)]
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Name(id=several)):
                return [self.taken(node, part, f"{several}[{i}]") for i, part in enumerate(parts)]
            case ast.For(target=variables, iter=over, body=body, orelse=[]):
                return [Node("each", tuple(self.statements(body)), self.clause(node, variables, over))]
            case ast.Return(value=ast.Name(id=target)) if self.named_above(target, above):
                return []  # the formula stands already
            case ast.Return(value=ast.Tuple(elts=results)) if results and all(
                isinstance(result, ast.Name) and self.named_above(result.id, above) for result in results
            ):
                return []  # each of what is handed back has its formula already
            case ast.Return(value=ast.Call(func=ast.Name(id=made), args=results)) if made[0].isupper() and all(
                isinstance(result, ast.Name) for result in results
            ):
                return []  # what is handed back together has its formulas already
            case ast.Return(value=ast.DictComp() as value):
                return [self.for_each(node, ast.Name(self.function.name), value)]
            case ast.Return(value=ast.expr() as value):
                return [Node("equals", (self.itself(node), self.expression(value)), span=self.code.span(node))]
        raise self.refuse(
            node,
            f"A statement of the kind {type(node).__name__} has no agreed mathematical notation.",
            "Write name = formula, or return formula.",
        )

    def copied(self, node: ast.stmt, target: str, value: ast.expr) -> list[Node]:
        """Return a = x for a = dict(x); what begins as {} has no formula before it is filled."""
        if not isinstance(value, ast.Call):
            return []
        left = replace(symbol(target), span=self.code.span(node))
        self.look_up(node, target)
        return [Node("equals", (left, self.expression(value.args[0])), span=self.code.span(node))]

    def named_above(self, target: str, above: Sequence[Node]) -> bool:
        """Tell whether a formula above, or one inside a `for`, gives this name, or fills it."""
        formulas = [inner for formula in above for inner in formula.nodes() if inner.kind in ("equals", "becomes")]
        return any(split(code_name(formula.parts[0]) or "")[0] == target for formula in formulas)

    def assigned(self, node: ast.Assign, left: ast.Name | ast.Subscript, value: ast.expr) -> Node:
        if isinstance(value, ast.DictComp) and isinstance(left, ast.Name):
            return self.for_each(node, left, value)
        becomes = isinstance(left, ast.Name) and left.id in self.known
        parts = (self.symbol(left, self.text(left)), self.expression(value))
        if isinstance(left, ast.Name):
            self.known.append(left.id)
        return Node("becomes" if becomes else "equals", parts, span=self.code.span(node))

    def taken(self, node: ast.stmt, left: ast.expr, text: str) -> Node:
        """Return u = together[0] for the first name in u, v = together."""
        self.look_up(node, split(text)[0])
        right = replace(symbol(text), span=self.code.span(node))
        return Node("equals", (self.symbol(left, self.text(left)), right), span=self.code.span(node))

    def for_each(self, node: ast.stmt, left: ast.Name, value: ast.DictComp) -> Node:
        """Return the formula of {p: u for p in names}: left[p] = u for each p."""
        over = self.clause(node, value.generators[0].target, value.generators[0].iter)
        if len(value.generators) > 1 or value.generators[0].ifs or ast.unparse(value.key) != over.split(" in ")[0]:
            raise self.refuse(value, "Its keys are not what it runs over.", "Write {p: formula for p in names}.")
        filled = replace(symbol(f"{left.id}[{ast.unparse(value.key)}]"), span=None)
        self.look_up(node, left.id)
        self.known.append(left.id)
        return Node("each", (Node("equals", (filled, self.expression(value.value)), span=self.code.span(node)),), over)

    def clause(self, node: ast.expr | ast.stmt, variables: ast.expr, over: ast.expr) -> str:
        """Return what a sum or a `for` runs over, as text."""
        names = variables.elts if isinstance(variables, ast.Tuple) else [variables]
        backwards = isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "reversed"
        run = over.args[0] if isinstance(over, ast.Call) and backwards and len(over.args) == 1 else over
        if not all(isinstance(name, ast.Name) for name in names):
            raise self.refuse(node, "It runs over more than names.", "Write for name in names.")
        for name in names:
            self.look_up(node, ast.unparse(name))
        text = self.text(run)
        self.look_up(run, split(text)[0])
        return f"{', '.join(ast.unparse(name) for name in names)} in {'reversed ' * backwards}{text}"

    def itself(self, node: ast.stmt) -> Node:
        """Return f(u): the left side of a function that returns a formula."""
        self.look_up(node, self.function.name)
        if not SYMBOLS[self.function.name].called:
            raise self.refuse(node, f"{self.function.name} is no function of the table.", "Give the result a name.")
        arguments = every_argument(self.function)
        for argument in arguments:
            self.look_up(node, argument.arg)
        parts = tuple(replace(symbol(a.arg), span=self.code.span(a)) for a in arguments)
        return Node("call", parts, self.function.name)

    # ------------------------------------------------------------------------------------------- names
    def look_up(self, node: ast.expr | ast.stmt, text: str) -> None:
        slope = DERIVATIVE.fullmatch(text)
        for name in (slope[1], slope[2]) if slope and text not in SYMBOLS else (text,):
            if name not in SYMBOLS:
                raise self.refuse(
                    node, f"{name!r} is not in the table of symbols.", "Give it a look and a meaning in symbols.py."
                )

    def symbol(self, node: ast.expr, text: str) -> Node:
        self.look_up(node, split(text)[0])
        return replace(symbol(text), span=self.code.span(node))

    def text(self, node: ast.expr) -> str:
        """Return the name of a symbol: x, w[i], w[i,j], graph.edges[k] as edges[k]."""
        match node:
            case ast.Name(id=text):
                return text
            case ast.Attribute(value=ast.Name(id=whole), attr=text) if whole in WHOLE:
                return text
            case ast.Subscript(value=ast.Name() | ast.Attribute() as base, slice=index):
                indices = index.elts if isinstance(index, ast.Tuple) else [index]
                if all(isinstance(each, ast.Name | ast.Constant) for each in indices):
                    return f"{self.text(base)}[{','.join(ast.unparse(each) for each in indices)}]"
        raise self.refuse(
            node,
            f"An expression of the kind {type(node).__name__} has no agreed mathematical notation.",
            "Write + - * /, names, numbers, known functions, and u if v else w; an index is a name.",
        )

    # ------------------------------------------------------------------------------------------- expressions
    def expression(self, node: ast.expr) -> Node:
        span = self.code.span(node)
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Node("negative", (self.expression(operand),), span=span)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return Node(BINARY[type(op)], self.expressions((left, right)), span=span)
            case ast.BinOp(op=ast.Pow()):
                raise self.refuse(node, "x**2 and x*x are not always the same float.", "Write square(x), or a product.")
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISON | AMONG:
                return Node((COMPARISON | AMONG)[type(op)], self.expressions((left, right)), span=span)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Node("cases", self.expressions((body, test, orelse)), span=span)
            case ast.Call(func=ast.Name(id=function), args=[ast.GeneratorExp() as each], keywords=[]) if (
                function in BINDERS
            ):
                clauses = (self.clause(node, clause.target, clause.iter) for clause in unfiltered(self, each))
                return Node(
                    BINDERS[function], text=" for ".join(clauses), parts=(self.expression(each.elt),), span=span
                )
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                return self.call(node, function, arguments, span)
        return self.symbol(node, self.text(node))

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
        if function in ONE_NUMBER and len(arguments) != 1:
            raise self.refuse(node, f"{function} is a function of one number.", f"Write {function}(u).")
        parts = self.expressions(arguments)
        if function == "square":
            return Node("power", (*parts, number(2)), span=span)
        if function == "power":
            return Node("power", parts, span=span)
        return Node("call", parts, function, span)


def every_argument(function: ast.FunctionDef) -> list[ast.arg]:
    """Return what a function takes, by place or by name."""
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def begun(value: ast.expr) -> bool:
    """Tell whether a value is what formulas below will fill: {}, or a copy, dict(x)."""
    match value:
        case ast.Dict(keys=[]) | ast.Call(func=ast.Name(id="dict"), args=[_], keywords=[]):
            return True
    return False


def unfiltered(reader: _Reader, each: ast.GeneratorExp) -> list[ast.comprehension]:
    """Return the clauses of a sum; refuse one that leaves terms out."""
    if any(clause.ifs for clause in each.generators):
        raise reader.refuse(each, "A sum with `if` hides which terms it has.", "Write a term that is 0 otherwise.")
    if any(clause.is_async for clause in each.generators):
        raise reader.refuse(each, "A sum that waits (`async for`) has no notation.", "Write for i in names.")
    return each.generators


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
