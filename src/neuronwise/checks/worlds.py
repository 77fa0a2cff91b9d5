"""The worlds in which a formula has a meaning: whole numbers modulo a prime, where nothing is rounded, or floats."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

P = 2**61 - 1
JUMPS = "zero"  # the slope of a function that only jumps: 0, and at the jump by convention


class MissingNumberError(ValueError):
    """A root without a number."""


@dataclass(frozen=True, slots=True)
class Element:
    """A whole number modulo P: adds, multiplies and divides without rounding.

    >>> Element(1) / Element(3) * Element(3)
    Element(n=1)
    """

    n: int

    def __neg__(self) -> "Element":
        """Return −u."""
        return Element(-self.n % P)

    def __add__(self, other: "Element") -> "Element":
        """Return u + v."""
        return Element((self.n + other.n) % P)

    def __sub__(self, other: "Element") -> "Element":
        """Return u − v."""
        return Element((self.n - other.n) % P)

    def __mul__(self, other: "Element") -> "Element":
        """Return u·v."""
        return Element(self.n * other.n % P)

    def __truediv__(self, other: "Element") -> "Element":
        """Return u/v, for a v that is not 0."""
        return Element(self.n * pow(other.n, -1, P) % P)


Number = TypeVar("Number", Element, float)


class World(Protocol[Number]):
    """Where numbers come from."""

    def number(self, text: str) -> Number:
        """Return the number that a literal says."""

    def root(self, text: str) -> Number:
        """Return the number of a name without a formula."""

    def called(self, function: str, u: Number) -> Number:
        """Return the value of a function."""

    def holds(self, relation: str, u: Number, v: Number) -> bool:
        """Tell whether u is greater, or less, than v."""


class Field:
    """Random elements: the same for the same name, and the same for the sign of the same number.

    >>> Field(1).root("w") == Field(1).root("w"), Field(1).root("w") == Field(1).root("x")
    (True, False)
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def drawn(self, *key: object) -> Element:
        """Return the element that belongs to a key."""
        return Element(random.Random(repr((self.seed, *key))).randrange(1, P))  # noqa: S311 - chance, not secrecy

    def number(self, text: str) -> Element:
        """Return a literal, as it is written: 0.25 is 25/100."""
        whole, _, decimals = text.partition(".")
        return Element(int(whole + decimals) % P) / Element(10 ** len(decimals) % P)

    def root(self, text: str) -> Element:
        """Return any number."""
        return self.drawn("root", text)

    def called(self, function: str, u: Element) -> Element:
        """Return any number for sgn(u), with the other sign for −u; |u| is u·sgn(u)."""
        if function == JUMPS or u.n == 0:
            return Element(0)
        half = self.drawn("sign", min(u.n, P - u.n))
        sign = half if u.n <= P // 2 else -half
        return {"sign": sign, "abs": u * sign}[function]

    def holds(self, relation: str, u: Element, v: Element) -> bool:
        """Toss a coin: here no number is greater than another."""
        return self.drawn(relation, u.n, v.n).n % 2 == 0


class Floats:
    """The numbers of a reader.

    >>> Floats({"w": 1.5}).root("w")
    1.5
    """

    FUNCTIONS: Mapping[str, Callable[[float], float]] = {
        "abs": abs,
        "sign": lambda u: float((u > 0) - (u < 0)),
        JUMPS: lambda _: 0.0,
    }

    def __init__(self, env: Mapping[str, float]) -> None:
        self.env = env

    def number(self, text: str) -> float:
        """Return a literal."""
        return float(text)

    def root(self, text: str) -> float:
        """Return the number that was given."""
        if text not in self.env:
            message = f"expected a number for {text}; got numbers for {', '.join(self.env) or 'nothing'}"
            raise MissingNumberError(message)
        return self.env[text]

    def called(self, function: str, u: float) -> float:
        """Return the value of a function."""
        return self.FUNCTIONS[function](u)

    def holds(self, relation: str, u: float, v: float) -> bool:
        """Compare."""
        return u > v if relation == "greater" else u < v
