"""Exact equality of two formulas: both are computed at random points, in whole numbers modulo the prime 2^61 − 1.

    says yes to unequal formulas with a chance of about (degree / 2^61)^3: three points
    says no to equal ones only where that takes knowing more of a function than is said below

Slopes and functions are opaque: a number is drawn for each slope, and for each function and argument. So no rule about
slopes can slip through as "algebra". A few facts of school algebra are known:

    f(−u) = −f(u) for sgn, tanh, sin, erf      cos(−u) = cos u      |u| = u·sgn(u)
    e^(−u) = 1/e^u      e^0 = 1      ln 1 = 0      √½·√½ = ½

A formula by cases is c·u + (1 − c)·v, with a random c for each condition: what holds for any c holds for 1 and 0.
Refused: powers above 64 and numbers from the prime on, because there x^(p−1) = 1 and p = 0; and a division by 0.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from neuronwise.mathematics.definitions import DefinitionError
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import SIGNS, Node, code_name, ungrouped

P = 2**61 - 1
MOST_POWER = 64
POINTS = 3
ODD = ("sign", "tanh", "sin", "erf")
ROOT_HALF = 2**30  # its square is 2^60, and 2·2^60 = 2^61 = 1


class IncomparableError(ValueError):
    """A formula that the exact comparison cannot compute."""


class Point:
    """A number for every name, slope and function value, drawn when it is first asked for."""

    def __init__(self, seed: int) -> None:
        self.lot, self.chosen = random.Random(seed), dict[object, int]()  # noqa: S311 - chance, not secrecy

    def drawn(self, *key: object) -> int:
        """Return the number that belongs to a key."""
        return self.chosen.setdefault(key, self.lot.randrange(1, P))

    def value(self, node: Node) -> int:
        """Return the value of a formula, modulo P."""
        if node.kind in SIGNS:
            return self.drawn(ungrouped(node))
        if node.kind in ("number", "name"):
            return self.number(node) if node.kind == "number" else self.named(node.text)
        if node.kind == "power":
            return pow(self.value(node.parts[0]), exponent(node), P)
        values = [self.value(part) for part in node.parts]
        if node.kind == "over" and values[1] == 0:
            message = f"expected a divisor that is not 0; got {plain(node)}"
            raise IncomparableError(message)
        if node.kind in OPERATIONS:
            return OPERATIONS[node.kind](values) % P
        if node.kind == "call" and len(values) == 1:
            return self.called(node.text, *values) % P
        if node.kind == "cases":
            then, c, otherwise = values
            return (c * then + (1 - c) * otherwise) % P
        if node.kind in ("greater", "less"):
            return self.drawn("greater", *(values if node.kind == "greater" else reversed(values)))
        return self.drawn(node.kind, node.text, *values)  # a function of several numbers, a comparison of indices

    def named(self, text: str) -> int:
        """Return the number of a name."""
        return ROOT_HALF if text == "SQRT_HALF" else self.drawn(text)

    def called(self, function: str, u: int) -> int:
        """Return a number for f(u); what belongs to −u is made of what belongs to u, as far as school algebra knows."""
        if function == "abs":
            return u * self.called("sign", u)
        if function == "log":
            return self.drawn("log", u) if u != 1 else 0
        if u == 0 and function in (*ODD, "exp"):
            return 1 if function == "exp" else 0
        negative = u > P // 2
        value = self.drawn(function, P - u if negative else u)
        if function == "exp":
            return pow(value, -1, P) if negative else value
        return -value if negative and function in ODD else value

    def number(self, node: Node) -> int:
        """Return a number as an element of the field: 0.1 is 1/10."""
        fraction = Fraction(node.text)
        if max(fraction.numerator, fraction.denominator) >= P:
            message = f"expected a number below 2^61 − 1; got {node.text}: the exact comparison cannot hold it"
            raise IncomparableError(message)
        return fraction.numerator * pow(fraction.denominator, -1, P) % P


OPERATIONS: dict[str, Callable[[list[int]], int]] = {
    "plus": sum, "minus": lambda u: u[0] - u[1], "negative": lambda u: -u[0],
    "times": math.prod, "over": lambda u: u[0] * pow(u[1], -1, P),
}  # fmt: skip


def exponent(node: Node) -> int:
    """Return the exponent of a power.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> exponent(read_plain("w^3"))
    3
    """
    n = node.parts[1]
    if n.kind != "number" or not n.text.isdecimal() or int(n.text) > MOST_POWER:
        message = f"expected a whole exponent up to {MOST_POWER}; got {plain(node)}"
        raise IncomparableError(message)
    return int(n.text)


def equal(a: Node, b: Node) -> bool:
    """Tell whether two formulas are equal, whatever numbers the names stand for.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> equal(read_plain("(t - a)*(t + a)"), read_plain("t² - a²"))
    True
    >>> equal(read_plain("(t - a)²"), read_plain("t² - a²"))
    False
    """
    points = [Point(seed) for seed in range(POINTS)]
    return all(point.value(a) == point.value(b) for point in points)


def unfolded(formula: Node, definitions: Mapping[str, Node], trail: tuple[str, ...] = ()) -> Node:
    """Return the formula with every defined name, dE_da too, replaced by its formula, until none is left.

    Nothing is replaced under the sign of a slope: there a name may be what moves.
    Errors   DefinitionError: a name stands in its own formula

    >>> from neuronwise.mathematics.readers import read_plain
    >>> plain(unfolded(read_plain("dE/da*x"), {"dE_da": read_plain("t - a"), "a": read_plain("w*x")}))
    '(t − w·x)·x'
    """
    text = code_name(formula)
    if text in trail:
        message = f"expected definitions without a circle; got {' → '.join((*trail, str(text)))}"
        raise DefinitionError(message)
    if text is not None and text in definitions:
        return unfolded(definitions[text], definitions, (*trail, text))
    if text is not None or formula.kind in SIGNS:
        return formula
    return replace(formula, parts=tuple(unfolded(part, definitions, trail) for part in formula.parts))


def same_formula(a: Node, b: Node, definitions: Mapping[str, Node]) -> bool:
    """Tell whether two formulas are one tree, or equal by exact algebra once the given names are written out.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> code = {"dE_da": read_plain("-sign(t - a)"), "da_dw": read_plain("x")}
    >>> same_formula(read_plain("-sign(t - a)*x"), read_plain("dE/da * da/dw"), code)
    True
    """
    if ungrouped(a) == ungrouped(b):
        return True
    return equal(unfolded(a, definitions), unfolded(b, definitions))
