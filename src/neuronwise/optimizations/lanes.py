"""Samples as lanes: a Python function of one number, compiled for a whole vector of samples.

Idea         a neuron does the same to each sample, so eight samples can go side by side, each in a lane of a register.
Allowed      always: each lane does the operations of the Python function in its order, so the bits are the same.
Costs        both sides of a choice are computed, and each lane keeps the one that is its own.
Differs from the function it compiles: nothing; it is read from that function's source, not written again.
Label        optimization: test_a_lane_gives_what_the_function_gives_for_one_number

What a function may consist of: names, + − · / %, comparisons, `a if c else b`, `if c: return a`, loops over what is
known beforehand, tuples, and calls of such functions. Whatever does not depend on a lane is computed by Python itself.
"""

import ast
import inspect
import math
import operator
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from llvmlite import ir

Value = Any  # a number of Python, a vector of LLVM, or a tuple or list of such

PYTHON: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Mod: operator.mod, ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
FLOAT: dict[type[ast.AST], str] = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}
WHOLE: dict[type[ast.AST], str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul"}
RELATION = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
INT, BIT, DOUBLE = ir.IntType(32), ir.IntType(1), ir.DoubleType()
VECTOR = 64  # bytes: one cache line, one AVX-512 register; narrower machines split it


class UncompilableError(ValueError):
    """A function with something in it that has no meaning for lanes."""


@cache
def source(function: Callable[..., Any]) -> ast.FunctionDef:
    """Return the syntax tree of a function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        message = f"expected a function; got {ast.unparse(tree)}"
        raise UncompilableError(message)
    return tree


class Lanes:
    """Writes the instructions of a function, at the place where an LLVM builder stands.

    `instead`: what some names mean in it, other than in Python.
    """

    scalar, width, digits, bias = DOUBLE, 64, 52, 1023  # the numbers: their bits, those of the fraction, 2⁰ as bits

    def __init__(self, build: ir.IRBuilder, lanes: int, instead: Mapping[str, Any] | None = None) -> None:
        self.build, self.lanes, self.instead = build, lanes, instead or {}
        self.numbers, self.wholes = ir.VectorType(self.scalar, lanes), ir.VectorType(INT, lanes)
        self.bits, self.longs = ir.VectorType(BIT, lanes), ir.VectorType(ir.IntType(self.width), lanes)
        self.active = ir.Constant(self.bits, [1] * lanes)  # the lanes that have not returned yet

    # ------------------------------------------------------------------------------------------- functions
    def call(self, function: Callable[..., Any], arguments: Sequence[Value]) -> Value:
        """Return what a function gives for arguments that differ from lane to lane."""
        tree = source(function)
        names = [parameter.arg for parameter in (*tree.args.args, *tree.args.kwonlyargs)]
        before = self.active
        known = {**_globals(function), **self.instead}
        result = self.body(tree.body, dict(zip(names, arguments, strict=True)), known)
        self.active = before
        return result

    def body(self, statements: Sequence[ast.stmt], names: dict[str, Value], known: Mapping[str, Any]) -> Value:
        """Return what some statements return."""
        for n, statement in enumerate(statements):
            match statement:
                case ast.Return(value=expression) if expression:
                    return self.value(expression, names, known)
                case ast.If(test=test, body=then, orelse=[]):
                    condition = self.value(test, names, known)
                    if not isinstance(condition, ir.Value):
                        rest = [*then, *statements[n + 1 :]] if condition else statements[n + 1 :]
                        return self.body(rest, names, known)
                    found = self.body(then, dict(names), known)
                    self.active = self.build.and_(self.active, self.build.not_(condition))
                    return self.chosen(condition, found, self.body(statements[n + 1 :], names, known))
                case ast.For(target=target, iter=iterable, body=inner, orelse=[]):
                    for item in self.value(iterable, names, known):
                        self.assign(target, item, names)
                        self.body(inner, names, known)
                case ast.Assign(targets=[target], value=expression) | ast.AnnAssign(target=target, value=expression):
                    if expression:
                        self.assign(target, self.value(expression, names, known), names)
                case ast.Expr(value=ast.Constant()):
                    pass  # a docstring
                case _:
                    raise _refused(statement)
        return None

    def assign(self, target: ast.expr, value: Value, names: dict[str, Value]) -> None:
        """Give names their values."""
        match target:
            case ast.Name(id=name):
                names[name] = value
            case ast.Tuple(elts=targets):
                for each, part in zip(targets, value, strict=True):
                    self.assign(each, part, names)
            case _:
                raise _refused(target)

    # ----------------------------------------------------------------------------------------- expressions
    def value(self, node: ast.expr, names: dict[str, Value], known: Mapping[str, Any]) -> Value:
        """Return the value of an expression."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return names[name] if name in names else known[name]
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.value(part, names, known) for part in parts)
            case ast.BinOp(left=left, op=op, right=right):
                return self.combined(type(op), self.value(left, names, known), self.value(right, names, known))
            case ast.UnaryOp(op=op, operand=inner):
                return self.turned(type(op), self.value(inner, names, known))
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self.compared(ops, [self.value(each, names, known) for each in (left, *others)])
            case ast.IfExp(test=test, body=then, orelse=otherwise):
                return self.either(self.value(test, names, known), then, otherwise, (names, known))
            case ast.Subscript(value=whole, slice=place):
                return self.item(self.value(whole, names, known), self.place(place, names, known))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=named):
                given = [self.value(each, names, known) for each in arguments]
                more = {each.arg or "": self.value(each.value, names, known) for each in named}
                return self.called(names.get(name, known.get(name)), given, more)
        raise _refused(node)

    def place(self, node: ast.expr, names: dict[str, Value], known: Mapping[str, Any]) -> Value:
        """Return a place in a list, or a slice of it."""
        if not isinstance(node, ast.Slice):
            return self.value(node, names, known)
        return slice(*(each and self.value(each, names, known) for each in (node.lower, node.upper, node.step)))

    def either(
        self, test: Value, then: ast.expr, otherwise: ast.expr, scope: tuple[dict[str, Value], Mapping[str, Any]]
    ) -> Value:
        """Return one of two values: in each lane its own, unless the test is the same in all."""
        if not isinstance(test, ir.Value):
            return self.value(then if test else otherwise, *scope)
        if test.type == self.numbers:  # a number counts as true unless it is 0
            test = self.build.fcmp_unordered("!=", test, self.number(0))
        return self.chosen(test, self.value(then, *scope), self.value(otherwise, *scope))

    def called(self, function: Any, given: list[Value], named: dict[str, Value]) -> Value:
        """Return what a call gives: one of the basic functions, one of Python alone, or one that is read."""
        if not any(map(_differs, (*given, *named.values()))):
            return function(*given, **named)
        basic = BASIC.get(function)
        return basic(self, *given) if basic else self.call(function, [*given, *named.values()])

    def combined(self, op: type[ast.AST], u: Value, v: Value) -> Value:
        """Return u + v and the like; a whole number meets a float as a float."""
        if not (isinstance(u, ir.Value) or isinstance(v, ir.Value)):
            return PYTHON[op](u, v)
        if not any(isinstance(getattr(each, "type", None), ir.VectorType) for each in (u, v)):
            u, v = (each if isinstance(each, ir.Value) else DOUBLE(each) for each in (u, v))
            return getattr(self.build, FLOAT[op])(u, v)
        whole = all(isinstance(each, int) or getattr(each, "type", None) == self.wholes for each in (u, v))
        if whole and op is ast.Mod and isinstance(v, int) and v & (v - 1) == 0:
            return self.build.and_(u, self.whole(v - 1))  # of a power of two, the rest is the last bits
        if whole and op in WHOLE:
            return getattr(self.build, WHOLE[op])(self.whole(u), self.whole(v))
        return getattr(self.build, FLOAT[op])(self.number(u), self.number(v))

    def turned(self, op: type[ast.AST], u: Value) -> Value:
        """Return −u, or not u."""
        if not isinstance(u, ir.Value):
            return (not u) if op is ast.Not else PYTHON[op](u)
        return (
            self.build.not_(u) if op is ast.Not else self.build.neg(u) if u.type == self.wholes else self.build.fneg(u)
        )

    def compared(self, ops: Sequence[ast.cmpop], values: Sequence[Value]) -> Value:
        """Return whether all relations hold; with what is no number, none but ≠ does."""
        found: Value = True
        for op, u, v in zip(ops, values, values[1:], strict=False):
            if isinstance(u, ir.Value) or isinstance(v, ir.Value):
                compare = self.build.fcmp_unordered if isinstance(op, ast.NotEq) else self.build.fcmp_ordered
                one = compare(RELATION[type(op)], self.number(u), self.number(v))
                found = one if found is True else self.build.and_(found, one)
            elif not _RELATIONS[type(op)](u, v):
                return False
        return found

    def chosen(self, condition: ir.Value, then: Value, otherwise: Value) -> Value:
        """Return for each lane one of two values."""
        if isinstance(then, tuple):
            return tuple(self.chosen(condition, u, v) for u, v in zip(then, otherwise, strict=True))
        whole = any(getattr(each, "type", None) == self.wholes for each in (then, otherwise))
        cast = self.whole if whole else self.number
        return self.build.select(condition, cast(then), cast(otherwise))

    def item(self, whole: Value, place: Value) -> Value:
        """Return an item; where the place differs from lane to lane, each lane takes its own."""
        if not isinstance(place, ir.Value):
            return whole[place]
        if any(map(_differs, whole)):
            found = whole[-1]
            for n, value in enumerate(whole[:-1]):
                found = self.chosen(self.build.icmp_signed("==", place, self.whole(n)), value, found)
            return found
        inside = self.build.select(self.active, place, self.whole(0))  # a lane that is done looks nowhere
        return self.gathered(whole, [self.build.extract_element(inside, INT(n)) for n in range(self.lanes)])

    def gathered(self, rows: Sequence[Any], places: Sequence[ir.Value]) -> Value:
        """Return for each lane the row at its place, of rows that are numbers, or tuples and lists of such."""
        if isinstance(rows[0], Sequence):
            return tuple(self.gathered(column, places) for column in zip(*rows, strict=True))
        kind = ir.ArrayType(self.scalar, len(rows))
        table = ir.GlobalVariable(self.build.module, kind, self.build.module.get_unique_name("table"))
        table.global_constant, table.linkage, table.initializer = True, "internal", ir.Constant(kind, list(rows))
        found = ir.Constant(self.numbers, ir.Undefined)
        for n, place in enumerate(places):
            found = self.build.insert_element(found, self.build.load(self.build.gep(table, [INT(0), place])), INT(n))
        return found

    # --------------------------------------------------------------------------------------------- vectors
    def number(self, u: Value) -> ir.Value:
        """Return a value as a vector of floats."""
        if not isinstance(u, ir.Value):
            return ir.Constant(self.numbers, [float(u)] * self.lanes)
        if u.type == self.scalar:
            return self.filled(u)  # a number that all lanes have in common
        return self.build.sitofp(u, self.numbers) if u.type == self.wholes else u

    def whole(self, u: Value) -> ir.Value:
        """Return a value as a vector of whole numbers."""
        return u if isinstance(u, ir.Value) else ir.Constant(self.wholes, [u] * self.lanes)

    def intrinsic(self, name: str, *given: ir.Value) -> ir.Value:
        """Return what an instruction of LLVM gives that has no sign of its own."""
        kind = ir.FunctionType(given[0].type, [each.type for each in given])
        full = f"llvm.{name}.{f'v{self.lanes}' * isinstance(given[0].type, ir.VectorType)}f{self.width}"
        return self.build.call(self.build.module.globals.get(full) or ir.Function(self.build.module, kind, full), given)

    def power_of_two(self, k: ir.Value) -> ir.Value:
        """Return 2ᵏ, for a whole number k so near 0 that it is an ordinary float."""
        wide = self.build.sext(k, self.longs) if self.longs != self.wholes else k
        raised = self.build.add(wide, self.spread(self.bias))
        return self.build.bitcast(self.build.shl(raised, self.spread(self.digits)), self.numbers)

    def filled(self, u: ir.Value) -> ir.Value:
        """Return a vector with one value in all lanes."""
        kind = ir.VectorType(u.type, self.lanes)
        first = self.build.insert_element(ir.Constant(kind, ir.Undefined), u, INT(0))
        return self.build.shuffle_vector(first, ir.Constant(kind, ir.Undefined), self.whole(0))

    def load(self, place: ir.Value, inside: ir.Value) -> ir.Value:
        """Return the numbers at a place, for the lanes that are inside; 0 for the others."""
        kind = ir.VectorType(place.type.pointee, self.lanes)
        found = self._masked("load", place, inside, ir.Constant(kind, [0.0] * self.lanes))
        return found if kind == self.numbers else self.build.fpext(found, self.numbers)

    def store(self, u: Value, place: ir.Value, inside: ir.Value) -> None:
        """Put numbers at a place, for the lanes that are inside."""
        kind, number = ir.VectorType(place.type.pointee, self.lanes), self.number(u)
        self._masked("store", place, inside, number if kind == self.numbers else self.build.fptrunc(number, kind))

    def _masked(self, what: str, place: ir.Value, inside: ir.Value, u: ir.Value) -> ir.Value:
        size = 8 if place.type.pointee == DOUBLE else 4
        at = self.build.bitcast(place, u.type.as_pointer())
        given = (at, INT(size), inside, u) if what == "load" else (u, at, INT(size), inside)
        kind = ir.FunctionType(u.type if what == "load" else ir.VoidType(), [each.type for each in given])
        full = f"llvm.masked.{what}.v{self.lanes}f{8 * size}.p0"
        known = self.build.module.globals.get(full)
        return self.build.call(known or ir.Function(self.build.module, kind, full), given)

    def spread(self, n: int) -> ir.Constant:
        """Return one whole number in all lanes, as wide as a float."""
        return ir.Constant(self.longs, [n] * self.lanes)


class Narrow(Lanes):
    """The same for numbers of 32 bits."""

    scalar, width, digits, bias = ir.FloatType(), 32, 23, 127


def _differs(value: Value) -> bool:
    """Tell whether a value differs from lane to lane."""
    return any(map(_differs, value)) if isinstance(value, tuple) else isinstance(value, ir.Value)


def _globals(function: Callable[..., Any]) -> Mapping[str, Any]:
    return {**vars(math), **__builtins__, **inspect.unwrap(function).__globals__}  # type: ignore[dict-item]


def _refused(node: ast.AST) -> UncompilableError:
    return UncompilableError(f"expected what lanes can compute; got {ast.unparse(node)}")


def over_samples(
    build: ir.IRBuilder,
    function: Callable[..., Any],
    given: Sequence[ir.Value],
    results: Sequence[ir.Value],
    n: ir.Value,
    common: Sequence[ir.Value] = (),
    kind: Callable[[ir.IRBuilder, int], Lanes] = Lanes,
) -> None:
    """Write a loop: at `results` what a function gives for n numbers at each of `given`, a vector at a time.

    The function's last arguments are `common` to all lanes.
    The last vector may be shorter: what lies behind it is neither read nor written. Numbers of 32 bits are computed in
    64 and rounded at the end, so they are as near as 32 bits can be, unless another `kind` of lanes is asked for.
    """
    lanes = kind(build, VECTOR // (8 if given[0].type.pointee == DOUBLE else 4))
    long, before = ir.IntType(64), build.block
    loop, body, after = (build.append_basic_block(name) for name in ("loop", "body", "after"))
    build.branch(loop)
    build.position_at_end(loop)
    i = build.phi(long)
    i.add_incoming(long(0), before)
    build.cbranch(build.icmp_signed("<", i, n), body, after)
    build.position_at_end(body)
    count = build.trunc(build.sub(n, i), INT)
    each = ir.Constant(lanes.wholes, list(range(lanes.lanes)))
    inside = build.icmp_signed("<", each, lanes.filled(count))
    found = lanes.call(function, [*(lanes.load(build.gep(u, [i]), inside) for u in given), *common])
    for result, values in zip(results, found if isinstance(found, tuple) else (found,), strict=False):
        lanes.store(values, build.gep(result, [i]), inside)
    i.add_incoming(build.add(i, long(lanes.lanes)), build.block)
    build.branch(loop)
    build.position_at_end(after)


# ---------------------------------------------------------------------------------------------- basic functions
def _absolute(lanes: Lanes, u: ir.Value) -> ir.Value:
    return lanes.intrinsic("fabs", u)


def _root(lanes: Lanes, u: ir.Value) -> ir.Value:
    return lanes.intrinsic("sqrt", u)


def _towards_zero(lanes: Lanes, u: ir.Value) -> ir.Value:
    return lanes.build.fptosi(u, lanes.wholes)


def _signed_like(lanes: Lanes, u: Value, v: ir.Value) -> ir.Value:
    return lanes.intrinsic("copysign", lanes.number(u), v)


def _scaled(lanes: Lanes, u: ir.Value, k: ir.Value) -> ir.Value:
    """u·2ᵏ in two steps: the first is exact, so that the result is rounded once, even if it is tiny."""
    half = lanes.build.ashr(k, lanes.whole(1))
    rest = lanes.build.sub(k, half)
    return lanes.build.fmul(lanes.build.fmul(lanes.number(u), lanes.power_of_two(half)), lanes.power_of_two(rest))


def _taken_apart(lanes: Lanes, u: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Mantissa m and exponent k with u = m·2ᵏ and ½ ≤ m < 1, for u > 0."""
    build = lanes.build
    digits, bias, more = lanes.digits, lanes.bias - 1, lanes.digits + 2
    tiny = build.fcmp_ordered("<", u, lanes.number(2.0**-bias))
    bits = build.bitcast(build.select(tiny, build.fmul(u, lanes.number(2.0**more)), u), lanes.longs)
    exponent = build.lshr(bits, lanes.spread(digits))
    exponent = build.trunc(exponent, lanes.wholes) if lanes.longs != lanes.wholes else exponent
    k = build.sub(exponent, build.select(tiny, lanes.whole(bias + more), lanes.whole(bias)))
    mantissa = build.or_(build.and_(bits, lanes.spread(2**digits - 1)), lanes.spread(bias << digits))
    return build.bitcast(mantissa, lanes.numbers), k


def _divided(lanes: Lanes, u: ir.Value, step: float) -> tuple[ir.Value, ir.Value]:
    """How often a power of two goes into u ≥ 0, and what is left: both are exact."""
    k = lanes.intrinsic("floor", lanes.build.fmul(u, lanes.number(1 / step)))
    return k, lanes.build.fsub(u, lanes.build.fmul(k, lanes.number(step)))


def _larger(lanes: Lanes, u: Value, v: Value) -> ir.Value:
    """The larger one, as Python's max has it: the first, unless the second is greater."""
    u, v = lanes.number(u), lanes.number(v)
    return lanes.build.select(lanes.build.fcmp_ordered(">", v, u), v, u)


BASIC: dict[Any, Callable[..., Value]] = {
    abs: _absolute, int: _towards_zero, max: _larger, divmod: _divided,
    math.sqrt: _root, math.copysign: _signed_like, math.ldexp: _scaled, math.frexp: _taken_apart,
}  # fmt: skip
_RELATIONS = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
