"""The engine `kernels`, for Python: makes a plan, room and functions ready, and lets threads run."""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

import numpy as np

from neuronwise.conventions.rules import Schedule, Step
from neuronwise.engines import kernels, stepping
from neuronwise.engines.plan import Plan, plan
from neuronwise.optimizations.activations import ACTIVATIONS, ERRORS, compiled, exp_of
from neuronwise.wiring import KINDS, PRODUCT, SOFTMAX, Numbers, Wiring

BYTES = 64
PARALLEL = 2_000_000  # edges times samples times steps of a batch that are worth another thread while one trains
MOST = 1024  # threads; they are made when they are needed
FORWARD, BACK = 8, 3  # how much more where the other has to be called first: forward only, or back too
TEAM = Lock()  # one team at a time: threads of two teams could wait for each other


def aligned(shape: tuple[int, ...], dtype: str) -> Any:
    """Return zeros whose first number stands at a multiple of 64 bytes."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + BYTES, np.uint8)
    start = -raw.ctypes.data % BYTES
    return raw[start : start + size].view(dtype).reshape(shape)


def functions_for(planned: Plan, error: str, dtype: str) -> kernels.Functions:
    """Return the machine code of the activations that a network has, and of an error."""
    addresses = np.zeros(len(KINDS), np.int64)
    for kind in np.unique(planned.segments[:, 0]):
        if kind not in (SOFTMAX, PRODUCT):
            addresses[kind] = compiled(ACTIVATIONS[KINDS[kind]], dtype)
    turned = error in ("cross_entropy", "binary_cross_entropy")
    return kernels.Functions(
        addresses,
        compiled(ERRORS[error], dtype),
        compiled(exp_of, dtype),
        error == "mean_squared",
        turned,
        error == "absolute",
        *whole_numbers(planned, wanted=error == "absolute"),
    )


def whole_numbers(planned: Plan, *, wanted: bool) -> tuple[Any, Any]:
    """Return which rows and slots may have whole numbers in `necessary`, where 0 has no sign."""
    rows = np.full((planned.rows if wanted else 0, 2), -1, np.int32)
    slots = np.zeros(planned.slots if wanted else 0, np.bool_)
    for kind, row, neuron, count in planned.segments if wanted else ():
        if KINDS[kind] in ("identity", "relu", "leaky_relu", "elu"):
            rows[row : row + count, 0] = np.arange(neuron, neuron + count)
            rows[row : row + count, 1] = KINDS[kind] != "identity"
        slots[planned.inputs + neuron : planned.inputs + neuron + count] = KINDS[kind] in ("relu", "step")
    return rows, slots


def work_for(planned: Plan, width: tuple[Any, ...], steps: int, targets: int, threads: int, dtype: str) -> kernels.Work:
    """Return room for as many tiles as there are threads."""
    wide, neurons, outputs = len(width), len(planned.output), len(planned.outputs)
    A = aligned((threads, steps, planned.slots, wide), dtype)
    A[:, :, -1] = 1
    return kernels.Work(
        A,
        aligned((threads, steps, planned.rows, wide), dtype),
        aligned((threads, neurons, wide), dtype),
        aligned((threads, targets, outputs, wide), dtype),
        aligned((threads, targets, outputs, wide), dtype),
        aligned((threads, wide), dtype),
    )


@cache
def crew(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - after a fork there are no threads
    """Return threads that wait for something to run."""
    return ThreadPoolExecutor(MOST, "neuronwise")


class Kernels:
    """One network, ready to run."""

    def __init__(
        self, wiring: Wiring, dtype: str = "float64", *, threads: int = 0, tile: int = 0, blocks: bool = True
    ) -> None:
        """Make one ready; 0 threads are as many as there are cores. `tile` and `blocks` show what each idea brings."""
        self.wiring, self.dtype = wiring, dtype
        self.threads, self.tile = threads or os.cpu_count() or 1, tile
        self.plan = plan(wiring, together=blocks)
        self.rooms: dict[tuple[int, ...], kernels.Work] = {}

    @contextmanager
    def room(self, width: tuple[Any, ...], steps: int, targets: int, threads: int) -> Iterator[kernels.Work]:
        """Lend room for as many tiles as there are threads, to one at a time; the last one is kept for the next."""
        shape = len(width), steps, targets, threads
        work = self.rooms.pop(shape, None) or work_for(self.plan, width, steps, targets, threads, self.dtype)
        yield work
        self.rooms = {shape: work}

    def together(self, run: Callable[[int], Any], threads: int) -> list[Any]:
        """Run a function in threads that meet."""
        if threads == 1:
            return [run(0)]
        with TEAM:  # this thread runs too: so Ctrl-C comes between calls, not in them
            others = [crew(os.getpid()).submit(run, thread) for thread in range(1, threads)]
            return [run(0), *(other.result() for other in others)]

    def predict(self, theta: Any, X: Numbers) -> Numbers:
        """(samples, steps, inputs) -> (samples, steps, outputs)."""
        return self._passed(theta, X, self.plan.outputs)

    def _passed(self, theta: Any, X: Numbers, slots: Any) -> Numbers:
        width = self.width_for(len(X))
        threads = self.threads_for(X.shape[:2], width, FORWARD)
        functions = functions_for(self.plan, "squared", self.dtype)
        Y = np.empty((len(X), X.shape[1], len(slots)), self.dtype)
        order = np.arange(len(X))
        with self.room(width, X.shape[1], 0, threads) as work:
            self.together(
                lambda t: kernels.predict(self.plan, width, functions, theta, X, order, work, slots, Y, t, threads),
                threads,
            )
        return Y

    def activations(self, theta: Any, X: Numbers) -> tuple[Any, Numbers]:
        """The user's numbers of the neurons in the plan's order, and (samples, steps, neurons): what they give."""
        slots = np.arange(self.plan.inputs, self.plan.slots - 1, dtype=np.int32)
        return self.plan.order, self._passed(theta, X, slots)

    def width_for(self, samples: int) -> tuple[Any, ...]:
        """Return the width of a tile: one sample, one vector, or four."""
        lanes = BYTES // np.dtype(self.dtype).itemsize
        wide = self.tile or (1 if samples == 1 else lanes if samples <= lanes else 4 * lanes)
        return (np.dtype(self.dtype).type(0),) * wide

    def threads_for(self, shape: tuple[int, int], width: tuple[Any, ...], called: int = 1) -> int:
        """Return how many threads have a tile each, if so many samples and steps are enough to do for them."""
        enough = math.prod(shape) * len(self.wiring.source) >= PARALLEL * called
        return max(1, min(self.threads, -(-shape[0] // len(width)))) if enough else 1

    def team(self, threads: int) -> kernels.Team:
        """Return what threads share, with the slopes shared out by how much work they are."""
        if self.plan.own:
            work = np.append(self.plan.forward.blocks[:, 1] * self.plan.forward.blocks[:, 3], self.plan.rows)
        else:
            work = np.diff(self.plan.uses) + 1
        done = np.cumsum(work)
        shares = np.searchsorted(done, done[-1] * np.arange(threads + 1) / threads)
        shares[0], shares[-1] = 0, len(work)
        return kernels.Team(np.zeros(1, np.int64), np.zeros(2), np.zeros(1, np.int64), shares, threads)

    def gradients(self, theta: Any, X: Numbers, Y: Numbers, error: str) -> tuple[Any, float]:
        """The mean slopes and the mean error."""
        width = self.width_for(len(X))
        threads = self.threads_for(X.shape[:2], width, BACK)
        functions, team = functions_for(self.plan, error, self.dtype), self.team(threads)
        gradient = np.full(len(theta), -0.0, self.dtype)
        lesson = kernels.Lesson(X, Y, np.arange(len(X)), len(X), 0.0, np.zeros(0, np.uint8))
        with self.room(width, X.shape[1], Y.shape[1], threads) as work:
            self.together(
                lambda t: kernels.slopes_alone(self.plan, width, functions, theta, lesson, work, gradient, team, t),
                threads,
            )
        return gradient / np.dtype(self.dtype).type(len(X)), team.error[0] / team.error[1]

    def trainer(
        self,
        theta: Any,
        samples: tuple[Any, Any, Any],
        how: tuple[int, float, str],
        learning: Any,
        step: Step | None = None,
    ) -> "Trainer":
        """Return what changes a vector of parameters batch by batch.

        samples   X and Y (samples, steps, …), and the order in which they come, which may change between epochs
        how       the batch's size, the learning rate, the error
        learning  (parameters) which learn, or empty: all
        step      how a slope moves its parameter; none: the plain way
        """
        if step is None or step.bare:
            return Trainer(self, theta, samples, how, learning)
        return Stepper(self, theta, samples, how, learning, step)


class Trainer:
    """Learns with compiled loops; `error` is the mean error of the samples since `begin`."""

    def __init__(
        self, engine: Kernels, theta: Any, samples: tuple[Any, Any, Any], how: tuple[int, float, str], learning: Any
    ) -> None:
        (X, Y, order), (size, rate, error), dtype = samples, how, engine.dtype
        self.engine, self.theta = engine, theta
        self.width = engine.width_for(min(size, len(X)))
        self.threads = engine.threads_for((min(size, len(X)), X.shape[1]), self.width)
        self.work = work_for(engine.plan, self.width, X.shape[1], Y.shape[1], self.threads, dtype)
        self.functions, self.team = functions_for(engine.plan, error, dtype), engine.team(self.threads)
        self.gradient = np.empty(len(theta), dtype)
        self.lesson = kernels.Lesson(X, Y, order, size, rate, learning)

    @property
    def error(self) -> float:
        """The mean error."""
        return float(self.team.error[0] / self.team.error[1])

    def begin(self) -> None:
        """Begin an epoch."""
        self.team.error[:] = 0

    def state(self) -> dict[str, Any]:
        """Return what training needs to go on, besides the parameters."""
        return {"error": self.team.error.copy()}

    def take_up(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.team.error[:] = state["error"]

    def learn(self, first: int, end: int) -> int:
        """Learn from batches `first` … `end` − 1. Returns how many were learned from: a broken one changes nothing."""
        return int(self.engine.together(lambda thread: kernels.train(
            self.engine.plan, self.width, self.functions, self.theta, self.lesson, first, end, self.work,
            self.gradient, self.team, thread,
        ), self.threads)[0])  # fmt: skip

    def epochs(self, count: int) -> tuple[list[float], int]:
        """Learn from all batches so many times, on one thread: the error of each whole epoch, and how many batches."""
        errors = np.empty(count)
        done = kernels.train_epochs(
            self.engine.plan, self.width, self.functions, self.theta, self.lesson, errors, self.work, self.gradient,
            self.team,
        )  # fmt: skip
        batches = -(-len(self.lesson.order) // self.lesson.batch)
        return errors[: done // batches].tolist(), int(done)


class Stepper(Trainer):
    """Learns by another step than the plain one; its state holds what the step keeps, and how many were taken."""

    def __init__(
        self,
        engine: Kernels,
        theta: Any,
        samples: tuple[Any, Any, Any],
        how: tuple[int, float, str],
        learning: Any,
        step: Step,
    ) -> None:
        super().__init__(engine, theta, samples, how, learning)
        self.step, self.batches = step, -(-len(self.lesson.order) // self.lesson.batch)
        self.stepping = stepping.stepping_for(step, len(theta), self.threads, engine.dtype)

    def state(self) -> dict[str, Any]:
        """Return what training needs to go on, besides the parameters."""
        return super().state() | {"steps": self.stepping.count.copy(), "kept": self.stepping.kept.copy()}

    def take_up(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        super().take_up(state)
        self.stepping.count[:], self.stepping.kept[:] = state["steps"], state["kept"]

    def rates(self, count: int) -> Any:
        """Return the learning rate of each of the next batches; one, if they all have the same."""
        begun, rate = int(self.stepping.count[0]), self.lesson.rate
        if self.step.schedule == Schedule():
            return np.array([rate])
        return np.array([self.step.rate(rate, begun + n, self.batches) for n in range(count)])

    def learn(self, first: int, end: int) -> int:
        """Learn from batches `first` … `end` − 1. Returns how many were learned from: a broken one changes nothing."""
        return self._learn(first, end, np.empty(0))

    def epochs(self, count: int) -> tuple[list[float], int]:
        """Learn from all batches so many times: the error of each whole epoch, and how many batches."""
        errors = np.empty(count)
        self.begin()
        done = self._learn(0, count * self.batches, errors)
        return errors[: done // self.batches].tolist(), done

    def _learn(self, first: int, end: int, errors: Any) -> int:
        step = self.stepping._replace(rates=self.rates(end - first))
        return int(self.engine.together(lambda thread: stepping.train(
            self.engine.plan, self.width, self.functions, self.theta, self.lesson, step, first, end, errors, self.work,
            self.gradient, self.team, thread,
        ), self.threads)[0])  # fmt: skip
