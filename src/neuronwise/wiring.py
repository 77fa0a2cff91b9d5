"""A network as columns of numbers: what engines read. Sixteen bytes an edge, so 10⁸ edges fit.

    neurons     in the user's order; each has one net input, a product two
    net inputs  in the order of their neurons; each has its edges side by side, in the order in which they are added
    sources     inputs are 0 … inputs − 1, the neuron j is inputs + j
    parameters  all weights, then all biases, in one vector; edges that share a weight name the same place

`necessary` says the same with lists of `Neuron` objects; `columns` makes the one of the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from neuronwise.necessary.graph import Neuron

Whole = npt.NDArray[np.int32]
Long = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

KINDS = (
    "identity", "logistic", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "sin", "step", "softmax",
    "product",
)  # fmt: skip
SOFTMAX, PRODUCT = KINDS.index("softmax"), KINDS.index("product")


@dataclass(frozen=True)
class Wiring:
    """The columns. `delay` and `bias` and `weight` are empty where every edge is of one step, or has its own number."""

    inputs: int
    kind: Whole  # (neurons) the activation's place in KINDS
    group: Whole  # (neurons) the softmax it belongs to; −1 for none
    start: Long  # (net inputs + 1) where its edges start
    source: Whole  # (edges)
    delay: Whole  # (edges), or empty: none is late
    weight: Whole  # (edges) the place of its weight, or empty: edge e has weight e
    bias: Whole  # (net inputs) the place of its bias among the biases, or empty: net input k has bias k
    outputs: Whole  # (outputs) neurons
    weights: int
    biases: int

    @property
    def neurons(self) -> int:
        """How many neurons there are."""
        return len(self.kind)

    @property
    def net_inputs(self) -> int:
        """How many net inputs there are."""
        return len(self.start) - 1

    @property
    def first(self) -> Whole:
        """(neurons + 1) the first net input of each neuron."""
        return np.concatenate(([0], np.cumsum(1 + (self.kind == PRODUCT)))).astype(np.int32)

    @property
    def late(self) -> int:
        """How many steps the latest edge is late."""
        return int(self.delay.max(initial=0))


def columns(
    neurons: Sequence[Neuron], inputs: Sequence[str], outputs: Sequence[str], w: Sequence[str], b: Sequence[str]
) -> Wiring:
    """The columns of a list of neurons; w and b: the names of the weights and of the biases, in the order wanted.

    >>> from neuronwise.necessary.graph import Edge, NetInput
    >>> h = Neuron("h", (NetInput("h", (Edge("x", "v"), Edge("y", "w")), "h"),), "tanh")
    >>> columns([h], ["x", "y"], ["h"], ["v", "w"], ["h"]).source
    array([0, 1], dtype=int32)
    """
    place = {name: n for n, name in enumerate((*inputs, *(j.name for j in neurons)))}
    groups = {name: n for n, name in enumerate(dict.fromkeys(j.group for j in neurons if j.group))}
    net_inputs = [k for j in neurons for k in j.net_inputs]
    edges = [edge for k in net_inputs for edge in k.edges]
    delay = whole([edge.delay for edge in edges])
    return Wiring(
        inputs=len(inputs),
        kind=whole([KINDS.index(j.activation) for j in neurons]),
        group=whole([groups.get(j.group, -1) for j in neurons]),
        start=np.concatenate(([0], np.cumsum([len(k.edges) for k in net_inputs]))).astype(np.int64),
        source=whole([place[edge.source] for edge in edges]),
        delay=delay if delay.any() else whole([]),
        weight=_named([edge.weight for edge in edges], w),
        bias=_named([k.bias for k in net_inputs], b),
        outputs=whole([place[o] - len(inputs) for o in outputs]),
        weights=len(w),
        biases=len(b),
    )


def whole(numbers: Sequence[int]) -> Whole:
    """Return a column of whole numbers."""
    return np.array(numbers, dtype=np.int32)


def _named(used: Sequence[str], names: Sequence[str]) -> Whole:
    """Return where each name stands, or nothing if each is used once and in order."""
    place: Mapping[str, int] = {name: n for n, name in enumerate(names)}
    places = [place[name] for name in used]
    return whole([] if places == list(range(len(names))) else places)
