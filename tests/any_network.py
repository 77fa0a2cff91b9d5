"""Networks of the reference in any shape, with numbers, a sample and an error."""

import random
from typing import NamedTuple

from hypothesis import strategies as st

from neuronwise.checks.network_roads import Measured
from neuronwise.checks.stretches import Shape
from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron, unrolled
from neuronwise.necessary.neuron import ACTIVATIONS


class Case(NamedTuple):
    """A network with its numbers, one sample, and an error."""

    neurons: list[Neuron]
    w: dict[str, float]
    b: dict[str, float]
    x: dict[str, float]
    t: dict[str, float]
    error: str

    @property
    def shape(self) -> Shape:
        """What the roads run on."""
        return Shape(Graph(self.neurons), self.t)

    @property
    def measured(self) -> Measured:
        """Its slopes, by the reference."""
        return Measured(self.shape, (self.w, self.b), (self.x, self.t), self.error)


def case(lot: random.Random, width: float = 2.0, steps: int | None = None) -> Case:
    """Any shape: skips, products, two softmaxes, shared weights and biases, delays; outputs that feed other neurons."""

    def number() -> float:
        return lot.choice([lot.uniform(-width, width), lot.uniform(-1, 1), 0.0, 0.5])

    inputs = [f"i{n}" for n in range(lot.randint(1, 3))]
    names = list(inputs)
    neurons: list[Neuron] = []
    w: dict[str, float] = {}
    b: dict[str, float] = {}

    def net_input(k: str, sources: list[str]) -> NetInput:
        edges = []
        for i in lot.sample(sources, lot.randint(0, min(3, len(sources)))):
            p = lot.choice(list(w)) if w and lot.random() < 0.2 else f"{i},{k}"
            w.setdefault(p, number())
            edges.append(Edge(i, p, lot.choice([0, 1, 2]) if steps else 0))
        q = lot.choice(list(b)) if b and lot.random() < 0.2 else k
        b.setdefault(q, number())
        return NetInput(k, tuple(edges), q)

    for n in range(lot.randint(1, 5)):
        kind = lot.choice([*ACTIVATIONS, *ACTIVATIONS, "product", "softmax"])
        members = [f"n{n}{letter}" for letter in "abc"[: lot.randint(1, 3)]] if kind == "softmax" else [f"n{n}"]
        sources = list(names)
        for j in members:
            own = [f"{j}.1", f"{j}.2"] if kind == "product" else [j]
            group = f"g{n}" if kind == "softmax" else ""
            neurons.append(Neuron(j, tuple(net_input(k, sources) for k in own), kind, group))
        names += members
    lot.shuffle(neurons)
    outputs = lot.sample([neuron.name for neuron in neurons], lot.randint(1, len(neurons)))
    if steps:
        neurons = unrolled(neurons, steps)
        inputs = [f"{i}@{s}" for s in range(1, steps + 1) for i in inputs]
        outputs = [f"{o}@{s}" for s in range(1, steps + 1) for o in outputs]
    error = lot.choice(["absolute", "squared", "half_squared", "mean_squared"])
    return Case(neurons, w, b, {i: number() for i in inputs}, {o: number() for o in outputs}, error)


LOTS = st.randoms(use_true_random=False)
CASES = st.builds(case, LOTS, steps=st.sampled_from([None, None, 1, 2, 3]))


def diamonds(count: int) -> list[Neuron]:
    """Neurons in which the way parts and meets again, so many times: twice as many paths each time."""
    neurons, before = [], "x"
    for n in range(count):
        for side in "lr":
            edge = Edge(before, f"{before},{side}{n}")
            neurons.append(Neuron(f"{side}{n}", (NetInput(f"{side}{n}", (edge,), f"{side}{n}"),)))
        edges = tuple(Edge(f"{side}{n}", f"{side}{n},m{n}") for side in "lr")
        neurons.append(Neuron(f"m{n}", (NetInput(f"m{n}", edges, f"m{n}"),)))
        before = f"m{n}"
    return neurons
