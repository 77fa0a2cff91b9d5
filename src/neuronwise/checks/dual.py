"""Dual numbers: a number that brings its own slope along.

    u + v    slopes add                          −u      the slope turns around
    u · v    u'·v + u·v'                         |u|     u' where u > 0, −u' where u < 0, 0 at the tip
    u / v    (u' − u/v · v') / v                 u > v   compares the values

Run a program with the weight as Dual(w, 1.0), and its error comes out with dE/dw. No formula, no derivation, no rule of
`mathematics` takes part.
"""
# ruff: noqa: D105 - what + does is what + says

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
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
        return -self if self.value < 0 else Dual(abs(self.value), 0.0)

    def __gt__(self, other: "Dual | float") -> bool:
        return self.value > dual(other).value

    def __lt__(self, other: "Dual | float") -> bool:
        return self.value < dual(other).value


def dual(u: Dual | float) -> Dual:
    """Return a number as a dual number; a plain one stands still.

    >>> dual(3)
    Dual(value=3.0, slope=0.0)
    """
    return u if isinstance(u, Dual) else Dual(float(u), 0.0)
