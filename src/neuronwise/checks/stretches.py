"""A network as the stretches between its numbers, each with a slope: what a road to a gradient goes along.

    from a weight p     to the net input k of each edge that has it     a_i
    from a bias q       to each net input k that has it                 1
    from a net input k  to each activation j of its group               ∂a_j/∂z_k
    from an activation  j along each edge to a net input k              w_p
    from an output o    to the error                                    dE/da_o

The gradient of a weight *is* the sum over all paths from it to the error of the product of the slopes on each path.
That needs no order and no clever idea. There may be more paths than atoms; they are counted before they are listed.
"""

import copy
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from neuronwise.checks.roads import MOST_PATHS, TooManyPathsError
from neuronwise.necessary.elementary import total
from neuronwise.necessary.graph import Graph


class Parameter(NamedTuple):
    """A weight or a bias, by its name."""

    kind: str
    name: str

    def __str__(self) -> str:
        """Return the name as people read it.

        >>> str(Parameter("w", "i1,h1"))
        'w[i1,h1]'
        """
        return f"{self.kind}[{self.name}]"


class Shape:
    """What a road has to know of a network, apart from its numbers.

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> h = Neuron("h", (NetInput("h", (Edge("x", "x,h"),), "h"),))
    >>> o = Neuron("o", (NetInput("o", (Edge("h", "h,o"), Edge("x", "x,o")), "o"),))
    >>> shape = Shape(Graph([h, o]), ["o"])
    >>> {str(p): shape.paths(p) for p in shape.parameters}
    {'w[x,h]': 1, 'w[h,o]': 1, 'w[x,o]': 1, 'b[h]': 1, 'b[o]': 1}
    >>> [group.neurons for group in shape.after(Parameter("w", "h,o")).order]
    [('o',)]
    """

    def __init__(self, graph: Graph, outputs: Collection[str]) -> None:
        self.graph, self.outputs = graph, dict.fromkeys(outputs)
        self.group = {k: group for group in graph.order for k in group.net_inputs}
        self.parameters = [
            *(Parameter("w", p) for p in graph.uses),
            *(Parameter("b", q) for q in graph.biased),
        ]
        self._place = {k: number for number, group in enumerate(graph.order) for k in group.net_inputs}
        self._paths: dict[str, int] = {}
        for group in reversed(graph.order):
            through = sum(
                (j in self.outputs) + sum(self._paths[k] for k, _ in self.edges_from(j)) for j in group.neurons
            )
            self._paths |= dict.fromkeys(group.net_inputs, through)

    def edges_from(self, j: str) -> list[tuple[str, str]]:
        """Return (net input, weight) of each edge from a neuron."""
        return self.graph.targets.get(j, [])

    def starts(self, parameter: Parameter) -> list[tuple[str, str]]:
        """Return (net input, source) of each place where a parameter stands; a bias has no source."""
        if parameter.kind == "w":
            return self.graph.uses[parameter.name]
        return [(k, "") for k in self.graph.biased[parameter.name]]

    def paths(self, parameter: Parameter) -> int:
        """Return how many paths lead from a parameter to the error, without listing one."""
        return sum(self._paths[k] for k, _ in self.starts(parameter))

    def after(self, parameter: Parameter) -> Graph:
        """Return the part of the graph that a parameter can move, in the same order."""
        waiting = [self._place[k] for k, _ in self.starts(parameter)]
        found = set(waiting)
        while waiting:
            for j in self.graph.order[waiting.pop()].neurons:
                new = {self._place[k] for k, _ in self.edges_from(j)} - found
                found |= new
                waiting += new
        part = copy.copy(self.graph)
        part.order = [self.graph.order[number] for number in sorted(found)]
        return part


@dataclass(frozen=True)
class Stretches:
    """The slopes of all stretches of a network, in numbers of any kind."""

    shape: Shape
    w: Mapping[str, Any]
    a: Mapping[str, Any]
    slope: Callable[[str, str], Any]  # of j and k: ∂a_j/∂z_k
    own: Callable[[str], Any]  # of o: dE/da_o
    add: Callable[[list[Any]], Any] = total

    def over_paths(self, parameter: Parameter) -> Any:  # noqa: ANN401 - whatever kind of number the stretches have
        """Return the sum over all paths from a parameter to the error.

        Errors   TooManyPathsError, before the first is listed
        """
        paths = self.shape.paths(parameter)
        if paths > MOST_PATHS:
            raise TooManyPathsError(paths, str(parameter), "E")
        return self.add(list(self.products(parameter)))

    def products(self, parameter: Parameter) -> Iterator[Any]:
        """Yield for each path the product of the slopes on it."""
        begun = [(k, self.a[i] if i else 1) for k, i in self.shape.starts(parameter)]
        while begun:
            k, before = begun.pop()
            for j in self.shape.group[k].neurons:
                product = before * self.slope(j, k)
                if j in self.shape.outputs:
                    yield product * self.own(j)
                begun += [(after, product * self.w[p]) for after, p in self.shape.edges_from(j)]


def added(floats: Iterable[float]) -> float:
    """Return the sum of floats, rounded once; where one is infinite or none, the sum is no number either.

    >>> added([1e16, 1.0, -1e16]), added([math.inf, -math.inf])
    (1.0, nan)
    """
    try:
        return math.fsum(floats)
    except (OverflowError, ValueError):  # too large on the way; inf − inf
        return math.nan
