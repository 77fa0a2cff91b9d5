"""How far an engine may end from the reference for a lesson, and which part of that it used."""

from typing import Any

import numpy as np
from lessons import Answer, Lesson

from neuronwise.checks.bounds import Bounded
from neuronwise.checks.rounding import DOUBLE, Precision, Sample, mean, of_engine, sample

precision = of_engine  # how an engine rounds


def bounds(lesson: Lesson, rounding: Precision) -> Answer:
    """How far an engine may end from the reference, which rounds as well."""
    engine, own = _bounds(lesson, rounding), _bounds(lesson, DOUBLE)
    return Answer(engine.outputs + own.outputs, engine.slopes + own.slopes, engine.error + own.error)


def _bounds(lesson: Lesson, rounding: Precision) -> Answer:
    graph, numbers = lesson.network.graph(), lesson.numbers()
    places = [f"{o}{s}" for s in lesson.steps for o in lesson.network.outputs]
    samples = [sample(graph, lesson.error, numbers, given, rounding) for given in lesson.samples()]
    outputs = np.array([[each.a[o].off for o in places] for each in samples])
    shape = (len(lesson.X), len(lesson.steps), len(lesson.network.outputs))
    uses = max([1, *map(len, graph.uses.values()), *map(len, graph.biased.values())])
    slopes = [
        mean([side(each).get(name, Bounded(0.0)) for each in samples], rounding, uses).off
        for side, names in ((weights, numbers[0]), (biases, numbers[1]))
        for name in names
    ]
    return Answer(outputs.reshape(shape), np.array(slopes), mean([each.error for each in samples], rounding).off)


def weights(one: Sample) -> dict[str, Bounded]:
    """Slopes of weights."""
    return one.dw


def biases(one: Sample) -> dict[str, Bounded]:
    """Slopes of biases."""
    return one.db


def used(actual: Answer, expected: Answer, bound: Answer) -> float:
    """The largest part of a bound that was used, 1 is all of it; what is no number is more than all."""
    return max([0.0, *(share(*parts) for parts in zip(actual, expected, bound, strict=True))])


def share(actual: Any, expected: Any, bound: Any) -> float:  # noqa: ANN401 - arrays, or one number
    """The same for some numbers; where the bound is infinite, or the reference no number, nothing is claimed."""
    some = [np.asarray(each, float).ravel() for each in (actual, expected, bound)]
    claimed = np.isfinite(some[1]) & np.isfinite(some[2])
    one, other, most = (each[claimed] for each in some)
    off = abs(one - other)
    if not (off <= most).all():
        return float("inf")
    return float(np.max(off[most > 0] / most[most > 0], initial=0.0))
