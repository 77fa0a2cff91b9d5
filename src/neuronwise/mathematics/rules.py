"""The rules of a derivation, as one table: what each does, why it may, when it may, and what goes wrong otherwise.

The sentences are the book's. Their slots are formulas of the very place where the rule is used: {u} is the formula
under the sign of the slope, {x} what moves. So a page can say "t does not move when a moves, so its slope is 0."
"""

from collections.abc import Callable
from dataclasses import dataclass

from neuronwise.mathematics import laws, network_laws
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.laws import CONDITION, Change, DoesNotFitError, Law, Pieces
from neuronwise.mathematics.tree import Node, ungrouped


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `lead` are the words before its argument; `held` is its condition under ∂, if that is another one.

    `replaces`: it writes a name for a formula or a formula for a name, so it may not touch what moves or is held fixed.
    """

    name: str
    law: Law
    sentence: str
    condition: str
    without: str
    lead: str = ""
    held: str = ""
    replaces: bool = False

    def apply(self, node: Node, definitions: Definitions, argument: str = "") -> "Application":
        """Return what the rule makes of a piece, and the formulas that explain it; DoesNotFitError if it does not fit.

        >>> from neuronwise.mathematics.printers import plain
        >>> from neuronwise.mathematics.readers import read_plain
        >>> step = RULES["constant"].apply(read_plain("d/da[t]"), Definitions({}))
        >>> plain(step.new), step.told(plain)
        ('0', 't does not move when a moves, so its slope is 0.')
        """
        new, pieces, fact = self.law(node, definitions, argument)
        return Application(self, argument, new, {slot: ungrouped(piece) for slot, piece in pieces.items()}, fact)


@dataclass(frozen=True, slots=True)
class Application:
    """One use of a rule: the new piece, and the formulas for the slots of the rule's sentences."""

    rule: Rule
    argument: str
    new: Node
    pieces: Pieces
    fact: str = ""

    @property
    def name(self) -> str:
        """Return the rule as an author writes it: definition of E."""
        return f"{self.rule.lead} {self.argument}" if self.argument else self.rule.name

    @property
    def sentence(self) -> str:
        """Return why the rule may be used here, with slots; first the fact it rests on, if any."""
        return " ".join(text for text in (FACTS.get(self.fact), self.rule.sentence) if text)

    @property
    def condition(self) -> str:
        """Return when the rule may be used, with slots."""
        return self.rule.held if self.fact == "held" and self.rule.held else self.rule.condition

    def told(self, write: Callable[[Node], str], text: str = "") -> str:
        """Return the sentence, or another text of the rule, with each slot filled by its formula in print."""
        return (text or self.sentence).format(**{slot: write(node) for slot, node in self.pieces.items()})


def algebra(_: Node, __: Definitions, ___: str) -> Change:
    """Algebra leads to whatever line is written, if that is equal: derivation.py compares them."""
    message = "algebra leads to a line that an author writes: write it"
    raise DoesNotFitError(message, near=CONDITION)


ANY = "None: it holds for every such formula."
HELD = "{name} is not the name below the line. That one stays as it is."
STILL = "Replace the name below the line, and nothing is left that moves: its own slope would come out as 0."
INNER = "A formula inside has a slope of its own, and that would be lost. Then the chain rule is the right one."
FACTS = {
    "abs": "{u} is the distance of {inner} from 0. Where {inner} is positive, both grow together. "
    "Where it is negative, one shrinks as the other grows. So its slope is the sign of {inner}, "
    "1 or −1, written {slope}. At 0 the distance turns, and there we choose 0.",
    "exp": "The larger {u} is, the faster it grows: by as much as it is, for each unit of {inner}. "
    "No other growth is its own slope, and that is what the number e is for.",
    "log": "{u} undoes the exponential: e to the power {u} is {inner}. Where that grows by {inner} for each unit, "
    "{u} grows by one part in {inner}: {slope}.",
    "tanh": "{u} runs from −1 to 1. It is made of exponentials, and the rule for quotients gives {slope}: "
    "steepest in the middle, flat at both ends.",
    "sin": "On a circle of radius 1, {u} is the height and {slope} the way to the side. "
    "Going on along the circle, one gains height as fast as one is to the side.",
    "cos": "On a circle of radius 1, {u} is the way to the side. Going on along the circle, one loses it "
    "as fast as one is high: {slope}.",
    "erf": "{u} is an area below a bell curve. It grows as fast as the curve is high at its edge: {slope}.",
    "max": "The largest number moves as the one that is the largest.",
    "sign": "{u} stays as it is while {inner} moves. It jumps only where {inner} is 0, and there we choose 0.",
    "power": "{u} is a product of equal factors. Each has its turn to move while the others stand still. "
    "Together that gives {slope}.",
    "held": "Under ∂ all names but {x} are held fixed.",
    "names": "The names are written out on both sides: each stands for its formula.",
}
TABLE = (
    Rule(
        "definition", network_laws.definition,
        "{name} stands for {formula}, so the one may be written for the other.",
        HELD, STILL, lead="definition of", replaces=True,
    ),
    Rule(
        "name", network_laws.named,
        "{formula} has a name: {name}. The one may be written for the other.",
        HELD, STILL, lead="name", replaces=True,
    ),
    Rule(
        "constant", laws.constant,
        "{u} does not move when {x} moves, so its slope is 0.",
        "{x} is not among the numbers that {u} is computed from. "
        "That it is not written there is not enough: it may hide behind a name.",
        "If {u} did move, its slope would be lost, and the step would be wrong.",
        held="{x} is not written in {u}.",
    ),
    Rule(
        "itself", laws.itself,
        "When {x} grows by 1, {x} grows by 1. So the slope is 1.",
        "The same name stands above and below.",
        "Between two different names the slope can be any number.",
    ),
    Rule(
        "sum", laws.sums,
        "A sum grows by what its terms grow, taken together. So the slope of {u} is the sum of their slopes.",
        ANY,
        "With a term left out, its share of the movement would be lost.",
    ),
    Rule(
        "only term", laws.only_term,
        "In {u} only {moving} moves when {x} moves. What stands still adds nothing to the slope.",
        "No other term is computed from {x}, however far back.",
        "A second term that moves has a slope too, and that would be lost.",
        held="{x} is written in no other term.",
    ),
    Rule(
        "difference", laws.difference,
        "{u} grows as {first} grows, and shrinks as {second} grows. So the second slope is subtracted from the first.",
        ANY,
        "With a plus, {second} would pull the wrong way, and the step could go uphill.",
    ),
    Rule(
        "negative", laws.negative,
        "When {inner} grows by 1, {u} shrinks by 1. So the slope changes its sign.",
        ANY,
        "With the sign lost, the step goes uphill.",
    ),
    Rule(
        "product", laws.product,
        "Let one factor of {u} move while the others stand still: they stay as factors. "
        "Every factor has its turn, and the results add up.",
        ANY,
        "Slopes of factors may not be multiplied: {x}·{x} would get 1·1, but its slope is 2·{x}.",
    ),
    Rule(
        "constant factor", laws.constant_factor,
        "{still} stands still when {x} moves. When {moving} grows by 1, {u} grows by {still}. "
        "So {still} stays as a factor.",
        "{still} is not computed from {x}, however far back.",
        "If {still} moved too, it would add a slope of its own, and that would be lost.",
        held="{x} is not written in {still}.",
    ),
    Rule(
        "quotient", laws.quotient,
        "{u} times {below} is {above}. Take the slope of both sides, by the rule for products. "
        "Then solve for the slope of {u}.",
        "{below} is not 0.",
        "Nothing can be divided by 0: there {u} has no value, and so no slope.",
    ),
    Rule(
        "power", laws.power,
        "Inside stands {x} itself, so {slope} is the whole slope.", "Inside stands {x} itself.", INNER,
    ),
    Rule(
        "slope", laws.function_slope,
        "Inside stands {x} itself, so {slope} is the whole slope.", "Inside stands {x} itself.", INNER,
    ),
    Rule(
        "chain", laws.chain,
        "So {u} moves {slope} times as far as {inner}, and {inner} moves {inner_slope} times as far as {x}. "
        "Two stretches, one after the other, multiply.",
        "{u} is computed from {inner}, and from nothing else that moves.",
        "Forget {inner_slope}, and the step gets the wrong length, or goes uphill.",
    ),
    Rule(
        "cases", laws.cases,
        "{u} has a formula for each case. While {condition} holds, it moves as {then} does, or else as the other.",
        "It is not the very place where the cases meet. There the slope is a convention.",
        "The slope of one case, taken everywhere, would be wrong in the other.",
    ),
    Rule(
        "chain through", network_laws.chain_through,
        "{x} reaches {y} on one path only: through {a}. {a} moves {inner} times as far as {x}, "
        "and {y} moves {outer} times as far as {a}. Two stretches, one after the other, multiply.",
        "No second path leads from {x} to {y}. With two, their slopes add: chapter 4.",
        "Forget {inner}, and the step gets the wrong length, or goes uphill.",
        lead="chain through",
    ),
    Rule(
        "edges", network_laws.edges,
        "{x} reaches {y} over its edges. Each edge gives its own slope, times the slope of the path from there on. "
        "What arrives over all of them adds up.",
        "The slope of an edge is taken with everything else held fixed.",
        "With total slopes for the edges, a path that skips a neuron would be counted twice.",
    ),
    Rule(
        "local", network_laws.local,
        "An edge looks at one formula alone: {y} is {formula}. In it {x} moves, and everything else is held fixed.",
        "{y} has a formula. From here on no name in it is replaced: all but {x} are held fixed.",
        "If other names moved along, their paths would be counted a second time.",
    ),
    Rule(
        "result", network_laws.result,
        "This slope was found before: {goal} is {result}.",
        "Its derivation has been checked, line by line.",
        "A mistake there would be a mistake here.",
    ),
    Rule(
        "algebra", algebra,
        "{before} and {after} are equal, whatever numbers the letters stand for. No slope is taken here.",
        "The two are equal. The build computed both three times with random numbers, without rounding.",
        "A sign or a factor lost here would be lost in the code too.",
        lead="algebra with",
    ),
)  # fmt: skip
RULES = {rule.name: rule for rule in TABLE}


class UnknownRuleError(ValueError):
    """A rule that is not in the table."""

    def __init__(self, text: str) -> None:
        known = ", ".join(f"{rule.lead} …" if rule.lead else rule.name for rule in TABLE)
        super().__init__(f"expected a known rule; got {text!r}. Known: {known}.")


def rule_named(text: str) -> tuple[Rule, str]:
    """Return the rule that an author names, and its argument.

    >>> rule, argument = rule_named("definition of E")
    >>> rule.name, argument
    ('definition', 'E')
    """
    for rule in TABLE:
        if text == rule.name:
            return rule, ""
        if rule.lead and text.startswith(f"{rule.lead} "):
            return rule, text.removeprefix(rule.lead).strip()
    raise UnknownRuleError(text)
