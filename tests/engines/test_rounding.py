"""Engines that round in their own way stay within the bound that is computed for the very network and its samples."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import Answer, Lesson, answer, lessons, reference
from within import bounds, precision, share, used

from neuronwise.engines.registry import ENGINES

ROUNDED = [("numpy", "float64"), ("numpy", "float32"), ("kernels", "float32")]
every_rounding_engine = pytest.mark.parametrize(("name", "dtype"), ROUNDED)


@every_rounding_engine
@settings(max_examples=60, deadline=None)
@given(lesson=lessons(counts=st.one_of(st.just(1), st.integers(2, 20))))
def test_outputs_slopes_and_error_lie_within_the_bound(name: str, dtype: str, lesson: Lesson) -> None:
    lesson = lesson.of(dtype)

    found = answer(ENGINES[name](lesson.wiring, dtype), lesson)

    assert used(found, reference(lesson), bounds(lesson, precision(name, dtype))) <= 1


def test_what_is_no_number_lies_within_no_bound() -> None:
    one = Answer(np.array([[[1.0]]]), np.array([1.0]), 1.0)

    assert used(one, one, one) == 0
    for broken in (math.nan, math.inf):
        assert used(one._replace(slopes=np.array([broken])), one, one) > 1
        assert used(one._replace(error=broken), one, one) > 1


def test_one_more_than_the_bound_is_too_much() -> None:
    assert share([1.5], [1.0], [0.5]) == 1
    assert share([1.5000001], [1.0], [0.5]) > 1
    assert share([1.0], [1.0], [0.0]) == 0
    assert share([1.0000001], [1.0], [0.0]) > 1
