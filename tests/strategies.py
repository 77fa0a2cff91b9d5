"""Random things that many tests are run on; a new feature enters here first."""

import itertools
import random
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from neuronwise.mathematics.tree import SIGNS, Node, name, number, symbol
from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron, unrolled
from neuronwise.necessary.neuron import ACTIVATIONS

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


BELOW = ("z[h1]", "w[i1,h1]", "a[h 2@1]", 'delta[#&"\\_%$]', "b[k]", "SQRT_HALF")  # symbols with indices, and others
SINGLE = ("exp", "log", "tanh", "sin", "cos", "erf", "logistic", "len")
OVER = ("i, p in edges[k]", "k in together", "i in outputs for k in edges", "p in reversed uses")


def any_formula(lot: random.Random, depth: int) -> Node:
    """Return a random formula of every kind that code can have."""

    def inner() -> Node:
        return any_formula(lot, lot.randrange(depth))

    if depth == 0:
        signs = [symbol("dE_dz[h1]"), symbol("dE_dw"), Node("local", (name("a[h1]"), name("z[h1]")))]
        return lot.choice([leaf(lot, NAMES), leaf(lot, BELOW), leaf(lot, BELOW), *signs])
    match lot.randrange(10):
        case 0 | 1:
            return Node("call", (inner(),), lot.choice(SINGLE))
        case 2:
            return Node(lot.choice(("sum", "sum", "largest")), (inner(),), lot.choice(OVER))
        case 3:
            relation = Node(lot.choice(("same", "member")), (name(lot.choice("jk")), name(lot.choice(("i", "t")))))
            return Node("cases", (inner(), relation, inner()))
        case 4:
            return Node("call", tuple(inner() for _ in range(lot.choice((2, 3)))), "max")
        case 5:
            return Node(
                "partial", (formula(lot, lot.randrange(depth), BELOW, slopes=False), name(lot.choice(BELOW[:3])))
            )
        case 6:
            return Node(lot.choice(("plus", "times")), tuple(leaf(lot, BELOW) for _ in range(9)))
        case 7:
            return Node("power", (inner(), number(2)))
    return Node(lot.choice(BINARY), (inner(), inner()))


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
FLOATS = st.floats(-2, 2, allow_subnormal=False)
EXACT = ("identity", "relu", "step")  # with fractions they give fractions
EVERY = (*ACTIVATIONS, "softmax", "product")


class Described(NamedTuple):
    """A network with one sample; with `steps`, x and t have a number for each step, under the names of `unrolled`."""

    neurons: list[Neuron]
    w: Values
    b: Values
    inputs: list[str]
    outputs: list[str]
    frozen: list[str]
    steps: int
    x: Values
    t: Values

    @property
    def of_one_step(self) -> list[Neuron]:
        """The neurons as `Graph` takes them: unrolled if edges are late."""
        return unrolled(self.neurons, self.steps) if self.steps else self.neurons

    def graph(self) -> Graph:
        """Return the graph that x feeds."""
        return Graph(self.of_one_step)


class Growing:
    """A network that is drawn neuron by neuron, each fed by those before it."""

    def __init__(self, draw: st.DrawFn, inputs: int) -> None:
        self.draw = draw
        self.inputs = [f"i{n}" for n in range(inputs)]
        self.neurons: list[Neuron] = []

    def grow(self, activation: str) -> None:
        """Add a neuron, or a softmax of some neurons: skips, unequal numbers of edges, none at all."""
        together = self.draw(st.integers(1, 3)) if activation == "softmax" else 1
        sources = [*self.inputs, *(j.name for j in self.neurons)]
        group = f"g{len(self.neurons)}" if activation == "softmax" else ""
        start = len(self.neurons)
        for n in range(start, start + together):
            names = (f"n{n}.1", f"n{n}.2") if activation == "product" else (f"n{n}",)
            net_inputs = tuple(NetInput(k, self.edges(k, sources), self.one_of([k], self.biases())) for k in names)
            self.neurons.append(Neuron(f"n{n}", net_inputs, activation, group))

    def grow_layer(self, activation: str) -> None:
        """Add some neurons that name the same sources, in the same order."""
        sources = [*self.inputs, *(j.name for j in self.neurons)]
        some = self.draw(st.lists(st.sampled_from(sources), unique=True, min_size=1, max_size=4)) if sources else []
        start = len(self.neurons)
        for n in range(start, start + self.draw(st.integers(2, 7))):
            edges = tuple(Edge(i, self.one_of([f"{i},n{n}"], self.weights())) for i in some)
            self.neurons.append(Neuron(f"n{n}", (NetInput(f"n{n}", edges, f"n{n}"),), activation))

    def edges(self, k: str, sources: list[str]) -> tuple[Edge, ...]:
        """Return some edges of one step, each with a weight of its own or one that is there."""
        some = self.draw(st.lists(st.sampled_from(sources), unique=True, max_size=4)) if sources else []
        return tuple(Edge(i, self.one_of([f"{i},{k}"], self.weights())) for i in some)

    def grow_late(self, count: int) -> None:
        """Add edges that bring earlier steps, from anywhere to anywhere: loops, and several between the same two."""
        for _ in range(count):
            source = self.draw(st.sampled_from([*self.inputs, *(j.name for j in self.neurons)]))
            place = self.draw(st.integers(0, len(self.neurons) - 1))
            j = self.neurons[place]
            side = self.draw(st.integers(0, len(j.net_inputs) - 1))
            k, delay = j.net_inputs[side], self.draw(st.integers(1, 3))
            if (source, delay) not in {(e.source, e.delay) for e in k.edges}:
                edge = Edge(source, self.one_of([f"{source},{k.name},{delay}"], self.weights()), delay)
                fed = NetInput(k.name, (*k.edges, edge), k.bias)
                net_inputs = (*j.net_inputs[:side], fed, *j.net_inputs[side + 1 :])
                self.neurons[place] = Neuron(j.name, net_inputs, j.activation, j.group)

    def weights(self) -> list[str]:
        """Return the names of the weights so far, in order."""
        return list(dict.fromkeys(e.weight for j in self.neurons for k in j.net_inputs for e in k.edges))

    def biases(self) -> list[str]:
        """Return the names of the biases so far, in order."""
        return list(dict.fromkeys(k.bias for j in self.neurons for k in j.net_inputs))

    def one_of(self, new: list[str], old: list[str]) -> str:
        """Return a new name, mostly, or one that is there: then it is shared."""
        return self.draw(st.sampled_from([*new * (3 * len(old) + 1), *old]))


@st.composite
def networks(
    draw: st.DrawFn,
    numbers: st.SearchStrategy[Any] = FRACTIONS,
    activations: Sequence[str] = EXACT,
    late: int = 0,
    layers: int = 0,
) -> Described:
    """Random networks of any shape, in any order of their neurons; with at most so many `late` edges, and `layers`.

    With skips, unequal numbers of edges, neurons without inputs or without use, shared and frozen weights and biases;
    with the activations of EVERY also softmaxes and products, with `late` loops and several delays between two.
    """
    growing = Growing(draw, draw(st.integers(0, 3)))
    single, wide = draw(st.integers(1, 6)), draw(st.integers(0, layers))
    for layer in draw(st.permutations([False] * single + [True] * wide)) if wide else [False] * single:
        if layer:
            growing.grow_layer(draw(st.sampled_from([kind for kind in activations if kind in ACTIVATIONS])))
        else:
            growing.grow(draw(st.sampled_from(activations)))
    growing.grow_late(draw(st.integers(0, late)))
    w, b = ({p: draw(numbers) for p in names} for names in (growing.weights(), growing.biases()))
    outputs = draw(st.lists(st.sampled_from([j.name for j in growing.neurons]), unique=True, min_size=1))
    delayed = any(e.delay for j in growing.neurons for k in j.net_inputs for e in k.edges)
    steps = draw(st.integers(1, 4)) if delayed else 0
    at_steps = [f"@{s}" for s in range(1, steps + 1)] or [""]
    x, t = ({f"{i}{s}": draw(numbers) for s in at_steps for i in names} for names in (growing.inputs, outputs))
    frozen = draw(st.lists(st.sampled_from([*w, *b]), unique=True))
    neurons = draw(st.permutations(growing.neurons))
    return Described(neurons, w, b, growing.inputs, outputs, frozen, steps, x, t)
