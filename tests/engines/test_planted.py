"""Faults planted in engines are found by the very comparisons that the engines pass."""

from functools import cache, partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lessons import Answer, Lesson, all_bits, lessons, reference
from within import bounds, precision, used
from wrong_engines import CHANGED, PLANS, SAMPLED, Engine, changed, planned, right

from neuronwise.engines.registry import ENGINES, EXACT

MOST = 400  # networks that a fault may need to show
EVERY = [(name, dtype) for name in ENGINES for dtype in ("float64", "float32")]


@cache
def drawn() -> list[Lesson]:
    """Some random lessons, the same every time."""
    found: list[Lesson] = []

    @settings(
        max_examples=MOST, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(lessons(counts=st.integers(1, 8)))
    def draw(lesson: Lesson) -> None:
        found.append(lesson)

    draw()
    return found


@cache
def expected(n: int, dtype: str) -> Answer:
    """What the reference gives for a lesson."""
    return reference(drawn()[n].of(dtype))


@cache
def allowed(n: int, name: str, dtype: str) -> Answer:
    """How far an engine may end from that."""
    return bounds(drawn()[n].of(dtype), precision(name, dtype))


def passes(engine: Engine, n: int, name: str, dtype: str) -> bool:
    """Whether what an engine gives for a lesson is right."""
    found = engine(drawn()[n].of(dtype), dtype)
    if name in EXACT and dtype == "float64":
        return all_bits(found) == all_bits(expected(n, dtype))
    return used(found, expected(n, dtype), allowed(n, name, dtype)) <= 1


def found(engine: Engine, name: str, dtype: str) -> bool:
    """Whether one of the lessons shows that an engine is wrong."""
    return not all(passes(engine, n, name, dtype) for n in range(len(drawn())))


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
        all_bits(engine(lesson, "float64")) != all_bits(expected(n, "float64")) for n, lesson in enumerate(drawn())
    )
