"""A formula as a tree: what code, print and derivation have in common.

    number name                 leaves; `text` says which
    negative                    −u
    plus minus times over       u + v + …, u − v, u·v·…, u/v
    power                       uⁿ; square(u) of the code is u to the power 2
    call                        f(u, …); `text` is f
    cases                       u if v, else w: (u, v, w)
    greater less                u > v, u < v
    equals becomes              name = u, name ← u
    sum largest                 Σ u, or the largest u, over what `text` says: "i, p in edges"
    each                        the formulas hold for each: `text` says for what, "k in edges"
    same member                 j is k, j is among k: of indices
    total                       d u/d x: all definitions followed, x cut loose from its own
    partial                     ∂ u/∂ x: every other symbol held fixed
    local                       ∂ y/∂ x for a name y: the slope of one edge

A symbol with indices is one leaf: the name "w[p]" in code, for any p; "w[i1,h1]" in a network at hand. An index may
be any text without brackets; a comma stands between two.

A tree never simplifies itself: t − a stays t − a. Where it stood in the source (`span`), whether a derivation's step
put it there (`changed`) and which symbol a number was put in for (`stands_for`) are remarks about a tree, not part of
it: trees are compared without them.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

Place = tuple[int, ...]  # the way from the root: which part, then which part of that, …
Span = tuple[int, int]  # from this character of the source to before that one

INDICES = r"(?:\[[^\[\]]*\])?"
DERIVATIVE = re.compile(rf"d([A-Za-z]\w*?{INDICES})_d([A-Za-z]\w*{INDICES})")  # how code writes dE/dw: dE_dw, dE_dw[p]
SIGNS = ("total", "partial", "local")  # derivatives


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of a formula.

    >>> Node("minus", (name("t"), name("a"))) == Node("minus", (name("t"), name("a")), span=(4, 9), changed=True)
    True
    """

    kind: str
    parts: "tuple[Node, ...]" = ()
    text: str = ""
    span: Span | None = field(default=None, compare=False)
    changed: bool = field(default=False, compare=False)
    stands_for: str = field(default="", compare=False)

    def nodes(self) -> "Iterator[Node]":
        """Yield this node and all below it, outermost first, left to right."""
        yield self
        for part in self.parts:
            yield from part.nodes()

    def places(self) -> Iterator[Place]:
        """Yield the place of every node, in the order of `nodes`."""
        waiting: list[tuple[Place, Node]] = [((), self)]
        while waiting:
            here, node = waiting.pop()
            yield here
            waiting += [((*here, i), node.parts[i]) for i in reversed(range(len(node.parts)))]

    def at(self, place: Place) -> "Node":
        """Return the node at a place.

        >>> Node("minus", (name("t"), name("a"))).at((1,)).text
        'a'
        """
        node = self
        for i in place:
            node = node.parts[i]
        return node

    def put(self, place: Place, new: "Node") -> "Node":
        """Return this tree with `new` at `place`."""
        if not place:
            return new
        i, rest = place[0], place[1:]
        return replace(self, parts=(*self.parts[:i], self.parts[i].put(rest, new), *self.parts[i + 1 :]))

    def map(self, change: "Callable[[Node], Node]") -> "Node":
        """Return this tree with `change` applied to every node, the innermost first."""
        if not self.parts:
            return change(self)
        parts = tuple([part.map(change) for part in self.parts])
        same = all(map(operator.is_, parts, self.parts))  # what does not change stays the very same: that is quick
        return change(self if same else replace(self, parts=parts))


def number(value: int | str) -> Node:
    """Return a number as it is written: digits, at most one point, no sign."""
    return Node("number", text=str(value))


def name(text: str) -> Node:
    """Return a symbol by its name in the code."""
    return Node("name", text=text)


def symbol(text: str) -> Node:
    """Return what a name of the code stands for: dE_dw is a derivative, everything else a symbol of its own.

    >>> symbol("dE_dw") == Node("total", (name("E"), name("w")))
    True
    """
    derivative = DERIVATIVE.fullmatch(text)
    return Node("total", (name(derivative[1]), name(derivative[2]))) if derivative else name(text)


def code_name(node: Node) -> str | None:
    """Return the name that a symbol or a derivative of a symbol has in the code; None for any other formula.

    >>> code_name(symbol("dE_dw")), code_name(number(2))
    ('dE_dw', None)
    """
    match node:
        case Node("name", (), text):
            return text
        case Node("total", (Node("name", (), y), Node("name", (), x))):
            return f"d{y}_d{x}"
    return None


def substituted(tree: Node, change: Callable[[Node, str], Node]) -> Node:
    """Return the tree with every symbol changed; a derivative like dE/dw is one symbol."""
    text = code_name(tree)
    if text is not None:
        return change(tree, text)
    return replace(tree, parts=tuple(substituted(part, change) for part in tree.parts))


def names(tree: Node) -> list[str]:
    """Return the symbols a formula speaks of, by their names in the code, in order of appearance, each once.

    >>> names(Node("times", (symbol("dE_da"), symbol("da_dw"), symbol("dE_da"))))
    ['dE_da', 'da_dw']
    """
    text = code_name(tree)
    if text is not None:
        return [text]
    return list(dict.fromkeys(n for part in tree.parts for n in names(part)))


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the base and the indices of a symbol's name.

    >>> split("w[i1,h1]"), split("eta")
    (('w', ('i1', 'h1')), ('eta', ()))
    """
    base, bracket, rest = text.partition("[")
    return base, tuple(rest.removesuffix("]").split(",")) if bracket else ()


def clauses(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Return what a sum runs over: the names of each clause, and the set they are taken from.

    >>> clauses("i, p in edges[k] for k in together")
    [(('i', 'p'), 'edges[k]'), (('k',), 'together')]
    """
    parts = (clause.partition(" in ") for clause in text.split(" for "))
    return [(tuple(names.split(", ")), over) for names, _, over in parts]


def ungrouped(tree: Node) -> Node:
    """Return the tree without the grouping of sums and products, which the page does not show either.

    >>> a, b, c = name("a"), name("b"), name("c")
    >>> ungrouped(Node("plus", (Node("plus", (a, b)), c))) == Node("plus", (a, b, c))
    True
    """
    return tree.map(spliced)


def spliced(node: Node) -> Node:
    """Return a sum whose terms are no sums, a product whose factors are no products: one level of `ungrouped`."""
    if node.kind not in ("plus", "times") or all(part.kind != node.kind for part in node.parts):
        return node
    parts: list[Node] = []
    for part in node.parts:
        inner = part.parts if part.kind == node.kind else (part,)
        parts += [replace(p, changed=p.changed or part.changed) for p in inner]
    return replace(node, parts=tuple(parts))
