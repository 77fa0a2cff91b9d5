"""The smallest pieces: sums in a stated order; exp and the like, right to the last bit or so, and the same anywhere."""

import math
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fingerprint import BITS, FUNCTIONS, arguments, fingerprint
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lanes import in_lanes
from ulps import seams, steepest, ulps

from neuronwise.necessary import elementary
from neuronwise.necessary.elementary import HALF_PI, sign, square, total

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent / "src"
PYODIDE = HERE.parent.parent / "node_modules" / "pyodide"
FARTHEST = 2**20 * HALF_PI[0]
every_function = pytest.mark.parametrize("function", FUNCTIONS)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(FLOATS)
def test_a_number_is_its_sign_times_its_size(u: float) -> None:
    assert sign(u) * abs(u) == u


def test_what_is_not_a_number_has_no_side() -> None:
    assert sign(float("nan")) == 0


@given(FLOATS)
def test_a_square_has_the_bits_of_the_product(u: float) -> None:
    assert square(u).hex() == (u * u).hex()


@given(st.lists(FLOATS, min_size=3, max_size=3))
def test_a_sum_is_added_from_left_to_right(terms: list[float]) -> None:
    first, second, third = terms

    assert total(terms).hex() == ((first + second) + third).hex()


def test_a_sum_of_one_term_is_that_term_even_if_it_is_minus_zero() -> None:
    assert total([-0.0]).hex() == "-0x0.0p+0"


def test_a_sum_of_fractions_is_exact() -> None:
    thirds: Any = [Fraction(1, 3)] * 3

    assert total(thirds) == 1


@every_function
@settings(max_examples=500)
@given(data=st.data())
def test_the_error_is_below_one_ulp(function: str, data: st.DataObject) -> None:
    assert ulps(function, data.draw(steepest(function))) < 1


@every_function
def test_where_pieces_meet_the_error_is_below_one_ulp_too(function: str) -> None:
    assert max(ulps(function, u) for u in seams(function)) < 1


@every_function
@example(u=math.nan)
@example(u=math.inf)
@example(u=-math.inf)
@example(u=5e-324)
@given(u=st.floats())
def test_any_float_has_a_result_and_none_raises(function: str, u: float) -> None:
    result = getattr(elementary, function)(u)

    assert isinstance(result, float)
    if math.isnan(u):
        assert math.isnan(result)


@pytest.mark.parametrize("function", ["tanh", "sin", "erf"])
@given(u=st.floats(allow_nan=False))
def test_the_other_sign_gives_the_other_sign(function: str, u: float) -> None:
    one, other = (getattr(elementary, function)(v) for v in (u, -u))

    assert one.hex() == (-other).hex() or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize(
    ("function", "u", "expected"),
    [
        ("exp", 0.0, 1.0),
        ("exp", 709.782712893384, 1.7976931348622732e308),
        ("exp", 709.7827128933841, math.inf),
        ("exp", -745.0, 5e-324),
        ("exp", -746.0, 0.0),
        ("log", 1.0, 0.0),
        ("log", 0.0, -math.inf),
        ("log", math.inf, math.inf),
        ("tanh", 1e9, 1.0),
        ("tanh", -math.inf, -1.0),
        ("erf", 6.0, 1.0),
        ("erf", math.inf, 1.0),
        ("cos", 0.0, 1.0),
        ("sin", -0.0, -0.0),
        ("tanh", -0.0, -0.0),
        ("erf", -0.0, -0.0),
    ],
)
def test_at_the_ends(function: str, u: float, expected: float) -> None:
    assert getattr(elementary, function)(u).hex() == expected.hex()


@pytest.mark.parametrize(("function", "u"), [("log", -1.0), ("sin", math.inf), ("cos", FARTHEST), ("sin", -1e300)])
def test_where_there_is_no_value_it_is_no_number(function: str, u: float) -> None:
    assert math.isnan(getattr(elementary, function)(u))


@every_function
def test_this_python_gives_the_bits(function: str) -> None:
    assert fingerprint(function) == BITS[function]


def test_the_pages_python_gives_the_bits() -> None:
    program = ["node", *map(str, (HERE / "python.mjs", PYODIDE, SOURCE, HERE / "fingerprint.py"))]

    printed = subprocess.run(program, capture_output=True, text=True, check=True).stdout

    assert printed.split() == list(BITS.values())


@every_function
def test_lanes_give_the_bits(function: str) -> None:
    numbers = [*arguments(), math.nan]

    at_once = in_lanes(getattr(elementary, function))(np.array(numbers)).tolist()

    assert [u.hex() for u in at_once] == [getattr(elementary, function)(u).hex() for u in numbers]


def test_a_fault_in_the_last_bits_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elementary, "LN2_REST", elementary.LN2_REST * (1 + 1e-8))

    assert fingerprint("exp") != BITS["exp"]
    assert max(ulps("exp", u) for u in (500.5, -600.25)) > 1
