"""What engines are asked, and what the reference answers: outputs, slopes, errors, and weights after training."""

import math
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from strategies import EVERY, FLOATS, Described, networks

from neuronwise.necessary.elementary import total
from neuronwise.necessary.error import ERRORS
from neuronwise.necessary.graph import Graph
from neuronwise.necessary.learning import backpropagate, feed_forward, mean, update
from neuronwise.wiring import Wiring, columns

Array = Any


class Lesson(NamedTuple):
    """A network with samples, and the error that is measured; targets are for the last steps."""

    network: Described
    X: Array  # (samples, steps, inputs)
    Y: Array  # (samples, steps with targets, outputs)
    error: str

    @property
    def wiring(self) -> Wiring:
        """The network as columns."""
        n = self.network
        return columns(n.neurons, n.inputs, n.outputs, list(n.w), list(n.b))

    @property
    def theta(self) -> Array:
        """Its weights, then its biases."""
        return np.array([*self.network.w.values(), *self.network.b.values()], self.X.dtype)

    @property
    def learning(self) -> Array:
        """Which of them learn."""
        return np.array([p not in self.network.frozen for p in (*self.network.w, *self.network.b)])

    @property
    def steps(self) -> list[str]:
        """What stands behind a name at each step."""
        return [f"@{s}" for s in range(1, self.network.steps + 1)] or [""]

    def samples(self) -> list[tuple[dict[str, float], dict[str, float]]]:
        """Inputs and targets by name, in double precision."""
        at, late = self.steps, len(self.steps) - self.Y.shape[1]
        return [
            (named(x, self.network.inputs, at), named(y, self.network.outputs, at[late:]))
            for x, y in zip(self.X, self.Y, strict=True)
        ]

    def numbers(self) -> tuple[dict[str, float], dict[str, float]]:
        """The weights and biases that an engine is given: in float32 they are others than the network's."""
        return self.split(self.theta)

    def split(self, theta: Array) -> tuple[dict[str, float], dict[str, float]]:
        """Weights and biases by name."""
        numbers, n = theta.tolist(), self.network
        return (
            dict(zip(n.w, numbers, strict=False)),
            dict(zip(n.b, numbers[len(n.w) :], strict=True)),
        )

    def of(self, dtype: str) -> "Lesson":
        """The same lesson in other numbers."""
        return self._replace(X=self.X.astype(dtype), Y=self.Y.astype(dtype))


def named(rows: Array, names: list[str], steps: list[str]) -> dict[str, float]:
    """The numbers of one sample by name and step."""
    return {f"{i}{s}": float(rows[n, c]) for n, s in enumerate(steps) for c, i in enumerate(names)}


class Answer(NamedTuple):
    """What an engine gives for a lesson."""

    outputs: Array  # (samples, steps, outputs)
    slopes: Array  # (parameters)
    error: float


def reference(lesson: Lesson) -> Answer:
    """What `necessary` gives."""
    graph, (w, b) = lesson.network.graph(), lesson.numbers()
    places = [f"{o}{s}" for s in lesson.steps for o in lesson.network.outputs]
    outputs = [[feed_forward(graph, w, b, x).a[o] for o in places] for x, _ in lesson.samples()]
    slopes, error, _ = batch(graph, lesson.error, w, b, lesson.samples())
    shape = (len(lesson.X), len(lesson.steps), len(lesson.network.outputs))
    return Answer(np.array(outputs, float).reshape(shape), np.array([*slopes[0].values(), *slopes[1].values()]), error)


def batch(graph: Graph, error: str, w: Any, b: Any, samples: Any) -> tuple[Any, float, list[float]]:  # noqa: ANN401
    """The mean slopes, the mean error, and the errors of some samples; what is never used has a slope of 0."""
    found, errors = [], []
    for x, t in samples:
        z, a = feed_forward(graph, w, b, x)
        errors.append(ERRORS[error][0](t, a, list(t)))
        found.append(backpropagate(graph, error, w, t, z, a))
    dE_dw, dE_db = mean([s.dE_dw for s in found]), mean([s.dE_db for s in found])  # noqa: N806
    slopes = {p: dE_dw.get(p, 0.0) for p in w}, {q: dE_db.get(q, 0.0) for q in b}
    return slopes, total(errors) / len(errors), errors


class Course(NamedTuple):
    """How a lesson is learned."""

    epochs: int
    size: int
    rate: float
    seed: int

    def orders(self, samples: int) -> Iterator[Array]:
        """The order of the samples in each epoch."""
        numbers = np.random.default_rng(self.seed)
        return (numbers.permutation(samples) for _ in range(self.epochs))


def learned(lesson: Lesson, course: Course) -> tuple[list[str], list[str]]:
    """The bits of the parameters and of each epoch's error, by `necessary`; it stops where a batch breaks."""
    graph, (w, b), samples = lesson.network.graph(), lesson.numbers(), lesson.samples()
    errors: list[str] = []
    free = [{*side} - {*lesson.network.frozen} for side in (w, b)]
    for order in course.orders(len(samples)):
        seen: list[float] = []
        for start in range(0, len(order), course.size):
            some = [samples[n] for n in order[start : start + course.size]]
            slopes, _, own = batch(graph, lesson.error, w, b, some)
            new = [update(v, course.rate, d, f) for v, d, f in zip((w, b), slopes, free, strict=True)]
            if not all(map(math.isfinite, (*own, *new[0].values(), *new[1].values()))):
                return bits([*w.values(), *b.values()]), errors
            seen += own
            w, b = new
        errors += bits([total(seen) / len(seen)])
    return bits([*w.values(), *b.values()]), errors


def taught(engine: Any, lesson: Lesson, course: Course) -> tuple[list[str], list[str]]:  # noqa: ANN401
    """The same by an engine."""
    theta, order = lesson.theta, np.arange(len(lesson.X))
    errors: list[str] = []
    how = course.size, course.rate, lesson.error
    trainer = engine.trainer(theta, (lesson.X, lesson.Y, order), how, lesson.learning)
    batches = -(-len(order) // course.size)
    for shuffled in course.orders(len(order)):
        order[:] = shuffled
        trainer.begin()
        if trainer.learn(0, batches) < batches:
            return bits(theta), errors
        errors += bits([trainer.error])
    return bits(theta), errors


def answer(engine: Any, lesson: Lesson) -> Answer:  # noqa: ANN401 - any engine
    """What an engine gives."""
    slopes, error = engine.gradients(lesson.theta, lesson.X, lesson.Y, lesson.error)
    return Answer(engine.predict(lesson.theta, lesson.X), slopes, float(error))


def bits(numbers: Any) -> list[str]:  # noqa: ANN401 - whatever holds numbers
    """Numbers as they are: −0 is not 0, and what is no number equals itself."""
    return [float(number).hex() for number in np.asarray(numbers).ravel()]


def all_bits(answer: Answer) -> list[list[str]]:
    """The bits of all that an engine gave."""
    return [bits(part) for part in answer]


COURSES = st.builds(Course, st.integers(1, 3), st.sampled_from([1, 2, 7, 40]), st.just(0.01), st.integers(0, 99))
COUNTS = st.one_of(st.just(1), st.integers(2, 9), st.integers(33, 70))


@st.composite
def lessons(draw: st.DrawFn, late: int = 3, counts: st.SearchStrategy[int] = COUNTS) -> Lesson:
    """Any network with some samples and any error."""
    network = draw(networks(FLOATS, EVERY, late=late, layers=2))
    count, steps = draw(counts), max(1, network.steps)
    with_targets = draw(st.sampled_from([1, steps]))
    numbers = np.random.default_rng(draw(st.integers(0, 2**30)))
    X = numbers.uniform(-2, 2, (count, steps, len(network.inputs)))  # noqa: N806
    Y = numbers.uniform(-2, 2, (count, with_targets, len(network.outputs)))  # noqa: N806
    error = draw(st.sampled_from(list(ERRORS)))
    return Lesson(network, X, abs(Y) / 2 if "cross" in error else Y, error)


def shuffled(network: Described, lot: random.Random) -> Described:
    """The same neurons in another order."""
    return network._replace(neurons=lot.sample(network.neurons, len(network.neurons)))
