"""The smallest pieces: signs, squares, and sums in a stated order."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from neuronwise.necessary.elementary import sign, square, total

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
