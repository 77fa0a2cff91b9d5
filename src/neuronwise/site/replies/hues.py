r"""A formula's symbols in the book's colours: the page's style sheet has one for each kind, `data-kind`.

A letter of the book is coloured as there, wherever it stands but as an index; dE/dw, written in either way, is a slope
as a whole.

>>> from neuronwise.site.replies.mathml import markup
>>> from neuronwise.site.replies.tex import formula
>>> markup(coloured(formula("w_a")))
'<math><msub><mi data-kind="weight">w</mi><mi>a</mi></msub></math>'
>>> markup(coloured(formula(r"\frac{dE}{dw}")))
'<math><mfrac data-kind="slope"><mrow><mi>d</mi><mi>E</mi></mrow><mrow><mi>d</mi><mi>w</mi></mrow></mfrac></math>'
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from neuronwise.site.replies.mathml import INDEXED, Node

KINDS = {"x": "value", "z": "value", "a": "value", "w": "weight", "b": "weight", "t": "target", "E": "error"}
SLOPE = (("data-kind", "slope"),)
DIFFERENTIALS = {"d", "∂"}


def coloured(node: Node) -> Node:
    """The same formula, its symbols with their kinds."""
    if isinstance(node.inside, str):
        kind = KINDS.get(node.inside) if node.tag == "mi" and not node.attributes else None
        return replace(node, attributes=(("data-kind", kind),)) if kind else node
    if node.tag == "mfrac" and all(map(_is_differential, node.inside)):
        return replace(node, attributes=(*node.attributes, *SLOPE))
    if node.tag in INDEXED:
        base, index, *above = node.inside
        return replace(node, inside=(coloured(base), index, *map(coloured, above)))
    return replace(node, inside=tuple(_row(node.inside)))


def _row(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes coloured one by one, but for five that are a slope: d, E, /, d, w."""
    place = 0
    while place < len(nodes):
        five = nodes[place : place + 5]
        if len(five) == 5 and five[2].inside == "/" and _are_differential(five[:2]) and _are_differential(five[3:]):  # noqa: PLR2004
            yield Node("mrow", tuple(five), SLOPE)
            place += 5
        else:
            yield coloured(nodes[place])
            place += 1


def _is_differential(node: Node) -> bool:
    return node.tag == "mrow" and _are_differential(node.inside)


def _are_differential(nodes: "str | Sequence[Node]") -> bool:
    """Whether this is dE: a d and one thing more."""
    return len(nodes) == 2 and isinstance(nodes[0], Node) and nodes[0].inside in DIFFERENTIALS  # noqa: PLR2004
