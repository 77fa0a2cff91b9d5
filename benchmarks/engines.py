"""The figures of the engines: each row is what, value, at most, unit.

python -m benchmarks.proof engines
"""

from collections.abc import Callable, Iterator

from benchmarks import by_pytorch, exact, judged, refused, resumed, steps, strangers
from benchmarks.measured import Row

MEASURES: tuple[Callable[[], Iterator[Row]], ...] = tuple(
    part.figures for part in (exact, judged, by_pytorch, steps, strangers, resumed, refused)
)


def figures() -> Iterator[Row]:
    """Measure everything."""
    for measure in MEASURES:
        yield from measure()
