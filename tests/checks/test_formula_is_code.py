"""Formula = code: what agrees is accepted, and every way to disagree is found."""

import re
from contextlib import suppress

import chapter_one
import pytest
from hypothesis import assume, given, settings
from strategies import formulas

from neuronwise.checks import formula_is_code
from neuronwise.checks.formula_is_code import NoValueError, UnequalError, UnreachedError, check, opaque
from neuronwise.mathematics import printers
from neuronwise.mathematics.from_code import Code, NoNotationError
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import Node

IMPORTS = "from neuronwise.necessary.elementary import sign, square\n"
CODE = chapter_one.program().code


def function(body: str, head: str = "error(t, a)") -> Code:
    """A function of one or more lines."""
    return Code(f"def {head}:\n" + "".join(f"    {line}\n" for line in body.split("; ")), "f.py")


def python(node: Node) -> str:
    """A formula as Python writes it, every operation in brackets."""
    signs = {"plus": "+", "minus": "-", "times": "*", "over": "/", "greater": ">", "less": "<"}
    parts = [python(part) for part in node.parts]
    match node.kind:
        case "number" | "name":
            return node.text
        case "negative":
            return f"(-{parts[0]})"
        case "power":
            return f"square({parts[0]})"
        case "call":
            return f"{node.text}({parts[0]})"
        case "cases":
            return f"({parts[0]} if {parts[1]} else {parts[2]})"
    return f"({parts[0]} {signs[node.kind]} {parts[1]})"


@pytest.mark.parametrize(
    ("name", "ways"), [("feed_forward", 1), ("error", 1), ("sign", 3), ("backpropagate", 1), ("update", 1)]
)
def test_the_functions_of_the_chapter_are_their_formulas(name: str, ways: int) -> None:
    agreement = check(CODE, name)

    assert agreement.ways == ways
    assert agreement.arguments >= formula_is_code.FEWEST
    assert agreement.formulas == len(CODE.formulas(name))


@settings(deadline=None)
@given(formulas(3, ("t", "a"), slopes=False))
def test_any_function_agrees_with_the_formula_read_from_it(formula: Node) -> None:
    cubes = [node for node in formula.nodes() if node.kind == "power" and node.parts[1].text != "2"]
    cases = [node for node in formula.nodes() if node.kind == "cases"]  # two may exclude each other
    assume(not cubes and len(cases) < 2)
    code = Code(f"{IMPORTS}def error(t, a):\n    E = {python(formula)}\n    return E\n", "f.py")

    with suppress(UnreachedError):  # it may divide by zero whatever t and a are
        assert check(code, "error").formulas == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("E = t - a; return E", "E = a - t"),
        ("E = t - a; return E", "E = t + a"),
        ("E = abs(t - a); return E", "E = t - a"),
        ("E = t; return E", "E = a"),
        ("E = 0.1 * t; return E", "E = 0.100000000000000005 * t"),
        ("E = t if t > a else a; return E", "E = {t if t < a, a otherwise}"),
        ("E = t / a; return E", "E = t * a"),
    ],
)
def test_a_formula_that_says_another_value_is_refused(body: str, said: str) -> None:
    code = function(body)

    with pytest.raises(
        UnequalError, match=r"f\.py, line 2, error: expected .*\n    with t = .*, a = .*\n.*gives.*\n.*gives"
    ):
        check(code, "error", [read_plain(said)])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("E = t - a; return E", "E = -a + t"),
        ("E = t * a; return E", "E = a * t"),
        ("E = abs(t - a); return E", "E = abs(a - t)"),
        ("E = 0.5 * t; return E", "E = 0.50 * t"),
        ("E = t if t > a else a; return E", "E = {a if t < a, t otherwise}"),
    ],
)
def test_an_equal_formula_is_refused_too_if_the_code_does_not_say_it(body: str, said: str) -> None:
    code = function(body)

    with pytest.raises(UnequalError, match="as they stand"):
        check(code, "error", [read_plain(said)])


def test_every_line_is_compared_and_not_the_result_alone() -> None:
    code = function("u = t + a; E = t - a; return E")

    with pytest.raises(UnequalError, match=r"line 2, error.*\n.*\n    the code     u = t \+ a  gives"):
        check(code, "error", [read_plain("u = t * a"), read_plain("E = t - a")])


def test_a_literal_is_the_fraction_that_is_written() -> None:
    code = function("E = 0.1 * t + 0.2 * t - 0.3 * t; return E")

    check(code, "error", [read_plain("E = 0.1*t + 0.2*t - 0.3*t")])

    assert eval("0.1 + 0.2 - 0.3") != 0  # noqa: S307 - floats would have found a difference that is none


def test_a_misprint_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(printers.LEVEL, "minus", printers.LEAF)  # brackets around a difference are forgotten
    code = function("E = t * (t - a); return E")

    with pytest.raises(UnequalError, match="gives"):
        check(code, "error")


def test_a_case_that_no_number_reaches_is_refused() -> None:
    code = function("E = 1 if t > a else 2 if t > a else 3; return E")

    with pytest.raises(
        UnreachedError, match=r"f\.py, error: expected arguments for which t > a is True; found none in"
    ):
        check(code, "error")


def test_cases_far_from_zero_are_reached_near_the_numbers_written_there() -> None:
    code = function("E = 1 if t > 1000000 else 2 if t < -77777.5 else 3; return E")

    assert check(code, "error").ways == 3


def test_a_function_that_always_divides_by_zero_says_nothing() -> None:
    with pytest.raises(UnreachedError, match="divides by zero"):
        check(function("E = t / (a - a); return E"), "error")


def test_a_division_by_zero_on_one_side_alone_is_a_difference() -> None:
    with pytest.raises(UnequalError, match="gives  nothing"):
        check(function("E = t / a; return E"), "error", [read_plain("E = t")])


@pytest.mark.parametrize(
    "body", ["if t > a: return t; return a", "while t > a: t = a; return t", "E = t and a; return E"]
)
def test_a_statement_that_asks_about_a_value_is_refused(body: str) -> None:
    with pytest.raises(NoNotationError):
        check(function(body), "error")


def test_a_number_is_no_question() -> None:
    with pytest.raises(TypeError, match="expected a question about numbers"):
        check(function("E = 1 if t else 0; return E"), "error")


def test_an_imported_function_has_any_exact_value_but_always_the_same() -> None:
    imported = "from math import copysign as sign\n"
    code = Code(imported + "def error(t, a):\n    E = sign(t - a) * sign(t - a)\n    return E\n", "f.py")

    check(code, "error")

    with pytest.raises(UnequalError):
        check(code, "error", [read_plain("E = sign(t - a)*sign(a - t)")])
    assert opaque("sign")(1) == opaque("sign")(1) != opaque("sign")(2)


def test_a_formula_for_each_line_is_needed() -> None:
    with pytest.raises(ValueError, match=re.escape("expected a formula for each line; got 0 for 1")):
        check(CODE, "error", [])


def test_the_message_shows_the_line_the_arguments_and_both_values() -> None:
    with pytest.raises(UnequalError) as refused:
        check(CODE, "backpropagate", Code(CODE.source.replace("-sign", "sign"), "x.py").formulas("backpropagate"))

    assert str(refused.value) == (
        "smallest.py, line 21, backpropagate: expected formula and code to give the same.\n"
        "    with x = -1/2, t = 1/2, a = 0\n"
        "    the code     dE_da = -sign(t - a)  gives  -1\n"
        "    the formula  dE/da = sgn(t − a)  gives  1\n"
        "One of them does not say what the other says."
    )


def test_a_name_without_a_value_is_refused() -> None:
    with pytest.raises(NoValueError, match=r"f\.py, error: expected names that have a value, t, a; got x in E = x"):
        check(function("E = x; return E"), "error")


def test_a_formula_of_other_names_is_refused() -> None:
    with pytest.raises(NoValueError, match="got x in E = x"):
        check(function("E = t; return E"), "error", [read_plain("E = x")])


@pytest.mark.parametrize("said", ["a = t - a", "E <- t - a", "dE/da = t - a"])
def test_another_left_side_is_refused(said: str) -> None:
    with pytest.raises(UnequalError, match=r"with u for the right side\n    the code     E = t - a  gives  E = u"):
        check(function("E = t - a; return E"), "error", [read_plain(said)])
