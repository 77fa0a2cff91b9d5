"""What each rule does to the slope of a written formula: piece -> new piece. Nothing simplifies by itself.

    d/dx[u]      total: all definitions are followed, x is cut loose from its own
    ∂/∂x[u]      partial: every symbol but x is held fixed

A law answers with the new piece and the formulas that the rule's sentence speaks of (rules.py): {u} is the formula
under the sign of the slope, {x} what moves. It refuses a piece it does not fit, and says why.

>>> from neuronwise.mathematics.readers import read_plain
>>> examples = (
...     (constant, "d/dw[t]"), (itself, "d/dw[w]"), (sums, "d/dw[w + x]"), (only_term, "d/dw[w + 3]"),
...     (difference, "d/dw[t - w]"), (negative, "d/dw[-w]"), (product, "d/dw[w*x]"), (constant_factor, "d/dw[w*x]"),
...     (quotient, "d/dw[x/w]"), (power, "d/dw[w^3]"), (function_slope, "d/dw[abs(w)]"), (chain, "d/dw[abs(t - w)]"),
...     (cases, "d/dw[{w if x > 0, t otherwise}]"),
... )
>>> for law, text in examples:
...     print(f"{law.__name__:16}{text:12} -> ", plain(law(read_plain(text), Definitions({}), "").new))
constant        d/dw[t]      ->  0
itself          d/dw[w]      ->  1
sums            d/dw[w + x]  ->  dw/dw + dx/dw
only_term       d/dw[w + 3]  ->  dw/dw
difference      d/dw[t - w]  ->  dt/dw − dw/dw
negative        d/dw[-w]     ->  −dw/dw
product         d/dw[w*x]    ->  dw/dw·x + w·dx/dw
constant_factor d/dw[w*x]    ->  dw/dw·x
quotient        d/dw[x/w]    ->  (dx/dw·w − x·dw/dw)/w^2
power           d/dw[w^3]    ->  3·w^2
function_slope  d/dw[abs(w)] ->  sgn(w)
chain           d/dw[abs(t - w)] ->  sgn(t − w)·d/dw[t − w]
cases           d/dw[{w if x > 0, t otherwise}] ->  {dw/dw if x > 0, dt/dw otherwise}
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from neuronwise.mathematics.definitions import Definitions, mentions
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, name, number

Pieces = dict[str, Node]
WORDS = {
    "plus": "sum", "minus": "difference", "negative": "negative",
    "times": "product", "over": "quotient", "power": "power", "cases": "formula by cases",
}  # fmt: skip
NO_SLOPE, OTHER_FORMULA, CONDITION = 0, 1, 2  # how near a rule came to fitting


class DoesNotFitError(ValueError):
    """A rule that does not fit a piece; `near` tells how near it came: the nearest reason is the one worth telling.

    Its slots {0}, {1}, … are formulas, or words. They are printed when someone reads the reason: a search meets many
    reasons, and tells one.
    """

    def __init__(self, why: str, *pieces: Node | str, near: int = NO_SLOPE) -> None:
        super().__init__(why, *pieces)
        self.why, self.pieces, self.near = why, pieces, near

    def __str__(self) -> str:
        """Return the reason, with its formulas in print."""
        return self.why.format(*(plain(piece) if isinstance(piece, Node) else piece for piece in self.pieces))


class Change(NamedTuple):
    """The new piece, and the formulas that explain it; `fact` names what it rests on, such as the slope of abs."""

    new: Node
    pieces: Pieces
    fact: str = ""


Law = Callable[[Node, Definitions, str], Change]  # the piece, the definitions, the argument: "E" in "definition of E"


def call(function: str, u: Node) -> Node:
    """Return f(u)."""
    return Node("call", (u,), function)


def squared(u: Node) -> Node:
    """Return u²."""
    return Node("power", (u, number(2)))


def bell(u: Node) -> Node:
    """Return the slope of erf(u): 2/√π·e^(−u²), with √½ and 1/√(2π), the book's own two constants of the bell curve."""
    height = (number(4), name("SQRT_HALF"), name("DENSITY"))
    return Node("times", (*height, call("exp", Node("negative", (squared(u),)))))


# Function -> its slope: of abs(u) it is sgn(u). At 0, where the graph turns, the slope is a convention: sgn(0) = 0.
SLOPES: dict[str, Callable[[Node], Node]] = {
    "abs": lambda u: call("sign", u),
    "sign": lambda _: number(0),
    "exp": lambda u: call("exp", u),
    "log": lambda u: Node("over", (number(1), u)),
    "tanh": lambda u: Node("minus", (number(1), squared(call("tanh", u)))),
    "sin": lambda u: call("cos", u),
    "cos": lambda u: Node("negative", (call("sin", u),)),
    "erf": bell,
}


def under(node: Node, kind: str = "") -> tuple[Node, Node]:
    """Return formula and variable of a slope; refuse what is no slope, or no slope of such a formula."""
    if node.kind not in ("total", "partial"):
        message = "there is no slope of a formula"
        raise DoesNotFitError(message)
    u, x = node.parts
    if kind and u.kind != kind:
        message = f"under the sign of the slope stands no {WORDS[kind]}"
        raise DoesNotFitError(message, near=OTHER_FORMULA)
    return u, x


def moves(node: Node, u: Node, definitions: Definitions) -> bool:
    """Tell whether u can move when the variable of this slope moves."""
    x = node.parts[1].text
    return definitions.depends(u, x) if node.kind == "total" else mentions(u, x)


def held(node: Node) -> str:
    """Return the fact that all names but one are held fixed, if the sign says so."""
    return "held" if node.kind == "partial" else ""


def slope(node: Node, u: Node) -> Node:
    """Return the same sign over another formula."""
    return Node(node.kind, (u, node.parts[1]))


def joined(kind: str, parts: Iterable[Node]) -> Node:
    """Return the sum or product of some parts; of one part, that part."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else Node(kind, parts)


def exponent(u: Node) -> int:
    """Return the whole number, 2 or more, to whose power a formula is taken."""
    n = u.parts[1]
    if n.kind != "number" or not n.text.isdecimal() or int(n.text) < 2:  # noqa: PLR2004 - u to the power 1 is u
        message = "the exponent {0} is no whole number from 2 on"
        raise DoesNotFitError(message, n, near=CONDITION)
    return int(n.text)


def outer_slope(u: Node) -> Node:
    """Return the slope of the outer power or function of a formula: n·vⁿ⁻¹ of vⁿ, sgn(v) of abs(v)."""
    if u.kind == "power":
        n, inner = exponent(u), u.parts[0]
        return Node("times", (number(n), inner if n == 2 else Node("power", (inner, number(n - 1)))))  # noqa: PLR2004
    if u.kind == "call" and u.text in SLOPES:
        return SLOPES[u.text](u.parts[0])
    message = "under the sign of the slope stands neither a power nor a function with a known slope"
    raise DoesNotFitError(message, near=OTHER_FORMULA)


def constant(node: Node, definitions: Definitions, _: str) -> Change:
    """d/dx[u] → 0."""
    u, x = under(node)
    if moves(node, u, definitions):
        message = "{0} depends on {1}"
        raise DoesNotFitError(message, u, x, near=CONDITION)
    return Change(number(0), {"u": u, "x": x}, held(node))


def itself(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[x] → 1."""
    u, x = under(node)
    if u != x:
        message = "{0} is not {1} itself"
        raise DoesNotFitError(message, u, x, near=CONDITION)
    return Change(number(1), {"x": x})


def sums(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[u + v] → d/dx[u] + d/dx[v]."""
    u, x = under(node, "plus")
    new = Node("plus", tuple(slope(node, part) for part in u.parts))
    return Change(new, {"u": u, "x": x, "new": new})


def only_term(node: Node, definitions: Definitions, _: str) -> Change:
    """d/dx[u + c] → d/dx[u]."""
    u, x = under(node, "plus")
    moving = [part for part in u.parts if moves(node, part, definitions)]
    if len(moving) != 1:
        message = f"{len(moving)} terms of {{0}} depend on {{1}}, not one"
        raise DoesNotFitError(message, u, x, near=CONDITION)
    return Change(slope(node, moving[0]), {"u": u, "x": x, "moving": moving[0]}, held(node))


def difference(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[u − v] → d/dx[u] − d/dx[v]."""
    u, x = under(node, "minus")
    new = Node("minus", tuple(slope(node, part) for part in u.parts))
    return Change(new, {"u": u, "x": x, "first": u.parts[0], "second": u.parts[1], "new": new})


def negative(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[−u] → −d/dx[u]."""
    u, x = under(node, "negative")
    return Change(Node("negative", (slope(node, u.parts[0]),)), {"u": u, "x": x, "inner": u.parts[0]})


def product(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[u·v] → d/dx[u]·v + u·d/dx[v]."""
    u, x = under(node, "times")
    terms = [Node("times", (*u.parts[:i], slope(node, part), *u.parts[i + 1 :])) for i, part in enumerate(u.parts)]
    return Change(Node("plus", tuple(terms)), {"u": u, "x": x, "new": Node("plus", tuple(terms))})


def constant_factor(node: Node, definitions: Definitions, _: str) -> Change:
    """d/dx[c·u] → c·d/dx[u]."""
    u, x = under(node, "times")
    moving = [i for i, part in enumerate(u.parts) if moves(node, part, definitions)]
    if len(moving) != 1:
        message = f"{len(moving)} factors of {{0}} depend on {{1}}, not one"
        raise DoesNotFitError(message, u, x, near=CONDITION)
    i = moving[0]
    still = joined("times", u.parts[:i] + u.parts[i + 1 :])
    new = Node("times", (*u.parts[:i], slope(node, u.parts[i]), *u.parts[i + 1 :]))
    return Change(new, {"u": u, "x": x, "moving": u.parts[i], "still": still}, held(node))


def quotient(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[u/v] → (d/dx[u]·v − u·d/dx[v])/v²."""
    u, x = under(node, "over")
    over, below = u.parts
    grows = Node("minus", (Node("times", (slope(node, over), below)), Node("times", (over, slope(node, below)))))
    new = Node("over", (grows, Node("power", (below, number(2)))))
    return Change(new, {"u": u, "x": x, "above": over, "below": below, "new": new})


def power(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[xⁿ] → n·xⁿ⁻¹."""
    u, x = under(node, "power")
    if u.parts[0] != x:
        message = "{0} is no power of {1} itself: use chain"
        raise DoesNotFitError(message, u, x, near=CONDITION)
    return Change(outer_slope(u), {"u": u, "x": x, "slope": outer_slope(u)}, "power")


def function_slope(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[f(x)] → the slope of f at x, from the table."""
    u, x = under(node)
    if u.kind != "call" or u.text not in SLOPES:
        message = "under the sign of the slope stands no function with a known slope"
        raise DoesNotFitError(message, near=OTHER_FORMULA)
    if u.parts[0] != x:
        message = "{0} is no function of {1} itself: use chain"
        raise DoesNotFitError(message, u, x, near=CONDITION)
    return Change(outer_slope(u), {"u": u, "x": x, "inner": x, "slope": outer_slope(u)}, u.text)


def chain(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[f(u)] → f'(u)·d/dx[u], and d/dx[uⁿ] → n·uⁿ⁻¹·d/dx[u]."""
    u, x = under(node)
    outer, inner = outer_slope(u), u.parts[0]
    pieces = {"u": u, "x": x, "inner": inner, "slope": outer, "inner_slope": slope(node, inner)}
    return Change(Node("times", (outer, slope(node, inner))), pieces, u.text or u.kind)


def cases(node: Node, _: Definitions, __: str) -> Change:
    """d/dx[u if c, v otherwise] → d/dx[u] if c, d/dx[v] otherwise; max(u, v) is u if u > v, v otherwise."""
    u, x = under(node, "" if is_largest(node) else "cases")
    then, condition, otherwise = by_cases(u).parts
    new = Node("cases", (slope(node, then), condition, slope(node, otherwise)))
    return Change(new, {"u": u, "x": x, "condition": condition, "then": then, "new": new}, u.text)


def is_largest(node: Node) -> bool:
    """Tell whether under the sign of a slope stands the largest of some numbers."""
    return bool(node.parts) and node.parts[0].kind == "call" and node.parts[0].text == "max"


def by_cases(u: Node) -> Node:
    """Return max(u, v, …) as u if u > max(v, …), max(v, …) otherwise; a formula by cases as it is.

    >>> from neuronwise.mathematics.tree import name
    >>> plain(by_cases(Node("call", (name("w"), name("x")), "max")))
    '{w if w > x, x otherwise}'
    """
    if u.kind == "cases":
        return u
    first, *others = u.parts
    rest = others[0] if len(others) == 1 else Node("call", tuple(others), "max")
    return Node("cases", (first, Node("greater", (first, rest)), rest))
