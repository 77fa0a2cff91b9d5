"""One neuron: its net input, its activation, and the slope of that activation.

    z  net input       a = f(z)  activation       f'(z)  slope
    w  weight

Left out on purpose: the bias, and every activation but the identity. They come with chapter 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from neuronwise.necessary.elementary import total


@dataclass(frozen=True)
class Neuron:
    """A neuron: its name, and a weight for each edge that leads to it, by the name of the edge's source.

    A source is another neuron, or an input of the network. A neuron never changes: an update makes new ones.

    >>> Neuron("a", {"x": 1.5}).weights["x"]
    1.5
    """

    name: str
    weights: Mapping[str, float]


def net_input(w: Mapping[str, float], a: Mapping[str, float]) -> float:
    """What a neuron receives: each arriving activation times the weight of its edge.

    Formula  z = Σ wᵢ·aᵢ over the edges i, in the order of the weights   (net-input)
    Shapes   w: a number for each source; a: a number for each source, and more; z: one number
    Errors   KeyError: a source without an activation
    Source   chapter 1, "Feed forward", where one edge arrives: z = w·x

    >>> net_input({"i1": 0.5, "i2": 0.25}, {"i1": 3.0, "i2": -2.0})
    1.0
    """
    return total(w[i] * a[i] for i in w)


def identity(z: float) -> float:
    """The activation that changes nothing.

    Formula  f(z) = z                                                    (identity)

    >>> identity(0.75)
    0.75
    """
    return z


def identity_slope(z: float) -> int:  # noqa: ARG001 - every slope takes z; this one is the same everywhere
    """What the activation gains for each unit that the net input gains.

    Formula  f'(z) = 1                                                   (identity-slope)

    >>> identity_slope(0.75)
    1
    """
    return 1
