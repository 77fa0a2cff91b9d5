"""The networks that are compared, as columns: made edge by edge, so that layers have to be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from neuronwise.wiring import KINDS, Whole, Wiring, whole

IDENTITY, TANH = KINDS.index("identity"), KINDS.index("tanh")


@dataclass(frozen=True)
class Level:
    """Neurons that can be computed at once: from `first` to `end`, and their edges."""

    first: int
    end: int
    edges: slice
    source: Whole  # inputs first, then neurons
    target: Whole  # counted from `first`


def described(
    inputs: int, kinds: Sequence[int], sources: Sequence[Whole], outputs: Sequence[int], delays: Whole | None = None
) -> Wiring:
    """Return a network of neurons, each with its activation and its sources."""
    neurons, none = len(kinds), whole([])
    start = np.cumsum([0, *(len(each) for each in sources)]).astype(np.int64)
    return Wiring(
        inputs=inputs, kind=whole(kinds), group=np.full(neurons, -1, np.int32), start=start,
        source=np.concatenate(sources).astype(np.int32), delay=none if delays is None else delays, weight=none,
        bias=none, outputs=whole(outputs), weights=int(start[-1]), biases=neurons,
    )  # fmt: skip


def dense(sizes: Sequence[int]) -> Wiring:
    """Return layers, each neuron with an edge from every one of the layer before; tanh, at last identity."""
    starts = np.cumsum([0, *sizes])
    sources = [
        np.arange(starts[layer], starts[layer + 1], dtype=np.int32)
        for layer, (_, size) in enumerate(pairwise(sizes))
        for _ in range(size)
    ]
    last = sizes[-1]
    kinds = [TANH] * (len(sources) - last) + [IDENTITY] * last
    return described(sizes[0], kinds, sources, range(len(sources) - last, len(sources)))


def irregular(neurons: int = 2000, edges: int = 64_000, depth: int = 184, inputs: int = 64) -> Wiring:
    """Return a graph of so many levels: a neuron has one source in the level before it, the others anywhere before."""
    lot, fan = np.random.default_rng(4), edges // neurons
    bounds = _bounds(neurons, depth)
    sources = []
    for level, (first, end) in enumerate(pairwise(bounds)):
        before = inputs + first
        for _ in range(first, end):
            near = inputs + int(lot.integers(bounds[level - 1], first)) if level else 0
            others = lot.choice(before - 1, min(fan, before) - 1, replace=False)
            sources.append(np.sort(np.append(others + (others >= near), near)).astype(np.int32))
    return described(inputs, [TANH] * neurons, sources, range(neurons - 16, neurons))


def levels(wiring: Wiring, depth: int) -> list[Level]:
    """Return the levels of an irregular graph."""
    return [_level(wiring, first, end) for first, end in pairwise(_bounds(wiring.neurons, depth))]


def _bounds(neurons: int, depth: int) -> list[int]:
    return [level * neurons // depth for level in range(depth + 1)]


def _level(wiring: Wiring, first: int, end: int) -> Level:
    edges = slice(int(wiring.start[first]), int(wiring.start[end]))
    target = np.repeat(np.arange(end - first, dtype=np.int32), np.diff(wiring.start[first : end + 1]))
    return Level(first, end, edges, wiring.source[edges], target)


def sparse(size: int, density: float, alike: int, *, repeated: bool) -> Wiring:
    """Return a layer where each neuron has a share of the sources; so many neurons, in any order, share theirs.

    Its sources are the inputs; or `repeated`, neurons that repeat an input each, so that slopes have to reach them.
    """
    lot, fan = np.random.default_rng(5), round(density * size)
    before = [np.array([n], np.int32) for n in range(size)] if repeated else []
    lists = [np.sort(lot.choice(size, fan, replace=False)) + len(before) for _ in range(size // alike)]
    shared = [lists[n // alike] for n in lot.permutation(size)]
    neurons = len(before) + size
    return described(size, [IDENTITY] * neurons, before + shared, range(len(before), neurons))


def recurrent(neurons: int = 200, inputs: int = 8, fan: int = 10) -> Wiring:
    """Return neurons with an edge from an input, and delayed ones from a twentieth of all neurons."""
    lot = np.random.default_rng(6)
    sources = [np.append(np.sort(lot.choice(neurons, fan, replace=False)) + inputs, j % inputs) for j in range(neurons)]
    delays = np.tile(np.append(np.ones(fan, np.int32), np.int32(0)), neurons)
    return described(inputs, [TANH] * neurons, sources, range(neurons - 8, neurons), delays)


def late(neurons: int = 200, depth: int = 10, edges: int = 2000) -> Wiring:
    """Return an irregular graph, and one edge in twenty delayed: from any neuron to any other."""
    graph, lot = irregular(neurons, edges, depth, 8), np.random.default_rng(7)
    delay = (np.arange(edges) % 20 == 0).astype(np.int32)[: len(graph.source)]
    source = graph.source.copy()
    source[delay == 1] = 8 + lot.integers(0, neurons, int(delay.sum()))
    parts = [source[first:end] for first, end in pairwise(graph.start)]
    return described(8, [TANH] * neurons, parts, range(neurons - 8, neurons), delay)


def parameters(wiring: Wiring, dtype: str, size: float = 1.0) -> Any:
    """Return weights of about size/√fan, and biases."""
    lot, fan = np.random.default_rng(1), np.diff(wiring.start)
    weights = lot.normal(size=wiring.weights) * size / np.repeat(np.sqrt(np.maximum(fan, 1)), fan)
    return np.append(weights, lot.normal(size=wiring.biases) * 0.1).astype(dtype)


def data(wiring: Wiring, samples: int, dtype: str, steps: int = 1) -> tuple[Any, Any]:
    """Return X (samples, steps, inputs) and Y (samples, steps, outputs)."""
    lot = np.random.default_rng(2)
    X = lot.normal(size=(samples, steps, wiring.inputs))
    return X.astype(dtype), lot.normal(size=(samples, steps, len(wiring.outputs))).astype(dtype)
