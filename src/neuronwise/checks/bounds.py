r"""How far apart two roads in floats may end, computed before they are gone.

Each product on a path meets at most k roundings, so that a road ends within γ_k·Σ|products| of the true sum over all
paths, where γ_k = k·2⁻⁵³/(1 − k·2⁻⁵³). One backward pass over absolute values gives that sum for every weight. Two
roads end within the sum of their bounds.

The roads also take their slopes f'(z) from different programs: from `logistic_slope`, and from `logistic` run with dual
numbers. Both were run with numbers that carry how far they may be off (`Bounded`), which gives for each slope how far
the two may part (`spread`); a second sum carries that along.

Source   Higham, Accuracy and Stability of Numerical Algorithms, 2002: lemma 3.1, and 3.3 for the running error.
         exp, log … are taken to be within 1 ulp, as `elementary` promises. What has overflowed is taken for a constant;
         for digits lost beneath the smallest normal float there is FLOOR.
"""
# ruff: noqa: D105 - what + does is what + says

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from neuronwise.checks.dual import BENT, Dual, derivatives, dual, lifted
from neuronwise.checks.network_roads import Alone, Measured
from neuronwise.checks.stretches import Parameter, added
from neuronwise.checks.substituted import substituted

UNIT = 2.0**-53  # half the distance from 1 to the next float
TINIEST = 2.0**-1074
FLOOR = 2.0**-960
SAFE = 1 + 2.0**-30  # for the roundings of the bound itself


class Bounded:
    """A float, and how far it may be off from what exact arithmetic gives.

    >>> third = Bounded(1.0) / 3
    >>> third.value, third.off == UNIT / 3 + TINIEST
    (0.3333333333333333, True)
    """

    __slots__ = ("off", "value")

    def __init__(self, value: float, off: float = 0.0) -> None:
        self.value, self.off = value, off

    def of(self, other: "Bounded | float") -> "Bounded":
        """Return what an operation meets, with its bound."""
        return bounded(other)

    def rounded(self, value: float, off: float) -> "Bounded":
        """Return the result of an operation; what has overflowed stands still."""
        if math.isinf(value):
            return type(self)(value)
        return type(self)(value, off + UNIT * abs(value) + TINIEST)

    def __add__(self, other: "Bounded | float") -> "Bounded":
        v = self.of(other)
        return self.rounded(self.value + v.value, self.off + v.off)

    def __sub__(self, other: "Bounded | float") -> "Bounded":
        v = self.of(other)
        return self.rounded(self.value - v.value, self.off + v.off)

    def __mul__(self, other: "Bounded | float") -> "Bounded":
        v = self.of(other)
        off = times(abs(self.value), v.off) + times(abs(v.value), self.off) + self.off * v.off
        return self.rounded(self.value * v.value, off)

    def __truediv__(self, other: "Bounded | float") -> "Bounded":
        v = self.of(other)
        value, least = self.value / v.value, abs(v.value) - v.off
        return self.rounded(value, (self.off + times(abs(value), v.off)) / least if least > 0 else math.inf)

    def __radd__(self, other: float) -> "Bounded":
        return self.of(other) + self

    def __rsub__(self, other: float) -> "Bounded":
        return self.of(other) - self

    def __rmul__(self, other: float) -> "Bounded":
        return self.of(other) * self

    def __rtruediv__(self, other: float) -> "Bounded":
        return self.of(other) / self

    def __neg__(self) -> "Bounded":
        return type(self)(-self.value, self.off)

    def __abs__(self) -> "Bounded":
        return type(self)(abs(self.value), self.off)

    def __gt__(self, other: "Bounded | float") -> bool:
        return self.value > bounded(other).value

    def __lt__(self, other: "Bounded | float") -> bool:
        return self.value < bounded(other).value


class Size(Bounded):
    """How large a slope can be: all that is added or taken away counts, and nothing cancels.

    >>> difference = Bounded(-2.0) * Size(1.0) - Size(1.0)
    >>> difference.value
    3.0
    """

    __slots__ = ()

    def __add__(self, other: Bounded | float) -> Bounded:
        return super().__add__(size(other))

    def __mul__(self, other: Bounded | float) -> Bounded:
        return super().__mul__(size(other))

    def __truediv__(self, other: Bounded | float) -> Bounded:
        return super().__truediv__(size(other))

    def __neg__(self) -> Bounded:
        return self

    __sub__ = __radd__ = __rsub__ = __add__
    __rmul__ = __mul__


def bounded(u: Bounded | float) -> Bounded:
    """Return a number with its bound; a plain one is as it is.

    >>> bounded(3).off
    0.0
    """
    return u if isinstance(u, Bounded) else Bounded(u)


def size(u: Bounded | float) -> Size:
    """Return the size of a number.

    >>> size(-3.0).value
    3.0
    """
    v = bounded(u)
    return Size(abs(v.value), v.off)


def times(u: float, off: float) -> float:
    """Return u·off, where what is not off stays so, be u ever so large.

    >>> times(math.inf, 0.0)
    0.0
    """
    return u * off if off else 0.0


def bounded_bent() -> dict[str, Callable[[Any], Bounded]]:
    """Return exp, log … for numbers that know how far they may be off.

    >>> e = bounded_bent()["exp"](Bounded(0.0, 0.5))
    >>> e.value, 0.5 < e.off < 0.5000001
    (1.0, True)
    """

    def of(f: Callable[[float], float], derivative: Callable[[float], float]) -> Callable[[Any], Bounded]:
        def bent(u: Bounded | float) -> Bounded:
            v = bounded(u)
            value = f(v.value)
            steep = abs(derivative(v.value)) * v.off * SAFE if v.off else 0.0
            return v.rounded(value, steep + UNIT * abs(value))

        return bent

    return {name: of(BENT[name], derivative) for name, derivative in derivatives().items()}


class Slope(NamedTuple):
    """What may be said of a slope before it is computed: how large it is, and how far two programs for it may part."""

    size: float
    spread: float


@dataclass(frozen=True)
class Bounds:
    """How far two roads may part: in each slope of a stretch, and in the gradient."""

    slope: dict[tuple[str, str], Slope]
    own: dict[str, Slope]
    gradient: dict[Parameter, float]


class Sums(NamedTuple):
    """Over all paths to the error: Σ|products|, what spreads, and the most roundings that one product meets."""

    size: float
    spread: float
    roundings: int


def bounds(roads: Measured) -> Bounds:
    """Return how far the roads of a sample may part.

    >>> from neuronwise.checks.stretches import Shape
    >>> from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
    >>> graph = Graph([Neuron("h", (NetInput("h", (Edge("x", "w"),), "h"),))])
    >>> roads = Measured(Shape(graph, ["h"]), ({"w": 2.0}, {"h": 0.0}), ({"x": 0.1}, {"h": 1.0}), "half_squared")
    >>> 0 < bounds(roads).gradient[Parameter("w", "w")] < 1e-15
    True
    """
    slope, own = _slopes(roads), _own(roads)
    after = _sums(roads, slope, own)
    return Bounds(slope, own, {p: _bound(roads, p, after) for p in roads.shape.parameters})


def gamma(k: int) -> float:
    """Return γ_k, for k roundings."""
    return k * UNIT / (1 - k * UNIT)


def _slopes(roads: Measured) -> dict[tuple[str, str], Slope]:
    """Return, for each net input k of a group and each of its neurons j, what may be said of ∂a_j/∂z_k."""
    functions = bounded_bent()
    formulas, slopes = (substituted(roads.names, **each) for each in (lifted(functions), functions))
    found = {}
    for group in roads.shape.graph.order:
        z = {k: Bounded(roads.z[k]) for k in group.net_inputs}
        moving = {k: Dual(number, Size(1.0)) for k, number in z.items()}  # type: ignore[arg-type]
        results = {j: dual(formulas["activation"](group, moving, j)) for j in group.neurons}
        a = {j: bounded(result.value) for j, result in results.items()}
        for j, result in results.items():
            whole = size(result.slope)
            for k in group.net_inputs:
                found[j, k] = _slope(whole, slopes["slope"](group, z, a, j, k))
    return found


def _own(roads: Measured) -> dict[str, Slope]:
    """Return, for each output, what may be said of dE/da_o."""
    functions = bounded_bent()
    formulas, slopes = (substituted(roads.names, **each) for each in (lifted(functions), functions))
    found = {}
    for o in roads.shape.outputs:
        a = Bounded(roads.a[o])
        moving = {**roads.a, o: Dual(a, Size(1.0))}  # type: ignore[arg-type]
        whole = dual(formulas["ERRORS"][roads.error][0](roads.t, moving, Alone(o, len(roads.t)))).slope
        found[o] = _slope(size(whole), slopes["own_slope"](roads.error, roads.t, {**roads.a, o: a}, o))
    return found


def _slope(formula: Size, slope: Bounded | float) -> Slope:
    spread = (formula.off + bounded(slope).off) * SAFE
    return Slope((formula.value + spread) * SAFE, spread)


def _sums(roads: Measured, slope: dict[tuple[str, str], Slope], own: dict[str, Slope]) -> dict[str, Sums]:
    """Return the sums from each net input on, from the error back."""
    after: dict[str, Sums] = {}
    shape = roads.shape
    edges = shape.graph.edges
    for group in reversed(shape.graph.order):
        sums = {}
        for j in group.neurons:
            whole, spread = own.get(j, Slope(0.0, 0.0))
            roundings, targets = 0, shape.edges_from(j)
            for k, p in targets:
                weight = abs(roads.w[p])
                whole, spread = whole + after[k].size * weight, spread + after[k].spread * weight
                roundings = max(roundings, after[k].roundings + len(edges[k]) + 3)  # times w, a sum of duals, plus b
            sums[j] = Sums(whole, spread, roundings + len(targets) + 1)  # the sum of all targets and E's own slope
        for k in group.net_inputs:
            parts = [(sums[j], slope[j, k]) for j in group.neurons]
            after[k] = Sums(
                added(after_j.size * s.size for after_j, s in parts),
                added(after_j.spread * s.size + after_j.size * s.spread for after_j, s in parts),
                max(after_j.roundings for after_j, _ in parts) + len(parts) + 1,  # times the slope, a sum
            )
    return after


def _bound(roads: Measured, parameter: Parameter, after: dict[str, Sums]) -> float:
    starts = roads.shape.starts(parameter)
    parts = [(after[k], abs(roads.a[i]) if i else 1.0) for k, i in starts]
    k = max(sums.roundings for sums, _ in parts) + 2 * len(starts) + len(roads.t) + 2  # times a, and the last sums
    whole, spread = (added(sums[n] * a for sums, a in parts) for n in (0, 1))
    return (2 * gamma(k) * whole + spread) * SAFE + FLOOR
