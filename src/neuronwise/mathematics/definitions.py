"""What the names of a derivation stand for, and who depends on whom.

    a = w*x          defines a; E = abs(t - a) defines E; w, x, t have no formula: they are roots
    ancestors        of E: E itself, t, a, w, x: whatever E is computed from
    paths            from w to E: w -> a -> E, along the definitions

A line of code such as dE_da = -sign(t - a) defines nothing: it *claims* what the slope dE/da of the definitions is.
A slope may have a name: delta[h1] names dE/dz[h1].
"""

from collections import defaultdict
from collections.abc import Mapping
from copy import copy
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
    found: dict[str, None] = {}
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        if node.kind == "name":
            found[node.text] = None
        waiting += reversed(node.parts)
    return list(found)


def mentions(formula: Node, x: str) -> bool:
    """Tell whether a name is written in a formula.

    >>> mentions(Node("times", (name("w"), name("x"))), "x")
    True
    """
    if formula.kind == "name":
        return formula.text == x
    for part in formula.parts:  # noqa: SIM110 - a derivation asks this often: a loop is three times as fast as any()
        if mentions(part, x):
            return True
    return False


class Definitions:
    """Name -> formula, without grouping. They never change: what adds to them returns new ones.

    >>> product = Node("times", (name("w"), name("x")))
    >>> sorted(Definitions({"a": product}).ancestors("a"))
    ['a', 'w', 'x']
    >>> Definitions({"a": name("u"), "u": name("a")})
    Traceback (most recent call last):
        ...
    neuronwise.mathematics.definitions.DefinitionError: expected definitions without a circle; got a → u → a
    """

    def __init__(self, formulas: Mapping[str, Node], results: Mapping[Node, Node] | None = None) -> None:
        self.formulas = {text: ungrouped(f) for text, f in formulas.items() if not DERIVATIVE.fullmatch(text)}
        self.slopes = {text: ungrouped(f) for text, f in formulas.items() if DERIVATIVE.fullmatch(text)}
        self.results = dict(results or {})  # a slope -> the formula or the name that may be put for it
        self.goals: dict[str, Node] = {}  # delta[h1] -> dE/dz[h1]: the name of a slope, and the slope
        for text, formula in self.formulas.items():
            if any(node.kind in SIGNS for node in formula.nodes()):
                message = f"expected a formula without slopes for {text}: slopes are what is derived from definitions"
                raise DefinitionError(message)
        self.parents = {text: symbols(formula) for text, formula in self.formulas.items()}
        try:
            self.order = list(TopologicalSorter(self.parents).static_order())  # each after those it is computed from
        except CycleError as error:
            circle = " → ".join(error.args[1])
            message = f"expected definitions without a circle; got {circle}"
            raise DefinitionError(message) from None
        self.known_ancestors: dict[str, frozenset[str]] = {}

    def with_formulas(self, formulas: Mapping[str, Node]) -> "Definitions":
        """Return these definitions and some more; a name is defined once."""
        again = [text for text in formulas if text in self.formulas or text in self.slopes or text in self.goals]
        if again:
            message = f"expected new names; got a second definition of {', '.join(again)}"
            raise DefinitionError(message)
        more = Definitions({**self.formulas, **self.slopes, **formulas}, self.results)
        more.goals = self.goals
        return more

    def with_result(self, goal: Node, formula: Node, text: str = "") -> "Definitions":
        """Return these definitions and a checked derivation: `result` may put its formula, or a name, for its goal.

        >>> goal = Node("total", (name("a"), name("w")))
        >>> Definitions({}).with_result(goal, name("x")).results[goal].text
        'x'
        """
        named = self.with_formulas({text: formula}) if text else copy(self)
        named.results = {**self.results, goal: name(text) if text else formula}
        return named

    def with_names(self, goals: Mapping[str, Node]) -> "Definitions":
        """Return these definitions, and names for some slopes: `result` may put the name for the slope.

        What such a slope is, its own derivation shows. Here only the name is known, so it can be cited, not opened.
        Errors   DefinitionError: a name that is taken

        >>> goal = Node("total", (name("a"), name("w")))
        >>> Definitions({}).with_names({"u": goal}).results[goal].text
        'u'
        """
        taken = [text for text in goals if text in self.formulas or text in self.goals or text in self.users_of]
        if taken:
            message = f"expected new names for slopes; {', '.join(taken)} is taken"
            raise DefinitionError(message)
        named = copy(self)
        named.goals = {**self.goals, **goals}
        named.results = self.results | {goal: name(text) for text, goal in goals.items()}
        return named

    def ancestors(self, text: str) -> frozenset[str]:
        """Return all that a name is computed from, itself among them; a slope's name like what it is the slope of.

        A slope can depend on whatever its upper name depends on. Whether it does is not asked: it counts as if.
        """
        if text not in self.known_ancestors:
            found: set[str] = set()
            waiting = [text]
            while waiting:
                above = waiting.pop()
                if above not in found:
                    found.add(above)
                    waiting += symbols(self.goals[above]) if above in self.goals else self.parents.get(above, ())
            self.known_ancestors[text] = frozenset(found)
        return self.known_ancestors[text]

    def depends(self, formula: Node, x: str) -> bool:
        """Tell whether any name in a formula is computed from x."""
        return any(x in self.ancestors(text) for text in symbols(formula))

    @cached_property
    def users_of(self) -> dict[str, list[str]]:
        """Name -> the names whose own formula speaks of it."""
        users: defaultdict[str, list[str]] = defaultdict(list)
        for text, parents in self.parents.items():
            for parent in parents:
                users[parent].append(text)
        return dict(users)

    def users(self, x: str) -> list[str]:
        """Return the names whose own formula speaks of x."""
        return self.users_of.get(x, [])

    def leads(self, x: str, y: str, *, around: str = "") -> bool:
        """Tell whether a path of definitions leads from x to y, without passing through `around`."""
        if not around:
            return x in self.ancestors(y)
        seen: set[str] = set()
        waiting = [y]
        while waiting:
            text = waiting.pop()
            if text == x:
                return True
            if text not in seen and text != around:
                seen.add(text)
                waiting += self.parents.get(text, ())
        return False
