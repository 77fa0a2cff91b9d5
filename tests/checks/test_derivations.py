"""The three checks of a derivation together; and faults planted in the rules, which the second check must find."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from neuronwise.checks.derivations import (
    FalseLineError,
    MisprintError,
    TrueLineError,
    UnsoundRuleError,
    check_print,
    derived,
)
from neuronwise.mathematics import laws, printers, rules, search
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.derivation import DerivationError, DoesNotFollowError
from neuronwise.mathematics.laws import Change, Law, slope, under
from neuronwise.mathematics.network_laws import ends, total
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.rules import RULES, TABLE
from neuronwise.mathematics.tree import Node, name, number

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


def definitions(**formulas: str) -> Definitions:
    return Definitions({text: read_plain(formula) for text, formula in formulas.items()})


PLAIN = definitions(a="w*x", E="abs(t - a)")
SKIP = definitions(a="w*x", u="a + x", E="abs(t - u)")


def test_the_derivation_of_the_smallest_network_passes() -> None:
    assert plain(derived(SMALLEST, PLAIN).result) == "−sgn(t − a)·x"


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        (
            "by chain\n",
            "by product\n",
            TrueLineError,
            "line 5 of the derivation: The line sgn(t − a)·d/da[t − a]·da/dw is true, but it does not follow by",
        ),
        (
            "* da/dw                by constant, itself",
            "by constant, itself",
            FalseLineError,
            """line 7 of the derivation: The line sgn(t − a)·(0 − 1) is false.
It does not follow by constant, itself. It gives: sgn(t − a)·(0 − 1)·da/dw.
With w=2, x=3, t=5 the line above is 3, this one 1.""",
        ),
        (
            "= -sign(t - a)*x ",
            "= sign(t - a)*x ",
            FalseLineError,
            "line 10 of the derivation: The line sgn(t − a)·x is false.",
        ),
        (
            "(d/da[t] - d/da[a])",
            "(d/da[t] + d/da[a])",
            FalseLineError,
            "The line sgn(t − a)·(dt/da + da/da)·da/dw is false.",
        ),
        ("through a", "through t", TrueLineError, "chain through: t has no formula."),
        ("by difference", "by differences", DerivationError, "expected a known rule; got 'differences'"),
        ("-sign(t - a)*x", "-sign(t - a)*x/(t - t)", DerivationError, "expected a divisor that is not 0"),
    ],
)
def test_a_broken_line_is_refused_and_judged(old: str, new: str, error: type[ValueError], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        derived(SMALLEST.replace(old, new), PLAIN)


def test_what_no_small_numbers_tell_apart_is_left_unjudged() -> None:
    with pytest.raises(DoesNotFollowError, match=r"abs\(w\)·abs\(x\) does not follow by algebra"):
        derived("goal abs(w*x)\n = abs(w)*abs(x) by algebra", PLAIN)


# ---------------------------------------------------------------------------------------------- faults in the rules
Wrong = Callable[[Node], Node]


def instead(rule: str, wrong: Wrong) -> Law:
    """Return a rule's law with its new piece made wrong."""
    right = RULES[rule].law

    def law(node: Node, given: Definitions, argument: str) -> Change:
        return right(node, given, argument)._replace(new=wrong(right(node, given, argument).new))

    return law


def careless(kind: str, wrong: Wrong) -> Law:
    """Return a law without its condition: it takes any slope of a formula of this kind, or of any kind."""

    def law(node: Node, _: Definitions, __: str) -> Change:
        under(node, kind)
        return Change(wrong(node), {})

    return law


def through_any_name(node: Node, _: Definitions, a: str) -> Change:
    y, x = ends(node)
    return Change(Node("times", (total(y, a), total(a, x))), {})


def total_slopes(node: Node) -> Node:
    return node.map(lambda inner: replace(inner, kind="total") if inner.kind == "local" else inner)


def not_written(node: Node, _: Definitions, __: str) -> Change:
    u, x = under(node)
    return Change(number(1 if x in u.nodes() else 0), {})


FAULTS: list[tuple[str, str, Law, str]] = [  # what is wrong, in which rule, the wrong law, a derivation that uses it
    ("the last term is lost", "sum", instead("sum", lambda new: new.parts[0]), "goal d/dw[w + a]\n by sum"),
    (
        "other terms that move are ignored",
        "only term",
        careless("plus", lambda node: slope(node, node.parts[0].parts[0])),
        "goal d/dw[w + a]\n by only term",
    ),
    (
        "a plus for a minus",
        "difference",
        instead("difference", lambda new: replace(new, kind="plus")),
        "goal d/dw[w - a]\n by difference",
    ),
    ("the sign is lost", "negative", instead("negative", lambda new: new.parts[0]), "goal d/dw[-a]\n by negative"),
    (
        "the slopes are multiplied",
        "product",
        careless("times", lambda node: Node("times", tuple(slope(node, u) for u in node.parts[0].parts))),
        "goal d/dw[w*a]\n by product",
    ),
    (
        "the other factors are lost",
        "constant factor",
        instead("constant factor", lambda new: new.parts[0]),
        "goal d/dw[w*x]\n by constant factor",
    ),
    (
        "a factor that moves is kept",
        "constant factor",
        careless("times", lambda node: Node("times", (slope(node, node.parts[0].parts[0]), *node.parts[0].parts[1:]))),
        "goal d/dw[w*a]\n by constant factor",
    ),
    (
        "a plus in the quotient",
        "quotient",
        instead("quotient", lambda new: new.put((0,), replace(new.parts[0], kind="plus"))),
        "goal d/dw[a/w]\n by quotient",
    ),
    (
        "the exponent stays",
        "power",
        instead("power", lambda new: replace(new, parts=(new.parts[0], name("w")))),
        "goal d/dw[w^3]\n by power",
    ),
    (
        "the function for its slope",
        "slope",
        careless("call", lambda node: node.parts[0]),
        "goal d/dw[abs(w)]\n by slope",
    ),
    (
        "the inner slope is lost",
        "chain",
        instead("chain", lambda new: new.parts[0]),
        "goal dE/da\n by definition of E, chain",
    ),
    (
        "the cases change places",
        "cases",
        instead("cases", lambda new: replace(new, parts=new.parts[::-1])),
        "goal d/dw[{w if x > 0, 3*w otherwise}]\n by cases",
    ),
    (
        "the slope of one case for both",
        "cases",
        instead("cases", lambda new: new.parts[0]),
        "goal d/dw[max(w, x)]\n by cases",
    ),
    ("one road of two", "chain through", through_any_name, "goal dE/dx\n by chain through a"),
    (
        "the slope after the name is lost",
        "chain through",
        instead("chain through", lambda new: new.parts[0]),
        "goal dE/dw\n by chain through a",
    ),
    ("total slopes for edges", "edges", instead("edges", total_slopes), "goal dE/dx\n by edges"),
    ("all names move", "local", instead("local", lambda new: replace(new, kind="total")), "goal ∂u/∂x\n by local"),
    ("'is not written here'", "constant", not_written, "goal d/dw[3*a]\n by constant"),
    ("any name is itself", "itself", careless("", lambda _: number(1)), "goal da/dw\n by itself"),
    ("another formula", "definition", instead("definition", lambda _: name("w")), "goal 3*a\n by definition of a"),
    ("another name", "name", instead("name", lambda _: name("u")), "goal 3*abs(t - u)\n by name"),
    ("another result", "result", instead("result", lambda _: number(1)), "goal dE/du\n by result"),
]


@pytest.fixture
def planted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a wrong law into the table of rules."""
    _, rule, law, _ = request.param
    wrong = tuple(replace(good, law=law) if good.name == rule else good for good in TABLE)
    monkeypatch.setattr(rules, "TABLE", wrong)


CITED = SKIP.with_result(read_plain("dE/du"), read_plain("-sign(t - u)"))


@pytest.mark.parametrize(
    ("planted", "fault"), [(fault, fault) for fault in FAULTS], indirect=["planted"], ids=lambda f: f[0]
)
@pytest.mark.usefixtures("planted")
def test_a_fault_in_a_rule_is_found_by_the_second_check(fault: tuple[str, str, Law, str]) -> None:
    _, rule, _, text = fault

    with pytest.raises(UnsoundRuleError, match=rf"By the rule {rule}.* the line .* follows, but it is false\.\nWith "):
        derived(text, CITED)


@pytest.mark.parametrize("text", [text for *_, text in FAULTS])
def test_without_the_fault_the_same_text_is_not_false(text: str) -> None:
    try:
        derived(text, CITED)
    except DerivationError as refused:
        assert not isinstance(refused, UnsoundRuleError)  # noqa: PT017 - a right rule may refuse what a wrong one takes


@pytest.mark.parametrize("function", laws.SLOPES)
def test_a_wrong_slope_in_the_table_of_the_rules_is_found(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = laws.SLOPES[function]
    monkeypatch.setitem(laws.SLOPES, function, lambda u: Node("plus", (right(u), number(1))))

    with pytest.raises(UnsoundRuleError, match=r"By the rule chain the line .* follows, but it is false\.\nWith "):
        derived(f"goal d/dw[{function}(w*x)]\n by chain", Definitions({}))


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for _, rule, _, _ in FAULTS} | {"algebra"} == RULES.keys()


def test_an_algebra_that_says_yes_to_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "equal", lambda _, __: True)

    with pytest.raises(UnsoundRuleError, match="By the rule algebra"):
        derived(SMALLEST.replace("= -sign(t - a)*x ", "= sign(t - a)*x "), PLAIN)


@pytest.mark.parametrize("text", ["goal d/da[a]\n by definition of a", "goal ∂/∂w[a*w]\n by definition of a"])
def test_a_definition_put_where_names_are_held_fixed_is_found(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(search, "refuse_held", lambda *_: None)

    with pytest.raises(UnsoundRuleError, match="By the rule definition of a"):
        derived(text, PLAIN)


def test_a_print_that_forgets_brackets_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printers.Printer, "begins_with_minus", lambda *_: False)
    monkeypatch.setitem(printers.plain.looks, "bracket", "{0}")

    with pytest.raises(MisprintError, match="is printed as t − a·x, which reads as"):
        check_print(read_plain("(t - a)*x"), 1)
