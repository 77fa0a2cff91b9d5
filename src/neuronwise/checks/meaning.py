"""The second check of a derivation: what a line *means*, computed without any rule.

    d/dx[u]   the slope that flows through all definitions while x moves: a dual number carries value and slope
    ∂/∂x[u]   the same, with every symbol but x standing still
    ∂y/∂x     the same, in the formula of y alone

All lines of a derivation must mean one number. It is computed exactly, at random points, with random values for
functions: so it holds for whatever numbers a reader puts in. A checker of rules alone would agree with its own wrong
rules: this one shares with them the tree and nothing else, and keeps its own table of slopes.
"""

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple

from neuronwise.checks.worlds import JUMPS, Field, Floats, Number, World
from neuronwise.mathematics.definitions import Definitions, symbols
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, symbol

POINTS = 2
MOST_POWER = 64
DIRECTIONS = ((1, 1), (-1, -1), (1, -1), (-1, 1))
SMALL = (2.0, 3.0, 5.0, 7.0, 1.0, 4.0)  # numbers that show that two formulas differ
SLOPES = {"abs": "sign", "sign": JUMPS}  # function -> the function that is its slope


class MeaningError(ValueError):
    """A formula without a meaning, or with another one than it should have."""


class Dual(NamedTuple, Generic[Number]):
    """A value, and how far it moves for each unit that the variable moves."""

    value: Number
    slope: Number


class Meaning(Generic[Number]):
    """Evaluates formulas in one world, under some definitions."""

    def __init__(self, definitions: Definitions, world: World[Number]) -> None:
        self.formulas = definitions.formulas
        self.world: World[Number] = world
        self.zero: Number = world.number("0")
        self.one: Number = world.number("1")
        self.known: dict[tuple[str, str, bool], Dual[Number]] = {}

    def value(self, node: Node) -> Number:
        """Return what a formula, with or without signs of slopes, means."""
        return self.dual(node, "", through=True).value

    def dual(self, node: Node, x: str, *, through: bool) -> Dual[Number]:
        """Return value and slope while x moves; `through`: other names move along, as their definitions say."""
        match node.kind:
            case "number":
                return Dual(self.world.number(node.text), self.zero)
            case "name":
                return self.named(node.text, x, through=through)
            case "total" | "partial":
                u, moving = node.parts
                return Dual(self.dual(u, moving.text, through=node.kind == "total").slope, self.zero)
            case "local":
                y, moving = node.parts
                return Dual(self.dual(self.formulas[y.text], moving.text, through=False).slope, self.zero)
            case "cases":
                then, condition, otherwise = node.parts
                left, right = (self.dual(part, x, through=through).value for part in condition.parts)
                chosen = then if self.world.holds(condition.kind, left, right) else otherwise
                return self.dual(chosen, x, through=through)
        parts = [self.dual(part, x, through=through) for part in node.parts]
        return self.called(node.text, parts) if node.kind == "call" else self.operation(node, parts)

    def named(self, text: str, x: str, *, through: bool) -> Dual[Number]:
        """Return value and slope of a name: x moves by one, and cut loose from its own formula."""
        key = (text, x, through)
        if key not in self.known:
            if text in self.formulas:
                own = self.dual(self.formulas[text], x if through else "", through=True)
            else:
                own = Dual(self.world.root(text), self.zero)
            self.known[key] = Dual(own.value, self.one if text == x else own.slope if through else self.zero)
        return self.known[key]

    def called(self, function: str, arguments: list[Dual[Number]]) -> Dual[Number]:
        """Return value and slope of a function of one number."""
        (u,) = arguments
        slope = self.world.called(SLOPES[function], u.value)
        return Dual(self.world.called(function, u.value), slope * u.slope)

    def operation(self, node: Node, parts: list[Dual[Number]]) -> Dual[Number]:
        """Return value and slope of a sum, difference, negative, product, quotient or power."""
        u = parts[0]
        match node.kind:
            case "negative":
                return Dual(-u.value, -u.slope)
            case "minus":
                return Dual(u.value - parts[1].value, u.slope - parts[1].slope)
            case "over":
                v = parts[1]
                if v.value == self.zero:
                    message = f"expected a divisor that is not 0; got {plain(node)}"
                    raise MeaningError(message)
                quotient = u.value / v.value
                return Dual(quotient, (u.slope - quotient * v.slope) / v.value)
            case "power":
                parts = [Dual(self.one, self.zero)] + parts[:1] * exponent(node)
        result = parts[0]
        for v in parts[1:]:
            if node.kind == "plus":
                result = Dual(result.value + v.value, result.slope + v.slope)
            else:
                result = Dual(result.value * v.value, result.slope * v.value + result.value * v.slope)
        return result


def exponent(power: Node) -> int:
    """Return the exponent of a power; MeaningError if it is no whole number, or too large to multiply out.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> exponent(read_plain("w^3"))
    3
    """
    text = power.parts[1].text
    if not text.isdecimal() or int(text) > MOST_POWER:
        message = f"expected a whole exponent up to {MOST_POWER}; got {plain(power)}"
        raise MeaningError(message)
    return int(text)


def value(node: Node, definitions: Definitions, env: Mapping[str, float]) -> float:
    """Return what a formula means for a reader's numbers, one for each root.

    Errors   MissingNumberError: a root without a number; MeaningError: a division by 0, a power above 64

    >>> from neuronwise.mathematics.readers import read_plain
    >>> definitions = Definitions({"a": read_plain("w*x"), "E": read_plain("abs(t - a)")})
    >>> value(read_plain("dE/da * da/dw"), definitions, {"w": 1.5, "x": 0.5, "t": 0.25})
    0.5
    """
    return Meaning(definitions, Floats(env)).value(node)


def same_meaning(a: Node, b: Node, definitions: Definitions) -> bool:
    """Tell whether two formulas mean the same, whatever numbers and functions: exactly, at random points.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> definitions = Definitions({"a": read_plain("w*x")})
    >>> same_meaning(read_plain("da/dw"), read_plain("x"), definitions)
    True
    """
    worlds = [Meaning(definitions, Field(seed)) for seed in range(POINTS)]
    return all(world.value(a) == world.value(b) for world in worlds)


def difference(a: Node, b: Node, definitions: Definitions) -> tuple[dict[str, float], float, float] | None:
    """Return small numbers for which two formulas differ, and their values; None if none were found.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> difference(read_plain("2*w"), read_plain("w"), Definitions({}))
    ({'w': 2.0}, 4.0, 2.0)
    """
    roots = roots_of((a, b), definitions)
    for signs, first in itertools.product(DIRECTIONS, range(len(SMALL))):
        env = {text: signs[i % 2] * SMALL[(first + i) % len(SMALL)] for i, text in enumerate(roots)}
        try:
            left, right = value(a, definitions, env), value(b, definitions, env)
        except MeaningError:
            continue
        if not math.isclose(left, right, rel_tol=1e-9):
            return env, left, right
    return None


def roots_of(formulas: Iterable[Node], definitions: Definitions) -> list[str]:
    """Return the names without a formula that some formulas are computed from, in the order of the definitions.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> roots_of([read_plain("dE/da")], Definitions({"a": read_plain("w*x"), "E": read_plain("abs(t - a)")}))
    ['w', 'x', 't']
    """
    spoken = [text for formula in formulas for text in symbols(formula)]
    needed = {above for text in spoken for above in definitions.ancestors.get(text, {text})}
    return [
        text
        for text in dict.fromkeys([*definitions.order, *spoken])
        if text in needed and text not in definitions.formulas
    ]


def check_slopes(definitions: Definitions) -> None:
    """Check what the code claims: each line named like a slope (dE_da) means that slope of the definitions.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> check_slopes(Definitions({"a": read_plain("w*x"), "da_dw": read_plain("w")}))
    Traceback (most recent call last):
        ...
    neuronwise.checks.meaning.MeaningError: expected da_dw to be the slope da/dw of the definitions; got w.
    With w=2, x=3 the slope is 3, this formula 2.
    """
    for text, formula in definitions.slopes.items():
        if not same_meaning(symbol(text), formula, definitions):
            message = f"expected {text} to be the slope {plain(symbol(text))} of the definitions; got {plain(formula)}."
            shown = numbers(symbol(text), formula, definitions, "the slope", "this formula")
            raise MeaningError(f"{message}\n{shown}" if shown else message)


def numbers(a: Node, b: Node, definitions: Definitions, first: str, second: str) -> str:
    """Return a sentence with numbers for which two formulas differ; nothing if none were found.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> numbers(read_plain("2*w"), read_plain("w"), Definitions({}), "twice w", "w")
    'With w=2 twice w is 4, w 2.'
    """
    found = difference(a, b, definitions)
    if found is None:
        return ""
    env, left, right = found
    given = ", ".join(f"{text}={number:g}" for text, number in env.items())
    return f"With {given} {first} is {left:.6g}, {second} {right:.6g}."
