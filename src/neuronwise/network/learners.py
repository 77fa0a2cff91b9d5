"""Learners: who learns from batch after batch, the reference or an engine; both can be stopped and taken up again.

A learner's state is two vectors: its weights and biases, and the sum and the number of this epoch's errors so far.
"""

import math
import time

import numpy as np

from neuronwise.conventions.stepping import State as Stepping
from neuronwise.conventions.stepping import beginning, stepped
from neuronwise.necessary.learning import Slopes, update
from neuronwise.network.columns import Columns
from neuronwise.network.data import Array
from neuronwise.network.divergence import Batch, diverged, lost
from neuronwise.network.engine import Compiled
from neuronwise.network.errors import DivergedError
from neuronwise.network.parts import Parts
from neuronwise.network.plans import Plan
from neuronwise.network.running import Reference, batch_slopes, named_targets

SLICE, TICK = 0.1, 1e-6  # seconds between two looks at the clock, and at Ctrl-C; the shortest time that is measured
FASTER = 4  # times as many batches at once, at the most, as before
State = dict[str, Array]


def learner(runner: Reference | Compiled, X: Array, Y: Array, plan: Plan) -> "ByReference | ByEngine":
    """Return who learns."""
    return ByReference(runner, X, Y, plan) if isinstance(runner, Reference) else ByEngine(runner, X, Y, plan)


class ByReference:
    """Learns with the reference, a batch at a time."""

    def __init__(self, runner: Reference, X: Array, Y: Array, plan: Plan) -> None:
        self.parts, self.network, self.plan = runner.parts, runner.network, plan
        self.X, self.t = X, named_targets(runner.network, Y)
        self.order: list[int] = []
        self.sum, self.count = 0.0, 0
        self.stepping = beginning(plan.step, len(self.parts.w) + len(self.parts.b))

    @property
    def error(self) -> float:
        """The mean error of the samples of this epoch so far."""
        return self.sum / self.count

    def state(self) -> State:
        """Return what training needs to go on."""
        theta = np.array([*self.parts.w.values(), *self.parts.b.values()])
        kept = {"steps": np.array([self.stepping.n]), "kept": np.array(self.stepping.kept)}
        return {"parameters": theta, "error": np.array([self.sum, self.count])} | ({} if self.plan.step.bare else kept)

    def take_up(self, state: State) -> None:
        """Go on from a state."""
        numbers, weights = state["parameters"].tolist(), len(self.parts.w)
        self.parts.w = dict(zip(self.parts.w, numbers[:weights], strict=True))
        self.parts.b = dict(zip(self.parts.b, numbers[weights:], strict=True))
        self.sum, self.count = float(state["error"][0]), int(state["error"][1])
        if not self.plan.step.bare:
            self.stepping = Stepping(int(state["steps"][0]), tuple(each.tolist() for each in state["kept"]))

    def begin(self, order: list[int], *, anew: bool) -> None:
        """Begin an epoch in which the samples come in this order, or go on with one."""
        self.order = order
        if anew:
            self.sum, self.count = 0.0, 0

    def learn(self, batch: int) -> int:
        """Learn from a batch, and return how many batches that was."""
        size = self.plan.batch_size
        samples = self.order[batch * size : (batch + 1) * size]
        for error in self.step((self.X[samples], [self.t[s] for s in samples])):
            self.sum = self.sum + error if self.count else error  # the sum starts with the first one, as in `total`
            self.count += 1
        return 1

    def step(self, batch: Batch) -> list[float]:
        """Take a step; returns the errors that the samples had before."""
        parts, plan = self.parts, self.plan
        slopes, errors = batch_slopes(parts, self.network, batch, plan.error)
        try:
            w, b = new_numbers(parts, slopes, plan) if plan.step.bare else self.stepped(slopes)
        except ValueError:  # a number that is none
            w, b = new_numbers(parts, slopes, plan)
            raise diverged(parts, self.network, batch, plan.error, slopes, (w, b)) from None
        if not all(map(math.isfinite, (*errors, *w.values(), *b.values()))):
            raise diverged(parts, self.network, batch, plan.error, slopes, (w, b))
        parts.w, parts.b = w, b
        return errors

    def stepped(self, slopes: Slopes) -> tuple[dict[str, float], dict[str, float]]:
        """The weights and the biases after a better step."""
        parts, (dE_dw, dE_db) = self.parts, slopes
        v, weights = [*parts.w.values(), *parts.b.values()], len(parts.w)
        g = [*(dE_dw.get(p, 0.0) for p in parts.w), *(dE_db[q] for q in parts.b)]
        learning = [p not in parts.frozen for p in (*parts.w, *parts.b)]
        batches = -(-len(self.X) // self.plan.batch_size)
        eta = self.plan.step.rate(self.plan.learning_rate, self.stepping.n, batches)
        new, self.stepping = stepped(self.plan.step, eta, v, g, self.stepping, learning)
        return dict(zip(parts.w, new, strict=False)), dict(zip(parts.b, new[weights:], strict=True))

    def epochs(self, _: int) -> list[float]:
        """Learn in no whole epochs: a batch takes long enough."""
        return []

    def end(self) -> None:
        """Leave everything as it is: each step gave the network its numbers."""


class ByEngine:
    """Learns with an engine, as many batches at a time as take about a tenth of a second."""

    def __init__(self, runner: Compiled, X: Array, Y: Array, plan: Plan) -> None:
        self.runner, self.X, self.Y, self.plan = runner, runner.fitting(X), runner.fitting(Y), plan
        self.theta, self.order = runner.theta, np.arange(len(X))
        self.trainer = runner.trainer(self.theta, (self.X, self.Y, self.order), plan)
        self.batches = -(-len(X) // plan.batch_size)
        self.some = 1  # batches that take about a tenth of a second
        self.lost: DivergedError | None = None  # what ends the training, once whole epochs are told

    @property
    def error(self) -> float:
        """The mean error of the samples of this epoch so far."""
        return float(self.trainer.error)

    def state(self) -> State:
        """Return what training needs to go on."""
        return {"parameters": self.theta.copy(), **self.trainer.state()}

    def take_up(self, state: State) -> None:
        """Go on from a state."""
        self.theta[:] = state["parameters"]
        self.trainer.take_up(state)

    def begin(self, order: list[int], *, anew: bool) -> None:
        """Begin an epoch in which the samples come in this order, or go on with one."""
        self.order[:] = order
        if anew:
            self.trainer.begin()

    def learn(self, batch: int) -> int:
        """Learn from some batches, and return how many that were."""
        end = min(self.batches, batch + self.some)
        started = time.perf_counter()
        done: int = self.trainer.learn(batch, end)
        if done < end - batch:
            raise self.diverged(batch + done)
        self.pace(self.some if done == self.batches else done, started)
        return done

    def epochs(self, most: int) -> list[float]:
        """Learn in some whole epochs, and return their errors; none, if they are too long for several at once."""
        if self.lost:
            raise self.lost
        count = min(most, self.some // self.batches)
        if count <= 1 or self.plan.shuffle or self.trainer.threads > 1:
            return []
        started = time.perf_counter()
        errors: list[float]
        errors, done = self.trainer.epochs(count)
        if done < count * self.batches:
            self.lost = self.diverged(done % self.batches)
            if not errors:
                raise self.lost
        self.pace(done, started)
        return errors

    def pace(self, done: int, started: float) -> None:
        """Learn next time from as many batches as take about a tenth of a second."""
        faster = SLICE / (time.perf_counter() - started + TICK)
        self.some = max(1, int(max(done, self.some // FASTER) * min(faster, FASTER)))

    def diverged(self, batch: int) -> DivergedError:
        """Return the error for a batch that led to a number that is none."""
        self.end()
        form, size = self.runner.form, self.plan.batch_size
        samples = self.order[batch * size : (batch + 1) * size].tolist()
        if isinstance(form, Columns) or self.runner.dtype != "float64":  # the reference computes in float64 alone
            return lost(self.runner, self.X[samples])
        network = Reference(form, self.X.shape[1] if form.delayed else None).network
        given = self.X[samples], named_targets(network, self.Y[samples])
        slopes, _ = batch_slopes(form, network, given, self.plan.error)
        return diverged(form, network, given, self.plan.error, slopes, new_numbers(form, slopes, self.plan))

    def end(self) -> None:
        """Give the network its numbers."""
        self.runner.theta = self.theta


def new_numbers(parts: Parts, slopes: Slopes, plan: Plan) -> tuple[dict[str, float], dict[str, float]]:
    """The weights and the biases after a step; what is frozen stays."""
    w, b = (
        update(old, plan.learning_rate, slope, [p for p in slope if p not in parts.frozen])
        for old, slope in zip((parts.w, parts.b), slopes, strict=True)
    )
    return w, b
