"""A printer that also draws a line under what a step of a derivation put in, where a mark is a pair of brackets."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from neuronwise.mathematics.printers import Printer
from neuronwise.mathematics.tree import Node


class Underlined(Printer):
    r"""Another printer's formulas, the changed pieces between two marks.

    >>> from neuronwise.mathematics.printers import latex
    >>> from neuronwise.mathematics.tree import name
    >>> changed = Node("name", text="x", changed=True)
    >>> print(Underlined(latex, r"\underline{", "}")(Node("times", (name("w"), changed, changed))))
    w \cdot \underline{x \cdot x}
    """

    def __init__(self, plain: Printer, opening: str, closing: str, looks: Mapping[str, str] | None = None) -> None:
        super().__init__({**plain.looks, **(looks or {})}, plain.written, plain.needs)
        self.opening, self.closing = opening, closing

    def show(self, node: Node, least: int, *, behind: bool = False) -> str:
        """Return the node, marked if it is changed."""
        text = super().show(node, least, behind=behind)
        return f"{self.opening}{text}{self.closing}" if node.changed else text

    def joined(self, node: Node, parts: Sequence[str]) -> str:
        """Return a sum or product; changed parts side by side share one line."""
        text, sign = parts[0], self.looks[node.kind]
        for (before, after), part in zip(pairwise(node.parts), parts[1:], strict=True):
            if before.changed and after.changed:
                text = text.removesuffix(self.closing) + sign + part.removeprefix(self.opening)
            else:
                text += sign + part
        return text
