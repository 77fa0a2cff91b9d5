"""The way from one line of a derivation to the next: at which places its rules, one after the other, must be used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from neuronwise.mathematics.algebra import IncomparableError, equal, unfolded
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.laws import CONDITION, DoesNotFitError
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.rules import Application, Rule
from neuronwise.mathematics.tree import SIGNS, Node, Place, code_name, spliced, ungrouped

MOST_TRIES = 20_000
Named = tuple[Rule, str]  # a rule and its argument


@dataclass(frozen=True, slots=True)
class Step:
    """One use of one rule: where in the line above, how, and the line it gives."""

    application: Application
    place: Place
    node: Node


def apply_at(rule: Rule, argument: str, line: Node, place: Place, definitions: Definitions) -> tuple[Node, Application]:
    """Return the line that a rule gives at a place, its new piece marked as changed, and how the rule was used.

    A slope such as dE/da is one symbol for the eye: if a rule opens or makes one, all of it is marked.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> from neuronwise.mathematics.rules import RULES
    >>> line, used = apply_at(RULES["constant"], "", read_plain("w*d/da[t]"), (1,), Definitions({}))
    >>> plain(line), [part.changed for part in line.parts], used.name
    ('w·0', [False, True], 'constant')
    """
    application = rule.apply(line.at(place), definitions, argument)
    if rule.replaces:
        refuse_held(line, place, application.new)
    new = settled(line, place, ungrouped(replace(application.new, changed=True)))
    above = place[:-1]
    if place and (code_name(line.at(above)) or code_name(new.at(above))):
        new = new.put(above, replace(new.at(above), changed=True))
    return new, application


def settled(line: Node, place: Place, new: Node) -> Node:
    """Return the line with a new piece at a place, without grouping on the way there; the rest of it has none."""
    if not place:
        return new
    i, rest = place[0], place[1:]
    inner = settled(line.parts[i], rest, new)
    return spliced(replace(line, parts=(*line.parts[:i], inner, *line.parts[i + 1 :])))


def refuse_held(line: Node, place: Place, new: Node) -> None:
    """Refuse to replace a symbol that the sign of a slope around it holds fixed, or moves."""
    for depth in range(len(place)):
        around = line.at(place[:depth])
        if around.kind in ("partial", "local"):
            message = "inside {0} every symbol is held fixed: none may be replaced"
            raise DoesNotFitError(message, around, near=CONDITION)
        if around.kind == "total" and around.parts[1] in (line.at(place), new):
            message = "in {0} the symbol {1} moves by itself, cut loose from its formula"
            raise DoesNotFitError(message, around, around.parts[1], near=CONDITION)


class Search:
    """Finds the places at which rules, one after the other, lead from a line to the next one."""

    def __init__(self, definitions: Definitions, rules: Sequence[Named], target: Node | None) -> None:
        self.definitions, self.rules, self.target = definitions, rules, target
        self.given: dict[Node, None] = {}  # where all rules led, if not to the target
        self.reasons: list[tuple[int, int, str, object]] = []  # (which rule, how near it came, its name, why not)
        self.tries = 0
        self.failed: set[tuple[Node, int]] = set()

    def steps(self, line: Node, done: int = 0) -> tuple[Step, ...] | None:
        """Return the steps that lead from `line` to the target by the rules not yet done; None if there are none."""
        if done == len(self.rules):
            if self.target in (None, line):
                return ()
            self.given[line] = None
            return None
        if (line, done) not in self.failed:
            for step in self.following(line, done):
                rest = self.steps(step.node, done + 1)
                if rest is not None:
                    return (step, *rest)
        self.failed.add((line, done))
        return None

    def following(self, line: Node, done: int) -> Iterator[Step]:
        """Yield each line that the next rule can give, the outermost place first."""
        rule, argument = self.rules[done]
        if rule.name == "algebra" and self.target is not None:
            yield from self.by_algebra(line, self.target, done)
            return
        refused = False
        for place in line.places():
            self.tries += 1
            if self.tries > MOST_TRIES:
                return
            if not (rule.replaces or line.at(place).kind in SIGNS):  # no slope: refused in the same words everywhere
                if refused:
                    continue
                refused = True
            try:
                node, application = apply_at(rule, argument, line, place, self.definitions)
            except DoesNotFitError as error:
                self.reasons.append((done, error.near, rule.name, error))
            else:
                yield Step(application, place, node)

    def by_algebra(self, line: Node, target: Node, done: int) -> Iterator[Step]:
        """Yield the target, if it is equal to the line, with the named definitions written out on both sides."""
        rule, argument = self.rules[done]
        names = argument.split(" and ") if argument else []
        missing = [text for text in names if text not in self.definitions.formulas]
        written_out = {text: self.definitions.formulas[text] for text in names if text not in missing}
        why: object = f"{', '.join(missing)} has no formula to write out"
        if not missing:
            why = "computed exactly at random points, the two lines differ"
            try:
                if equal(unfolded(line, written_out), unfolded(target, written_out)):
                    pieces = {"before": line, "after": target}
                    application = Application(rule, argument, target, pieces, "names" if names else "")
                    yield Step(application, (), replace(target, changed=True))
            except IncomparableError as error:
                why = error
        self.reasons.append((done, CONDITION, rule.name, why))

    def gives(self) -> str:
        """Return what the rules give instead of the target, or why they give nothing."""
        if self.tries > MOST_TRIES:
            return f"More than {MOST_TRIES:,} ways were tried: write more lines with fewer rules each."
        if self.given:
            return f"It gives: {' or '.join(plain(node) for node in list(self.given)[:3])}."
        *_, name, why = max(self.reasons, key=lambda reason: reason[:2])
        return f"{name}: {why}."
