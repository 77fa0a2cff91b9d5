"""The figures of derivations: a broken line is refused, whatever was changed; how long both checks take."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from broken_lines import BROKEN
from described import wide
from example_derivations import derivations, derived

from benchmarks.measured import Row, none, seconds
from neuronwise.checks.meaning import Meanings
from neuronwise.checks.mutated import judged
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation, DoesNotFollowError, read_derivation
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.rules import RULES, rule_named
from neuronwise.mathematics.search import Search
from neuronwise.mathematics.tree import symbol
from neuronwise.network.examples import example

SMALLEST = Definitions({"a": read_plain("w*x"), "E": read_plain("abs(t - a)")})
CHANGED, SEED = 10_000, 1
NEURONS = 50
MANY = 1_000  # steps


class Claim(NamedTuple):
    """Some derivations, and the definitions under which their lines must mean the same."""

    derivations: Sequence[Derivation]
    definitions: Definitions

    @property
    def steps(self) -> int:
        """How many single steps there are."""
        return sum(len(line.steps) for derivation in self.derivations for line in derivation.lines)

    def follows(self) -> bool:
        """Whether each line follows from the one above by the rules it names: places are looked for anew."""
        return all(map(replayed, self.derivations))

    def means_the_same(self) -> bool:
        """Whether each step means what its goal means."""
        meanings = Meanings(self.definitions)
        return all(
            meanings.same(derivation.goal, step.node)
            for derivation in self.derivations
            for line in derivation.lines
            for step in line.steps
        )

    def holds(self) -> None:
        """Refuse what one of both ways refuses."""
        if not (self.follows() and self.means_the_same()):
            message = "expected derivations that hold; got one that does not"
            raise ValueError(message)


def replayed(derivation: Derivation) -> bool:
    """Tell whether the rules lead from line to line."""
    above = derivation.goal
    for line in derivation.lines:
        search = Search(derivation.definitions, [rule_named(rule) for rule in line.rules], line.node)
        if search.steps(above) is None:
            return False
        above = line.node
    return True


def figures() -> Iterator[Row]:
    """Measure everything."""
    broken = [" ".join(line[:3]) for line in BROKEN if not refused(*line)]
    yield none(f"broken lines that are accepted, or refused for another reason, of {len(BROKEN)}", broken)
    without = RULES.keys() - {rule_named(rule)[0].name for rules, *_ in BROKEN for rule in rules.split(", ")}
    yield none(f"rules without a broken line, of {len(RULES)}", sorted(without))
    yield changed()
    yield took("Mazur's dE/dw1, {steps} steps, checked both ways", one_slope, 1000, 15, "ms")
    yield took(
        f"every slope of {NEURONS} neurons, {{steps:,}} steps: derived, checked both ways", every_slope, 1, 1, "s"
    )


def refused(rules: str, goal: str, line: str, reason: str) -> bool:
    """Tell whether a broken line is refused for its reason."""
    try:
        read_derivation(f"goal {goal}\n  = {line}   by {rules}", SMALLEST)
    except DoesNotFollowError as error:
        return reason in str(error)
    return False


def changed() -> Row:
    """Change lines of derivations, and see what is accepted that is not equal and legal."""
    verdicts = list(judged(derivations(), SEED, CHANGED))
    counts = Counter(verdict for _, verdict in verdicts)
    wrong = [mutant for mutant, verdict in verdicts if verdict not in ("refused", "legal")]
    what = f"changed lines accepted, of {len(verdicts):,}; {counts['legal']} more are equal and legal"
    return none(what, wrong)


def took(what: str, made: Callable[[], Claim], scale: float, most: float, unit: str) -> Row:
    """Return how long it takes, after it was checked once."""
    claim = made()
    claim.holds()
    work = claim.holds if unit == "ms" else lambda: made().holds()
    return what.format(steps=claim.steps), scale * seconds(work, 9 if claim.steps > MANY else 30), most, unit


def one_slope() -> Claim:
    """The slope of Mazur's first weight, without any result that was derived before."""
    one = example("mazur")
    network = derived(one.network, one.error)
    return Claim([network.in_full(symbol("dE_dw[i1,h1]"))], network.definitions)


def every_slope() -> Claim:
    """Every slope of a network: of each edge, neuron, weight and bias."""
    network = derived(wide(NEURONS))
    delta = list(network.delta_form())
    return Claim([*delta, *network.known.values()], network.all_cited)
