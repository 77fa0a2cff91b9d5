"""Three roads to every gradient of any network of the reference.

    backwards    the reference's own `backpropagate`, as it stands
    forwards     the reference's own `feed_forward`, as it stands, with a weight that brings its slope along
    over paths   for each path from the weight to the error the product of the slopes on it; then the sum

`Drawn` goes them in whole numbers modulo a prime, with activations and slopes that are independent random numbers:
they must be equal, and what holds there holds for every activation that has a slope. `Measured` goes them with the
numbers of a sample. There only the road backwards uses the reference's slopes (`logistic_slope` …); the other two run
its formulas (`logistic` …) with dual numbers.
"""

import random
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from neuronwise.checks.dual import Dual, dual, lifted
from neuronwise.checks.residues import drawn
from neuronwise.checks.stretches import Parameter, Shape, Stretches, added
from neuronwise.checks.substituted import REFERENCE, Names, substituted
from neuronwise.necessary.elementary import total
from neuronwise.necessary.graph import Group
from neuronwise.necessary.learning import Slopes

Gradient = dict[Parameter, Any]
Values = Mapping[str, Any]


class Roads(Protocol):
    """Three ways to the slope of the error for a weight or a bias."""

    @property
    def shape(self) -> Shape:
        """The network, apart from its numbers."""

    def backwards(self) -> Gradient:
        """Return all slopes."""

    def forwards(self, parameter: Parameter) -> Any:  # noqa: ANN401 - whatever kind of number this road goes with
        """Return one slope."""

    def over_paths(self, parameter: Parameter) -> Any:  # noqa: ANN401 - the same
        """Return one slope; TooManyPathsError if there are too many."""


class Drawn:
    """The roads modulo a prime, where every number of the network is drawn at random.

    >>> from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
    >>> roads = Drawn(Shape(Graph([Neuron("h", (NetInput("h", (Edge("x", "w"),), "h"),))]), ["h"]))
    >>> w = Parameter("w", "w")
    >>> roads.backwards()[w] == roads.forwards(w) == roads.over_paths(w)
    True
    """

    def __init__(self, shape: Shape, seed: int = 0, names: Names = REFERENCE) -> None:
        lot = random.Random(seed)  # noqa: S311 - chance, not secrecy
        graph = shape.graph
        sources = [i for edges in graph.edges.values() for i, _ in edges]
        neurons = [j for group in graph.order for j in group.neurons]
        self.shape = shape
        self.w, self.b = ({name: drawn(lot) for name in place} for place in (graph.uses, graph.biased))
        self.a = {name: drawn(lot) for name in dict.fromkeys([*sources, *neurons])}
        self.slope = cache(lambda _j, _k: drawn(lot))
        self.own = cache(lambda _o: drawn(lot))
        self._stretches = Stretches(shape, self.w, self.a, self.slope, self.own)
        self._names = substituted(
            names,
            activation=self._activation,
            slope=lambda _group, _z, _a, j, k: self.slope(j, k),
            own_slope=lambda _error, t, _a, j: self.own(j) if j in t else 0,
        )

    def backwards(self) -> Gradient:
        """Return what `backpropagate` says, with these slopes."""
        t = dict.fromkeys(self.shape.outputs, 0)
        return gradient(self._names["backpropagate"](self.shape.graph, "drawn", self.w, t, {}, self.a))

    def forwards(self, parameter: Parameter) -> Any:  # noqa: ANN401 - a residue
        """Return the slope that arrives at the error when one number sets out with a slope of 1."""
        w, b = moving(self.w, self.b, parameter)
        a = self._names["feed_forward"](self.shape.after(parameter), w, b, self.a).a
        return total(self.own(o) * dual(a[o]).slope for o in self.shape.outputs)

    def over_paths(self, parameter: Parameter) -> Any:  # noqa: ANN401 - a residue
        """Return the sum over all paths."""
        return self._stretches.over_paths(parameter)

    def _activation(self, group: Group, z: Values, j: str) -> Dual:
        """Return an activation that was drawn, with the slope that the net inputs bring along."""
        return Dual(self.a[j], total(self.slope(j, k) * dual(z[k]).slope for k in group.net_inputs))


class Measured:
    """The roads in floats, for one sample (x, t): inputs and targets by name.

    >>> from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
    >>> graph = Graph([Neuron("h", (NetInput("h", (Edge("x", "w"),), "h"),), "logistic")])
    >>> numbers = {"w": 1.0}, {"h": 0.0}
    >>> roads = Measured(Shape(graph, ["h"]), numbers, ({"x": 0.0}, {"h": 1.0}), "half_squared")
    >>> h = Parameter("b", "h")
    >>> roads.backwards()[h], roads.forwards(h), roads.over_paths(h)
    (-0.125, -0.125, -0.125)
    """

    def __init__(
        self,
        shape: Shape,
        numbers: tuple[Values, Values],
        sample: tuple[Values, Values],
        error: str,
        names: Names = REFERENCE,
    ) -> None:
        self.shape, self.error, self.names = shape, error, names
        self.w, self.b = numbers
        self.x, self.t = sample
        self.z, self.a = names["feed_forward"](shape.graph, self.w, self.b, self.x)
        self._with_duals = substituted(names, **lifted())
        self.slope, self.own = cache(self._slope), cache(self._own)
        self._stretches = Stretches(shape, self.w, self.a, self.slope, self.own, added)

    def backwards(self) -> Gradient:
        """Return what `backpropagate` says."""
        return gradient(self.names["backpropagate"](self.shape.graph, self.error, self.w, self.t, self.z, self.a))

    def forwards(self, parameter: Parameter) -> float:
        """Return the slope that arrives at the error when one number sets out with a slope of 1."""
        w, b = moving(self.w, self.b, parameter)
        a = self._with_duals["feed_forward"](self.shape.after(parameter), w, b, self.a).a
        return float(dual(self._with_duals["ERRORS"][self.error][0](self.t, a, list(self.t))).slope)

    def over_paths(self, parameter: Parameter) -> float:
        """Return the sum over all paths."""
        return float(self._stretches.over_paths(parameter))

    def _slope(self, j: str, k: str) -> float:
        """Return ∂a_j/∂z_k, from the formula of the activation."""
        group = self.shape.group[k]
        z = {each: self.z[each] for each in group.net_inputs} | {k: Dual(self.z[k], 1)}
        return float(dual(self._with_duals["activation"](group, z, j)).slope)

    def _own(self, o: str) -> float:
        """Return dE/da_o, from the formula of the error."""
        a = {**self.a, o: Dual(self.a[o], 1)}
        return float(dual(self._with_duals["ERRORS"][self.error][0](self.t, a, Alone(o, len(self.t)))).slope)


class Alone(list[str]):
    """One output, where the error counts them all: errors add over the outputs, so only its own term has a slope.

    >>> outputs = Alone("o", 3)
    >>> len(outputs), [o for o in outputs]
    (3, ['o'])
    """

    def __init__(self, o: str, outputs: int) -> None:
        super().__init__([o])
        self.outputs = outputs

    def __len__(self) -> int:
        """Return how many outputs there are."""
        return self.outputs


def gradient(slopes: Slopes) -> Gradient:
    """Return weights and biases in one."""
    return {
        Parameter(kind, name): value for kind, side in zip("wb", slopes, strict=True) for name, value in side.items()
    }


def moving(w: Values, b: Values, parameter: Parameter) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return weights and biases where one of them has a slope of 1.

    >>> moving({"w": 0.5}, {"h": 0.25}, Parameter("w", "w"))
    ({'w': Dual(value=0.5, slope=1)}, {'h': 0.25})
    """
    both = {"w": dict(w), "b": dict(b)}
    side = both[parameter.kind]
    side[parameter.name] = Dual(side[parameter.name], 1)
    return both["w"], both["b"]
