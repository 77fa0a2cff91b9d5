"""What a line means: slopes against closed forms and differences of exact values; every rule keeps the meaning."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import assume, given
from strategies import formula, formulas

from neuronwise.checks.meaning import (
    MeaningError,
    check_slopes,
    difference,
    numbers,
    same_meaning,
    value,
)
from neuronwise.checks.worlds import Field, Floats, MissingNumberError, P
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.laws import DoesNotFitError
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.rules import TABLE
from neuronwise.mathematics.search import apply_at
from neuronwise.mathematics.tree import SIGNS, Node, name, ungrouped
from neuronwise.mathematics.values import exact


def definitions(**formulas_of: str) -> Definitions:
    return Definitions({text: read_plain(formula) for text, formula in formulas_of.items()})


SMALLEST = definitions(a="w*x", E="abs(t - a)")
DEEP = definitions(a="w*x", u="sign(a)*a^2 - x", E="abs(t - u)/(a + 3)")


@pytest.mark.parametrize(
    ("slope", "closed"),
    [
        ("dE/dw", "-sign(t - a)*x"),
        ("dE/da", "-sign(t - a)"),
        ("da/dw", "x"),
        ("dE/dx", "-sign(t - a)*w"),
        ("dE/dt", "sign(t - a)"),
        ("∂E/∂a", "-sign(t - a)"),
        ("∂E/∂w", "0"),
        ("∂/∂w[a*w]", "a"),
        ("d/dw[a*w]", "2*a"),
        ("d/da[a*w]", "w"),
        ("d/dw[w^3/x]", "3*w^2/x"),
        ("d/dw[1/w]", "-1/w^2"),
        ("d/dw[w^0]", "0"),
        ("d/dw[-sign(w)]", "0"),
        ("d/dw[w*sign(w)]", "d/dw[abs(w)]"),
        ("d/dw[abs(-w)]", "-sign(-w)"),
        ("d/dw[{w if x > 0, w otherwise}]", "1"),
    ],
)
def test_a_slope_means_its_closed_form(slope: str, closed: str) -> None:
    assert same_meaning(read_plain(slope), read_plain(closed), SMALLEST)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("dE/dw", "sign(t - a)*x"),
        ("dE/dw", "-sign(t - a)"),
        ("d/dw[w*w]", "1"),
        ("∂/∂w[a*w]", "2*a"),
        ("abs(t - a)", "t - a"),
        ("sign(t)^2", "1"),
        ("sign(t - a)", "sign(a - t)"),
        ("{w if x > 0, t otherwise}", "{w if x < 0, t otherwise}"),
    ],
)
def test_what_differs_means_something_else(a: str, b: str) -> None:
    assert not same_meaning(read_plain(a), read_plain(b), SMALLEST)


def test_all_paths_are_followed() -> None:
    skip = definitions(a="w*x", E="abs(t - a) + x")

    assert same_meaning(read_plain("dE/dx"), read_plain("-sign(t - a)*w + 1"), skip)
    assert not same_meaning(read_plain("dE/dx"), read_plain("dE/da * da/dx"), skip)


def test_what_moves_is_cut_loose_from_its_own_formula() -> None:
    assert same_meaning(read_plain("da/da"), read_plain("1"), SMALLEST)
    assert same_meaning(read_plain("d/da[w*x]"), read_plain("0"), SMALLEST)


@given(node=formulas(3, ("w", "x"), slopes=False))
def test_the_slope_is_the_limit_of_differences(node: Node) -> None:
    roots = {"w": Fraction(7, 5), "x": Fraction(-3, 11)}
    functions = {"sign": lambda u: Fraction((u > 0) - (u < 0))}
    h = Fraction(1, 10**9)
    try:
        there, here = (exact(node, {**roots, "w": roots["w"] + side * h}, functions) for side in (1, -1))
        middle = exact(node, roots, functions)
        slope = value(Node("total", (node, name("w"))), definitions(), {text: float(v) for text, v in roots.items()})
    except (ZeroDivisionError, MeaningError):
        assume(condition=False)
    assume(abs(there - 2 * middle + here) < h**2 * 10**4)  # smooth here: no corner, no jump, nothing steep

    assert abs(float((there - here) / (2 * h)) - slope) <= 1e-9 * (1 + abs(slope))


def kept(line: Node, used: Counter[str]) -> Iterator[str]:
    """Use every rule at every place of a line; yield what changes the meaning."""
    for rule in TABLE:
        for place in line.places():
            with suppress(DoesNotFitError, MeaningError):
                new, _ = apply_at(rule, "a" if rule.name == "chain through" else "", line, place, DEEP)
                used[rule.name] += 1
                if not same_meaning(line, new, DEEP):
                    yield f"{rule.name}: {plain(line)} -> {plain(new)}"


def random_line(lot: random.Random) -> Node:
    """Return a product of a slope like dE/dw and the slope of a random formula."""
    names = ("w", "x", "t", "a", "u")
    first = read_plain(lot.choice(("dE/dw", "dE/da", "∂u/∂x", "∂E/∂a", "du/dx", "da/dw")))
    body = formula(lot, lot.randrange(4), names, slopes=False)
    body = body.map(lambda inner: DEEP.formulas["a"] if inner == name("a") and lot.random() < 0.5 else inner)
    return ungrouped(Node("times", (first, Node(lot.choice(SIGNS[:2]), (body, name(lot.choice(names)))))))


def test_every_rule_at_every_place_of_2000_random_lines_keeps_the_meaning() -> None:
    lot = random.Random(3)  # noqa: S311 - chance, not secrecy
    used = Counter[str]()

    wrong = [change for _ in range(2000) for change in kept(random_line(lot), used)]

    assert wrong == []
    assert [rule.name for rule in TABLE if used[rule.name] < 5] == ["result", "algebra"]


@given(node=formulas(3, slopes=False))
def test_values_in_floats_are_those_of_fractions(node: Node) -> None:
    roots = dict.fromkeys(("w", "x", "a", "t", "E", "u", "eta"), Fraction(3, 4))
    functions = {"sign": lambda u: Fraction((u > 0) - (u < 0))}
    try:
        expected = exact(node, roots, functions)
        got = value(node, definitions(), {text: float(v) for text, v in roots.items()})
    except (ZeroDivisionError, MeaningError):
        assume(condition=False)

    assert got == pytest.approx(float(expected), rel=1e-12)


def test_the_readers_numbers_give_the_value_of_the_book() -> None:
    env = {"w": 1.5, "x": 0.5, "t": 0.25}

    assert value(read_plain("dE/da * da/dw"), SMALLEST, env) == 0.5
    assert value(read_plain("E"), SMALLEST, env) == 0.5
    assert value(read_plain("{1 if w > x, 0 otherwise}"), SMALLEST, env) == 1


def test_a_missing_number_is_refused() -> None:
    with pytest.raises(MissingNumberError, match="expected a number for t; got numbers for w, x"):
        value(read_plain("E"), SMALLEST, {"w": 1.0, "x": 2.0})


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("x/(w - w)", "expected a divisor that is not 0; got x/(w − w)"),
        ("w^65", "expected a whole exponent up to 64; got w^65"),
        ("w^x", "expected a whole exponent up to 64; got w^x"),
    ],
)
def test_what_has_no_meaning_is_refused(formula: str, reason: str) -> None:
    with pytest.raises(MeaningError, match=re.escape(reason)):
        same_meaning(read_plain(formula), read_plain("w"), SMALLEST)


def test_a_difference_is_shown_with_small_numbers() -> None:
    a, b = read_plain("da/dw"), read_plain("w")

    assert difference(a, b, SMALLEST) == ({"w": 2.0, "x": 3.0}, 3.0, 2.0)
    assert numbers(a, b, SMALLEST, "the one", "the other") == "With w=2, x=3 the one is 3, the other 2."


def test_numbers_that_show_nothing_are_passed_over() -> None:
    assert difference(read_plain("abs(w)"), read_plain("w"), SMALLEST) == ({"w": -2.0}, 2.0, -2.0)
    assert difference(read_plain("1/(w - 2)"), read_plain("w"), SMALLEST) == ({"w": 3.0}, 1.0, 3.0)
    assert difference(read_plain("abs(w*x)"), read_plain("abs(w)*abs(x)"), SMALLEST) is None
    assert numbers(read_plain("w"), read_plain("w"), SMALLEST, "", "") == ""


CODE = {"a": "w*x", "E": "abs(t - a)", "dE_da": "-sign(t - a)", "da_dw": "x", "dE_dw": "dE_da*da_dw"}


def test_the_slopes_of_the_code_are_slopes() -> None:
    check_slopes(definitions(**CODE))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"dE_da": "sign(t - a)"}, "expected dE_da to be the slope dE/da of the definitions; got sgn(t − a).\nWith "),
        ({"dE_da": "-sign(t)"}, "expected dE_da to be the slope dE/da"),
        ({"da_dw": "w"}, "got w.\nWith w=2, x=3 the slope is 3, this formula 2."),
        ({"da_dw": "1"}, "expected da_dw to be the slope da/dw"),
        ({"dE_dw": "dE_da"}, "expected dE_dw to be the slope dE/dw"),
        ({"dE_dw": "dE_da + da_dw"}, "expected dE_dw to be the slope dE/dw"),
        ({"E": "abs(t + a)"}, "expected dE_da to be the slope dE/da"),
        ({"a": "w*x*x"}, "expected da_dw to be the slope da/dw"),
    ],
)
def test_a_fault_in_one_line_of_the_code_is_found_in_that_line(fault: dict[str, str], said: str) -> None:
    with pytest.raises(MeaningError, match=re.escape(said)):
        check_slopes(definitions(**{**CODE, **fault}))


def test_the_field_divides_without_rounding() -> None:
    field = Field(1)
    third = field.over(1, 3)

    assert field.reduced(third + third + third) == 1
    assert field.reduced(field.number("0.25") * 4) == 1
    assert 0 <= field.reduced(-third) < P


def test_floats_compare_and_the_field_mixes_both_cases_the_same_way_each_time() -> None:
    assert Floats({}).chosen(2.0, 1.0, lambda: 5.0, lambda: 7.0) == 5
    assert Floats({}).chosen(1.0, 2.0, lambda: 5.0, lambda: 7.0) == 7
    mixed = [Field(seed).chosen(1, 2, lambda: 5, lambda: 7) for seed in range(20)]
    assert len({5, 7, *mixed}) == 22
    assert mixed == [Field(seed).chosen(1, 2, lambda: 5, lambda: 7) for seed in range(20)]
