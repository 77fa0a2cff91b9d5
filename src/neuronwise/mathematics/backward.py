"""A derivation that writes itself: at the first slope of a line the first rule that fits, until none is left.

Slopes of names such as dE/dz come first, so that all paths stand there before any slope of an edge is opened.

    edges      dE/dz -> over every edge: the slope behind it, times the slope of the edge
    local      the slope of an edge -> ∂/∂z of one formula, where constant, sum, product, chain, … apply
    result     a slope that was derived before -> its formula
    algebra    at last, without factors 1 and terms 0; or in the form in which the code has it

In the delta form the slopes named in `kept` stay: dE/dz of a neuron is written with dE/dz of those nearer the error.
Each of them has its own derivation, and that is why there is an order. Unrolled, none stays, and every path is a term.
"""

import math
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from itertools import groupby

from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation, Line
from neuronwise.mathematics.laws import DoesNotFitError
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.rules import RULES
from neuronwise.mathematics.search import Search, Step, apply_at
from neuronwise.mathematics.tree import SIGNS, Node, Place, code_name, number, spliced

ORDER = [
    RULES[name]
    for name in (
        "result", "constant", "itself", "edges", "local", "only term", "sum", "difference", "negative",
        "constant factor", "product", "quotient", "power", "slope", "chain", "cases",
    )
]  # fmt: skip
ZERO = number(0)


class NotDerivedError(ValueError):
    """A slope for which no rule is left, or another formula than the one it should lead to."""


def derive(
    definitions: Definitions, goal: Node, last: Node | None = None, *, kept: Collection[Node] = ()
) -> Derivation:
    """Return a derivation from a slope such as dE/dw to its formula, or to `last` if algebra finds it equal.

    Slopes in `kept` stay. Names in `last` that the derivation does not have are written out by algebra.
    Errors   NotDerivedError: a slope that no rule opens, a formula that is not `last`

    >>> from neuronwise.mathematics.readers import read_plain
    >>> definitions = Definitions({"a": read_plain("w*x"), "E": read_plain("(t - a)**2")})
    >>> derivation = derive(definitions, read_plain("dE/dw"), read_plain("-2*(t - a)*x"))
    >>> for line in derivation.lines[:3]:
    ...     print(f"{plain(line.node):20} by {line.rules[0]}")
    dE/da·∂a/∂w          by edges
    ∂E/∂a·∂a/∂w          by edges
    ∂/∂a[(t − a)^2]·∂a/∂w by local
    >>> plain(derivation.result)
    '−2·(t − a)·x'
    """
    writer = Writer(definitions, frozenset(kept))
    steps: list[Step] = []
    line = goal
    while (step := writer.step(line, goal)) is not None:
        steps.append(step)
        line = step.node
    short = last or tidy(line)
    if short != line:
        steps.append(by_algebra(definitions, line, short))
    return Derivation(definitions, goal, tuple(lines(steps)))


def together(numbered: tuple[int, Step]) -> tuple[str, int]:
    """Return what steps share that stand in one line."""
    number_of_step, step = numbered
    return step.application.name, number_of_step if step.application.rule.name == "edges" else 0


def lines(steps: Iterable[Step]) -> Iterator[Line]:
    """Yield the lines: a rule used several times in a row makes one, but each use of `edges` makes its own."""
    for _, group in groupby(enumerate(steps), key=together):
        several = tuple(step for _, step in group)
        yield Line(several[-1].node, tuple(step.application.name for step in several), several, 0)


def by_algebra(definitions: Definitions, line: Node, last: Node) -> Step:
    """Return the step of algebra to the last line: without definitions if that is enough, else with those it names."""
    spoken = {node.text for node in last.nodes() if node.kind == "name" and node.text in definitions.formulas}
    before = {node.text for node in line.nodes() if node.kind == "name"}
    for names in ([], sorted(spoken - before), sorted(spoken)):
        search = Search(definitions, [(RULES["algebra"], " and ".join(names))], last)
        steps = search.steps(line)
        if steps:
            return steps[0]
    message = f"expected a derivation that ends with the formula of the code. {search.gives()}"
    raise NotDerivedError(message)


class Writer:
    """Finds the next step."""

    def __init__(self, definitions: Definitions, kept: frozenset[Node]) -> None:
        self.definitions, self.kept = definitions, kept
        self.done: dict[
            tuple[int, bool], Node
        ] = {}  # pieces without a slope to open; kept, so that none takes their id

    def step(self, line: Node, goal: Node) -> Step | None:
        """Return the step at the first slope that is still to be opened; None if there is none."""
        place = self.first(line, goal, names=True)
        if place is None:
            place = self.first(line, goal, names=False)
        if place is None:
            return None
        for rule in ORDER:
            try:
                node, application = apply_at(rule, "", line, place, self.definitions)
            except DoesNotFitError:
                continue
            return Step(application, place, node)
        message = f"expected a rule for {plain(line.at(place))}; none of those known fits"
        raise NotDerivedError(message)

    def first(self, node: Node, goal: Node, *, names: bool) -> Place | None:
        """Return the place of the first slope that is still to be opened; `names`: of those like dE/dz alone."""
        if (id(node), names) in self.done:
            return None
        if node.kind in SIGNS:
            if (code_name(node) or not names) and (node is goal or node not in self.kept):
                return ()
        else:
            for i, part in enumerate(node.parts):
                inner = self.first(part, goal, names=names)
                if inner is not None:
                    return (i, *inner)
        self.done[id(node), names] = node
        return None


def tidy(node: Node) -> Node:
    """Return a formula without factors 1, terms 0 and products with 0.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> plain(tidy(read_plain("2*(t - a)*(0 - 1)*1*x + 0*w")))
    '−2·(t − a)·x'
    """
    return node.map(tidied)


def tidied(node: Node) -> Node:
    """Return a formula whose parts are tidy, tidy."""
    match node.kind:
        case "times":
            return tidy_product(spliced(node))
        case "plus":
            terms = tuple(part for part in node.parts if part != ZERO)
            return spliced(Node("plus", terms)) if len(terms) > 1 else terms[0] if terms else ZERO
        case "minus" if node.parts[1] == ZERO:
            return node.parts[0]
        case "minus" if node.parts[0] == ZERO:
            return tidied(Node("negative", node.parts[1:]))
        case "negative" if node.parts[0].kind == "negative":
            return node.parts[0].parts[0]
        case "negative" if node.parts[0] == ZERO:
            return ZERO
    return node


def tidy_product(node: Node) -> Node:
    """Return a product with one sign and its numbers in front: multiplied, if that gives a whole number."""
    negatives = sum(part.kind == "negative" for part in node.parts)
    bare = spliced(Node("times", tuple(p.parts[0] if p.kind == "negative" else p for p in node.parts)))
    numbers = [factor for factor in bare.parts if factor.kind == "number"]
    rest = [factor for factor in bare.parts if factor.kind != "number"]
    front = math.prod(Fraction(factor.text) for factor in numbers)
    if front == 0:
        return ZERO
    if front.denominator == 1:
        numbers = [number(front.numerator)] if front != 1 or not rest else []
    factors = numbers + rest
    if negatives % 2:
        factors[0] = Node("negative", (factors[0],))
    return Node("times", tuple(factors)) if len(factors) > 1 else factors[0]
