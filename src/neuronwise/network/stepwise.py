"""One slope, step by step: from the neurons nearer the error, then with every path written out; each line by its rule.

What the rules say stands below, each with the formulas of the place where it was used first.
"""

import re
from collections.abc import Iterator, Sequence

from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, name, symbol
from neuronwise.network.derived import Derived
from neuronwise.network.explain import Sample, Section, counted
from neuronwise.network.names import unknown

SAID = (
    "What each says of the place where it was used first. All of this is about this one network: that slopes can be "
    "found like this in every network is an induction over the order of its neurons, told in words and checked by none "
    "of these lines."
)
ASKED = re.compile(r"\s*[d∂]\s*(?P<y>E|[za]\[[^\[\]]+\])\s*[/_]\s*[d∂]\s*(?P<x>[zawb]\[[^\[\]]+\])")


def sections(sample: Sample, text: str, places: int) -> Iterator[Section]:
    """Yield what there is to say of one slope: dE/dw[i1,h1], or of one edge, ∂a[h1]/∂z[h1].

    Errors   UnknownError: no such slope; TooLongError: unrolled it has too many steps
    """
    derived = Derived(sample.written)
    goal = asked(derived, text)
    if goal.kind == "local":
        yield Section(plain(goal), "The slope of one edge.", derived=(derived.of_edge(goal),))
        yield why([derived.of_edge(goal)])
        return
    x = goal.parts[1].text
    unrolled = derived.unrolled(goal)
    delta = derived.nearest(goal)
    yield Section("From the neurons nearer the error", "So the code computes it.", derived=(delta,))
    note = f"{counted(derived.paths(x), 'path')} from {x} to E, {counted(derived.steps(x), 'step')}."
    yield Section("Every path", note, derived=(unrolled,))
    yield Section("The numbers", worked=(sample.worked(Node("equals", (goal, unrolled.result)), places),))
    yield from edges(derived, x)
    yield why([delta, unrolled])


def asked(derived: Derived, text: str) -> Node:
    """Return the slope that someone asks for."""
    found = ASKED.fullmatch(re.sub(r"\s*([\[\],])\s*", r"\1", str(text)))  # a blank inside a name stays
    if found and found["y"] == "E" and found["x"] in derived.definitions.order:
        return symbol(f"dE_d{found['x']}")
    if found and found["x"] in derived.definitions.parents.get(found["y"], ()):
        return Node("local", (name(found["y"]), name(found["x"])))
    known = (f"dE/d{x}" for x in derived.definitions.order if x[0] in "zawb")
    raise unknown(text, "a slope such as dE/dw[i1,h1] or ∂a[h1]/∂z[h1]", known)


def edges(derived: Derived, x: str) -> Iterator[Section]:
    """Yield the slopes of the edges on the way from x to E, as far as they were cited."""
    goals = [goal for text in derived.behind(x) for goal in derived.edges(text)]
    cited = [Node("equals", (goal, derived.of_edge(goal).result)) for goal in goals]
    if cited:
        note = f'Each has a derivation of its own: net.explain(x, y, unrolled="{plain(goals[-1])}")'
        yield Section("The slopes of the edges", note, general=tuple(cited))


def why(derivations: Sequence[Derivation]) -> Section:
    """Return a table of the rules, and what each says of the place where it was used first."""
    steps = [step for derivation in derivations for line in derivation.lines for step in line.steps]
    first = {step.application.name: step.application.told(plain) for step in reversed(steps)}
    rows = [(rule, first[rule]) for rule in dict.fromkeys(step.application.name for step in steps)]
    return Section("The rules", SAID, table=(("rule", "why"), *rows))
