"""A network at work, as the reference computes it: feed forward and backpropagate, sample by sample.

A network with delayed edges is unrolled: a sample's numbers are then those of its steps, one step after the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neuronwise.necessary.elementary import Values, total
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Graph, at, unrolled
from neuronwise.necessary.learning import Passed, Slopes, backpropagate, feed_forward, mean
from neuronwise.network.columns import Columns
from neuronwise.network.data import Array
from neuronwise.network.errors import DataError, NetworkError
from neuronwise.network.names import listed, shown
from neuronwise.network.parts import SOFTMAX, Parts
from neuronwise.network.places import ByEdge, Key

NO_OUTPUT = "expected a network with an output; got none. Name one: net.add_neuron(…, output=True)"
ENTROPY = {"cross_entropy", "binary_cross_entropy"}


class Ready(NamedTuple):
    """The graph of a network, and the names that a sample's numbers get there."""

    graph: Graph
    inputs: list[str]
    outputs: list[str]


@dataclass(frozen=True)
class Gradients:
    """The slopes of the error, each the mean over the samples, and the mean of the error itself."""

    weights: Mapping[Key, float]
    biases: Mapping[str, float]
    error: float


def ready(parts: Parts, steps: int | None) -> Ready:
    """The network for samples of so many steps; None: of one step, without a name for it."""
    if not parts.outputs:
        raise NetworkError(NO_OUTPUT)
    inputs, outputs = list(parts.inputs), list(parts.outputs)
    if steps is None:
        return Ready(Graph(parts.neurons()), inputs, outputs)
    every = range(1, steps + 1)
    return Ready(
        Graph(unrolled(parts.neurons(), steps)),
        [at(i, s) for s in every for i in inputs],
        [at(o, s) for s in every for o in outputs],
    )


def error_named(form: Parts | Columns, error: str, Y: Array) -> str:
    """The reference's name of an error: cross entropy is one thing for a softmax, another for outputs on their own."""
    if not isinstance(error, str) or error not in ERRORS:
        message = f"expected an error; got {shown(error)}. There are: {', '.join(ERRORS)}"
        raise NetworkError(message)
    if error not in ENTROPY:
        return error
    kinds, name = form.output_kinds, "binary_cross_entropy"
    if all(kind == SOFTMAX for kind in kinds) and error == "cross_entropy":
        name = error
        if not form.one_softmax:
            message = f'expected outputs that are one whole softmax for error="{error}"; got {listed(form.outputs)}'
            raise NetworkError(message)
    elif any(kind != "logistic" for kind in kinds):
        got = listed(f"{o} ({kind})" for o, kind in zip(form.outputs, kinds, strict=True))
        either = "outputs that are one softmax, or each logistic, " if error == "cross_entropy" else "logistic outputs "
        message = f'expected {either}for error="{error}", since it takes the activations for chances; got {got}'
        raise NetworkError(message)
    if not ((Y >= 0) & (Y <= 1)).all():
        message = (
            f'expected targets from 0 to 1 for error="{error}", since they are chances; got {Y.min()} to {Y.max()}'
        )
        raise DataError(message)
    return name


def passes(parts: Parts, network: Ready, X: Array) -> Iterator[Passed]:
    """Feed each sample forward."""
    for row in X.reshape(len(X), -1).tolist():
        yield feed_forward(network.graph, parts.w, parts.b, dict(zip(network.inputs, row, strict=True)))


def named_targets(network: Ready, Y: Array) -> list[Values]:
    """For each sample, output -> target; targets of the last step alone name the outputs of that step."""
    rows = Y.reshape(len(Y), -1).tolist()
    outputs = network.outputs[-len(rows[0]) :]
    return [dict(zip(outputs, row, strict=True)) for row in rows]


def sample_error(t: Values, passed: Passed, error: str) -> float:
    """The error of one sample, over its targets in their order."""
    return ERRORS[error][0](t, passed.a, list(t))


def batch_slopes(
    parts: Parts, network: Ready, batch: tuple[Array, Sequence[Values]], error: str
) -> tuple[Slopes, list[float]]:
    """The mean slopes over a batch, added in the order of its samples, and each sample's error."""
    slopes, errors = [], []
    for passed, t in zip(passes(parts, network, batch[0]), batch[1], strict=True):
        errors.append(sample_error(t, passed, error))
        slopes.append(backpropagate(network.graph, error, parts.w, t, *passed))
    dE_dw, dE_db = (mean([each[side] for each in slopes]) for side in (0, 1))
    return Slopes(dE_dw, dE_db), errors


class Reference:
    """The reference as an engine: sample by sample, in plain Python."""

    def __init__(self, parts: Parts, steps: int | None) -> None:
        self.parts, self.version, self.steps = parts, parts.version, steps
        self.network = ready(parts, steps)

    def predict(self, X: Array) -> Array:
        """The activations of the outputs, with steps a row a step."""
        rows = [[passed.a[o] for o in self.network.outputs] for passed in passes(self.parts, self.network, X)]
        return np.array(rows, dtype=np.float64).reshape(*X.shape[:-1], len(self.parts.outputs))

    def gradients(self, X: Array, Y: Array, error: str) -> Gradients:
        """The slopes for each edge and each bias; 0 for an edge so late that no sample has enough steps."""
        slopes, errors = batch_slopes(self.parts, self.network, (X, named_targets(self.network, Y)), error)
        return by_name(self.parts, slopes.dE_dw, slopes.dE_db, total(errors) / len(errors))


def by_name(parts: Parts, dE_dw: Values, dE_db: Values, error: float) -> Gradients:
    """Slopes of parameters as slopes of edges and neurons."""
    weights = {place: dE_dw.get(p, 0.0) for place, p in parts.edges.items()}
    return Gradients(ByEdge(weights, parts.factors), {k: dE_db[q] for k, q in parts.bias_of.items()}, error)


def by_step(a: Values, names: Sequence[str], steps: int) -> dict[str, Array]:
    """The activations of an unrolled network: name -> an array with one for each step.

    >>> by_step({"h@1": 0.5, "h@2": 1.0}, ["h"], 2)
    {'h': array([0.5, 1. ])}
    """
    return {name: np.array([a[at(name, s)] for s in range(1, steps + 1)], dtype=np.float64) for name in names}
