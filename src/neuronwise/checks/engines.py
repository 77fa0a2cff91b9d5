"""Whether an engine's gradients are the reference's: their bits, or within a bound that is computed for them.

Each sample is asked for alone, and all of them as one batch: an engine may take another way for many. In float32 the
reference gets the numbers that the engine gets, rounded to it.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from neuronwise.checks.network_roads import gradient
from neuronwise.checks.rounding import DOUBLE, PRECISIONS, Precision, mean, sample
from neuronwise.checks.stretches import Parameter
from neuronwise.checks.substituted import Names
from neuronwise.necessary import learning
from neuronwise.necessary.graph import Graph
from neuronwise.necessary.learning import Slopes

Values = Mapping[str, float]
Sample = tuple[Values, Values]  # inputs and targets, by name


class Engine(NamedTuple):
    """An engine's mean slopes over some samples, and how it rounds; None: it promises the reference's bits."""

    slopes: Callable[[Sequence[Sample]], Slopes]
    precision: Precision | None = None


class Found(NamedTuple):
    """What a comparison found: the differences, and the largest part of the bound that was used; 1 is all of it."""

    differences: list[str]
    used: float


class Lesson(NamedTuple):
    """What all engines are asked: a network with its weights and biases, an error, samples."""

    graph: Graph
    error: str
    numbers: tuple[Values, Values]
    samples: Sequence[Sample]

    def rounded(self) -> "Lesson":
        """Return the same with numbers that float32 can hold."""
        w, b = map(single, self.numbers)
        return self._replace(numbers=(w, b), samples=[(single(x), single(t)) for x, t in self.samples])

    def slopes(self, names: Names) -> Slopes:
        """Return what the reference says: the mean over the samples."""
        w, b = self.numbers
        every = []
        for x, t in self.samples:
            z, a = names["feed_forward"](self.graph, w, b, x)
            every.append(names["backpropagate"](self.graph, self.error, w, t, z, a))
        dE_dw, dE_db = (learning.mean([each[side] for each in every]) for side in (0, 1))  # noqa: N806 - as there
        return Slopes(dE_dw, dE_db)

    def bound(self, precision: Precision) -> dict[Parameter, float]:
        """Return how far the mean slopes of an engine may be off."""
        graph = self.graph
        uses = max([1, *map(len, graph.uses.values()), *map(len, graph.biased.values())])
        every = [sample(graph, self.error, self.numbers, each, precision) for each in self.samples]
        found: dict[Parameter, float] = {}
        for kind, sides in (("w", [each.dw for each in every]), ("b", [each.db for each in every])):
            for name in sides[0]:
                found[Parameter(kind, name)] = mean([side[name] for side in sides], precision, uses).off
        return found


def single(numbers: Values) -> dict[str, float]:
    """Return numbers as float32 holds them.

    >>> single({"x": 0.1})
    {'x': 0.10000000149011612}
    """
    return {name: struct.unpack("f", struct.pack("f", u))[0] for name, u in numbers.items()}


def compared(name: str, engine: Engine, lesson: Lesson, names: Names) -> Found:
    """Compare an engine with the reference, sample by sample, and all samples as one batch."""
    differences: list[str] = []
    used = 0.0
    lesson = lesson.rounded() if engine.precision and engine.precision.unit == PRECISIONS["float32"].unit else lesson
    batches = [[each] for each in lesson.samples] + ([list(lesson.samples)] if len(lesson.samples) > 1 else [])
    for some in batches:
        batch = lesson._replace(samples=some)
        ours, theirs = gradient(batch.slopes(names)), gradient(engine.slopes(some))
        if engine.precision is None:
            differences += [
                f"{parameter}: necessary {u!r}, {name} {theirs.get(parameter, math.nan)!r}"
                for parameter, u in ours.items()
                if math.isnan(u) or float(theirs.get(parameter, math.nan)).hex() != float(u).hex()
            ]
            continue
        own, most = batch.bound(DOUBLE), batch.bound(engine.precision)
        for parameter, u in ours.items():
            apart, allowed = abs(theirs.get(parameter, math.nan) - u), own[parameter] + most[parameter]
            if not apart <= allowed:
                told = f"{parameter}: necessary {u!r}, {name} {theirs.get(parameter, math.nan)!r}"
                differences.append(f"{told}; they may part by {allowed:.1e}")
            used = max(used, apart / allowed) if 0 < allowed < math.inf else used
    return Found(differences, used)
