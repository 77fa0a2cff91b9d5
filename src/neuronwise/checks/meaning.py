"""The second check of a derivation: what a line *means*, computed without any rule.

    d/dx[u]   the slope that flows from x through all definitions into u: value and slope go forward side by side
    ∂/∂x[u]   the same, with every symbol but x standing still
    ∂y/∂x     the same, in the formula of y alone
    delta     the name of a slope means that slope

All lines of a derivation must mean one number. It is computed exactly, at random points, with random values for
functions: so it holds for whatever numbers a reader puts in. A checker of rules alone would agree with its own wrong
rules: this one shares with them the tree and nothing else, and has its own table of slopes (worlds.py).

From one line to the next most pieces stay as they are. What a piece means is computed once, and kept with the piece.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from neuronwise.checks.worlds import CONSTANTS, Field, Floats, NoValueError, Number, World, slope
from neuronwise.mathematics.definitions import Definitions, symbols
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, symbol

Item = TypeVar("Item")
POINTS = 2
MOST_POWER = 64
DIRECTIONS = ((1, 1), (-1, -1), (1, -1), (-1, 1))
SMALL = (2.0, 3.0, 5.0, 7.0, 1.0, 4.0)  # numbers that show that two formulas differ


class MeaningError(ValueError):
    """A formula without a meaning, or with another one than it should have."""


class Meaning(Generic[Number]):
    """Evaluates formulas in one world, under some definitions.

    A direction says what moves, and how far: {"x": 1} moves x by 1 and holds everything else.
    """

    def __init__(self, definitions: Definitions, world: World[Number]) -> None:
        self.definitions = definitions
        self.world: World[Number] = world
        self.zero: Number = world.number("0")
        self.one: Number = world.number("1")
        self.names: dict[str, Number] = {}
        self.kept: dict[int, tuple[Node, Number]] = {}  # by identity: as long as the node is kept, no other has its own
        self.spoken: dict[int, tuple[Node, frozenset[str]]] = {}
        self.flows: dict[tuple[str, tuple[str, ...]], dict[str, Number]] = {}
        self.ways: dict[tuple[str, ...], dict[str, None]] = {}
        self.edges: dict[tuple[str, str], Number] = {}

    def value(self, node: Node) -> Number:
        """Return what a formula, with or without signs of slopes, means."""
        kept = self.kept.get(id(node))
        if kept is None:
            kept = self.kept[id(node)] = (node, self.world.reduced(self.computed(node)))
        return kept[1]

    def computed(self, node: Node) -> Number:
        """Return the value of a formula, from the values of its parts."""
        match node.kind:
            case "name":
                return self.named(node.text)
            case "number":
                return self.world.number(node.text)
            case "total":
                u, x = node.parts
                return self.slope(u, self.flow(x.text, tuple(symbols(u))))
            case "partial":
                u, x = node.parts
                return self.slope(u, {x.text: self.one})
            case "local":
                y, x = node.parts
                return self.edge(x.text, y.text)
            case "cases":
                then, condition, otherwise = node.parts
                left, right = self.compared(condition)
                return self.world.chosen(left, right, lambda: self.value(then), lambda: self.value(otherwise))
            case "call" if node.text == "max":
                return self.largest([self.value(part) for part in node.parts])
        return self.operation(node, [self.value(part) for part in node.parts])

    def operation(self, node: Node, values: Sequence[Number]) -> Number:  # noqa: C901 - a case for each kind
        """Return the value of a sum, difference, negative, product, quotient, power or function."""
        result = values[0]
        match node.kind:
            case "plus":
                for value in values[1:]:
                    result = result + value
            case "times":
                for value in values[1:]:
                    result = self.world.reduced(result * value)
            case "minus":
                return result - values[1]
            case "negative":
                return -result
            case "power":
                for _ in range(1, exponent(node)):
                    result = self.world.reduced(result * values[0])
                return result if exponent(node) else self.one
            case "over" | "call":
                try:
                    return (
                        self.world.over(*values) if node.kind == "over" else self.world.called(node.text, only(values))
                    )
                except NoValueError as error:
                    message = f"{error}; got {plain(node)}"
                    raise MeaningError(message) from None
            case kind:
                message = f"expected a formula that can be computed; got a {kind}: write its parts out"
                raise MeaningError(message)
        return result

    def compared(self, condition: Node) -> tuple[Number, Number]:
        """Return the two numbers of which the first must be greater, for a condition to hold."""
        u, v = (self.value(part) for part in condition.parts)
        return (v, u) if condition.kind == "less" else (u, v)

    def largest(self, values: Sequence[Number]) -> Number:
        """Return the largest number."""
        first, *others = values
        if not others:
            return first
        rest = self.largest(others)
        return self.world.chosen(first, rest, lambda: first, lambda: rest)

    def named(self, text: str) -> Number:
        """Return the value of a name; of those that it is computed from, too, one after the other: they may be many."""
        waiting = [text]
        while waiting:
            top = waiting[-1]
            missing = [above for above in self.definitions.parents.get(top, ()) if above not in self.names]
            waiting += missing
            if not missing:
                self.names[waiting.pop()] = self.own(top)
        return self.names[text]

    def own(self, text: str) -> Number:
        """Return the value of a name by its own formula, of a slope's name by its slope, of a root by the world."""
        if text in self.definitions.formulas:
            return self.value(self.definitions.formulas[text])
        if text in self.definitions.goals:
            return self.value(self.definitions.goals[text])
        return self.world.root(text)

    def flow(self, x: str, ends: tuple[str, ...]) -> dict[str, Number]:
        """Return how far each name moves on the ways to some ends when x moves by 1, cut loose from its formula."""
        if (x, ends) not in self.flows:
            on_the_way: dict[str, None] = self.way(ends)
            moved = {x: self.one}
            for text in (x, *on_the_way):
                if text in moved and (text != x or len(moved) == 1):
                    for user in self.definitions.users(text):
                        if user in on_the_way:
                            step = moved[text] * self.edge(text, user)
                            moved[user] = self.world.reduced(moved.get(user, self.zero) + step)
            self.flows[x, ends] = moved
        return self.flows[x, ends]

    def way(self, ends: tuple[str, ...]) -> dict[str, None]:
        """Return the names with a formula that some ends are computed from, each after those it is computed from."""
        if ends not in self.ways:
            slopes = [text for text in ends if text in self.definitions.goals]
            if slopes:
                message = f"expected no slope of a slope; got d/dx of {', '.join(slopes)}, the name of a slope"
                raise MeaningError(message)
            leading = frozenset[str]().union(*map(self.definitions.ancestors, ends))
            formulas = self.definitions.formulas
            self.ways[ends] = {text: None for text in self.definitions.order if text in leading and text in formulas}
        return self.ways[ends]

    def edge(self, x: str, y: str) -> Number:
        """Return how far y moves when x moves by 1 and all else in the formula of y stands still."""
        if (x, y) not in self.edges:
            formula = self.definitions.formulas[y]
            self.edges[x, y] = self.world.reduced(self.slope(formula, {x: self.one}))
        return self.edges[x, y]

    def speaks_of(self, node: Node) -> frozenset[str]:
        """Return the names in a formula."""
        kept = self.spoken.get(id(node))
        if kept is None:
            inner = (self.speaks_of(part) for part in node.parts)
            names = frozenset([node.text]) if node.kind == "name" else frozenset[str]().union(*inner)
            kept = self.spoken[id(node)] = (node, names)
        return kept[1]

    def slope(self, node: Node, moved: Mapping[str, Number]) -> Number:  # noqa: C901, PLR0911 - a case for each kind
        """Return how far a formula moves in some direction."""
        if node.kind == "name":
            return moved.get(node.text, self.zero)
        if self.speaks_of(node).isdisjoint(moved):
            return self.zero
        match node.kind:
            case "plus":
                steps = [self.slope(part, moved) for part in node.parts]
                result = self.zero
                for step in steps:
                    result = result + step
                return self.world.reduced(result)
            case "times":
                return self.slope_of_product(node.parts, moved)
            case "minus":
                return self.slope(node.parts[0], moved) - self.slope(node.parts[1], moved)
            case "negative":
                return -self.slope(node.parts[0], moved)
            case "over":
                u, v = node.parts
                rest = self.slope(u, moved) - self.value(node) * self.slope(v, moved)
                return self.world.over(self.world.reduced(rest), self.value(v))
            case "power":
                return self.slope_of_product(node.parts[:1] * exponent(node), moved)
            case "call" if node.text == "max":
                return self.slope_of_largest(node.parts, moved)
            case "call":
                u = only(node.parts)
                return self.world.reduced(slope(self.world, node.text, self.value(u)) * self.slope(u, moved))
            case "cases":
                then, condition, otherwise = node.parts
                left, right = self.compared(condition)
                return self.world.chosen(
                    left, right, lambda: self.slope(then, moved), lambda: self.slope(otherwise, moved)
                )
        message = f"expected a formula that has a slope; got {plain(node)}"
        raise MeaningError(message)

    def slope_of_product(self, factors: Iterable[Node], moved: Mapping[str, Number]) -> Number:
        """Return how far a product moves: each factor has its turn."""
        value, step = self.one, self.zero
        for factor in factors:
            u = self.value(factor)
            step = self.world.reduced(step * u + value * self.slope(factor, moved))
            value = self.world.reduced(value * u)
        return step

    def slope_of_largest(self, parts: tuple[Node, ...], moved: Mapping[str, Number]) -> Number:
        """Return how far the largest of some formulas moves."""
        first, *others = parts
        step = self.slope(first, moved)
        if not others:
            return step
        rest = self.largest([self.value(part) for part in others])
        return self.world.chosen(
            self.value(first), rest, lambda: step, lambda: self.slope_of_largest(tuple(others), moved)
        )


def only(several: Sequence[Item]) -> Item:
    """Return the one number, or formula, that a function is of; MeaningError if it is of several.

    >>> only([0.5])
    0.5
    """
    if len(several) != 1:
        message = f"expected a function of one number; got one of {len(several)}"
        raise MeaningError(message)
    return several[0]


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


class Meanings:
    """Random points of one set of definitions, at which many formulas are compared: what was computed once is kept.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> meanings = Meanings(Definitions({"a": read_plain("w*x")}))
    >>> meanings.same(read_plain("da/dw"), read_plain("x")), meanings.same(read_plain("da/dw"), read_plain("w"))
    (True, False)
    """

    def __init__(self, definitions: Definitions) -> None:
        self.points = [Meaning(definitions, Field(seed)) for seed in range(POINTS)]

    def same(self, a: Node, b: Node) -> bool:
        """Tell whether two formulas mean the same at every point."""
        return all(point.value(a) == point.value(b) for point in self.points)


def same_meaning(a: Node, b: Node, definitions: Definitions) -> bool:
    """Tell whether two formulas mean the same, whatever numbers and functions: exactly, at random points.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> definitions = Definitions({"a": read_plain("w*x")})
    >>> same_meaning(read_plain("da/dw"), read_plain("x"), definitions)
    True
    """
    return Meanings(definitions).same(a, b)


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
        except (MeaningError, NoValueError):
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
    needed = {above for text in spoken for above in definitions.ancestors(text)}
    named = {*definitions.formulas, *definitions.goals, *CONSTANTS}
    return [text for text in dict.fromkeys([*definitions.order, *spoken]) if text in needed and text not in named]


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
