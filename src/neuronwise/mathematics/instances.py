"""A formula for any network -> the same formula in the network at hand: indices put in, sums written out.

    z[k] = Σ[i, p in edges] w[p]·a[i] + b[q]            for any net input
    z[h1] = w[i1,h1]·a[i1] + w[i2,h1]·a[i2] + b[h1]     with k = h1, q = h1, and its edges

What is known of indices is decided: {1 if j is k, 0 otherwise} becomes 1 or 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from neuronwise.mathematics.tree import Node, clauses, number, split

Item = str | tuple[str, ...]  # an index, or some that belong together, as (source, weight)
Sets = Mapping[str, Sequence[Item]]  # what sums run over, by name: "outputs", or "edges[h1]"
Indices = Mapping[str, str]  # the variable of an index -> what it is here


class NoSetError(KeyError):
    """A sum over something that is not given."""

    def __init__(self, over: str, sets: Sets) -> None:
        super().__init__(f"expected what the sum runs over, {over}; got {', '.join(sets) or 'nothing'}")


def written_out(formula: Node, sets: Sets, indices: Indices) -> Node:
    """Return a formula with its indices put in and its sums written out, term by term from left to right.

    A sum without terms is 0. A name that is no index stays as it is.
    Errors   NoSetError: a sum over a set that is not given

    >>> from neuronwise.mathematics.printers import plain
    >>> from neuronwise.mathematics.readers import read_plain
    >>> formula = read_plain("Σ[i, p in edges[k]] w[p]*a[i] + b[q]")
    >>> plain(written_out(formula, {"edges[h]": [("x", "x,h"), ("y", "y,h")]}, {"k": "h", "q": "h"}))
    'w[x,h]·a[x] + w[y,h]·a[y] + b[h]'
    """
    match formula.kind:
        case "name":
            return replace(formula, text=_put(formula.text, indices))
        case "sum" | "largest":
            terms = [written_out(formula.parts[0], sets, inner) for inner in each(formula.text, sets, indices)]
            return _together(formula.kind, terms)
        case "cases" if formula.parts[1].kind in ("same", "member"):
            then, condition, otherwise = formula.parts
            return written_out(then if _holds(condition, sets, indices) else otherwise, sets, indices)
    return replace(formula, parts=tuple(written_out(part, sets, indices) for part in formula.parts))


def each(text: str, sets: Sets, indices: Indices) -> Iterator[Indices]:
    """Yield the indices for each term of what a sum, or an `each`, runs over.

    >>> list(each("i, p in edges", {"edges": [("x", "v")]}, {"k": "h"}))
    [{'k': 'h', 'i': 'x', 'p': 'v'}]
    """
    yield from _each(clauses(text), sets, indices)


def _each(over: Sequence[tuple[tuple[str, ...], str]], sets: Sets, indices: Indices) -> Iterator[Indices]:
    if not over:
        yield indices
        return
    (variables, named), *rest = over
    backwards = named.startswith("reversed ")
    here = _put(named.removeprefix("reversed "), indices)
    if here not in sets:
        raise NoSetError(here, sets)
    for item in reversed(sets[here]) if backwards else sets[here]:
        items = (item,) if isinstance(item, str) else item
        yield from _each(rest, sets, {**indices, **dict(zip(variables, items, strict=True))})


def _put(text: str, indices: Indices) -> str:
    base, below = split(text)
    if not below:
        return indices.get(base, base)
    return f"{base}[{','.join(indices.get(index, index) for index in below)}]"


def _holds(condition: Node, sets: Sets, indices: Indices) -> bool:
    left, right = (_put(part.text, indices) for part in condition.parts)
    if condition.kind == "same":
        return left == right
    if right not in sets:
        raise NoSetError(right, sets)
    return left in sets[right]


def _together(kind: str, terms: Sequence[Node]) -> Node:
    if len(terms) == 1:
        return terms[0]
    if kind == "largest":
        return Node("call", tuple(terms), "max")
    return Node("plus", tuple(terms)) if terms else number(0)


def renamed(formula: Node, names: Mapping[str, Node]) -> Node:
    """Return a formula with other formulas in place of some names: z -> z[h1] makes logistic(z) that of h1.

    >>> from neuronwise.mathematics.printers import plain
    >>> from neuronwise.mathematics.readers import read_plain
    >>> from neuronwise.mathematics.tree import name
    >>> plain(renamed(read_plain("1 - square(tanh(z))"), {"z": name("z[h1]")}))
    '1 − tanh(z[h1])^2'
    """
    return formula.map(lambda node: names.get(node.text, node) if node.kind == "name" else node)
