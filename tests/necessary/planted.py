"""Faults planted in `elementary` and `graph`: what no formula shows is shown by the bits, and by networks of any shape.

A fault is found if a result differs, if something else is raised, or if it does not come to an end. `SAME` lists all
that is not found, with the reason why it is no fault: as often as it says, and no more.
"""

import ast
import gc
import inspect
import math
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

from fingerprint import FUNCTIONS, arguments
from ulps import seams

from neuronwise.checks.faults import CONSTANTS, Fault, faults
from neuronwise.mathematics.from_code import Code
from neuronwise.necessary import elementary, graph

LONGEST = 0.3  # seconds of computing for one program
BENT = {
    CONSTANTS: FUNCTIONS,
    "polynomial": FUNCTIONS,
    "tabulated": ("tanh", "erf"),
    "wave": ("sin", "cos"),
}  # which functions show them
SAME = {  # the function, and what is changed in it: how often, and why that changes nothing
    ("exp", "* instead of +"): (1, "infinity times what is larger than 1, or plus it, is infinity"),
    ("exp", "747 instead of 746"): (1, "between them the long way gives 0 too"),
    ("exp", "1 instead of 0"): (1, "no number from 0 to 1 comes there"),
    ("exp", "+ instead of -"): (1, "what the first sum lacks, the second brings"),
    ("tanh", "2 instead of True"): (1, "a yes as well"),
    ("tanh", "square instead of abs"): (1, "what comes there is large, or no number"),
    ("tanh", "1 instead of 0"): (1, "what comes there is large, or no number"),
    ("tanh", "k instead of _"): (1, "k is not needed any more"),
    ("tanh", "2 instead of 1"): (1, "the last coefficient is there for the table, and below the last bit here"),
    ("erf", "square instead of abs"): (1, "what comes there is large, or no number"),
    ("erf", "1 instead of 0"): (1, "what comes there is large, or no number"),
    ("erf", "14 instead of 13"): (1, "one coefficient more, below the last bit"),
    ("erf", "0 instead of 13"): (1, "all coefficients, those more below the last bit"),
    ("tabulated", "slope instead of ONE"): (1, "for erf it ends a little later: there all is 1"),
    ("tabulated", "55 instead of 54"): (1, "it ends a little later: there all is 1"),
    ("tabulated", "total instead of sum"): (3, "whole numbers may be added in any way"),
    ("tabulated", "21 instead of 20"): (1, "one 0 more"),
    ("tabulated", "1 instead of 0"): (1, "one part in 2¹²⁸"),
    (CONSTANTS, "10 instead of 9"): (2, "a term more of sine and of cosine, below the last bit"),
    (CONSTANTS, "15 instead of 14"): (1, "a term more of exp, below the last bit"),
    (CONSTANTS, "2 instead of 1"): (1, "no odd number lies between"),
    (CONSTANTS, "383967533763538142977158567454335403657 instead of 383967533763538142977158567454335403656"): (
        1,
        "one part in 2¹²⁸",
    ),
    ("CycleError", "0 instead of 1"): (1, "a cycle ends where it begins"),
    **{
        ("Graph", f"{name} instead of _"): (1, "a name that nobody asks for")
        for name in ("self", "neurons", "k", "q", "neuron")
    },
}
Names = dict[str, Any]


class EndlessError(Exception):
    """A program that goes on and on."""


@contextmanager
def time_limit() -> Iterator[None]:
    """Raise EndlessError in what takes too long.

    One that falls into a callback is lost: so it is raised again and again, and no garbage is collected meanwhile.
    """

    def ring(_: int, __: FrameType | None) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGVTALRM, ring)
    gc.disable()
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST, LONGEST / 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        gc.enable()
        signal.signal(signal.SIGVTALRM, before)


def survivors(module: ModuleType, function: str, shown: Callable[[Names], Iterator[str]]) -> Counter[str]:
    """Return the faults in a function, or in how a class is made, that a program's results do not show."""
    right = list(shown(vars(module)))
    every = planted(module, function)
    unfound = [fault.words for fault in every if unseen(fault.source, module.__name__, right, shown)]
    return Counter(words.partition(" in line")[0] for words in unfound)


def planted(module: ModuleType, function: str) -> list[Fault]:
    """Return every fault that can be planted in a function, or in how a class is made."""
    code = Code(inspect.getsource(module), f"{module.__name__.rpartition('.')[2]}.py")
    for node in code.tree.body:
        if isinstance(node, ast.ClassDef) and (making := made(node)):
            code.functions[node.name] = making
    return faults(code, function)


def made(node: ast.ClassDef) -> ast.FunctionDef | None:
    """Return how a class is made, if it says so."""
    return next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)


def unseen(source: str, name: str, right: list[str], shown: Callable[[Names], Iterator[str]]) -> bool:
    """Tell whether a program gives what the right one gives."""
    names: Names = {"__name__": name}
    try:
        with time_limit():
            exec(compile(source, name, "exec"), names)  # noqa: S102 - the reference, with one fault
            return all(a == b for a, b in zip(shown(names), right, strict=True))
    except Exception:  # noqa: BLE001 - a fault may raise anything
        return False


def expected(function: str) -> dict[str, int]:
    """Return what is known to change nothing in a function, and how often."""
    return {words: count for (where, words), (count, _) in SAME.items() if where == function}


# ------------------------------------------------------------------------------------------------- what is shown
NUMBERS = [0.0, -0.0, 1.0, -1.0, 6.0, -745.5, -746.0, 709.782712893384, 709.7827128933841, -1e300, 1e300, math.nan]


def of_numbers(function: str) -> Callable[[Names], Iterator[str]]:
    """Return what shows the bits of a function of `elementary`, or of those that are made of it."""

    def shown(names: Names) -> Iterator[str]:
        if function == "total":
            yield from (repr(names["total"](terms)) for terms in ([], [1.5], [1e16, 1.0, -1e16], [0.1, 0.2, 0.3]))
        elif function in ("sign", "square"):
            yield from (repr(names[function](u)) for u in (-2.5, -0.0, 0.0, 3.0, 5e-324, math.nan))
        else:
            for each in BENT.get(function, (function,)):
                yield from (names[each](u).hex() for u in (*seams(each), *NUMBERS, *arguments()[:1500]))

    return shown


def of_networks(names: Names) -> Iterator[str]:
    """Yield what `graph` makes of networks with everything in them, and what it says of those that it refuses."""
    edge, net_input, neuron = names["Edge"], names["NetInput"], names["Neuron"]

    def cell(name: str, *sources: str, group: str = "") -> Any:  # noqa: ANN401 - a neuron of this program
        edges = tuple(edge(i, f"{i},{name}") for i in sources)
        return neuron(name, (net_input(name, edges, name),), "softmax" if group else "tanh", group)

    first, second = net_input("p.1", (edge("h", "a"), edge("x", "b")), "q"), net_input("p.2", (edge("x", "a"),), "r")
    product = neuron("p", (first, second), "product")
    arriving = edge("x", "w"), edge("h", "u", 1), edge("h", "v", 2), edge("y", "w")
    late = neuron("h", (net_input("h", arriving, "b"),), "tanh")
    softmax = [
        neuron("s1", (net_input("s1", (edge("h", "c"), edge("y", "a")), "q"),), "softmax", "g"),
        neuron("s2", (net_input("s2", (edge("s1", "d", 1),), "q"),), "softmax", "g"),
    ]
    shares = [
        cell("s1", "x", group="g"),
        cell("t1", "s1", group="k"),
        cell("t2", "x", group="k"),
        cell("s2", group="g"),
    ]
    for neurons in (
        [cell("o", "h", "x"), cell("h", "x")],
        [product, cell("h", "x", "y"), cell("s2", "p", group="g"), cell("s1", "h", group="g"), cell("lone")],
        shares,
        [],
        [cell("a", "b"), cell("b", "a")],
        [cell("a", "a")],
        [cell("a"), cell("a")],
        [cell("a", "x"), cell("a", "y", "x")],
        [late],
        [cell("o1", "x", group="g"), cell("o2", "h", group="g"), cell("h", "o1")],
        [cell("h1", "h3"), cell("h2", "h1"), cell("h3", "h2", "x")],
    ):
        try:
            yield repr(vars(names["Graph"](neurons)))
        except ValueError as error:
            yield f"{type(error).__name__}: {error} {vars(error)}"
    yield from (repr(names["unrolled"]([late, *softmax, product], steps)) for steps in range(4))


ELEMENTARY = [CONSTANTS, *Code(inspect.getsource(elementary), "elementary.py").functions]
GRAPH = ["CycleError", "Graph", *Code(inspect.getsource(graph), "graph.py").functions]
