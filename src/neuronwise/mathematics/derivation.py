"""A derivation: lines one under the other, each of which follows from the one above by the rules it names.

    goal   dE/dw
      = dE/da * da/dw                        by chain through a
      = d/da[abs(t - a)] * da/dw             by definition of E
      by chain, difference                   a line without a formula is written by the kernel
      = …                                    by algebra

A line may name several rules: single steps and their places are found by search. Only the grouping of sums and products
is dropped, because print does not show it; nothing else simplifies. Whether a line that does not follow is *true* is no
question of rules: neuronwise.checks.derivations answers it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from neuronwise.mathematics.definitions import DefinitionError, Definitions
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import UnreadableError, read_plain
from neuronwise.mathematics.rules import UnknownRuleError, rule_named
from neuronwise.mathematics.search import Named, Search, Step
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, ungrouped

MOST_RULES = 12
WRITTEN = re.compile(r"(?:=\s*(?P<formula>.+?)\s+)?by\s+(?P<rules>.+)")


class DerivationError(ValueError):
    """A derivation that does not hold: `line` counts from 1, in the text that was read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line} of the derivation: {message}")
        self.line, self.message = line, message


class DoesNotFollowError(DerivationError):
    """A line that its rules do not give: the line above, this line, the rules as written, what they give instead."""

    def __init__(self, line: int, lines: tuple[Node, Node], by: str, definitions: Definitions) -> None:
        super().__init__(line, f"The line {plain(lines[1])} does not follow by {by}")
        self.lines, self.by, self.definitions = lines, by, definitions


@dataclass(frozen=True, slots=True)
class Line:
    """A line as its author wrote it: `node` marks what its rules put in; `number` is its line in the text."""

    node: Node
    rules: tuple[str, ...]
    steps: tuple[Step, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Derivation:
    """A goal such as dE/dw, and the lines that lead from it to its formula."""

    definitions: Definitions
    goal: Node
    lines: tuple[Line, ...]

    @property
    def result(self) -> Node:
        """Return the last line."""
        return self.lines[-1].node if self.lines else self.goal


def outermost(node: Node, *, inside: bool = False) -> Node:
    """Return the tree with marks only on the outermost changed pieces.

    >>> from neuronwise.mathematics.tree import name
    >>> inner = replace(name("w"), changed=True)
    >>> outermost(Node("negative", (inner,), changed=True)).parts[0].changed
    False
    """
    parts = tuple(outermost(part, inside=inside or node.changed) for part in node.parts)
    return replace(node, parts=parts, changed=node.changed and not inside)


def unmarked(node: Node) -> Node:
    """Return the tree without marks.

    >>> from neuronwise.mathematics.tree import name
    >>> unmarked(replace(name("w"), changed=True)).changed
    False
    """
    return node.map(lambda inner: replace(inner, changed=False))


class Reader:
    """Reads the text of a derivation."""

    def __init__(self, definitions: Definitions, names: Iterable[str]) -> None:
        self.definitions, self.names = definitions, list(names)
        self.goal: Node | None = None
        self.lines: list[Line] = []

    def read(self, number: int, text: str) -> None:
        """Read one line: `given a = …`, `goal …`, or a line that follows."""
        head, _, rest = text.partition(" ")
        if head == "given" and self.goal is None:
            given = self.formula(number, rest)
            if given.kind != "equals" or given.parts[0].kind != "name":
                raise DerivationError(number, f"expected given name = formula; got {text!r}")
            try:
                self.definitions = self.definitions.with_formulas({given.parts[0].text: given.parts[1]})
            except DefinitionError as error:
                raise DerivationError(number, str(error)) from None
        elif head == "goal" and self.goal is None:
            self.goal = ungrouped(self.formula(number, rest))
        elif self.goal is None:
            raise DerivationError(number, f"expected a goal first, such as: goal dE/dw; got {text!r}")
        else:
            self.lines.append(self.line(number, text, self.lines[-1].node if self.lines else self.goal))

    def formula(self, number: int, text: str) -> Node:
        """Read a formula."""
        try:
            return read_plain(text.strip(), self.names)
        except UnreadableError as error:
            raise DerivationError(number, str(error)) from None

    def line(self, number: int, text: str, above: Node) -> Line:
        """Read a line and find the steps that lead to it from the one above."""
        written = WRITTEN.fullmatch(text)
        if not written:
            raise DerivationError(
                number, f"expected = formula by rule, or by rule alone; got {text!r}: no rule is named"
            )
        rules = tuple(rule.strip() for rule in written["rules"].split(","))
        target = ungrouped(self.formula(number, written["formula"])) if written["formula"] else None
        search = Search(self.definitions, self.named(number, rules), target)
        steps = search.steps(unmarked(above))
        if steps is None and target is None:
            raise DerivationError(number, f"The line above leads nowhere by {written['rules']}. {search.gives()}")
        if steps is None:
            by = f"{written['rules']}. {search.gives()}"
            raise DoesNotFollowError(number, (above, target or above), by, self.definitions)
        return Line(outermost(steps[-1].node), rules, steps, number)

    def named(self, number: int, rules: Sequence[str]) -> list[Named]:
        """Return the rules of a line; only the last may be algebra, which leads to the written line."""
        try:
            named = [rule_named(rule) for rule in rules]
        except UnknownRuleError as error:
            raise DerivationError(number, str(error)) from None
        if any(rule.name == "algebra" for rule, _ in named[:-1]):
            raise DerivationError(
                number, "expected algebra as the last rule of a line: it leads to what is written there"
            )
        if len(named) > MOST_RULES:
            raise DerivationError(number, f"expected at most {MOST_RULES} rules in a line; got {len(named)}")
        return named


def read_derivation(text: str, definitions: Definitions, names: Iterable[str] = SYMBOLS) -> Derivation:
    r"""Return the derivation that a text says, each line checked by its rules.

    Errors   DerivationError: the line that fails, what was expected, what came

    >>> text = "goal da/dw\n  = d/dw[w*x]  by definition of a\n  = 1*x  by constant factor, itself"
    >>> derivation = read_derivation(text, Definitions({"a": read_plain("w*x")}))
    >>> plain(derivation.result), [step.application.name for step in derivation.lines[1].steps]
    ('1·x', ['constant factor', 'itself'])
    >>> print(derivation.lines[1].steps[0].application.told(plain))
    x stands still when w moves. When w grows by 1, w·x grows by x. So x stays as a factor.
    """
    reader = Reader(definitions, names)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            reader.read(number, line.strip())
    if reader.goal is None:
        raise DerivationError(1, "expected a goal, such as: goal dE/dw; got no line at all")
    return Derivation(reader.definitions, reader.goal, tuple(reader.lines))
