"""Engines that are wrong on purpose: one line of their source, one number of their plan, or one sample too many."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from lessons import Answer, Array, Lesson, answer

from neuronwise.engines import numpy as own_numpy
from neuronwise.engines.plan import COUNT, Blocks, Plan
from neuronwise.engines.registry import ENGINES
from neuronwise.engines.running import Kernels
from neuronwise.optimizations import matrices

Engine = Callable[[Lesson, str], Answer]  # what it gives for a lesson in numbers of a type
TILE = 32


def right(name: str) -> Engine:
    """An engine as it is."""
    return lambda lesson, dtype: answer(ENGINES[name](lesson.wiring, dtype), lesson)


# ------------------------------------------------------------------------------- numpy: one changed piece of a line
CHANGED = {  # what is wrong -> file, what stands there, what stands there instead
    "an edge is dropped": (
        matrices, "theta[self.places, np.newaxis] * X[self.sources]",
        "theta[self.places, np.newaxis] * X[self.sources] * (np.arange(len(self.rows)) > 0)[:, np.newaxis]",
    ),
    "a layer's weights are turned": (matrices, "@ X[self.sources]\n", "[::-1] @ X[self.sources]\n"),
    "a path back is lost": (matrices, "G[self.sources] += ", "G[self.sources] = "),
    "a path back is summed twice": (matrices, "G[self.sources] += ", "G[self.sources] += 2 * "),
    "a path of a neuron alone is summed twice": (matrices, "to[keys[starts]] += ", "to[keys[starts]] += 2 * "),
    "a weight is another's": (matrices, "places, rows = self.places[self.by_source]", "places, rows = self.places"),
    "a shared weight keeps one slope": (
        matrices, "np.add.at(gradient, self.places, np.einsum", "gradient.__setitem__(self.places, np.einsum",
    ),
    "a sign": (own_numpy, "1 - a * a", "1 + a * a"),
    "a bias is left out": (own_numpy, "Z[s, rows] + theta[self.bias[rows], np.newaxis]", "Z[s, rows]"),
    "a slope is the activation's": (own_numpy, "    np.cos(z))", "    np.sin(z))"),
    "a late edge brings this step": (own_numpy, "w.delay.astype(np.int64) * self.size", "w.delay.astype(np.int64) * 0"),
    "a softmax forgets its others": (own_numpy, "dE_da - (slope * dE_da).sum(axis=0) if", "dE_da if"),
    "the error counts the first steps": (own_numpy, "+= O[s - len(Z) + len(O)]", "+= O[len(Z) - 1 - s]"),
    "the mean is forgotten": (own_numpy, ' if error == "mean_squared" else 1', " if not error else 1"),
    "a bias has the slope of one sample": (own_numpy, "Z[s].sum(axis=1)", "Z[s][:, 0]"),
    "no number is taken for 0": (own_numpy, "return self.outputs(self.feed_forward(theta, X)[0], X.shape[1])",
        "return np.nan * self.outputs(self.feed_forward(theta, X)[0], X.shape[1])"),
}  # fmt: skip


def changed(what: str) -> Engine:
    """The engine `numpy` with a fault."""
    file, old, new = CHANGED[what]
    names: dict[str, dict[str, Any]] = {}
    for each in (matrices, own_numpy):
        source = Path(str(each.__file__)).read_text()
        if each is file:
            if source.count(old) != 1:
                message = f"expected once in {file.__name__}: {old}"
                raise ValueError(message)
            source = source.replace(old, new)
        names[each.__name__] = {"__name__": each.__name__}
        exec(compile(source, str(each.__file__), "exec"), names[each.__name__])  # noqa: S102 - a changed copy
    made = names[own_numpy.__name__]
    made["sums_of"] = names[matrices.__name__]["sums_of"]
    return lambda lesson, dtype: answer(made["Numpy"](lesson.wiring, dtype), lesson)


# --------------------------------------------------------------------------------- kernels: one number of the plan
def fewer(blocks: Blocks) -> Blocks:
    """Each block that can has an edge less."""
    found = blocks.blocks.copy()
    found[:, COUNT] -= found[:, COUNT] > 1
    return blocks._replace(blocks=found)


def turned(numbers: Array) -> Array:
    """Each number is its neighbour's."""
    return np.roll(numbers, 1, axis=-1)


def twice(blocks: Blocks) -> Blocks:
    """One edge of each block is walked in place of the one before it, so twice."""
    sources, places = blocks.sources.copy(), blocks.places.copy()
    for _, _, start, count, listed in blocks.blocks:
        if count > 1:
            sources[start] = sources[start + 1]
            if listed:
                places[start] = places[start + 1]
    return blocks._replace(sources=sources, places=places)


PLANS: dict[str, Callable[[Plan], Plan]] = {
    "an edge is dropped": lambda plan: plan._replace(forward=fewer(plan.forward)),
    "a path back is lost": lambda plan: plan._replace(backward=fewer(plan.backward)),
    "a path is summed twice": lambda plan: plan._replace(backward=twice(plan.backward)),
    "an edge comes from its neighbour's source": lambda plan: plan._replace(forward=twice(plan.forward)),
    "a weight back is another's": lambda plan: plan._replace(
        backward=plan.backward._replace(places=turned(plan.backward.places))
    ),
    "a bias is another's": lambda plan: plan._replace(bias=turned(plan.bias)),
    "a target is another output's": lambda plan: plan._replace(output=turned(plan.output)),
    "a shared weight loses a use": lambda plan: plan._replace(uses=np.append(plan.uses[:-1], plan.uses[-1] - 1)),
    "-0 where neurons lead nowhere": lambda plan: plan._replace(ends=~plan.ends),
}


def planned(what: str) -> Engine:
    """The engine `kernels` with a fault in its plan."""

    def run(lesson: Lesson, dtype: str) -> Answer:
        engine = Kernels(lesson.wiring, dtype)
        engine.plan = PLANS[what](engine.plan)
        return answer(engine, lesson)

    return run


# ---------------------------------------------------------------------------------- any engine: samples and lanes
def padded(lesson: Lesson, count: int) -> Lesson:
    """The lesson with its last sample again, until there are so many."""
    places = [*range(len(lesson.X)), *[len(lesson.X) - 1] * count][: max(count, len(lesson.X))]
    return lesson._replace(X=lesson.X[places], Y=lesson.Y[places])


def scaled(found: Answer, samples: int, by: float) -> Answer:
    """The outputs of some samples, and slopes times a number."""
    return Answer(found.outputs[:samples], found.slopes * by, found.error)


def last_twice(engine: Engine, lesson: Lesson, dtype: str) -> Answer:
    """The last sample of a tile counts twice."""
    n = len(lesson.X)
    return scaled(engine(padded(lesson, n + 1), dtype), n, (n + 1) / n)


def beyond(engine: Engine, lesson: Lesson, dtype: str) -> Answer:
    """Lanes beyond the batch count as well."""
    n = len(lesson.X)
    return scaled(engine(padded(lesson, TILE), dtype), n, TILE / n)


def shared_out(engine: Engine, lesson: Lesson, dtype: str) -> Answer:
    """The mean is taken over the lanes of a tile."""
    return scaled(engine(lesson, dtype), len(lesson.X), len(lesson.X) / TILE)


def last_missing(engine: Engine, lesson: Lesson, dtype: str) -> Answer:
    """The last sample of a tile brings no slope."""
    n = len(lesson.X)
    few = lesson._replace(X=lesson.X[: max(1, n - 1)], Y=lesson.Y[: max(1, n - 1)])
    return engine(lesson, dtype)._replace(slopes=engine(few, dtype).slopes * max(1, n - 1) / n)


def none(engine: Engine, lesson: Lesson, dtype: str) -> Answer:
    """One slope is no number."""
    found = engine(lesson, dtype)
    return found._replace(slopes=np.append(found.slopes[:-1], np.nan))


SAMPLED: dict[str, Callable[[Engine, Lesson, str], Answer]] = {
    str(fault.__doc__): fault for fault in (last_twice, beyond, shared_out, last_missing, none)
}
