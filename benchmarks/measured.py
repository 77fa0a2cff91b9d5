"""What a measurement yields, and how long things take."""

import time
from collections.abc import Callable, Iterable

Row = tuple[str, float, float, str]  # what was measured, how much it is, at most how much it may be, the unit


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Return how long something computes, the best of some times: what other programs take away does not count.

    On a free machine that is how long it takes: nothing measured here waits, and all threads are added up.
    """
    return min(once(work) for _ in range(times))


def once(work: Callable[[], object]) -> float:
    """Return how long something computes, once."""
    started = time.process_time()
    work()
    return time.process_time() - started


def none(what: str, wrong: Iterable[object]) -> Row:
    """Return the row of what there must be none of; the first that is found is shown.

    >>> none("numbers below 0", [])
    ('numbers below 0', 0, 0, '')
    """
    found = list(wrong)
    return what + (f"; the first: {str(found[0])[:200]}" if found else ""), len(found), 0, ""
