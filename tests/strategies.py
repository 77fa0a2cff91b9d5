"""Random things that many tests are run on; a new feature enters here first."""

import itertools
import random
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from neuronwise.mathematics.tree import SIGNS, Node, name, number, symbol
from neuronwise.necessary.neuron import Neuron

NAMES = ("w", "x", "a", "t", "E", "u", "eta")
BINARY = ("plus", "minus", "times", "over")
FUNCTIONS = ("abs", "sign")
Values = dict[str, Any]


def single(kind: str, u: Node) -> list[Node]:
    """Every formula of one kind made of one formula."""
    match kind:
        case "negative":
            return [Node("negative", (u,))]
        case "power":
            return [Node("power", (u, number(n))) for n in (2, 3)]
        case "call":
            return [Node("call", (u,), function) for function in FUNCTIONS]
    slopes = any(inner.kind in SIGNS for inner in u.nodes())  # a slope stands in no other slope
    return [] if slopes else [Node(kind, (u, name("w")))]


def every_formula(operations: int, leaves: Iterable[Node]) -> list[Node]:
    """Every formula of some leaves that is so many operations deep, or less."""
    formulas = list(leaves)
    for _ in range(operations):
        pairs = itertools.product(BINARY, formulas, formulas)
        doubles = [Node(kind, (u, v)) for kind, u, v in pairs]
        kinds = ("negative", "power", "call", "total", "partial")
        singles = [node for kind in kinds for u in formulas for node in single(kind, u)]
        formulas = list(dict.fromkeys([*formulas, *singles, *doubles]))
    return formulas


def leaf(lot: random.Random, names: tuple[str, ...]) -> Node:
    """Return a name or a number."""
    return lot.choice([number(2), number("0.5"), *map(name, names), *map(name, names)])


def formula(lot: random.Random, depth: int, names: tuple[str, ...] = NAMES, *, slopes: bool = True) -> Node:
    """Return a random formula; `slopes`: with the signs of slopes in it."""

    def inner() -> Node:
        return formula(lot, lot.randrange(depth), names, slopes=slopes)

    if depth == 0:
        signs = [symbol("dE_dw"), symbol("da_dx"), Node("local", (name("a"), name("w")))] if slopes else []
        return lot.choice([leaf(lot, names), leaf(lot, names), *signs])
    kind = lot.choice((*BINARY, *BINARY, "negative", "power", "call", "cases", *(SIGNS[:2] if slopes else ())))
    if kind in BINARY:
        return Node(kind, (inner(), inner()))
    if kind == "cases":
        relation = Node(lot.choice(("greater", "less")), (inner(), inner()))
        return Node("cases", (inner(), relation, inner()))
    if kind in SIGNS:
        body = formula(lot, lot.randrange(depth), names, slopes=False)
        return Node(kind, (body, name(lot.choice(names))))
    return lot.choice(single(kind, inner()))


def formulas(depth: int = 4, names: tuple[str, ...] = NAMES, *, slopes: bool = True) -> st.SearchStrategy[Node]:
    """Random formulas for Hypothesis."""
    return st.builds(
        lambda lot, deep: formula(lot, deep, names, slopes=slopes),
        st.randoms(use_true_random=False),
        st.integers(0, depth),
    )


FRACTIONS = st.fractions(min_value=-9, max_value=9, max_denominator=9)


@st.composite
def networks(draw: st.DrawFn, numbers: st.SearchStrategy[Any] = FRACTIONS) -> tuple[list[Neuron], Values, Values]:
    """Random neurons in any shape without cycles, in any order, with an input and a target for each output."""
    inputs = [f"i{n}" for n in range(draw(st.integers(1, 3)))]
    neurons: list[Neuron] = []
    for n in range(draw(st.integers(1, 7))):
        sources = draw(st.lists(st.sampled_from([*inputs, *(each.name for each in neurons)]), unique=True, max_size=4))
        neurons.append(Neuron(f"n{n}", {source: draw(numbers) for source in sources}))
    outputs = draw(st.lists(st.sampled_from([each.name for each in neurons]), unique=True, min_size=1))
    values = {name: draw(numbers) for name in (*inputs, *outputs)}
    return draw(st.permutations(neurons)), {i: values[i] for i in inputs}, {o: values[o] for o in outputs}
