"""Which engine runs a network: the one that is asked for, or the one that is quickest and gives the same bits.

    necessary   the reference, in plain Python: nothing to compile, some 10⁵ edges a second
    kernels     compiled loops: thousands of times faster, after some seconds of compiling where it is run first
    numpy       levels and matrices; it may add in another order, so its last digits may differ

In float64 `auto` takes `necessary` for little work and `kernels` for more: nobody can tell which by the numbers.
"""

from typing import Any

import numpy as np

from neuronwise.network.columns import Columns, Numbers
from neuronwise.network.data import STEPS, Array
from neuronwise.network.errors import NetworkError
from neuronwise.network.names import shown
from neuronwise.network.parts import Parts
from neuronwise.network.plans import Plan
from neuronwise.network.running import NO_OUTPUT, Gradients, by_name

ENGINES = ("auto", "necessary", "numpy", "kernels")
LATER = ("jax",)
DTYPES = ("float64", "float32")
LITTLE = 250_000  # edges times samples that the reference works off in about a second
PARALLEL = 4_000_000  # edges times samples of a batch that are worth a second thread


def check_engine(engine: object, dtype: str = "float64") -> None:
    """Refuse what can't run networks, by name.

    >>> check_engine("jax")
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.NetworkError: expected one of auto, necessary, numpy, kernels; got "jax", not there yet
    """
    if engine not in ENGINES:
        got = f'"{engine}", not there yet' if engine in LATER else shown(engine)
        message = f"expected one of {', '.join(ENGINES)}; got {got}"
        raise NetworkError(message)
    if engine == "necessary" and dtype != "float64":
        message = f'expected dtype="float64" for engine="necessary"; got {dtype}: "kernels" and "numpy" compute it'
        raise NetworkError(message)


def check_dtype(dtype: object) -> None:
    """Refuse numbers that no engine computes, by name.

    >>> check_dtype("float16")
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.NetworkError: expected dtype="float64" or "float32"; got 'float16'
    """
    if dtype not in DTYPES:
        message = f'expected dtype="float64" or "float32"; got {shown(dtype)}'
        raise NetworkError(message)


def chosen(engine: str, dtype: str, work: float) -> str:
    """The engine for so much work, in edges times samples.

    >>> chosen("auto", "float64", 100), chosen("auto", "float32", 100), chosen("numpy", "float64", 100)
    ('necessary', 'kernels', 'numpy')
    """
    if engine != "auto":
        return engine
    return "necessary" if work <= LITTLE and dtype == "float64" else "kernels"


class Compiled:
    """A network as an engine holds it: columns, and one vector of weights and biases."""

    def __init__(self, form: Parts | Columns, engine: str, dtype: str) -> None:
        from neuronwise.engines import registry  # noqa: PLC0415 - loaded when an engine is asked for

        if not form.outputs:
            raise NetworkError(NO_OUTPUT)
        self.form, self.version, self.name, self.dtype = form, form.version, engine, dtype
        self.held = form if isinstance(form, Columns) else Columns.of(form, dtype)
        self.engine = registry.ENGINES[engine](self.held.wiring, dtype)

    @property
    def theta(self) -> Array:
        """The weights, then the biases. Of a large network it is its own vector: who changes it changes the network."""
        if isinstance(self.form, Columns):
            return self.form.theta
        numbers = np.array([*self.form.w.values(), *self.form.b.values()])
        return self.held.in_type(numbers, self.dtype)

    @theta.setter
    def theta(self, new: Array) -> None:
        if isinstance(self.form, Columns):
            self.form.theta[:] = new
        else:
            numbers, weights = new.tolist(), len(self.form.w)
            self.form.w = dict(zip(self.form.w, numbers[:weights], strict=True))
            self.form.b = dict(zip(self.form.b, numbers[weights:], strict=True))

    @property
    def learning(self) -> Any:  # noqa: ANN401 - an array of truth values
        """(parameters) which learn; empty: all."""
        if isinstance(self.form, Columns):
            return self.form.learning
        learning = np.array([p not in self.form.frozen for p in (*self.form.w, *self.form.b)])
        return learning if not learning.all() else np.zeros(0, np.bool_)

    def fitting(self, numbers: Array) -> Array:
        """Samples as the engine takes them: with steps, and of the network's type."""
        return with_steps(numbers).astype(self.dtype, copy=False)

    def trainer(self, theta: Array, samples: tuple[Array, Array, Any], plan: Plan) -> Any:  # noqa: ANN401 - of an engine
        """What changes a vector of parameters batch by batch; a tiny network with much to learn has its own code."""
        from neuronwise.optimizations import epochs  # noqa: PLC0415 - loaded when an engine is asked for

        learning, wiring = self.learning, self.held.wiring
        own = self.name == "kernels" and self.dtype == "float64" and plan.step.bare
        if own and epochs.worth_it(wiring, len(samples[0]) * plan.epochs):
            made = epochs.Straight(wiring, plan.error, learning.tolist(), single=plan.batch_size == 1)
            return made.learner(theta, samples, plan.batch_size, plan.learning_rate)
        how = plan.batch_size, plan.learning_rate, plan.error
        return self.engine.trainer(theta, samples, how, learning, plan.step)

    def predict(self, X: Array) -> Array:
        """The activations of the outputs, with steps a row a step."""
        return self.engine.predict(self.theta, self.fitting(X)).reshape(*X.shape[:-1], len(self.form.outputs))

    def gradients(self, X: Array, Y: Array, error: str) -> Gradients:
        """The slopes for each edge and each bias."""
        slopes, mean_error = self.engine.gradients(self.theta, self.fitting(X), self.fitting(Y), error)
        if isinstance(self.form, Columns):
            biases = slopes[[self.held.bias_at(k) for k in range(self.held.wiring.net_inputs)]]
            named = dict(zip(self.held.net_input_names(), biases.tolist(), strict=True))
            return Gradients(Numbers(self.held, slopes), named, float(mean_error))
        numbers = slopes.tolist()
        dE_dw = dict(zip(self.form.w, numbers, strict=False))
        dE_db = dict(zip(self.form.b, numbers[len(self.form.w) :], strict=True))
        return by_name(self.form, dE_dw, dE_db, float(mean_error))


def with_steps(numbers: Array) -> Array:
    """Samples of one step as samples with steps: (samples, …) -> (samples, steps, …).

    >>> with_steps(np.zeros((4, 2))).shape
    (4, 1, 2)
    """
    return numbers if numbers.ndim == STEPS else numbers[:, np.newaxis]
