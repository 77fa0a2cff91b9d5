"""The reference is its formulas: a function of `necessary` against the formulas read from it, without tolerance.

The *printed* formulas are read back and computed by a walk of their own, over dictionaries and sets; the function runs
from its source, each literal in it a number made of its text. Both on the same small arguments, twice:

1. By value, in fractions. exp and the like have no exact values: in their place stands any fraction, fixed by the
   arguments.
2. By record: every number is a symbol that writes down what is done to it. So a + b is not b + a.

`check` holds one function to its formulas; `survivors` plants every fault it can, and returns those that nothing found.
"""

import ast
import inspect
import operator
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce
from types import CodeType, ModuleType
from typing import Any

from neuronwise.checks.faults import Fault, faults
from neuronwise.checks.formula_is_code import opaque
from neuronwise.checks.recording import Recorder, Run, all_runs
from neuronwise.mathematics.from_code import Code
from neuronwise.mathematics.printers import mathml, plain
from neuronwise.mathematics.readers import read_mathml
from neuronwise.mathematics.tree import Node, clauses, code_name, split
from neuronwise.necessary import elementary, error, graph, learning, neuron

Env = dict[str, Any]  # name -> a number, a dictionary of numbers, or what a sum runs over
Function = Callable[..., Any]
ROOM = (error, neuron, learning)  # the files that hold formulas of networks, each after those it needs
FORMULAS = {
    error: tuple(f.__name__ for pair in error.ERRORS.values() for f in pair),
    neuron: (
        "net_input",
        *(
            f.__name__
            for pair in (neuron.ACTIVATIONS | neuron.TOGETHER).values()
            for f in pair
            if f.__module__ == neuron.__name__  # tanh, sin and cos are elementary: they have no formula
        ),
    ),
    learning: ("feed_forward", "backpropagate", "update", "mean"),
}
CHOOSERS = ("activation", "slope", "own_slope")  # of `learning`: they look a formula up, and are none
DRAWS = 12
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "plus": operator.add, "minus": operator.sub, "times": operator.mul, "over": operator.truediv,
    "greater": operator.gt, "less": operator.lt,
}  # fmt: skip


class UnlikeError(ValueError):
    """A function of the reference and its formulas differ: which function, and where."""


@cache
def code_of(module: ModuleType) -> Code:
    """Return the code of a file of the reference."""
    return Code(source_of(module), f"{module.__name__.rpartition('.')[2]}.py")


class World:
    """The reference, run from its source with another kind of number: `number` makes one of a literal's text.

    `called` gives what stands in for a function without exact values; `instead` holds a text for a file.
    """

    def __init__(
        self,
        number: Callable[[str], Any],
        called: Callable[[str], Function],
        instead: Mapping[ModuleType, str] | None = None,
    ) -> None:
        self.number = number
        self.names: Env = {
            **{text: called(text) for text in ("sign", "exp", "log", "tanh", "sin", "cos", "erf")},
            "square": elementary.square,
            "Values": elementary.Values,
            "total": self.total,
            "len": lambda items: number(str(len(items))),
            "__name__": graph.__name__,
            "Graph": graph.Graph,
            "Group": graph.Group,
            "abs": abs,
            "max": max,
            "_number_": number,
        }
        for module in ROOM:
            exec(compiled(module.__name__, (instead or {}).get(module) or source_of(module)), self.names)  # noqa: S102 - our own

    def total(self, terms: Iterator[Any]) -> Any:  # noqa: ANN401 - whatever is added
        """Add from left to right, as `total` does; the 0 of no terms is a number of this world."""
        every = list(terms)
        return elementary.total(every) if every else self.number("0")


@cache
def source_of(module: ModuleType) -> str:
    """Return the text of a file of the reference."""
    return inspect.getsource(module)


@cache
def compiled(file: str, source: str) -> CodeType:
    """Return a file of the reference, ready to run with numbers made of its literals."""
    return compile(ast.fix_missing_locations(_Literals(source).visit(ast.parse(source))), file, "exec")


class _Literals(ast.NodeTransformer):
    """Makes numbers of literals; the imports of the room are given."""

    def __init__(self, source: str) -> None:
        self.source = source

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        return None if (node.module or "").startswith("neuronwise") else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        return node  # an index counts, it does not measure

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if type(node.value) not in (int, float):
            return node
        text = ast.Constant(ast.get_source_segment(self.source, node))
        return ast.Call(ast.Name("_number_", ast.Load()), [text], [])


@dataclass(frozen=True, slots=True)
class Walk:
    """Computes formulas over dictionaries and sets; it shares nothing with how code is read or run."""

    functions: Mapping[str, Function]
    number: Callable[[str], Any]

    def value(self, node: Node, env: Env) -> Any:  # noqa: ANN401 - a fraction, or a symbol that records
        """Return the value of a formula."""
        parts = node.parts
        if node.kind in ("name", "total"):
            return looked_up(str(code_name(node)), env)
        if node.kind in ("same", "member"):
            left, right = (looked_up(part.text, env) for part in parts)
            return left == right if node.kind == "same" else left in right
        if node.kind in ("sum", "largest"):
            return self.gathered(node.kind, [self.value(parts[0], inner) for inner in bound(node.text, env)])
        if node.kind == "cases":
            return self.value(parts[0] if self.value(parts[1], env) else parts[2], env)
        if node.kind == "power":
            return reduce(operator.mul, [self.value(parts[0], env)] * int(parts[1].text))
        if node.kind == "number":
            return self.number(node.text)
        values = [self.value(part, env) for part in parts]
        if node.kind == "negative":
            return -values[0]
        return self.functions[node.text](*values) if node.kind == "call" else reduce(SIGNS[node.kind], values)

    def gathered(self, kind: str, values: Sequence[Any]) -> Any:  # noqa: ANN401
        """Return the sum, from left to right, or the largest."""
        if kind == "largest":
            return max(values)
        return reduce(operator.add, values) if values else self.number("0")

    def run(self, formulas: Sequence[Node], env: Env) -> Any:  # noqa: ANN401
        """Compute one formula after the other, each known to the next; return the last value."""
        value = None
        for formula in formulas:
            if formula.kind == "each":
                for inner in bound(formula.text, env):
                    self.run(formula.parts, inner)
                continue
            left, right = formula.parts
            value = self.value(right, env)
            if left.kind != "call":
                put(str(code_name(left)), value, env)
        return value


def looked_up(text: str, env: Env) -> Any:  # noqa: ANN401
    """Return what a symbol stands for: w[p] is what w holds for what p stands for.

    >>> looked_up("w[p]", {"w": {"v": 2}, "p": "v"})
    2
    """
    base, indices = split(text.removeprefix("reversed "))
    found = env[base]
    for index in indices:
        found = found[int(index) if index.isdecimal() else env[index]]
    return found[::-1] if text.startswith("reversed ") else found


def put(text: str, value: object, env: Env) -> None:
    """Give a symbol its value; a dictionary is copied, as dict(x) does."""
    base, indices = split(text)
    if indices:
        env[base][env[indices[0]]] = value
    else:
        env[base] = dict(value) if isinstance(value, dict) else value


def bound(text: str, env: Env) -> Iterator[Env]:
    """Yield the surroundings of each term of `i, p in edges`; of two clauses, all pairs.

    >>> [inner["i"] for inner in bound("i, p in edges", {"edges": [("x", "v"), ("h", "w")]})]
    ['x', 'h']
    """
    (variables, over), *_ = clauses(text)
    rest = text.partition(" for ")[2]
    for item in looked_up(over, env):
        items = item if len(variables) > 1 else (item,)
        inner = {**env, **dict(zip(variables, items, strict=True))}
        inner |= item._asdict() if hasattr(item, "_asdict") else {}
        yield from bound(rest, inner) if rest else (inner,)


# ------------------------------------------------------------------------------------------------- arguments
NAMES, WEIGHTS = ("one", "two", "six"), ("p1", "p2", "p3")
SETS: Env = {
    "edges": (("one", "p1"), ("two", "p2"), ("one", "p3")),
    "outputs": ("six", "one"),  # neither all that has an activation, nor in the same order
    "together": NAMES[:2],
    "learning": ("p1", "p3"),
}


def graphs() -> list[graph.Graph]:
    """Return small networks with everything in them: a skip, a shared weight, a product, a softmax, no edges at all."""
    edge, net, cell = graph.Edge, graph.NetInput, graph.Neuron
    h = cell("h", (net("h", (edge("x", "p1"), edge("y", "p2")), "q1"),), "relu")
    lone = cell("lone", (net("lone", (), "q1"),))
    product = cell(
        "m", (net("m.1", (edge("h", "p1"), edge("x", "p3")), "q2"), net("m.2", (edge("x", "p2"),), "q3")), "product"
    )
    one = cell("o1", (net("o1", (edge("m", "p4"), edge("h", "p5")), "q4"),), "softmax", "s")
    two = cell("o2", (net("o2", (edge("h", "p1"), edge("lone", "p6")), "q5"),), "softmax", "s")
    return [
        graph.Graph([h, lone, product, one, two]),
        graph.Graph([h, cell("o1", one.net_inputs, "identity"), product]),
    ]


def keys(text: str, env: Env, lot: random.Random) -> Sequence[str]:
    """Return the names for which a dictionary of this name has numbers."""
    if "graph" in env:
        names = ["x", "y", *(name for g in env["order"] for name in dict.fromkeys(g.neurons + g.net_inputs))]
        targets = tuple(lot.sample(names[2:], 2))
        return {"w": tuple(env["uses"]), "b": tuple(env["biased"]), "x": ("x", "y"), "t": targets}.get(text, names)
    return WEIGHTS if text in ("w", "v", "dE_dv") else NAMES


def arguments(code: Code, function: str, formulas: Sequence[Node], lot: random.Random, drawn: Function) -> Env:
    """Return arguments for a function of the room, by the names of its parameters; `drawn` makes a number of a name."""
    leaves = [code_name(leaf) or "" for formula in formulas for leaf in formula.nodes()]
    dictionaries = {split(leaf)[0] for leaf in leaves if "[" in leaf}
    parameters = [argument.arg for argument in code.functions[function].args.args]
    env: Env = {}
    if "graph" in parameters:
        env["graph"] = lot.choice(graphs())
        env |= vars(env["graph"])
        dictionaries |= {"w", "b", "x", "t", "z", "a"}
    for text in parameters:
        if text in SETS:
            env[text] = SETS[text]
        elif text in ("o", "j", "k"):
            env[text] = lot.choice(NAMES[:2])
        elif text == "error":
            env[text] = lot.choice([name for name in error.ERRORS if "entropy" not in name])
        elif text == "slopes":
            env[text] = [{p: drawn(f"s{n}[{p}]") for p in WEIGHTS} for n in range(3)]
        elif text in dictionaries:
            env[text] = {key: drawn(f"{text}[{key}]") for key in keys(text, env, lot)}
        elif text not in env:
            env[text] = drawn(text)
    return env


# ------------------------------------------------------------------------------------------------- comparison
@dataclass(frozen=True, slots=True)
class Pair:
    """A function of the reference and its formulas as they are printed, about to be compared."""

    code: Code
    function: str
    formulas: tuple[Node, ...]

    @property
    def parameters(self) -> list[str]:
        """The names of what the function takes."""
        return [argument.arg for argument in self.code.functions[self.function].args.args]

    @property
    def filled(self) -> list[str]:
        """The names of the dictionaries that the function hands back, if it fills some."""
        match self.code.functions[self.function].body[-1]:
            case ast.Return(value=ast.Call(func=ast.Name(id=made), args=results)) if made in ("Passed", "Slopes"):
                names = [ast.unparse(each) for each in results]
            case ast.Return(value=ast.Name(id=text)):
                names = [text]
            case _:
                names = [self.function]
        return [text for text in names if text in FILLED]

    def of_code(self, world: World, env: Env) -> Any:  # noqa: ANN401 - numbers, or dictionaries of them
        """Return what the code gives."""
        returned = world.names[self.function](*(env[text] for text in self.parameters))
        if not self.filled:
            return returned
        return dict(zip(self.filled, returned if isinstance(returned, tuple) else [returned], strict=True))

    def of_formulas(self, world: World, env: Env) -> Any:  # noqa: ANN401
        """Return what the formulas give."""
        inner: Env = {text: {} for text in FILLED if text not in self.parameters}
        inner |= {text: world.names[text] for text in CONSTANTS} | env
        value = Walk(world.names, world.number).run(self.formulas, inner)
        return {text: inner[text] for text in self.filled} or value

    def by_value(self, instead: Mapping[ModuleType, str]) -> int:
        """Compare values, in fractions."""
        truth = World(Fraction, opaque)
        tried = World(Fraction, opaque, instead) if instead else truth
        lot = random.Random(self.function)  # noqa: S311 - chance, not secrecy
        for _ in range(DRAWS):
            env = self.drawn(lot, lambda _: Fraction(lot.randint(-9, 9), lot.randint(1, 4)))
            with suppress(ZeroDivisionError):
                self.compare(self.of_code(tried, env), self.of_formulas(truth, env))
        return DRAWS

    def by_record(self, instead: Mapping[ModuleType, str]) -> int:
        """Compare what is done to symbols, for every way to answer the questions on the way."""

        def recorded(compute: Function, given: Mapping[ModuleType, str]) -> Callable[[Run], list[Recorder]]:
            def of(run: Run) -> list[Recorder]:
                env = self.drawn(random.Random(self.function), run.symbol)  # noqa: S311 - chance, not secrecy
                return list(flat(compute(World(run.number, run.function, given), env), run))

            return of

        by_code = dict(all_runs(recorded(self.of_code, instead)))
        by_formula = dict(all_runs(recorded(self.of_formulas, {})))
        for answers in (*by_code, *by_formula):
            self.compare(by_code.get(answers), by_formula.get(answers))
        return len(by_code)

    def drawn(self, lot: random.Random, number: Function) -> Env:
        """Return arguments."""
        return arguments(self.code, self.function, self.formulas, lot, number)

    def compare(self, by_code: object, by_formula: object) -> None:
        """Refuse what differs."""
        if by_code != by_formula:
            lines = "; ".join(plain(formula) for formula in self.formulas)
            message = (
                f"{self.code.file}, {self.function}: expected formula and code to give the same.\n"
                f"    the code     gives  {by_code}\n    {lines}  gives  {by_formula}"
            )
            raise UnlikeError(message)


CONSTANTS = ("TINY", "SQRT_HALF", "DENSITY")
FILLED = ("z", "a", "dE_da", "dE_dz", "dE_dw", "dE_db", "new", "mean")  # dictionaries that formulas fill


def flat(result: Any, run: Run) -> Iterator[Recorder]:  # noqa: ANN401 - numbers, or dictionaries of them
    """Yield the numbers of a result, one after the other, behind the names they have."""
    if isinstance(result, dict):
        for key in result:
            yield run.symbol(key)
            yield from flat(result[key], run)
    elif isinstance(result, Recorder):
        yield result
    else:
        yield run.number(str(result))


def check(module: ModuleType, function: str, source: str = "") -> int:
    """Hold a function to the formulas read from it; return in how many ways both were run.

    `source` is a text that takes the file's place, while the formulas stay: a planted fault must be found.
    Errors   UnlikeError: they differ

    >>> check(neuron, "softplus") > DRAWS
    True
    """
    pair = pair_of(module, function)
    instead = {module: source} if source else {}
    return pair.by_value(instead) + pair.by_record(instead)


@cache
def pair_of(module: ModuleType, function: str) -> Pair:
    """Return a function with the formulas that are printed of it."""
    code = code_of(module)
    return Pair(code, function, tuple(printed(formula) for formula in code.formulas(function)))


def survivors(module: ModuleType, function: str, within: Sequence[str] = ()) -> list[Fault]:
    """Plant every fault in a function, one at a time; return those that nothing found.

    `within` are the functions that show what it does, where it has no formula of its own.
    """
    shown = within or (function,)
    every = faults(code_of(module), function)
    return [fault for fault in every if not any(found(module, each, fault.source) for each in shown)]


def found(module: ModuleType, function: str, source: str) -> bool:
    """Tell whether a text in place of a file makes a function differ from its formulas, or fail."""
    try:
        check(module, function, source)
    except Exception:  # noqa: BLE001 - a fault may raise anything: each of it is a fault that was found
        return True
    return False


def printed(formula: Node) -> Node:
    """Return a formula as it is read from print; what holds for each keeps that, and its formulas are printed."""
    if formula.kind == "each":
        return Node("each", tuple(printed(part) for part in formula.parts), formula.text)
    return read_mathml(mathml(formula, display=True))
