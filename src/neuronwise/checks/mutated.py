"""Derivations with one thing changed on purpose: a sign, a factor, a name, a number, a kind of slope, a rule.

A changed line must be refused, unless it is as good as the one it stands for: an equal one that the named rules give
as well, most often at another place of the line.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from neuronwise.checks.meaning import Meanings
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.rules import RULES, rule_named
from neuronwise.mathematics.search import Search
from neuronwise.mathematics.tree import SIGNS, Node, Place, code_name, name, number, ungrouped

OTHERS = {
    "plus": ("minus", "times"), "minus": ("plus", "times"), "times": ("plus", "over"), "over": ("times", "minus"),
    "total": ("partial", "local"), "partial": ("total",), "local": ("total",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A line above, the changed line, the rules that should lead to it, and what was changed."""

    definitions: Definitions
    above: Node
    line: Node
    rules: tuple[str, ...]


def mutants(derivations: Sequence[Derivation], seed: int) -> Iterator[Mutant]:
    """Yield changed lines of derivations, without end: a random line, a random change."""
    lot = random.Random(seed)  # noqa: S311 - chance, not secrecy
    lines = [(derivation, n) for derivation in derivations for n in range(len(derivation.lines))]
    while True:
        derivation, n = lot.choice(lines)
        above = derivation.lines[n - 1].node if n else derivation.goal
        line = derivation.lines[n]
        rules, node = line.rules, line.node
        if lot.random() < 0.2:  # noqa: PLR2004 - one in five
            at = lot.randrange(len(rules))
            rules = (*rules[:at], lot.choice(sorted(RULES.keys() - {"algebra"})), *rules[at + 1 :])
        else:
            node = changed(node, lot)
        if (node, rules) != (line.node, line.rules):
            yield Mutant(derivation.definitions, above, node, rules)


def changed(node: Node, lot: random.Random) -> Node:
    """Return a formula with one change at a random place."""
    places = [place for place in node.places() if free(node, place)]
    place = lot.choice(places)
    names = sorted({inner.text for inner in node.nodes() if inner.kind == "name"})
    return ungrouped(node.put(place, one_changed(node.at(place), lot, names)))


def free(node: Node, place: Place) -> bool:
    """Tell whether any formula may stand at a place: what moves, and both ends of an edge or a slope, must be names."""
    around = node.at(place[:-1])
    return (
        not place or around.kind not in SIGNS or (not code_name(around) and around.kind != "local" and place[-1] == 0)
    )


def one_changed(node: Node, lot: random.Random, names: Sequence[str]) -> Node:
    """Return a node with one change."""
    ways = [lambda: Node("negative", (node,))]
    if node.kind == "name":
        ways = [lambda: name(lot.choice(names))] * 2
    if node.kind == "number":
        ways.append(lambda: number(lot.choice(["0", "1", "2", "3", "0.5"])))
    if node.kind == "negative":
        ways = [lambda: node.parts[0]]
    if node.kind in OTHERS and (node.kind not in SIGNS or node.parts[0].kind == "name"):
        ways.append(lambda: replace(node, kind=lot.choice(OTHERS[node.kind])))
    if node.kind in ("plus", "times") and len(node.parts) > 1:
        ways.append(lambda: dropped(node, lot.randrange(len(node.parts))))
        ways.append(lambda: replace(node, parts=(*node.parts, lot.choice(node.parts))))
    if node.kind in ("minus", "over", "times"):
        ways.append(lambda: replace(node, parts=node.parts[::-1]))
    return lot.choice(ways)()


def dropped(node: Node, at: int) -> Node:
    """Return a sum or a product without one of its parts."""
    rest = node.parts[:at] + node.parts[at + 1 :]
    return rest[0] if len(rest) == 1 else replace(node, parts=rest)


def judged(derivations: Sequence[Derivation], seed: int, count: int) -> Iterator[tuple[Mutant, str]]:
    """Yield changed lines with what the checks make of them.

    refused   the rules do not lead there
    legal     the rules lead there, and the line means the same: an equal line, or the rule used at another place
    unsound   the rules lead there, and the line means something else: a rule is wrong; the second check refuses it

    >>> from neuronwise.mathematics.backward import derive
    >>> from neuronwise.mathematics.readers import read_plain
    >>> derivation = derive(Definitions({"a": read_plain("w*x")}), read_plain("da/dw"))
    >>> {verdict for _, verdict in judged([derivation], 1, 100)}
    {'refused'}
    """
    known: dict[int, Meanings] = {}
    for mutant in islice(mutants(derivations, seed), count):
        meanings = known.setdefault(id(mutant.definitions), Meanings(mutant.definitions))
        steps = Search(mutant.definitions, [rule_named(rule) for rule in mutant.rules], mutant.line).steps(mutant.above)
        if steps is None:
            yield mutant, "refused"
        else:
            yield mutant, "legal" if meanings.same(mutant.above, mutant.line) else "unsound"
