"""Faults planted in engines are found by the very comparisons that the engines pass."""

from functools import partial

import pytest
from judges import EVERY, expected, few, found, passes
from lessons import all_bits
from wrong_engines import CHANGED, PLANS, SAMPLED, changed, planned, right

from neuronwise.engines.registry import ENGINES, EXACT


@pytest.mark.parametrize(("name", "dtype"), EVERY)
def test_an_engine_that_is_right_passes(name: str, dtype: str) -> None:
    assert all(passes(right(name), n, name, dtype) for n in range(100))


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_changed_piece_of_the_engine_numpy_is_found(what: str, dtype: str) -> None:
    assert found(changed(what), "numpy", dtype)


@pytest.mark.parametrize("what", PLANS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_changed_number_of_the_plan_is_found(what: str, dtype: str) -> None:
    only_bits = what.startswith("-0") and dtype == "float32"  # within a bound, −0 is 0

    assert found(planned(what), "kernels", dtype) != only_bits


@pytest.mark.parametrize("what", SAMPLED)
@pytest.mark.parametrize(("name", "dtype"), EVERY)
def test_a_sample_too_many_or_too_few_is_found(what: str, name: str, dtype: str) -> None:
    assert found(partial(SAMPLED[what], right(name)), name, dtype)


@pytest.mark.parametrize("name", [name for name in ENGINES if name not in EXACT])
def test_sums_in_another_order_have_other_bits(name: str) -> None:
    engine = right(name)

    assert any(
        all_bits(engine(lesson, "float64")) != all_bits(expected(n, "float64")) for n, lesson in enumerate(few())
    )
