"""Random networks of any shape: every exact engine has the reference's bits, every other stays within its bound."""

import random
from collections.abc import Iterator

import numpy as np
from drawn import drawn
from hypothesis import strategies as st
from judges import EVERY, exact
from lessons import COURSES, Answer, Course, Lesson, all_bits, answer, bits, learned, lessons, reference, taught
from stepped_lessons import STEPS
from stepped_lessons import learned as stepped
from stepped_lessons import taught as compiled
from within import bounds, precision, used

from benchmarks.measured import Row, none
from neuronwise.conventions.rules import Step
from neuronwise.engines import running
from neuronwise.engines.numpy import Numpy
from neuronwise.engines.registry import ENGINES, EXACT
from neuronwise.engines.running import Kernels
from neuronwise.optimizations.epochs import Straight, possible

Engine = Numpy | Kernels
NETWORKS, BOUNDED, OWN = 3_000, 1_000, 100  # of own code each takes a tenth of a second to compile
THREADS = (1, 2)


def figures() -> Iterator[Row]:
    """Measure everything."""
    before, running.PARALLEL = running.PARALLEL, 0  # no work is too little for two threads
    try:
        every = drawn(st.tuples(lessons(), COURSES, STEPS), NETWORKS)
        yield from of_exact_engines(every)
        yield own_code([(lesson, course) for lesson, course, _ in every])
        yield from of_other_engines([lesson for lesson, *_ in every[:BOUNDED]])
    finally:
        running.PARALLEL = before


def of_exact_engines(every: list[tuple[Lesson, Course, Step]]) -> Iterator[Row]:
    """Compare bits: outputs, slopes, errors; splits of the samples; training, plain and by better steps."""
    told = f"{len(every):,} networks"
    right = [reference(lesson) for lesson, *_ in every]
    weights = [learned(lesson, course) for lesson, course, _ in every]
    for name in EXACT:
        engines = [[ENGINES[name](lesson.wiring, threads=n) for n in THREADS] for lesson, *_ in every]
        wrong = [
            f"network {n}, {engine.threads} threads"
            for n, (lesson, *_) in enumerate(every)
            for engine in engines[n]
            if all_bits(answer(engine, lesson)) != all_bits(right[n])
        ]
        count = sum(each.outputs.size + each.slopes.size + 1 for each in right)
        yield none(f"{name}: outputs, slopes, errors without the reference's bits, of {count:,} in {told}", wrong)
        wrong = [
            f"network {n} at {at}"
            for n, (lesson, *_) in enumerate(every)
            for at in cuts(lesson, n)
            if bits(parted(engines[n][0], lesson, at)) != bits(right[n].outputs)
        ]
        yield none(f"{name}: the same, of samples that come in two parts, in {told}", wrong)
        wrong = [
            f"network {n}, {engine.threads} threads"
            for n, (lesson, course, _) in enumerate(every)
            for engine in engines[n]
            if taught(engine, lesson, course) != weights[n]
        ]
        yield none(f"{name}: trained weights and errors of epochs without the reference's bits, in {told}", wrong)
    wrong = [
        f"network {n}, {step}"
        for n, (lesson, course, step) in enumerate(every)
        if {*map(str, (compiled(lesson, course, step, threads) for threads in THREADS))}
        != {str(stepped(lesson, course, step))}
    ]
    yield none(f"kernels: the same by momentum to AdamW, with clipping, decay, schedules, in {told}", wrong)


def cuts(lesson: Lesson, n: int) -> list[int]:
    """Where the samples of a lesson are parted."""
    return [random.Random(n).randrange(1, len(lesson.X))] if len(lesson.X) > 1 else []  # noqa: S311 - chance alone


def parted(engine: Engine, lesson: Lesson, at: int) -> np.ndarray:
    """The outputs of samples that come in two parts."""
    theta = lesson.theta
    return np.concatenate([engine.predict(theta, lesson.X[:at]), engine.predict(theta, lesson.X[at:])])


def own_code(every: list[tuple[Lesson, Course]]) -> Row:
    """Compare tiny networks that have code of their own."""
    some = [(lesson, course) for lesson, course in every if possible(lesson.wiring)][:OWN]
    wrong = [n for n, (lesson, course) in enumerate(some) if alone(lesson, course) != learned(lesson, course)]
    return none(f"code of its own for a tiny network: the same, in {len(some):,} networks", wrong)


def alone(lesson: Lesson, course: Course) -> tuple[list[str], list[str]]:
    """What code of its own learns."""
    made = Straight(lesson.wiring, lesson.error, lesson.learning.tolist(), single=course.size == 1)

    class Engine:
        """Such code, asked as engines are."""

        @staticmethod
        def trainer(
            theta: np.ndarray, samples: tuple[np.ndarray, ...], how: tuple[int, float, str], _: object
        ) -> object:
            """Return what learns."""
            return made.learner(theta, samples, how[0], how[1])  # type: ignore[arg-type]

    return taught(Engine, lesson, course)


def within(lesson: Lesson, name: str, dtype: str) -> Answer:
    """How far an engine may end from the reference."""
    return bounds(lesson, precision(name, dtype))


def of_other_engines(every: list[Lesson]) -> Iterator[Row]:
    """Compare with the bound that is computed for each network and its samples; and one run with the next."""
    told = f"{len(every):,} networks"
    for name, dtype in EVERY:
        some = [lesson.of(dtype) for lesson in every]
        found = [[all_bits(answer(ENGINES[name](lesson.wiring, dtype, threads=n), lesson)) for n in (1, 2, 2)]
                 for lesson in some]  # fmt: skip
        wrong = [n for n, runs in enumerate(found) if runs[1:] != runs[:1] * 2]
        yield none(f"{name}, {dtype}: runs and numbers of threads with other bits, in {told}", wrong)
        if exact(name, dtype):
            continue
        parts = [
            used(answer(ENGINES[name](lesson.wiring, dtype), lesson), reference(lesson), within(lesson, name, dtype))
            for lesson in some
        ]
        what = f"{name}, {dtype}: the largest part of its bound that was used, in {told}"
        yield what, 100 * max(parts), 100, "%"
