"""Formulas of replies as MathML Core: a node is one of a list, and one function writes it.

Nothing else writes MathML, and it escapes every text: a tag, an attribute or a value that isn't in the lists below
can't come about, whatever a reader has typed.

>>> markup(Node("mfrac", (Node("mi", "d"), Node("mtext", "<script>"))))
'<mfrac><mi>d</mi><mtext>&lt;script&gt;</mtext></mfrac>'
"""

from dataclasses import dataclass
from html import escape

LEAVES = {"mi", "mn", "mo", "mtext", "mspace"}
INDEXED = {"msub", "msubsup", "munder", "munderover"}  # the second node in them stands below the first
SCRIPTED = INDEXED | {"msup", "mover"}
TREES = SCRIPTED | {"math", "mrow", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd"}
TAGS = LEAVES | TREES
WIDTHS = ("-0.17em", "0.17em", "0.22em", "0.28em", "1em", "2em")
KINDS = ("value", "weight", "target", "error", "slope")
ATTRIBUTES = {
    ("displaystyle", "true"),
    ("mathvariant", "normal"),
    ("stretchy", "false"),
    ("lspace", "0"),
    ("rspace", "0"),
    *(("width", width) for width in WIDTHS),
    *(("data-kind", kind) for kind in KINDS),
}
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a formula: a leaf has text in it, every other tag has nodes."""

    tag: str
    inside: "str | tuple[Node, ...]"
    attributes: Attributes = ()

    def __post_init__(self) -> None:
        """Refuse what isn't in the lists: a mistake of ours, never a reader's."""
        if self.tag not in TAGS or not ATTRIBUTES.issuperset(self.attributes):
            message = f"expected a tag and attributes of the lists; got {self.tag!r} {self.attributes!r}"
            raise ValueError(message)
        if isinstance(self.inside, str) != (self.tag in LEAVES):
            message = f"expected a text in a leaf, nodes in other tags; got {self.inside!r} in <{self.tag}>"
            raise ValueError(message)


def markup(node: Node) -> str:
    """The node as MathML, its texts escaped."""
    inside = escape(node.inside) if isinstance(node.inside, str) else "".join(map(markup, node.inside))
    attributes = "".join(f' {name}="{value}"' for name, value in node.attributes)
    return f"<{node.tag}{attributes}>{inside}</{node.tag}>"
