"""The formulas of a network's backward pass, derived from those of its forward pass, every step by a named rule.

    definitions    z[h1] = …, a[h1] = …, E = …: the formulas of the feed forward, read from the code
    of edges       ∂a/∂z, ∂z/∂a, ∂z/∂w, ∂E/∂a: the slope of each edge
    delta form     dE/da, dE/dz, dE/dw, dE/db, each from those nearer the error, down to the very formula of the code
    unrolled       one slope, every path written out

Two things are left out of the definitions, because slopes are taken where they make no difference. A softmax is
written with m, its largest net input, held fixed: its shares are the same for every m. And the logarithms of the
entropies are those of the activations themselves: max(a, tiny) only keeps the computer from ln 0.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property

from neuronwise.mathematics.backward import ZERO, derive, tidy
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.tree import Node, name, symbol, ungrouped
from neuronwise.network.errors import TooLongError
from neuronwise.network.written import Written

MOST_STEPS = 300  # of a derivation that someone asked to see unrolled
TINY = name("TINY")


class Derived:
    """The derivations of one network, written when they are asked for.

    >>> from neuronwise.mathematics.printers import plain
    >>> from neuronwise.necessary.graph import Edge, Graph, NetInput, Neuron
    >>> graph = Graph([Neuron("o", (NetInput("o", (Edge("x", "x,o"),), "o"),), "logistic")])
    >>> derived = Derived(Written(graph, ["o"], "half_squared"))
    >>> for derivation in derived.delta_form():
    ...     print(plain(derivation.goal), "=", plain(derivation.result))
    dE/da[o] = −(t[o] − a[o])
    dE/dz[o] = dE/da[o]·a[o]·(1 − a[o])
    dE/dw[x,o] = dE/dz[o]·a[x]
    dE/db[o] = dE/dz[o]
    """

    def __init__(self, written: Written) -> None:
        self.written, self.graph = written, written.graph
        self.known: dict[Node, Derivation] = {}

    @cached_property
    def definitions(self) -> Definitions:
        """The formulas of the feed forward, and of the error."""
        written = self.written
        neurons = (written.activation(j)[-1] for j in written.group_of)
        formulas = [*map(written.net_input, written.home), *neurons, written.error()]
        return Definitions({f.parts[0].text: without_tiny(f.parts[1]) for f in formulas})

    def edges(self, x: str) -> list[Node]:
        """Return the slopes of the edges that leave a name: ∂z[h1]/∂w[i1,h1] is one of w[i1,h1]."""
        return [Node("local", (name(y), name(x))) for y in self.definitions.users(x)]

    def of_edge(self, goal: Node) -> Derivation:
        """Return the derivation of the slope of one edge; of an activation or an error, to the formula of the code."""
        if goal not in self.known:
            self.known[goal] = derive(self.definitions, goal, self.own_slope(*(part.text for part in goal.parts)))
        return self.known[goal]

    def own_slope(self, y: str, x: str) -> Node | None:
        """Return the slope of an activation or of the error as the code has it; None: as it is derived."""
        if y == "E":
            return ungrouped(without_tiny(self.written.own_slope(inside(x))))
        if y.startswith("a["):
            group = self.written.group_of[inside(y)]
            return ungrouped(self.written.slope(group, inside(y), inside(x)))
        return None

    def citing(self, names: Iterable[str]) -> Definitions:
        """Return the definitions, with the slopes of the edges that leave some names as results."""
        goals = [goal for text in names for goal in self.edges(text)]
        cited = copy(self.definitions)
        cited.results = {goal: self.of_edge(goal).result for goal in goals}
        return cited

    @cached_property
    def all_cited(self) -> Definitions:
        """The definitions, with the slopes of all edges as results."""
        return self.citing(text for text in self.definitions.order if text[0] in "zawb")

    def backwards(self) -> Iterator[Node]:
        """Yield the formulas of the backward pass, in the order in which the code computes them."""
        written = self.written
        for group in reversed(self.graph.order):
            yield from map(written.of_activation, group.neurons)
            yield from map(written.of_net_input, group.net_inputs)
        yield from map(written.of_weight, self.graph.uses)
        yield from map(written.of_bias, self.graph.biased)

    def delta_form(self) -> Iterator[Derivation]:
        """Yield the derivation of every formula of the backward pass, from those nearer the error."""
        for formula in self.backwards():
            yield self.of_formula(formula, self.all_cited)

    def of_formula(self, formula: Node, cited: Definitions) -> Derivation:
        """Return the derivation of one formula of the backward pass."""
        goal, last = formula.parts
        whole = ungrouped(without_tiny(last))
        short = whole.map(lambda node: ZERO if node in self.dead_ends else node)
        return derive(cited, goal, whole if short == whole else tidy(short), kept=self.kept)

    def nearest(self, goal: Node) -> Derivation:
        """Return the derivation of one slope of E from those nearer the error; an input has one, too."""
        x = goal.parts[1].text
        formula = next((each for each in self.backwards() if each.parts[0] == goal), None)
        cited = self.citing([x])
        return self.of_formula(formula, cited) if formula else derive(cited, goal, kept=self.kept)

    @cached_property
    def dead_ends(self) -> frozenset[Node]:
        """The slopes at neurons from which no path leads to E: they are 0, and the terms with them are left out."""
        return frozenset(goal for goal in self.kept if not self.definitions.leads(goal.parts[1].text, "E"))

    @cached_property
    def kept(self) -> frozenset[Node]:
        """The slopes that are nodes of the delta form: dE/da and dE/dz of every neuron."""
        return frozenset(symbol(f"dE_d{text}") for text in self.definitions.formulas)

    def unrolled(self, goal: Node, most: int = MOST_STEPS) -> Derivation:
        """Return the derivation of one slope of E with every path written out.

        Errors   TooLongError: it has more than `most` steps
        """
        x = goal.parts[1].text
        count = self.steps(x)
        if count > most:
            message = (
                f"expected a derivation of at most {most:,} steps; dE/d{x} has {count:,} steps "
                f"along {self.paths(x):,} paths. Ask for a neuron nearer the error, or for the delta form"
            )
            raise TooLongError(message)
        return derive(self.citing(self.behind(x)), goal)

    def in_full(self, goal: Node) -> Derivation:
        """Return it with the slope of every edge derived on the spot: no result is cited."""
        return derive(self.definitions, goal)

    def behind(self, x: str) -> list[str]:
        """Return a name and all that is computed from it, in the order in which it is computed."""
        found = {x}
        for text in self.definitions.order:
            if not found.isdisjoint(self.definitions.parents.get(text, ())):
                found.add(text)
        return [text for text in self.definitions.order if text in found]

    def steps(self, x: str) -> int:
        """Count the steps of the unrolled derivation of dE/dx, without writing it: one for each use of a rule."""
        counts: dict[str, int] = {"E": 0}
        for text in reversed(self.behind(x)):
            if text != "E":
                counts[text] = 1 + sum(1 + counts[s] for s in self.towards(text))
        return counts[x]

    def paths(self, x: str) -> int:
        """Count the paths from a name to E."""
        counts: dict[str, int] = {"E": 1}
        for text in reversed(self.behind(x)):
            if text != "E":
                counts[text] = sum(counts[s] for s in self.towards(text))
        return counts[x]

    def towards(self, x: str) -> list[str]:
        """Return what is computed from a name directly, and leads to E."""
        return [s for s in self.definitions.users(x) if self.definitions.leads(s, "E")]


def inside(text: str) -> str:
    """Return the index of a symbol: h1 of a[h1]."""
    return text.partition("[")[2].removesuffix("]")


def without_tiny(formula: Node) -> Node:
    """Return a formula with u in place of max(u, tiny)."""
    return formula.map(lambda node: node.parts[0] if node.kind == "call" and node.parts[1:] == (TINY,) else node)
