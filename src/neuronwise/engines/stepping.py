"""Better steps, compiled: the very functions of `conventions`, a vector of parameters at a time.

A batch changes all or nothing: each thread computes its parameters' step into room of its own, and only if every number
of every thread is finite are they written. Where a share is larger than the room, it is computed twice; that is cheaper
than keeping another copy of everything. Squares are added run by run, and a run belongs to one thread: so the number of
threads changes no bit.
"""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from neuronwise.conventions import powers, steps
from neuronwise.conventions.rules import CORRECTED, EACH, RULES, Step
from neuronwise.engines.kernels import batch_slopes, meet
from neuronwise.native import call, cfunc, njit
from neuronwise.optimizations.lanes import over_samples

ROOM = 512  # parameters whose step is computed at a time: their numbers stay in the nearest cache
RUN = steps.RUN
LONG = ir.IntType(64)
COMPILED: tuple[Callable[..., Any], ...] = (
    *(rule.formula for rule in RULES.values()), steps.clipped, steps.scaled, steps.decayed,
)  # fmt: skip


@cache
def compiled(function: Callable[..., Any], dtype: str) -> int:
    """The address of a function's machine code: (n, places, numbers, …) -> nothing, for n parameters.

    places   addresses of what each parameter has of its own, then of the results
    numbers  what all have in common: doubles
    """
    code, own = COMPILED.index(function), types.CPointer(getattr(types, dtype))
    signature = types.void(types.int64, types.CPointer(types.int64), types.CPointer(types.float64), own, own)

    @cfunc(signature)
    def run(n: int, places: Any, numbers: Any, like: Any, _: Any) -> None:
        apply(code, n, places, numbers, like)

    return run


@intrinsic(prefer_literal=True)
def apply(_: Any, code: Any, n: Any, places: Any, numbers: Any, like: Any) -> Any:
    """Compute a function for n parameters."""
    function = COMPILED[code.literal_value]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    given, results = own(names), 1 + len([name for name in names if name in EACH[2:]])

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        _, n, places, numbers, like = arguments

        def place(k: int) -> ir.Value:
            return build.inttoptr(build.load(build.gep(places, [LONG(k)])), like.type)

        common = [build.load(build.gep(numbers, [LONG(k)])) for k in range(len(names) - given)]
        own = [place(k) for k in range(given)]
        over_samples(build, function, own, [place(given + k) for k in range(results)], n, common)
        return context.get_dummy_value()

    return types.void(code, n, places, numbers, like), emit


def own(names: Any) -> int:
    """Return how many arguments are each parameter's own: they come first.

    >>> own(("v", "g", "M", "eta"))
    3
    """
    return len([name for name in names if name in EACH])


def scalar(function: Callable[..., Any], **others: Any) -> Any:
    """Compile a function of plain Python as it stands; `others` are compiled ones that it calls."""
    return njit(inner=True)(FunctionType(function.__code__, {**function.__globals__, **others}))


product = scalar(powers.product)
power = scalar(powers.power, product=product)


class Stepping(NamedTuple):
    """A step, ready to run."""

    rule: int  # addresses of machine code
    clipped: int
    scaled: int
    decayed: int
    numbers: Any  # (threads, numbers): what the rule's formula asks for besides; first the rate
    corrected: Any  # (corrections): which of the numbers, …
    betas: Any  # (corrections): … and what is corrected
    limits: Any  # (3): the largest length, the largest slope, both 0 for none, and the decay
    rates: Any  # of each batch, or one for all
    kept: Any  # (M, S, parameters)
    count: Any  # (1): steps that were taken
    squares: Any  # (runs)
    room: Any  # (threads, v and kept, ROOM)
    places: Any  # (threads, addresses)


def stepping_for(step: Step, parameters: int, threads: int, dtype: str) -> Stepping:
    """Make a step ready."""
    rule, kept = step.rule, len(step.rule.kept())
    names = [name for name in rule.arguments() if name not in EACH]
    corrections = [name for name in names if name in CORRECTED]
    limits = (step.clip_norm or 0.0, step.clip_value or 0.0, step.weight_decay)
    return Stepping(
        compiled(type(rule).formula, dtype),
        compiled(steps.clipped, dtype),
        compiled(steps.scaled, dtype),
        compiled(steps.decayed, dtype),
        np.tile(np.array(rule.numbers(0.0, 1)), (threads, 1)),
        np.array([names.index(name) for name in corrections], np.int64),
        np.array([getattr(rule, CORRECTED[name]) for name in corrections], np.float64),
        np.array(limits),
        np.zeros(1),
        np.zeros((kept, parameters), dtype),
        np.zeros(1, np.int64),
        np.zeros(-(-parameters // RUN), dtype),
        np.zeros((threads, 1 + kept, ROOM), dtype),
        np.zeros((threads, 2 * (2 + kept)), np.int64),
    )


@njit(inner=True)
def _lone(step: Any, function: int, theta: Any, gradient: Any, low: int, high: int, number: float, thread: int) -> None:
    """Change slopes by a function of them and one number; `decayed` also takes the parameters."""
    if high > low:
        places, last = step.places[thread], 0
        if function == step.decayed:
            places[0], last = theta[low:].ctypes.data, 1
        places[last] = places[last + 1] = gradient[low:].ctypes.data
        numbers = np.array([number])
        call(function, high - low, places.ctypes.data, numbers.ctypes.data, theta.ctypes.data, theta.ctypes.data)


@njit(inner=True)
def _length(step: Any, gradient: Any, learning: Any, low: int, high: int, team: Any) -> float:
    """How long the slopes of what learns are together."""
    for run in range(low // RUN, (high + RUN - 1) // RUN):
        squares = gradient.dtype.type(0.0)
        for p in range(run * RUN, min(high, (run + 1) * RUN)):
            if not len(learning) or learning[p]:
                squares += gradient[p] * gradient[p]
        step.squares[run] = squares
    meet(team)
    whole = gradient.dtype.type(0.0)
    for squares in step.squares:
        whole += squares
    return float(np.sqrt(whole))


@njit(inner=True)
def _prepare(step: Any, theta: Any, gradient: Any, learning: Any, low: int, high: int, team: Any, thread: int) -> None:
    """Clip and decay slopes."""
    limit, largest, decay = step.limits
    if limit > 0:
        length = _length(step, gradient, learning, low, high, team)
        if not np.isfinite(length):
            team.broken[0] = 1
        _lone(step, step.scaled, theta, gradient, low, high, factor(length, limit), thread)
    if largest > 0:
        _lone(step, step.clipped, theta, gradient, low, high, largest, thread)
    if decay > 0:
        _lone(step, step.decayed, theta, gradient, low, high, decay, thread)


factor = scalar(steps.factor)


@njit(inner=True)
def _compute(step: Any, theta: Any, gradient: Any, at: int, count: int, thread: int) -> None:
    """Compute the step of some parameters into the thread's room."""
    places, room, states = step.places[thread], step.room[thread], len(step.kept)
    places[0], places[1] = theta[at:].ctypes.data, gradient[at:].ctypes.data
    for k in range(states):
        places[2 + k] = step.kept[k, at:].ctypes.data
    for k in range(1 + states):
        places[2 + states + k] = room[k].ctypes.data
    like = theta.ctypes.data
    call(step.rule, count, places.ctypes.data, step.numbers[thread].ctypes.data, like, like)


@njit(inner=True)
def _sound(step: Any, learning: Any, at: int, count: int, thread: int) -> bool:
    """Tell whether all that was computed of what learns is finite."""
    broken = 0
    for k in range(1 + len(step.kept)):
        row = step.room[thread, k]
        if len(learning):
            for p in range(count):
                broken += learning[at + p] and not abs(row[p]) < np.inf
        else:
            for p in range(count):
                broken += not abs(row[p]) < np.inf
    return broken == 0


@njit(inner=True)
def _write(step: Any, theta: Any, learning: Any, at: int, count: int, thread: int) -> None:
    """Give what learns its new numbers."""
    for k in range(1 + len(step.kept)):
        to = theta if k == 0 else step.kept[k - 1]
        row = step.room[thread, k]
        if len(learning):
            for p in range(count):
                if learning[at + p]:
                    to[at + p] = row[p]
        else:
            to[at : at + count] = row[:count]


@njit(inner=True)
def take(
    step: Any, theta: Any, gradient: Any, learning: Any, low: int, high: int, rate: float, team: Any, thread: int
) -> bool:
    """Take one step, or none if a number is not finite."""
    numbers, n = step.numbers[thread], step.count[0] + 1
    numbers[0] = rate
    for c in range(len(step.corrected)):
        numbers[step.corrected[c]] = 1 - power(step.betas[c], n)
    _prepare(step, theta, gradient, learning, low, high, team, thread)
    sound = True
    for at in range(low, high, ROOM):
        count = min(ROOM, high - at)
        _compute(step, theta, gradient, at, count, thread)
        sound &= _sound(step, learning, at, count, thread)
    if not sound:
        team.broken[0] = 1
    meet(team)
    if team.broken[0]:
        return False
    for at in range(low, high, ROOM):
        count = min(ROOM, high - at)
        if high - low > ROOM:
            _compute(step, theta, gradient, at, count, thread)
        _write(step, theta, learning, at, count, thread)
    if thread == 0:
        step.count[0] = n
    return True


@njit()
def train(
    plan: Any,
    width: Any,
    functions: Any,
    theta: Any,
    lesson: Any,
    step: Any,
    first: int,
    end: int,
    errors: Any,
    work: Any,
    gradient: Any,
    team: Any,
    thread: int,
) -> int:
    """Learn from batches `first` … `end` − 1, also epoch after epoch; like `kernels.train`, by another step.

    errors: gets the mean error of each epoch; empty, if it is not asked for.
    """
    batches = (len(lesson.order) + lesson.batch - 1) // lesson.batch
    runs = (len(theta) + RUN - 1) // RUN
    share = (runs + team.threads - 1) // team.threads * RUN
    low, high = min(len(theta), thread * share), min(len(theta), (thread + 1) * share)
    for batch in range(first, end):
        begin = batch % batches * lesson.batch
        count = min(lesson.batch, len(lesson.order) - begin)
        size = theta.dtype.type(count)
        gradient[low:high] = -0.0
        meet(team)
        batch_slopes(plan, width, functions, theta, lesson, begin, count, work, gradient, team, thread)
        for p in range(low, high):
            gradient[p] = gradient[p] / size
        rate = step.rates[min(batch - first, len(step.rates) - 1)]
        if not take(step, theta, gradient, lesson.learning, low, high, rate, team, thread):
            return batch - first
        if len(errors) and thread == 0 and (batch + 1) % batches == 0:
            errors[batch // batches] = team.error[0] / team.error[1]
            team.error[0], team.error[1] = 0.0, 0.0
        meet(team)
    return end - first
