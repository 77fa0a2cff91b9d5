"""What the names of a derivation stand for, and who depends on whom.

    a = w*x          defines a; E = abs(t - a) defines E; w, x, t have no formula: they are roots
    ancestors        of E: E itself, t, a, w, x: whatever E is computed from
    paths            from w to E: w -> a -> E, along the definitions

A line of code such as dE_da = -sign(t - a) defines nothing: it *claims* what the slope dE/da of the definitions is.
"""

from collections.abc import Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from neuronwise.mathematics.tree import DERIVATIVE, SIGNS, Node, name, ungrouped


class DefinitionError(ValueError):
    """Definitions that cannot be used: they form a circle, or contain the sign of a slope."""


def symbols(formula: Node) -> list[str]:
    """Return the names written in a formula, each once; those under the sign of a slope too.

    >>> symbols(Node("total", (Node("times", (name("w"), name("x"))), name("w"))))
    ['w', 'x']
    """
    return list(dict.fromkeys(node.text for node in formula.nodes() if node.kind == "name"))


class Definitions:
    """Name -> formula, without grouping. They never change: what adds to them returns new ones.

    >>> product = Node("times", (name("w"), name("x")))
    >>> sorted(Definitions({"a": product}).ancestors["a"])
    ['a', 'w', 'x']
    >>> Definitions({"a": name("u"), "u": name("a")})
    Traceback (most recent call last):
        ...
    neuronwise.mathematics.definitions.DefinitionError: expected definitions without a circle; got a → u → a
    """

    def __init__(self, formulas: Mapping[str, Node], results: Mapping[Node, Node] | None = None) -> None:
        self.formulas = {text: ungrouped(f) for text, f in formulas.items() if not DERIVATIVE.fullmatch(text)}
        self.slopes = {text: ungrouped(f) for text, f in formulas.items() if DERIVATIVE.fullmatch(text)}
        self.results = dict(results or {})
        for text, formula in self.formulas.items():
            if any(node.kind in SIGNS for node in formula.nodes()):
                message = f"expected a formula without slopes for {text}: slopes are what is derived from definitions"
                raise DefinitionError(message)
        graph = {text: symbols(formula) for text, formula in self.formulas.items()}
        try:
            self.order = list(TopologicalSorter(graph).static_order())  # each name after those it is computed from
        except CycleError as error:
            circle = " → ".join(error.args[1])
            message = f"expected definitions without a circle; got {circle}"
            raise DefinitionError(message) from None

    def with_formulas(self, formulas: Mapping[str, Node]) -> "Definitions":
        """Return these definitions and some more; a name is defined once."""
        again = [text for text in formulas if text in self.formulas or text in self.slopes]
        if again:
            message = f"expected new names; got a second definition of {', '.join(again)}"
            raise DefinitionError(message)
        return Definitions({**self.formulas, **self.slopes, **formulas}, self.results)

    def with_result(self, goal: Node, formula: Node, text: str = "") -> "Definitions":
        """Return these definitions and a checked derivation: `result` may put its formula, or a name, for its goal.

        >>> goal = Node("total", (name("a"), name("w")))
        >>> Definitions({}).with_result(goal, name("x")).results[goal].text
        'x'
        """
        named = self.with_formulas({text: formula}) if text else self
        return Definitions({**named.formulas, **named.slopes}, {**self.results, goal: name(text) if text else formula})

    @cached_property
    def ancestors(self) -> dict[str, frozenset[str]]:
        """Name -> all that it is computed from, itself among them."""
        above: dict[str, frozenset[str]] = {}
        for text in self.order:
            parents = symbols(self.formulas[text]) if text in self.formulas else []
            above[text] = frozenset({text}).union(*(above[parent] for parent in parents))
        return above

    def depends(self, formula: Node, x: str) -> bool:
        """Tell whether any name in a formula is computed from x."""
        return any(x in self.ancestors.get(text, {text}) for text in symbols(formula))

    def users(self, x: str) -> list[str]:
        """Return the names whose own formula speaks of x."""
        return [text for text, formula in self.formulas.items() if x in symbols(formula)]

    def leads(self, x: str, y: str, *, around: str = "") -> bool:
        """Tell whether a path of definitions leads from x to y, without passing through `around`."""
        seen: set[str] = set()
        waiting = [y]
        while waiting:
            text = waiting.pop()
            if text == x:
                return True
            if text not in seen and text != around:
                seen.add(text)
                waiting += symbols(self.formulas[text]) if text in self.formulas else []
        return False
