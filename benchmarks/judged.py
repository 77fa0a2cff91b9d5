"""Faults planted in engines, and the same network written down in other ways."""

import random
from collections.abc import Iterator
from functools import partial

from drawn import drawn
from hypothesis import strategies as st
from judges import EVERY, MOST, found
from lessons import Lesson, all_bits, lessons
from same_networks import CHANGES, agrees, by, by_hand, renamed, unrolls
from wrong_engines import CHANGED, PLANS, SAMPLED, Engine, changed, planned, right

from benchmarks.measured import Row, none

NETWORKS = 400
ONLY_BITS = {("-0 where neurons lead nowhere", "float32")}  # within a bound, −0 is 0


def figures() -> Iterator[Row]:
    """Measure everything."""
    every = list(faults())
    hidden = [(what, name, dtype) for what, name, dtype, wrong in every if not found(wrong, name, dtype)]
    count = f"of {len(every)}, by {MOST} networks"
    yield none(f"faults planted in engines that are not found, {count}", hidden)
    some = drawn(lessons(counts=st.integers(1, 9)), NETWORKS)
    lot = random.Random(3)  # noqa: S311 - chance, not secrecy
    for what, change in CHANGES.items():
        pairs = [(lesson, other) for lesson in some if (other := change(lesson, lot))]
        wrong = [
            f"{name}, {dtype}, network {n}"
            for name, dtype in EVERY
            for n, (lesson, other) in enumerate(pairs)
            if not agrees(name, dtype, other.of(dtype), lesson.of(dtype))
        ]
        yield none(f"{what} Of {len(pairs)} networks times {len(EVERY)} engines, those that change", wrong)
    yield from to_the_bit(some, lot)


def faults() -> Iterator[tuple[str, str, str, Engine]]:
    """Yield each fault, the engine it is planted in, its numbers, and the wrong engine."""
    for dtype in ("float64", "float32"):
        for what in CHANGED:
            yield what, "numpy", dtype, changed(what)
        for what in PLANS:
            if (what, dtype) not in ONLY_BITS:
                yield what, "kernels", dtype, planned(what)
    for name, dtype in EVERY:
        for what in SAMPLED:
            yield what, name, dtype, partial(SAMPLED[what], right(name))


def to_the_bit(some: list[Lesson], lot: random.Random) -> Iterator[Row]:
    """Exchange names; unroll by hand."""
    wrong = [
        f"{name}, {dtype}, network {n}"
        for name, dtype in EVERY
        for n, lesson in enumerate(some)
        if all_bits(by(name, dtype, renamed(lesson, lot).of(dtype))) != all_bits(by(name, dtype, lesson.of(dtype)))
    ]
    yield none(
        f"All names are exchanged. Of {len(some)} networks times {len(EVERY)} engines, those with other bits", wrong
    )
    pairs = [(lesson, other) for lesson in some if (other := by_hand(lesson))]
    wrong = [
        f"{name}, {dtype}, network {n}"
        for name, dtype in EVERY
        for n, (lesson, other) in enumerate(pairs)
        if not unrolls(name, dtype, lesson.of(dtype), other.of(dtype))
    ]
    yield none(
        f"A cycle is unrolled by hand. Of {len(pairs)} networks times {len(EVERY)} engines, those that change", wrong
    )
