"""What is printed is read back: which formulas come back as another one, and which look or sound like another one."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from neuronwise.mathematics.printers import latex, mathml, plain, spoken, typst
from neuronwise.mathematics.readers import read_mathml, read_plain, visible
from neuronwise.mathematics.tree import Node, ungrouped


def seen(node: Node) -> str:
    """What the eye sees of a formula on a page."""
    return visible(ET.fromstring(mathml(node, display=True)))  # noqa: S314 - our own print


def readings(node: Node) -> tuple[Node, Node, Node]:
    """What is read back from the text, and from MathML within a line and on its own."""
    return read_plain(plain(node)), read_mathml(mathml(node)), read_mathml(mathml(node, display=True))


def misread(nodes: Iterable[Node]) -> list[str]:
    """The formulas that come back as another one from a print that can be read."""
    return [plain(node) for node in nodes if set(readings(node)) != {node}]


def misread_lines(nodes: Iterable[Node]) -> list[str]:
    """The same for formulas without grouping, which print does not show."""
    return [plain(node) for node in nodes if set(map(ungrouped, readings(node))) != {node}]


def mistaken(nodes: Sequence[Node]) -> list[tuple[str, Node, Node]]:
    """The formulas that look or sound like another one."""
    found = []
    for way in (plain, spoken, latex, typst, seen):
        looks: dict[str, Node] = {}
        for node in nodes:
            look = way(node)
            if looks.setdefault(look, node) != node:
                found.append((look, node, looks[look]))
    return found
