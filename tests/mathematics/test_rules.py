"""Each rule does what it says, refuses what it must refuse, and explains itself in formulas of its own place."""

import re

import pytest
from hypothesis import given
from strategies import formulas

from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.laws import DoesNotFitError
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.rules import FACTS, RULES, TABLE, UnknownRuleError, rule_named
from neuronwise.mathematics.search import apply_at
from neuronwise.mathematics.tree import Node, ungrouped

WORDS_A_SENTENCE = 25


def definitions(**formulas_of: str) -> Definitions:
    return Definitions({text: read_plain(formula) for text, formula in formulas_of.items()})


PLAIN = definitions(a="w*x", E="abs(t - a)")
SKIP = definitions(a="w*x", E="abs(t - a) + x")
CITED = PLAIN.with_result(read_plain("dE/da"), read_plain("-sign(t - a)"), "u")

RIGHT = [  # rule, a formula, what it gives
    ("definition of E", "E", "abs(t - a)"),
    ("definition", "a", "w*x"),
    ("name", "w*x", "a"),
    ("name E", "abs(t - a)", "E"),
    ("constant", "d/da[t]", "0"),
    ("constant", "d/dw[2]", "0"),
    ("constant", "∂/∂w[a]", "0"),
    ("constant", "d/da[w]", "0"),
    ("itself", "d/da[a]", "1"),
    ("itself", "∂/∂w[w]", "1"),
    ("sum", "d/dw[w + a + t]", "d/dw[w] + d/dw[a] + d/dw[t]"),
    ("only term", "∂/∂w[w + a + t]", "∂/∂w[w]"),
    ("difference", "d/da[t - a]", "d/da[t] - d/da[a]"),
    ("negative", "d/dw[-a]", "-d/dw[a]"),
    ("product", "d/dw[w*a*x]", "d/dw[w]*a*x + w*d/dw[a]*x + w*a*d/dw[x]"),
    ("constant factor", "d/dw[w*x]", "d/dw[w]*x"),
    ("constant factor", "d/dw[t*a*x]", "t*d/dw[a]*x"),
    ("quotient", "d/dw[x/w]", "(d/dw[x]*w - x*d/dw[w])/w^2"),
    ("power", "d/dw[w^3]", "3*w^2"),
    ("power", "d/dw[w^2]", "2*w"),
    ("slope", "d/dw[abs(w)]", "sign(w)"),
    ("slope", "d/dw[sign(w)]", "0"),
    ("chain", "d/da[abs(t - a)]", "sign(t - a)*d/da[t - a]"),
    ("chain", "d/dw[(w*x)^2]", "2*w*x*d/dw[w*x]"),
    ("chain", "d/dw[a^3]", "3*a^2*d/dw[a]"),
    ("chain through a", "dE/dw", "dE/da*da/dw"),
    ("edges", "dE/dw", "dE/da*∂a/∂w"),
    ("edges", "dE/da", "∂E/∂a"),
    ("slope", "d/dw[exp(w)]", "exp(w)"),
    ("slope", "d/dw[log(w)]", "1/w"),
    ("slope", "d/dw[tanh(w)]", "1 - tanh(w)^2"),
    ("slope", "d/dw[sin(w)]", "cos(w)"),
    ("slope", "d/dw[cos(w)]", "-sin(w)"),
    ("slope", "d/dw[erf(w)]", "4*SQRT_HALF*DENSITY*exp(-w^2)"),
    ("chain", "d/da[exp(-a)]", "exp(-a)*d/da[-a]"),
    ("chain", "d/da[cos(t*a)]", "-sin(t*a)*d/da[t*a]"),
    ("cases", "d/dw[{w if x > 0, t*w otherwise}]", "{d/dw[w] if x > 0, d/dw[t*w] otherwise}"),
    ("cases", "d/dw[max(w, x)]", "{d/dw[w] if w > x, d/dw[x] otherwise}"),
    ("cases", "d/dw[max(w, x, t)]", "{d/dw[w] if w > max(x, t), d/dw[max(x, t)] otherwise}"),
    ("local", "∂a/∂w", "∂/∂w[w*x]"),
    ("result", "dE/da", "u"),
]
WRONG = [  # rule, a formula, why the rule refuses it
    ("definition", "t", "no name"),
    ("definition of E", "a", "no name E"),
    ("name", "w*t", "no definition has this formula"),
    ("constant", "d/dw[3*a]", "3·a depends on w"),
    ("constant", "∂/∂a[a*x]", "a·x depends on a"),
    ("constant", "w", "no slope of a formula"),
    ("itself", "d/dw[x]", "x is not w itself"),
    ("sum", "d/dw[w*x]", "no sum"),
    ("only term", "d/dw[a + w]", "2 terms of a + w depend on w, not one"),
    ("only term", "d/dw[x + t]", "0 terms of x + t depend on w, not one"),
    ("difference", "d/dw[w + x]", "no difference"),
    ("negative", "d/dw[w - x]", "no negative"),
    ("product", "d/dw[w + x]", "no product"),
    ("constant factor", "d/dw[a*w]", "2 factors of a·w depend on w, not one"),
    ("constant factor", "d/dw[x*t]", "0 factors of x·t depend on w, not one"),
    ("quotient", "d/dw[w*x]", "no quotient"),
    ("power", "d/dw[a^3]", "a^3 is no power of w itself"),
    ("power", "d/dw[w^1]", "the exponent 1 is no whole number from 2 on"),
    ("power", "d/dw[w^0.5]", "the exponent 0.5 is no whole number from 2 on"),
    ("slope", "d/dw[abs(a)]", "abs(a) is no function of w itself"),
    ("slope", "d/dw[w^2]", "no function with a known slope"),
    ("chain", "d/dw[w*x]", "neither a power nor a function with a known slope"),
    ("chain through t", "dE/dw", "t has no formula"),
    ("chain through E", "dE/dw", "E is itself an end of dE/dw"),
    ("chain through", "dE/dw", "the name to go through is missing"),
    ("chain through a", "da/dE", "a is itself an end"),
    ("chain through a", "dE/dt", "no path from t to E passes through a"),
    ("chain through a", "d/dw[abs(t - a)]", "no slope like dE/dw"),
    ("cases", "d/dw[w]", "no formula by cases"),
    ("edges", "dE/dE", "E is E: use itself"),
    ("edges", "dt/dw", "no path leads from w to t: use constant"),
    ("local", "dE/da", "no slope of an edge"),
    ("result", "dE/dw", "no derivation of dE/dw has been checked yet"),
    ("result", "w", "no slope that was derived before"),
    ("algebra", "w", "algebra leads to a line that an author writes"),
]


@pytest.mark.parametrize(("text", "before", "after"), RIGHT)
def test_a_rule_gives_what_it_says(text: str, before: str, after: str) -> None:
    rule, argument = rule_named(text)

    new = rule.apply(ungrouped(read_plain(before)), CITED, argument).new

    assert ungrouped(new) == ungrouped(read_plain(after))


@pytest.mark.parametrize(("text", "before", "why"), WRONG)
def test_a_rule_refuses_what_it_does_not_fit(text: str, before: str, why: str) -> None:
    rule, argument = rule_named(text)

    with pytest.raises(DoesNotFitError, match=re.escape(why)):
        rule.apply(read_plain(before), CITED, argument)


def test_every_rule_has_right_and_wrong_examples() -> None:
    assert {rule_named(text)[0].name for text, *_ in RIGHT} == RULES.keys() - {"algebra"}
    assert {rule_named(text)[0].name for text, *_ in WRONG} == RULES.keys()


def test_with_a_second_path_the_chain_rule_is_refused_and_every_edge_counts() -> None:
    through, argument = rule_named("chain through a")

    with pytest.raises(DoesNotFitError, match="another path leads from x to E that does not pass through a"):
        through.apply(read_plain("dE/dx"), SKIP, argument)
    assert plain(RULES["edges"].apply(read_plain("dE/dx"), SKIP).new) == "dE/da·∂a/∂x + ∂E/∂x"


@pytest.mark.parametrize(
    ("text", "line", "place", "why"),
    [
        ("definition", "d/da[a]", (0,), "in da/da the symbol a moves by itself"),
        ("definition", "dE/da", (1,), "in dE/da the symbol a moves by itself"),
        ("name", "d/da[w*x]", (0,), "in d/da[w·x] the symbol a moves by itself"),
        ("definition", "∂/∂w[a*w]", (0, 0), "inside ∂/∂w[a·w] every symbol is held fixed"),
        ("name", "∂/∂w[w*x]", (0,), "inside ∂/∂w[w·x] every symbol is held fixed"),
        ("definition", "∂E/∂a", (0,), "inside ∂E/∂a every symbol is held fixed"),
    ],
)
def test_what_moves_and_what_is_held_fixed_is_never_replaced(
    text: str, line: str, place: tuple[int, ...], why: str
) -> None:
    rule, argument = rule_named(text)

    with pytest.raises(DoesNotFitError, match=re.escape(why)):
        apply_at(rule, argument, read_plain(line), place, PLAIN)


def test_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownRuleError, match=r"got 'chains'. Known: definition of …, name …, constant, itself"):
        rule_named("chains")


@pytest.mark.parametrize(("text", "before", "_"), RIGHT)
def test_every_sentence_is_filled_with_formulas_and_is_short(text: str, before: str, _: str) -> None:
    rule, argument = rule_named(text)

    application = rule.apply(ungrouped(read_plain(before)), CITED, argument)

    assert application.name == text
    for template in (application.sentence, application.condition, rule.without):
        told = application.told(lambda _: "□", template)  # a formula counts as one word
        assert told.count("□") == template.count("{")
        assert told.endswith(".")
        assert max(len(sentence.split()) for sentence in told.split(". ")) <= WORDS_A_SENTENCE


def test_the_sentences_are_no_html() -> None:
    texts = [text for rule in TABLE for text in (rule.sentence, rule.condition, rule.without)]

    assert not [text for text in (*texts, *FACTS.values()) if re.search('[<>&"]', text)]


def test_under_partial_slopes_another_condition_holds() -> None:
    total, partial = (RULES["constant"].apply(read_plain(text), PLAIN) for text in ("d/dt[a]", "∂/∂w[a]"))

    assert "hide behind a name" in total.condition
    assert partial.told(plain, partial.condition) == "w is not written in a."
    assert partial.told(plain).startswith("Under ∂ all names but w are held fixed. a does not move")


def test_the_fact_about_a_function_comes_first() -> None:
    step = RULES["chain"].apply(read_plain("d/da[abs(t - a)]"), PLAIN)

    assert step.told(plain).startswith("abs(t − a) is the distance of t − a from 0.")
    assert step.told(plain).endswith("Two stretches, one after the other, multiply.")


@given(node=formulas(3, slopes=False))
def test_a_rule_changes_no_piece_but_its_own(node: Node) -> None:
    line = ungrouped(Node("times", (read_plain("da/dw"), node)))

    new, _ = apply_at(*rule_named("definition of a"), line, (0, 0), PLAIN)

    assert new.parts[1:] == line.parts[1:]
    assert [part.changed for part in new.parts] == [True, *(False for _ in line.parts[1:])]
