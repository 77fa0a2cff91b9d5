"""Equal formulas are equal, others are not; what the field cannot tell is refused."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from strategies import formulas

from neuronwise.mathematics.algebra import IncomparableError, P, equal, same_formula, unfolded
from neuronwise.mathematics.definitions import DefinitionError
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import Node, names
from neuronwise.mathematics.values import exact


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("sign(t - a)*(0 - 1)*1*x", "-sign(t - a)*x"),
        ("(w + x)^3", "w^3 + 3*w^2*x + 3*w*x^2 + x^3"),
        ("w/x/t", "w/(x*t)"),
        ("0.1 + 0.2", "0.3"),
        ("dE/da * 2", "dE/da + dE/da"),
        ("abs(t - a)*x", "x*abs(-(a - t))"),
        ("w^64*w", "w*w^64"),
        ("3*sign(a - t)*x", "-3*sign(t - a)*x"),
        ("abs(t - a)", "abs(a - t)"),
        ("abs(w)", "w*sign(w)"),
        ("abs(w)/sign(w)", "w"),
        ("sign(w - w)", "abs(0)"),
        ("{w if x > 0, t otherwise} + 1", "1 + {w if x > 0, t otherwise}"),
        ("{w if x > 0, t otherwise}*a", "{w*a if 0 < x, t*a otherwise}"),
        ("{w if x > 0, w otherwise}", "w"),
        ("exp(-w)/(1 + exp(-w))^2", "1/(1 + exp(-w))*(1 - 1/(1 + exp(-w)))"),
        ("exp(w)/(1 + exp(w))", "1/(1 + exp(-w))"),
        ("exp(w - w)", "1 + log(x/x)"),
        ("tanh(-w)*sin(-x)*erf(t - w)", "-tanh(w)*sin(x)*erf(w - t)"),
        ("cos(t - a)", "cos(a - t)"),
        ("SQRT_HALF*w*SQRT_HALF", "w/2"),
    ],
)
def test_equal_formulas_are_equal(a: str, b: str) -> None:
    assert equal(read_plain(a), read_plain(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("(w + x)^2", "w^2 + x^2"),
        ("-sign(t - a)*x", "sign(t - a)*x"),
        ("abs(t - a)", "abs(t + a)"),
        ("abs(w)", "sign(w)"),
        ("abs(w)", "w"),
        ("sign(w)^2", "1"),
        ("sign(2*w)", "sign(w)"),
        ("sign(t - a)", "sign(a - t)"),
        ("dE/da", "dE/dw"),
        ("∂E/∂a", "dE/da"),
        ("d/da[abs(a)]", "abs(a)"),
        ("{w if x > 0, t otherwise}", "{w if x < 0, t otherwise}"),
        ("0.1", "0.10000000000000001"),
        ("exp(w + x)", "exp(w) + exp(x)"),
        ("exp(-w)", "-exp(w)"),
        ("log(w)", "0"),
        ("cos(w)", "cos(0)"),
        ("sin(w)", "tanh(w)"),
        ("{w if x > 0, t otherwise}", "{w if x > 1, t otherwise}"),
        ("SQRT_HALF*SQRT_HALF", "SQRT_HALF"),
    ],
)
def test_other_formulas_are_not(a: str, b: str) -> None:
    assert not equal(read_plain(a), read_plain(b))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("w^65", "a whole exponent up to 64; got w\\^65"),
        ("w^0.5", "a whole exponent up to 64"),
        (str(P), "a number below 2\\^61"),
        ("0." + "0" * 20 + "1", "a number below 2\\^61"),
        ("x/(w - w)", "a divisor that is not 0; got x/\\(w − w\\)"),
    ],
)
def test_what_the_field_cannot_tell_is_refused(formula: str, reason: str) -> None:
    with pytest.raises(IncomparableError, match=reason):
        equal(read_plain(formula), read_plain("w"))


@given(a=formulas(3, ("w", "x"), slopes=False), b=formulas(3, ("w", "x"), slopes=False))
def test_formulas_with_different_fractions_are_different(a: Node, b: Node) -> None:
    fractions = {"w": Fraction(3, 7), "x": Fraction(-5, 11)}
    functions = {"sign": lambda u: Fraction((u > 0) - (u < 0))}
    try:
        assume(exact(a, fractions, functions) != exact(b, fractions, functions))
        assert not equal(a, b)
    except (ZeroDivisionError, IncomparableError):
        assume(condition=False)


@given(a=formulas(3, slopes=False), b=formulas(3, slopes=False), c=formulas(2, slopes=False))
def test_the_laws_of_school_algebra_hold(a: Node, b: Node, c: Node) -> None:
    def plus(u: Node, v: Node) -> Node:
        return Node("plus", (u, v))

    def times(u: Node, v: Node) -> Node:
        return Node("times", (u, v))

    try:
        assert equal(times(a, plus(b, c)), plus(times(c, a), times(b, a)))
    except IncomparableError:
        assume(condition=False)


def test_given_names_are_written_out_through_other_names() -> None:
    code = {"dE_dw": "dE_da*da_dw", "dE_da": "-sign(t - a)", "da_dw": "x"}
    formulas_of_code = {text: read_plain(formula) for text, formula in code.items()}

    assert same_formula(read_plain("-sign(t - a)*x"), read_plain("dE_dw"), formulas_of_code)
    assert not same_formula(read_plain("sign(t - a)*x"), read_plain("dE_dw"), formulas_of_code)
    assert names(unfolded(read_plain("dE_dw"), formulas_of_code)) == ["t", "a", "x"]


def test_a_name_in_its_own_formula_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a → w → a"):
        unfolded(read_plain("a"), {"a": read_plain("w"), "w": read_plain("a + 1")})


def test_nothing_is_written_out_under_a_slope() -> None:
    node = read_plain("d/dw[w*x]")

    assert unfolded(node, {"w": read_plain("t")}) == node
