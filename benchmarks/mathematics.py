"""The figures of the reference and of mathematics that checks itself: each row is what, value, at most, unit.

python -m benchmarks.proof mathematics
"""

from collections.abc import Callable, Iterator

from benchmarks import answered, derived, elementary, explained, formulas, roads
from benchmarks.measured import Row

MEASURES: tuple[Callable[[], Iterator[Row]], ...] = tuple(
    part.figures for part in (elementary, formulas, derived, roads, explained, answered)
)


def figures() -> Iterator[Row]:
    """Measure everything."""
    for measure in MEASURES:
        yield from measure()
