"""The worlds in which a formula has a meaning: whole numbers modulo a prime, where nothing is rounded, or floats.

In the field a function is a random number for each argument. Known of it is only what a derivation uses, and this
table of slopes is a second one, which knows nothing of the rules':

    exp' = exp      log'(u) = 1/u     tanh' = 1 − tanh²        sin' = cos     cos' = −sin
    abs' = sgn      sgn' = 0          erf'(u) = 2/√π·e^(−u²), where 2/√π is 4·√½·1/√(2π)

    e⁻ᵘ = 1/eᵘ      e⁰ = 1            ln 1 = 0                 sin² + cos² = 1
    sgn, tanh, sin and erf change their sign with u; abs and cos do not; |u| = u·sgn(u)

Where a formula has cases, the field mixes them: c·u + (1 − c)·v, with a random c for each condition. So both cases
count, and what holds for any c holds for 1 and for 0.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

P = 2**61 - 1
ROOT_HALF = 2**30  # squared it is 2^60, which is ½, because 2^61 = 1
CONSTANTS = {"SQRT_HALF": math.sqrt(0.5), "DENSITY": 1 / math.sqrt(2 * math.pi), "TINY": 2.0**-1022}


class MissingNumberError(ValueError):
    """A root without a number."""


class NoValueError(ValueError):
    """A function or a division without a value at this place."""


Number = TypeVar("Number", int, float)


class World(Protocol[Number]):
    """Where numbers come from."""

    def number(self, text: str) -> Number:
        """Return the number that a literal says."""

    def root(self, text: str) -> Number:
        """Return the number of a name without a formula."""

    def reduced(self, u: Number) -> Number:
        """Return the number in its short form."""

    def over(self, u: Number, v: Number) -> Number:
        """Return u/v; NoValueError if v is 0."""

    def called(self, function: str, u: Number) -> Number:
        """Return the value of a function; NoValueError if it has none, or is not known."""

    def chosen(self, u: Number, v: Number, then: Callable[[], Number], otherwise: Callable[[], Number]) -> Number:
        """Return what holds if u > v, or else the other."""


def slope(world: World[Number], function: str, u: Number) -> Number:
    """Return the slope of a function at u.

    >>> slope(Floats({}), "log", 4.0)
    0.25
    """
    match function:
        case "abs":
            return world.called("sign", u)
        case "sign":
            return world.number("0")
        case "exp":
            return world.called("exp", u)
        case "log":
            return world.over(world.number("1"), u)
        case "tanh":
            tanh = world.called("tanh", u)
            return world.number("1") - tanh * tanh
        case "sin":
            return world.called("cos", u)
        case "cos":
            return -world.called("sin", u)
        case "erf":
            height = world.number("4") * world.root("SQRT_HALF") * world.root("DENSITY")
            return height * world.called("exp", world.reduced(-u * u))
    message = f"expected a function with a known slope; got {function}"
    raise NoValueError(message)


class Field:
    """Random elements: the same for the same name, and the same for the same function of the same number.

    >>> Field(1).root("w") == Field(1).root("w"), Field(1).root("w") == Field(1).root("x")
    (True, False)
    >>> Field(1).over(1, 3) * 3 % P
    1
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.lots: dict[tuple[object, ...], int] = {}

    def drawn(self, *key: object) -> int:
        """Return the element that belongs to a key: any but 0."""
        if key not in self.lots:
            lot = hashlib.blake2b(repr((self.seed, *key)).encode(), digest_size=16).digest()
            self.lots[key] = int.from_bytes(lot, "big") % (P - 1) + 1
        return self.lots[key]

    def number(self, text: str) -> int:
        """Return a literal, as it is written: 0.25 is 25/100."""
        whole, _, decimals = text.partition(".")
        return int(whole + decimals) * pow(10, -len(decimals), P) % P

    def root(self, text: str) -> int:
        """Return any number; √½ is one whose square is ½."""
        return ROOT_HALF if text == "SQRT_HALF" else self.drawn("root", text)

    def reduced(self, u: int) -> int:
        """Return the remainder."""
        return u % P

    def over(self, u: int, v: int) -> int:
        """Return the number that, times v, is u."""
        if v % P == 0:
            message = "expected a divisor that is not 0"
            raise NoValueError(message)
        return u * pow(v, -1, P) % P

    def called(self, function: str, u: int) -> int:
        """Return a number for a function: any that keeps what is known of it."""
        if function not in FUNCTIONS:
            message = f"expected a known function; got {function}"
            raise NoValueError(message)
        left = u > P // 2  # one of u and −u, so that the other gets what belongs to it
        v = P - u if left else u
        turned = -1 if left else 1
        match function:
            case "exp":
                return 1 if u == 0 else pow(self.drawn("exp", v), turned, P)
            case "log":
                return 0 if u == 1 else self.drawn("log", u)
            case "sign" | "tanh" | "erf":
                return 0 if u == 0 else turned * self.drawn(function, v) % P
            case "abs":
                return u * self.called("sign", u) % P
        t = self.drawn("tan of half", v) if v else 0
        return self.over(2 * t * turned if function == "sin" else 1 - t * t, 1 + t * t)

    def chosen(self, u: int, v: int, then: Callable[[], int], otherwise: Callable[[], int]) -> int:
        """Return a mixture of both, for here no number is greater than another; but all are greater than TINY."""
        if v == self.root("TINY"):
            return then()
        c = self.drawn("greater", u, v)
        return (c * then() + (1 - c) * otherwise()) % P


FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "abs": abs, "sign": lambda u: float((u > 0) - (u < 0)),
    "exp": math.exp, "log": math.log, "tanh": math.tanh, "sin": math.sin, "cos": math.cos, "erf": math.erf,
}  # fmt: skip


class Floats:
    """The numbers of a reader.

    >>> Floats({"w": 1.5}).root("w")
    1.5
    """

    def __init__(self, env: Mapping[str, float]) -> None:
        self.env = CONSTANTS | dict(env)

    def number(self, text: str) -> float:
        """Return a literal."""
        return float(text)

    def root(self, text: str) -> float:
        """Return the number that was given."""
        if text not in self.env:
            given = [known for known in self.env if known not in CONSTANTS]
            message = f"expected a number for {text}; got numbers for {', '.join(given) or 'nothing'}"
            raise MissingNumberError(message)
        return self.env[text]

    def reduced(self, u: float) -> float:
        """Return the number: it is as short as it will be."""
        return u

    def over(self, u: float, v: float) -> float:
        """Divide."""
        if v == 0:
            message = "expected a divisor that is not 0"
            raise NoValueError(message)
        return u / v

    def called(self, function: str, u: float) -> float:
        """Return the value of a function."""
        try:
            return FUNCTIONS[function](u)
        except (KeyError, ValueError, OverflowError):
            message = f"expected a function and a number for which it has a value; got {function}({u:g})"
            raise NoValueError(message) from None

    def chosen(self, u: float, v: float, then: Callable[[], float], otherwise: Callable[[], float]) -> float:
        """Compare."""
        return then() if u > v else otherwise()
