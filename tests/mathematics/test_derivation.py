"""A derivation is read line by line: each follows by the rules it names, or is refused for the stated reason."""

import re

import pytest
from broken_lines import BROKEN

from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import Derivation, DerivationError, DoesNotFollowError, read_derivation
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import Node, ungrouped

SMALLEST = """
goal   dE/dw
  = dE/da * da/dw                                by chain through a
  = d/da[abs(t - a)] * da/dw                     by definition of E
  = sign(t - a) * d/da[t - a] * da/dw            by chain
  = sign(t - a) * (d/da[t] - d/da[a]) * da/dw    by difference
  = sign(t - a) * (0 - 1) * da/dw                by constant, itself
  = sign(t - a) * (0 - 1) * d/dw[w*x]            by definition of a
  = sign(t - a) * (0 - 1) * 1*x                  by constant factor, itself
  = -sign(t - a)*x                               by algebra
"""
EDGES = """
goal   dE/dw
  = dE/da * ∂a/∂w                                by edges
  = ∂E/∂a * ∂a/∂w                                by edges
  = ∂/∂a[abs(t - a)] * ∂a/∂w                     by local
  = sign(t - a) * ∂/∂a[t - a] * ∂a/∂w            by chain
  = sign(t - a) * (∂/∂a[t] - ∂/∂a[a]) * ∂a/∂w    by difference
  = sign(t - a) * (0 - 1) * ∂a/∂w                by constant, itself
  = sign(t - a) * (0 - 1) * ∂/∂w[w*x]            by local
  = sign(t - a) * (0 - 1) * 1*x                  by constant factor, itself
  = -sign(t - a)*x                               by algebra
"""
SHORT = """
goal dE/dw
  by chain through a, definition of E, chain, difference, constant, itself
  by definition of a, constant factor, itself
  = -sign(t - a)*x   by algebra
"""
SQUARED = """
given  a = w*x
given  E = (t - a)**2
goal   dE/dw
  = dE/da * ∂a/∂w                               by edges
  = ∂E/∂a * ∂a/∂w                               by edges
  = ∂/∂a[(t - a)**2] * ∂a/∂w                    by local
  = 2*(t - a) * ∂/∂a[t - a] * ∂a/∂w             by chain
  = 2*(t - a) * (∂/∂a[t] - ∂/∂a[a]) * ∂a/∂w     by difference
  = 2*(t - a) * (0 - 1) * ∂a/∂w                 by constant, itself
  = 2*(t - a) * (0 - 1) * ∂/∂w[w*x]             by local
  = 2*(t - a) * (0 - 1) * 1*x                   by constant factor, itself
  = -2*(t - a)*x                                by algebra
"""


def definitions(**formulas: str) -> Definitions:
    return Definitions({text: read_plain(formula) for text, formula in formulas.items()})


PLAIN = definitions(a="w*x", E="abs(t - a)")


def marks(node: Node) -> list[str]:
    return [plain(inner) for inner in node.nodes() if inner.changed]


def read(text: str) -> Derivation:
    return read_derivation(text, PLAIN)


@pytest.mark.parametrize("text", [SMALLEST, EDGES, SHORT])
def test_the_slope_of_the_smallest_network_is_derived(text: str) -> None:
    derivation = read(text)

    assert plain(derivation.goal) == "dE/dw"
    assert plain(derivation.result) == "−sgn(t − a)·x"


def test_a_derivation_can_bring_its_own_definitions() -> None:
    derivation = read_derivation(SQUARED, Definitions({}))

    assert plain(derivation.result) == "−2·(t − a)·x"
    assert list(derivation.definitions.formulas) == ["a", "E"]


def test_each_line_marks_what_its_own_rules_put_in() -> None:
    assert [marks(line.node) for line in read(SMALLEST).lines] == [
        ["dE/da·da/dw"],
        ["d/da[abs(t − a)]"],
        ["sgn(t − a)", "d/da[t − a]"],
        ["dt/da − da/da"],
        ["0", "1"],
        ["d/dw[w·x]"],
        ["1", "x"],
        ["−sgn(t − a)·x"],
    ]


def test_a_line_without_a_formula_is_written_by_the_kernel() -> None:
    lines = read(SHORT).lines

    assert [plain(line.node) for line in lines[:2]] == ["sgn(t − a)·(0 − 1)·da/dw", "sgn(t − a)·(0 − 1)·1·x"]
    assert marks(lines[0].node) == ["sgn(t − a)·(0 − 1)·da/dw"]
    assert marks(lines[1].node) == ["1", "x"]


def test_a_line_opens_to_single_steps_with_their_explanations() -> None:
    line = read(SMALLEST).lines[4]

    assert line.rules == ("constant", "itself")
    assert line.number == 7
    assert [(plain(step.node), marks(step.node)) for step in line.steps] == [
        ("sgn(t − a)·(0 − da/da)·da/dw", ["0"]),
        ("sgn(t − a)·(0 − 1)·da/dw", ["0", "1"]),
    ]
    assert [step.application.told(plain) for step in line.steps] == [
        "t does not move when a moves, so its slope is 0.",
        "When a grows by 1, a grows by 1. So the slope is 1.",
    ]
    assert [{slot: plain(node) for slot, node in step.application.pieces.items()} for step in line.steps] == [
        {"u": "t", "x": "a"},
        {"x": "a"},
    ]


def test_only_grouping_is_dropped() -> None:
    grouped = read("goal x*t*w\n = (t*w)*x by algebra\n = t*(w*x) by algebra")

    assert grouped.lines[0].node == grouped.lines[1].node == ungrouped(read_plain("t*w*x"))
    with pytest.raises(DoesNotFollowError):
        read("goal d/dw[w*x]\n = x by constant factor, itself")


def test_algebra_can_write_names_out() -> None:
    line = read("goal a*a\n = w^2*x^2 by algebra with a").lines[0]

    assert line.steps[0].application.told(plain).startswith("The names are written out on both sides")
    assert line.steps[0].application.name == "algebra with a"


def test_a_checked_result_can_be_cited() -> None:
    cited = PLAIN.with_result(read_plain("dE/da"), read_plain("-sign(t - a)"))

    lines = read_derivation("goal dE/dw\n by chain through a\n = -sign(t - a)*da/dw by result", cited).lines

    assert marks(lines[1].node) == ["−sgn(t − a)"]


@pytest.mark.parametrize(("rules", "goal", "line", "reason"), BROKEN)
def test_a_broken_line_is_refused_for_the_stated_reason(rules: str, goal: str, line: str, reason: str) -> None:
    with pytest.raises(DoesNotFollowError) as refused:
        read(f"goal {goal}\n\n  = {line}   by {rules}")

    written = plain(ungrouped(read_plain(line)))
    beginning = f"line 3 of the derivation: The line {written} does not follow by {rules}. "
    assert str(refused.value).startswith(beginning)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "expected a goal, such as: goal dE/dw; got no line at all"),
        ("= x by algebra", 1, "expected a goal first, such as: goal dE/dw; got '= x by algebra'"),
        ("goal dE/dw\n = x", 2, "expected = formula by rule, or by rule alone; got '= x': no rule is named"),
        ("goal dE/dw\n = x by", 2, "no rule is named"),
        ("goal dE/dw\ngoal dE/da", 2, "no rule is named"),
        (
            "goal dE/dw\n = x by magic",
            2,
            "expected a known rule; got 'magic'. Known: definition of …, name …, constant",
        ),
        ("goal dE/dw\n = Q by chain", 2, "'Q', column 1: expected a known name; got 'Q'"),
        ("goal dE/dQ", 1, "expected a slope of known names; got 'Q'"),
        (
            "goal dE/dw\n\n by chain",
            3,
            "The line above leads nowhere by chain. chain: under the sign of the slope stands",
        ),
        ("goal dE/dw\n by algebra", 2, "algebra: algebra leads to a line that an author writes"),
        ("goal dE/dw\n = x by algebra, chain", 2, "expected algebra as the last rule of a line"),
        ("goal x\n = x by " + ", ".join(["itself"] * 13), 2, "expected at most 12 rules in a line; got 13"),
        ("given a = w\ngoal x", 1, "a second definition of a"),
        ("given u\ngoal x", 1, "expected given name = formula; got 'given u'"),
        ("given u = dE/dw\ngoal x", 1, "expected a formula without slopes for u"),
        ("given u = eta\ngiven eta = u\ngoal x", 2, "expected definitions without a circle; got"),
    ],
)
def test_what_is_no_derivation_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(DerivationError, match=re.escape(reason)) as refused:
        read(text)

    assert refused.value.line == line
    assert str(refused.value).startswith(f"line {line} of the derivation: ")


def test_a_search_without_end_is_given_up() -> None:
    terms = " + ".join(["d/dw[x + t]"] * 12)

    with pytest.raises(DoesNotFollowError, match="More than 20,000 ways were tried"):
        read(f"goal {terms}\n = x by " + ", ".join(["sum"] * 10))
