"""Stepping: all parameters one step on, in plain Python. The engines' steps are held to this.

Frozen parameters are handed over too, in their places: they have no slope, keep nothing and stay.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from neuronwise.conventions import steps
from neuronwise.conventions.rules import Step

Numbers = list[float]


@dataclass(frozen=True)
class State:
    """How many steps were taken, and what the rule keeps for each parameter."""

    n: int
    kept: tuple[Numbers, ...]


def beginning(step: Step, parameters: int) -> State:
    """Return the state before the first step."""
    return State(0, tuple([0.0] * parameters for _ in step.rule.kept()))


def stepped(
    step: Step, eta: float, v: Numbers, g: Numbers, state: State, learning: Sequence[bool] = ()
) -> tuple[Numbers, State]:
    """Return all parameters after one step, and the state. `eta`: the rate of this step, see `Step.rate`.

    Errors   ValueError: a number that is none; v and the state are what they were

    >>> from neuronwise.conventions.rules import Momentum
    >>> step = Step(Momentum())
    >>> stepped(step, 0.5, [1.5], [0.5], beginning(step, 1))
    ([1.25], State(n=1, kept=([0.5],)))
    """
    learns = learning or [True] * len(v)
    g = prepared(step, v, g, learns)
    numbers = step.rule.numbers(eta, state.n + 1)
    new, kept = list(v), [list(each) for each in state.kept]
    for p in range(len(v)):
        if learns[p]:
            found = step.rule.formula(v[p], g[p], *(each[p] for each in state.kept), *numbers)
            new[p], *rest = found if isinstance(found, tuple) else (found,)
            if not all(map(math.isfinite, (new[p], *rest))):
                message = f"expected finite numbers after a step; got {new[p]} for parameter {p}"
                raise ValueError(message)
            for each, number in zip(kept, rest, strict=True):
                each[p] = number
    return new, State(state.n + 1, tuple(kept))


def prepared(step: Step, v: Numbers, g: Numbers, learns: Sequence[bool]) -> Numbers:
    """Return the slopes as a rule takes them."""
    if step.clip_norm is not None:
        N = length(g, learns)
        if not math.isfinite(N):
            message = f"expected slopes of a finite length; got {N}"
            raise ValueError(message)
        F = steps.factor(N, step.clip_norm)
        g = [steps.scaled(u, F) for u in g]
    if step.clip_value is not None:
        g = [steps.clipped(u, step.clip_value) for u in g]
    if step.weight_decay:
        g = [steps.decayed(u, each, step.weight_decay) for u, each in zip(v, g, strict=True)]
    return g


def length(g: Sequence[float], learns: Sequence[bool]) -> float:
    """Return how long the slopes of what learns are together.

    >>> length([3.0, 7.0, 4.0], [True, False, True])
    5.0
    """
    runs = range(0, len(g), steps.RUN)
    parts = [steps.squares([g[p] for p in range(at, min(at + steps.RUN, len(g))) if learns[p]]) for at in runs]
    return steps.norm(parts)
