r"""How far an engine that rounds in its own way may end from the reference: computed for one network and one sample.

    Δz_k ≤ Σ|w|·Δa + γ·(Σ|w|·(|a| + Δa) + |b|)           Δa  what f makes of Δz, and its own roundings
    Δg_j ≤ Δo + Σ|w|·Δd + γ·(|o| + Σ|w|·(|d| + Δd))      g = dE/da, d = dE/dz, o = the error's own slope
    Δd_k ≤ Σ(|g|·Δf' + |f'|·Δg + Δg·Δf') + γ·Σ(|g| + Δg)·(|f'| + Δf')

γ = γ_n for a sum of n terms covers every order of adding them, with or without fused multiply-add. An activation and
its slope are the reference's own formulas, run with numbers that carry how far they may be off; where a formula has two
cases and both are near, with both. Nothing of an engine is run for all that: only what the reference gives is used.

Source   Higham, Accuracy and Stability of Numerical Algorithms, 2002: lemma 3.1, section 3.3
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, ClassVar, NamedTuple

from neuronwise.checks.bounds import SAFE, Bounded, bounded, times
from neuronwise.checks.dual import BENT
from neuronwise.checks.network_roads import Alone
from neuronwise.checks.stretches import added
from neuronwise.checks.substituted import substituted
from neuronwise.necessary.graph import Graph, Group

CASES = ("relu", "leaky_relu", "elu", "step")  # activations that jump or bend at 0
ENTROPIES = ("cross_entropy", "binary_cross_entropy")
Values = Mapping[str, float]


class Precision(NamedTuple):
    """How an engine rounds: half the distance from 1 to the next number, the smallest normal number, ulps of exp, …."""

    unit: float
    least: float
    ulps: float

    def gamma(self, n: int) -> float:
        """Return γ_n."""
        return n * self.unit / (1 - n * self.unit)


DOUBLE = Precision(2.0**-53, 2.0**-1022, 1)  # the reference itself
PRECISIONS = {"float64": DOUBLE, "float32": Precision(2.0**-24, 2.0**-126, 2)}


NUMPYS = 4  # ulps that NumPy promises for exp, tanh, …


def of_engine(name: str, dtype: str) -> Precision:
    """Return how an engine rounds that does not promise the reference's bits.

    >>> of_engine("numpy", "float64").ulps
    4
    """
    return PRECISIONS[dtype]._replace(ulps=NUMPYS) if name == "numpy" else PRECISIONS[dtype]


class Rounded(Bounded):
    """A number and how far it may be off, by the roundings of some precision."""

    __slots__ = ()
    precision: ClassVar[Precision] = DOUBLE

    def of(self, other: Bounded | float) -> Bounded:
        """Return what an operation meets; a constant such as 0.01 is rounded, too."""
        return other if isinstance(other, Bounded) else type(self)(other, self.precision.unit * abs(other % 1))

    def rounded(self, value: float, off: float) -> "Bounded":
        """Return the result of an operation."""
        if math.isinf(value):
            return type(self)(value)
        return type(self)(value, off + self.precision.unit * (abs(value) + off) + self.precision.least)


@cache
def rounded_like(precision: Precision) -> type[Rounded]:
    """Return numbers of a precision.

    >>> single = rounded_like(PRECISIONS["float32"])
    >>> third = single(1.0) / 3
    >>> third.off > abs(third.value - 0.3333333432674408)
    True
    """
    return type("Rounded", (Rounded,), {"__slots__": (), "precision": precision})


# how steep each function is at most, no further than d from u
STEEPEST: dict[str, Callable[[float, float], float]] = {
    "exp": lambda u, d: BENT["exp"](u + d),
    "log": lambda u, d: 1 / (u - d) if u > d else math.inf,
    "tanh": lambda u, d: min(1.0, 1 - BENT["tanh"](u) ** 2 + d),  # it bends by at most 0.77
    "sin": lambda u, d: min(1.0, abs(BENT["cos"](u)) + d),
    "cos": lambda u, d: min(1.0, abs(BENT["sin"](u)) + d),
    "erf": lambda u, d: min(1.13, 1.13 * BENT["exp"](-u * u) + d),  # by at most 0.97
}


def bent(numbers: type[Rounded]) -> dict[str, Any]:
    """Return exp, log … for numbers of a precision."""

    def of(name: str) -> Callable[[Any], Bounded]:
        def function(u: Bounded | float) -> Bounded:
            v = bounded(u)
            value, p = BENT[name](v.value), numbers.precision
            if math.isinf(value):
                return numbers(value)
            off = times(STEEPEST[name](v.value, v.off), v.off) * SAFE
            return numbers(value, off + 2 * p.ulps * p.unit * (abs(value) + off) + p.least)

        return function

    return {name: of(name) for name in STEEPEST}


class Sample(NamedTuple):
    """What an engine may give for one sample: numbers, each with how far it may be off."""

    a: dict[str, Bounded]
    error: Bounded
    dw: dict[str, Bounded]
    db: dict[str, Bounded]


def sample(
    graph: Graph, error: str, numbers: tuple[Values, Values], given: tuple[Values, Values], precision: Precision
) -> Sample:
    """Return how far an engine's activations, error and slopes may be off for one sample.

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> graph = Graph([Neuron("h", (NetInput("h", (Edge("x", "w"),), "h"),), "tanh")])
    >>> one = ({"w": 0.5}, {"h": 0.25}), ({"x": 1.0}, {"h": 1.0})
    >>> 0 < sample(graph, "half_squared", *one, PRECISIONS["float32"]).dw["w"].off < 1e-6
    True
    """
    work = _Work(graph, error, precision)
    z, a = work.forward(*numbers, given[0])
    own, measured = work.measured(given[1], a)
    return Sample(a, measured, *work.backward(numbers[0], own, z, a))


class _Work:
    """The pass forward and the pass back."""

    def __init__(self, graph: Graph, error: str, precision: Precision) -> None:
        self.graph, self.error, self.precision = graph, error, precision
        self.number = rounded_like(precision)
        self.names = substituted(**bent(self.number))

    def summed(self, terms: Sequence[Bounded], more: int = 1) -> Bounded:
        """Return a sum in any order; `more`: how many roundings each term meets besides."""
        p, size = self.precision, added(abs(term.value) + term.off for term in terms)
        off = added(term.off for term in terms) + p.gamma(len(terms) + more) * size
        return self.number(added(term.value for term in terms), (off + len(terms) * p.least) * SAFE)

    def times(self, u: Bounded, v: Bounded) -> Bounded:
        """Return a product whose rounding its sum counts."""
        off = times(abs(u.value), v.off) + times(abs(v.value), u.off) + times(u.off, v.off)
        return self.number(u.value * v.value, off)

    def forward(self, w: Values, b: Values, x: Values) -> tuple[dict[str, Bounded], dict[str, Bounded]]:
        """Return net inputs and activations."""
        z: dict[str, Bounded] = {}
        a: dict[str, Bounded] = {i: self.number(u) for i, u in x.items()}
        for group in self.graph.order:
            for k in group.net_inputs:
                terms = [self.times(self.number(w[p]), a[i]) for i, p in self.graph.edges[k]]
                z[k] = self.summed([*terms, self.number(b[self.graph.bias[k]])])
            for j in group.neurons:
                a[j] = self.near(group, z, partial(self.activation, group, j))
        return z, a

    def activation(self, group: Group, j: str, z: Mapping[str, Bounded]) -> Any:  # noqa: ANN401 - of any kind
        """Return the activation of a neuron."""
        return self.names["activation"](group, z, j)

    def near(self, group: Group, z: Mapping[str, Bounded], of: Callable[[Mapping[str, Bounded]], Any]) -> Bounded:
        """Return a function of net inputs; at the border of two cases it may be either."""
        here = self.number(0.0).of(of(z))
        k = group.net_inputs[0]
        if group.activation not in CASES or abs(z[k].value) > z[k].off:
            return here
        sides = (max(abs(z[k].value), self.precision.least), -abs(z[k].value))
        either = [self.number(0.0).of(of({k: self.number(side, 2 * z[k].off)})) for side in sides]
        return self.number(here.value, max(abs(each.value - here.value) + each.off for each in either))

    def measured(self, t: Values, a: Mapping[str, Bounded]) -> tuple[dict[str, Bounded], Bounded]:
        """Return the error's own slopes, and the error."""
        terms, own = [], {}
        for o in t:
            slope = self.number(0.0).of(self.names["own_slope"](self.error, t, a, o))
            term = self.number(0.0).of(self.names["ERRORS"][self.error][0](t, a, Alone(o, len(t))))
            if self.error in ENTROPIES and not self.inside(a[o]):
                slope, term = self.number(slope.value, math.inf), self.number(term.value, math.inf)
            if self.error == "absolute" and abs(t[o] - a[o].value) <= a[o].off:
                slope = self.number(slope.value, 2.0)
            terms.append(term)
            own[o] = slope
        return own, self.summed(terms, more=2)

    def inside(self, a: Bounded) -> bool:
        """Whether a logarithm of a, and of what it lacks to 1, meets no smallest number."""
        ends = [a.value - a.off] if self.error == "cross_entropy" else [a.value - a.off, 1 - a.value - a.off]
        return min(ends) > self.precision.least

    def backward(
        self, w: Values, own: Mapping[str, Bounded], z: Mapping[str, Bounded], a: Mapping[str, Bounded]
    ) -> tuple[dict[str, Bounded], dict[str, Bounded]]:
        """Return the slopes of weights and biases."""
        dz: dict[str, Bounded] = {}
        graph = self.graph
        for group in reversed(graph.order):
            da = {
                j: self.summed(
                    [own.get(j, self.number(0.0)), *(self.times(self.number(w[p]), dz[k]) for k, p in graph.targets[j])]
                )
                for j in group.neurons
            }
            for k in group.net_inputs:
                terms = [self.times(da[j], self.slope(group, z, a, (j, k))) for j in group.neurons]
                dz[k] = self.summed(terms, more=3)
        dw = {p: self.summed([self.times(dz[k], a[i]) for k, i in graph.uses[p]]) for p in graph.uses}
        return dw, {q: self.summed([dz[k] for k in graph.biased[q]]) for q in graph.biased}

    def slope(
        self, group: Group, z: Mapping[str, Bounded], a: Mapping[str, Bounded], place: tuple[str, str]
    ) -> Bounded:
        """Return ∂a_j/∂z_k. Of a softmax, as if its two terms were multiplied by dE/da one by one: some engines do."""
        j, k = place
        found = self.near(group, z, lambda z: self.names["slope"](group, z, a, j, k))
        if group.activation != "softmax":
            return found
        apart = self.precision.gamma(len(group.neurons) + 3) * (a[j].value + a[j].off) * (1 + a[k].value + a[k].off)
        return self.number(found.value, found.off + apart)


def mean(samples: Sequence[Bounded], precision: Precision, more: int = 0) -> Bounded:
    """Return the mean over the samples of a batch; `more`: how many terms the sum of each has.

    >>> mean([Bounded(1.0), Bounded(2.0)], DOUBLE).off < 7 * 2.0**-53
    True
    """
    size = added(abs(each.value) + each.off for each in samples)
    off = added(each.off for each in samples) + precision.gamma(len(samples) + more + 2) * size
    n = len(samples)
    return Bounded(added(each.value for each in samples) / n, (off / n + precision.least) * SAFE)
