"""Dual numbers: a number that brings its own slope along.

    u + v    slopes add                          −u      the slope turns around
    u · v    u'·v + u·v'                         |u|     u' where u > 0, −u' where u < 0, 0 at the tip
    u / v    (u' − u/v · v') / v                 u > v   compares the values
    f(u)     f'(u)·u'                            exp log tanh sin cos erf: `lifted`

Run a program with the weight as Dual(w, 1.0), and its error comes out with dE/dw. No formula, no derivation, no rule of
`mathematics` takes part. Value and slope are floats, or any other numbers that add, multiply and divide.
"""
# ruff: noqa: D105 - what + does is what + says

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from neuronwise.necessary import elementary

Function = Callable[[Any], Any]
TWO_OVER_ROOT_PI = 1.1283791670955126
BENT: dict[str, Function] = {name: getattr(elementary, name) for name in ("exp", "log", "tanh", "sin", "cos", "erf")}


@dataclass(slots=True, eq=False)
class Dual:
    """A value, and what it gains for each unit that the chosen number gains.

    >>> w = Dual(1.5, 1.0)
    >>> abs(0.25 - w * 0.5)
    Dual(value=0.5, slope=0.5)
    """

    value: float
    slope: float

    def __add__(self, other: "Dual | float") -> "Dual":
        v = dual(other)
        return Dual(self.value + v.value, self.slope + v.slope)

    def __sub__(self, other: "Dual | float") -> "Dual":
        v = dual(other)
        return Dual(self.value - v.value, self.slope - v.slope)

    def __mul__(self, other: "Dual | float") -> "Dual":
        v = dual(other)
        return Dual(self.value * v.value, self.slope * v.value + self.value * v.slope)

    def __truediv__(self, other: "Dual | float") -> "Dual":
        v = dual(other)
        value = self.value / v.value
        return Dual(value, (self.slope - value * v.slope) / v.value)

    def __radd__(self, other: float) -> "Dual":
        return dual(other) + self

    def __rsub__(self, other: float) -> "Dual":
        return dual(other) - self

    def __rmul__(self, other: float) -> "Dual":
        return dual(other) * self

    def __rtruediv__(self, other: float) -> "Dual":
        return dual(other) / self

    def __neg__(self) -> "Dual":
        return Dual(-self.value, -self.slope)

    def __abs__(self) -> "Dual":
        if self.value > 0:
            return self
        return -self if self.value < 0 else Dual(abs(self.value), 0)

    def __gt__(self, other: "Dual | float") -> bool:
        return self.value > dual(other).value

    def __lt__(self, other: "Dual | float") -> bool:
        return self.value < dual(other).value


def dual(u: Dual | float) -> Dual:
    """Return a number as a dual number; a plain one stands still.

    >>> dual(3.0)
    Dual(value=3.0, slope=0)
    """
    return u if isinstance(u, Dual) else Dual(u, 0)


def derivatives(bent: Mapping[str, Function] = BENT) -> dict[str, Function]:
    """Return the slope of each elementary function, in terms of `bent`, which computes them.

    What has overflowed stands still: where eᵘ is infinite, its slope is 0.

    >>> derivatives()["log"](4.0), derivatives()["exp"](1e4)
    (0.25, 0)
    """
    exp, sin, cos = bent["exp"], bent["sin"], bent["cos"]

    def of_exp(u: float) -> float:
        value: float = exp(u)
        return value if value < math.inf else 0

    def of_tanh(u: float) -> float:
        value: float = 4 / elementary.square(exp(u) + exp(-u))  # as 1/cosh², where necessary has 1 − tanh²
        return value

    return {
        "exp": of_exp,
        "log": lambda u: 1 / u,
        "tanh": of_tanh,
        "sin": cos,
        "cos": lambda u: -sin(u),
        "erf": lambda u: TWO_OVER_ROOT_PI * exp(-elementary.square(u)),
    }


def lifted(bent: Mapping[str, Function] = BENT) -> dict[str, Function]:
    """Return the elementary functions for dual numbers; plain numbers stay plain.

    >>> lifted()["exp"](Dual(0.0, 0.5)), lifted()["exp"](0.0)
    (Dual(value=1.0, slope=0.5), 1.0)
    """

    def lift(f: Function, derivative: Function) -> Function:
        def of(u: Any) -> Any:  # noqa: ANN401 - a number of any kind
            return Dual(f(u.value), derivative(u.value) * u.slope) if isinstance(u, Dual) else f(u)

        return of

    return {name: lift(bent[name], derivative) for name, derivative in derivatives(bent).items()}
