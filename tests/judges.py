"""Whether what an engine gives for random lessons is right: the reference's bits, or within the bound.

Which of the two is asked is no choice: where an engine says that it is exact, bits are.
"""

from functools import cache

from drawn import drawn
from hypothesis import strategies as st
from lessons import Answer, Lesson, all_bits, lessons, reference
from within import bounds, precision, used
from wrong_engines import Engine

from neuronwise.engines.registry import ENGINES, EXACT

MOST = 400  # networks that a fault may need to show
EVERY = [(name, dtype) for name in ENGINES for dtype in ("float64", "float32")]


@cache
def few() -> list[Lesson]:
    """Lessons of few samples."""
    return drawn(lessons(counts=st.integers(1, 8)), MOST)


@cache
def expected(n: int, dtype: str) -> Answer:
    """What the reference gives for a lesson."""
    return reference(few()[n].of(dtype))


@cache
def allowed(n: int, name: str, dtype: str) -> Answer:
    """How far an engine may end from that."""
    return bounds(few()[n].of(dtype), precision(name, dtype))


def passes(engine: Engine, n: int, name: str, dtype: str) -> bool:
    """Whether what an engine gives for a lesson is right."""
    found = engine(few()[n].of(dtype), dtype)
    if exact(name, dtype):
        return all_bits(found) == all_bits(expected(n, dtype))
    return used(found, expected(n, dtype), allowed(n, name, dtype)) <= 1


def exact(name: str, dtype: str) -> bool:
    """Whether an engine promises the reference's bits."""
    return name in EXACT and dtype == "float64"


def found(engine: Engine, name: str, dtype: str) -> bool:
    """Whether one of the lessons shows that an engine is wrong."""
    return not all(passes(engine, n, name, dtype) for n in range(len(few())))
