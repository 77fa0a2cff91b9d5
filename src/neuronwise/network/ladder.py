"""The ladder: one network up from plain Python to all optimizations, a rung an idea; checked, then timed.

Each rung computes all slopes of one batch. Its numbers must be those of the rung below: the same bits in float64, near
them in float32. A rung that is not equal is not timed.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from neuronwise.network.columns import Columns
from neuronwise.network.data import Array
from neuronwise.network.engine import Compiled, with_steps
from neuronwise.network.found import best_of
from neuronwise.network.parts import Parts
from neuronwise.network.running import Reference

FEW = 8  # samples that plain Python is timed with
CLOSE = 1e-3  # of the largest slope: how far float32 may be off here; the bound itself stands in checks
Lesson = tuple[Array, Array, str]


class Rung(NamedTuple):
    """One rung: the idea, how long an edge takes for a sample, whether its numbers are those of the rung below."""

    idea: str
    nanoseconds: float
    equal: bool


@dataclass(frozen=True)
class Ladder:
    """All rungs. It shows itself as a table."""

    title: str
    rungs: list[Rung] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the table."""
        width = max(len(rung.idea) for rung in self.rungs)
        lines = [self.title, "", f"{'':<{width}}  {'ns an edge':>10}  {'faster':>7}  {'in all':>8}  numbers"]
        before = first = self.rungs[0].nanoseconds
        for rung in self.rungs:
            now = rung.nanoseconds
            equal = "equal" if rung.equal else "DIFFER"
            lines.append(f"{rung.idea:<{width}}  {now:>10.3g}  {before / now:>6.1f}x  {first / now:>7,.0f}x  {equal}")
            before = now
        return "\n".join(lines) + "\n\nAn edge: forward, back, and its slope, for one sample."

    __repr__ = __str__


IDEAS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("compiled, order by levels", {"threads": 1, "tile": 1, "blocks": False}),
    ("samples as lanes", {"threads": 1, "tile": 8, "blocks": False}),
    ("four vectors at once", {"threads": 1, "tile": 32, "blocks": False}),
    ("same sources: register tiles", {"threads": 1, "tile": 32}),
    ("threads", {"tile": 32}),
    ("float32", {"dtype": "float32", "tile": 64}),
)


def ladder(form: Parts | Columns, lesson: Lesson, told: Callable[[str], None]) -> Ladder:
    """Climb with a network and a batch; `told` hears of each rung before it is climbed."""
    title = f"{len(lesson[0])} samples, {form.counts[2]:,} edges, {form.counts[1]:,} neurons"
    return Ladder(title, list(_rungs(form, lesson, told)))


def _rungs(form: Parts | Columns, lesson: Lesson, told: Callable[[str], None]) -> Iterator[Rung]:
    from neuronwise.engines.running import Kernels  # noqa: PLC0415 - loaded when an engine is asked for

    X, Y, error = lesson
    told("plain Python")
    expected: Any = None
    if isinstance(form, Parts):
        reference, few = Reference(form, X.shape[1] if form.delayed else None), slice(0, FEW)
        started = time.perf_counter()
        found = reference.gradients(X[few], Y[few], error)
        yield Rung("necessary: plain Python", _an_edge(time.perf_counter() - started, form, X[few]), equal=True)
        expected = {**found.weights, **found.biases}
    held = Compiled(form, "kernels", "float64").held
    theta, below = held.theta.astype("float64"), None  # of the rung below, its slopes
    for idea, how in IDEAS:
        told(idea)
        engine = Kernels(held.wiring, **how)
        if expected is not None:
            slopes, _ = engine.gradients(theta, with_steps(X[:FEW]), with_steps(Y[:FEW]), error)
            below, expected = _by_name(held, slopes) == expected, None
        numbers, x, y = (each.astype(engine.dtype) for each in (theta, with_steps(X), with_steps(Y)))
        slopes, _ = engine.gradients(numbers, x, y, error)
        same = _same(slopes, below) if isinstance(below, np.ndarray) else below is not False
        yield Rung(
            idea, _an_edge(best_of(partial(engine.gradients, numbers, x, y, error)), form, X) if same else np.nan, same
        )
        below = slopes


def _by_name(held: Columns, slopes: Array) -> dict[Any, float]:
    """The slope of each edge and of each net input's bias."""
    edges = held.wiring.weight if len(held.wiring.weight) else np.arange(held.wiring.weights)
    biases = [held.bias_at(k) for k in range(held.wiring.net_inputs)]
    weights = zip(held.keys(), slopes[edges].tolist(), strict=True)
    return {**dict(weights), **dict(zip(held.net_input_names(), slopes[biases].tolist(), strict=True))}


def _same(slopes: Array, below: Array) -> bool:
    if slopes.dtype == below.dtype:
        return slopes.tobytes() == below.tobytes()
    return bool((np.abs(slopes - below) <= CLOSE * np.abs(below).max()).all())


def _an_edge(seconds: float, form: Parts | Columns, X: Array) -> float:
    return 1e9 * seconds / max(1, form.counts[2]) / (X[..., 0].size if X.shape[-1] else len(X))
