"""Where training left the numbers: the first that is none, in the order in which they are computed."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from neuronwise.necessary.elementary import Values
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.learning import Slopes
from neuronwise.network.data import Array
from neuronwise.network.engine import Compiled
from neuronwise.network.errors import DivergedError
from neuronwise.network.parts import Parts
from neuronwise.network.running import Ready, passes

Batch = tuple[Array, Sequence[Values]]  # samples, and the targets of each
Named = Iterator[tuple[str, float]]  # what a number is, and the number


def diverged(  # one of each thing that a step has
    parts: Parts, network: Ready, batch: Batch, error: str, slopes: Slopes, new: tuple[Values, Values]
) -> DivergedError:
    """The error for a step that leads to a number which is none; `new`: the weights and biases it would give."""
    numbers = (*forward(parts, network, batch, error), *backward(network, slopes), *updated(parts, new))
    what, number = next((what, number) for what, number in numbers if not math.isfinite(number))
    return told(f"{what} became {number}")


def told(what: str) -> DivergedError:
    """The error, with what to try."""
    return DivergedError(
        f"expected finite numbers; {what}.\nThe network keeps the weights it had before. To try: "
        "a smaller learning_rate, inputs and targets of about the size 1, smaller weights to begin with"
    )


def lost(runner: Compiled, X: Array) -> DivergedError:
    """The error for a large network: the first neuron that gives no number, or else the one that gives the largest."""
    order, activations = runner.engine.activations(runner.theta, X)
    sizes = np.abs(activations).max(axis=(0, 1))
    broken = np.flatnonzero(~np.isfinite(sizes))
    j = int(order[broken[0] if len(broken) else int(sizes.argmax())])
    name = runner.form.neuron_names[j]
    if len(broken):
        return told(f"the activation of {name} became none")
    return told(f"a slope or a weight became none, behind {name}, whose activation is {sizes.max():.3g}")


def forward(parts: Parts, network: Ready, batch: Batch, error: str) -> Named:
    """What feeding forward computes, and the error of each output."""
    for (z, a), t in zip(passes(parts, network, batch[0]), batch[1], strict=True):
        for group in network.graph.order:
            yield from ((f"the net input of {k}", z[k]) for k in group.net_inputs)
            yield from ((f"the activation of {j}", a[j]) for j in group.neurons)
        yield from ((f"the error of the output {o}", ERRORS[error][0](t, a, [o])) for o in t)


def backward(network: Ready, slopes: Slopes) -> Named:
    """The slopes, from the error back."""
    for group in reversed(network.graph.order):
        yield from ((f"the slope of the error at {k}", slopes.dE_db[network.graph.bias[k]]) for k in group.net_inputs)
    yield from ((f"the slope of the error for the weight {p}", slope) for p, slope in slopes.dE_dw.items())


def updated(parts: Parts, new: tuple[Values, Values]) -> Named:
    """The weights and biases after the step."""
    yield from ((f"the weight of {place}", new[0][p]) for place, p in parts.edges.items())
    yield from ((f"the bias of {k}", new[1][q]) for k, q in parts.bias_of.items())
    yield "the sum of the errors", math.inf
