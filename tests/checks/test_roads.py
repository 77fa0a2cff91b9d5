"""Three roads to a slope agree to the bit, and part when one of them is wrong."""

from math import inf, nan

import chapter_one
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from neuronwise.checks.dual import Dual
from neuronwise.checks.roads import Path, Report, Road, TooManyPathsError, report
from neuronwise.mathematics.from_code import NoNotationError
from neuronwise.mathematics.symbols import SYMBOLS, letter

SOURCE = chapter_one.source()
START = {"x": 0.5, "w": 1.5, "t": 0.25, "eta": 0.25}
FINITE = st.floats(min_value=-1e150, max_value=1e150)


def network(forward: str, backward: str) -> str:
    """A program with other lines in feed_forward and backpropagate."""
    return (
        f"def feed_forward(w, x):\n{indented(forward)}    return a\n"
        "def error(t, a):\n    E = abs(t - a)\n    return E\n"
        "def sign(u):\n    return 1 if u > 0 else -1 if u < 0 else 0\n"
        f"def backpropagate(w, x, t, a):\n{indented(backward)}    return dE_dw\n"
    )


def indented(lines: str) -> str:
    """Lines of a function's body."""
    return "".join(f"    {line}\n" for line in lines.split("; "))


def test_the_printed_report() -> None:
    found = report(SOURCE, START, "dE_dw")

    assert [(road.name, road.words, road.value, road.bits) for road in found.roads] == [
        ("Backpropagation", "from E back to w, a factor for each stretch", 0.5, "0x1.0000000000000p-1"),
        ("Dual numbers", "from w forward to E, each number brings its own slope", 0.5, "0x1.0000000000000p-1"),
        ("Sum over all paths", "one path: w to a to E: 1·0.5", 0.5, "0x1.0000000000000p-1"),
    ]
    assert found.verdict == "The three agree to the last bit."
    assert repr(found.measured) == "0.5000000000000004"


@given(FINITE, FINITE, FINITE)
def test_the_roads_of_chapter_one_agree_for_all_numbers(w: float, x: float, t: float) -> None:
    assert report(SOURCE, {"w": w, "x": x, "t": t}, "dE_dw").agree


@pytest.mark.parametrize("x", [0.5, -0.5, 0.0, -0.0])
def test_the_roads_agree_at_the_tip_where_the_slope_is_zero_and_has_no_sign(x: float) -> None:
    found = report(SOURCE, {"w": 0.5, "x": x, "t": 0.5 * x}, "dE_dw")

    assert {road.bits for road in found.roads} == {"0x0.0p+0"}


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(-100, 100))
def test_the_ruler_measures_the_slope_away_from_the_tip(w: float, x: float, t: float) -> None:
    assume(abs(t - w * x) > 0.02 * abs(x))

    found = report(SOURCE, {"w": w, "x": x, "t": t}, "dE_dw")

    assert abs(found.measured - found.roads[1].value) <= 1e-9


TWO_PATHS = network("u = w * x; a = u * u + w", "dE_dw = -sign(t - a) * (1 + 2 * w * x * x)")


def test_every_path_counts_and_local_slopes_hold_the_rest_fixed() -> None:
    found = report(TWO_PATHS, {"w": 0.5, "x": 2.0, "t": 0.0}, "dE_dw")

    assert found.paths == (Path(("w", "u", "a", "E"), (1.0, 2.0, 2.0)), Path(("w", "a", "E"), (1.0, 1.0)))
    assert found.roads[2].words == "2 paths: w to u to a to E: 1·2·2; w to a to E: 1·1"
    assert [road.value for road in found.roads] == [5.0, 5.0, 5.0]


def test_a_forgotten_path_makes_the_roads_part() -> None:
    source = TWO_PATHS.replace("(1 + 2 * w * x * x)", "2 * w * x * x")

    found = report(source, {"w": 0.5, "x": 2.0, "t": 0.0}, "dE_dw")

    assert found.verdict == "The roads part: Backpropagation says 4, the other two say 5."


def test_a_program_in_which_nothing_leads_from_the_weight_has_no_path_and_no_slope() -> None:
    found = report(network("a = x", "dE_dw = 0 * w"), START, "dE_dw")

    assert found.roads[2].words == "no path"
    assert found.agree


def doubling(monkeypatch: pytest.MonkeyPatch, names: int) -> str:
    """A program in which each new name is the sum of all before it: twice as many paths with each."""
    chain = [f"q{n}" for n in range(names)]
    for name in chain:
        monkeypatch.setitem(SYMBOLS, name, letter(name, "plain", "one of a chain"))
    lines = [f"{name} = {' + '.join(['w', *chain[:n]])}" for n, name in enumerate(chain)]
    return network("; ".join([*lines, f"a = {chain[-1]}"]), f"dE_dw = {2 ** (names - 1)}")


def test_many_paths_are_listed_but_not_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = report(doubling(monkeypatch, 11), START, "dE_dw")

    assert found.agree
    assert found.roads[2].words.startswith("1,024 paths: w to q10 to a to E: 1·1·1; ")
    assert found.roads[2].words.count("; ") == 3
    assert found.roads[2].words.endswith("; …")


def test_more_paths_than_can_be_listed_are_counted_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooManyPathsError, match="at most 100,000 paths to list; got 1,073,741,824 from w to E"):
        report(doubling(monkeypatch, 31), START, "dE_dw")


@pytest.mark.parametrize("goal", ["dE_da", "dE_dx", "E", "da_dw"])
def test_a_slope_that_the_program_does_not_give_is_refused(goal: str) -> None:
    with pytest.raises(ValueError, match=f"expected a slope that backpropagate gives.*; got {goal}, while"):
        report(SOURCE, START, goal)


def test_a_name_that_gets_a_second_value_is_refused() -> None:
    with pytest.raises(ValueError, match="give each result a new name"):
        report(network("w = w * x; a = w", "dE_dw = x"), START, "dE_dw")


def test_a_missing_number_is_named() -> None:
    with pytest.raises(ValueError, match="expected a value for x; got values for w, t"):
        report(SOURCE, {"w": 1.0, "t": 1.0}, "dE_dw")


def test_a_line_that_is_no_formula_is_refused() -> None:
    with pytest.raises(NoNotationError, match=r"smallest\.py, line"):
        report(SOURCE.replace("w * x", "w ** x"), START, "dE_dw", "smallest.py")


def told(*values: float) -> Report:
    """A report of three values."""
    one, two, three = (Road(name, "", value) for name, value in zip("ABC", values, strict=True))
    return Report("dE_dw", (one, two, three), (), 0.0)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((0.5, 0.5, 0.5), "The three agree to the last bit."),
        ((1.0, 0.5, 0.5), "The roads part: A says 1, the other two say 0.5."),
        ((0.5, -0.5, 0.5), "The roads part: B says −0.5, the other two say 0.5."),
        ((0.3, 0.3, 0.1 + 0.2), "The roads part: C says 0.30000000000000004, the other two say 0.3."),
        ((1.0, 2.0, 3.0), "The roads part: they say 1, 2, 3."),
    ],
)
def test_the_verdict_says_which_road_stands_alone(values: tuple[float, ...], verdict: str) -> None:
    assert told(*values).verdict == verdict


def test_what_is_not_a_number_agrees_with_nothing() -> None:
    assert not told(nan, nan, nan).agree


@pytest.mark.parametrize(
    ("u", "value", "slope"),
    [
        (Dual(3.0, 1.0) + 2, 5.0, 1.0),
        (2 + Dual(3.0, 1.0), 5.0, 1.0),
        (Dual(3.0, 1.0) - 2, 1.0, 1.0),
        (2 - Dual(3.0, 1.0), -1.0, -1.0),
        (Dual(3.0, 1.0) * Dual(3.0, 1.0), 9.0, 6.0),
        (2 * Dual(3.0, 1.0), 6.0, 2.0),
        (Dual(3.0, 1.0) / 2, 1.5, 0.5),
        (1 / Dual(2.0, 1.0), 0.5, -0.25),
        (-Dual(3.0, 1.0), -3.0, -1.0),
        (abs(Dual(3.0, 1.0)), 3.0, 1.0),
        (abs(Dual(-3.0, 1.0)), 3.0, -1.0),
        (abs(Dual(0.0, 1.0)), 0.0, 0.0),
        (abs(Dual(-inf, 1.0)), inf, -1.0),
    ],
)
def test_a_dual_number_brings_its_slope_along(u: Dual, value: float, slope: float) -> None:
    assert (u.value, u.slope) == (value, slope)


def test_dual_numbers_are_compared_by_value() -> None:
    small, large = Dual(1.0, 5.0), Dual(2.0, -5.0)

    assert (small < large, small > large, large > 1.5, large < 1.5) == (True, False, True, False)
