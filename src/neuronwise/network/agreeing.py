"""Each engine that can run a network, as `checks` asks it for slopes."""

from collections.abc import Callable, Sequence

import numpy as np

from neuronwise.checks.engines import Engine, Sample
from neuronwise.checks.rounding import of_engine
from neuronwise.necessary.learning import Slopes
from neuronwise.network.data import Array
from neuronwise.network.engine import Compiled
from neuronwise.network.parts import Parts


def engines_of(parts: Parts, dtype: str, shapes: tuple[Array, Array], error: str) -> dict[str, Engine]:
    """Return the engines by name; none where Numba is not there, as in a browser.

    shapes   X and Y: only what they look like counts
    """
    try:
        from neuronwise.engines.registry import ENGINES, EXACT  # noqa: PLC0415 - loaded when an engine is asked for
    except ImportError:
        return {}
    return {
        name: Engine(
            _asked(Compiled(parts, name, dtype), shapes, error),
            None if name in EXACT and dtype == "float64" else of_engine(name, dtype),
        )
        for name in ENGINES
    }


def _asked(runner: Compiled, shapes: tuple[Array, Array], error: str) -> Callable[[Sequence[Sample]], Slopes]:
    def slopes(samples: Sequence[Sample]) -> Slopes:
        """Return the mean slopes over some samples, by the reference's names."""
        X, Y = (
            np.array([list(sample[side].values()) for sample in samples]).reshape(len(samples), *shape.shape[1:])
            for side, shape in enumerate(shapes)
        )
        found, _ = runner.engine.gradients(runner.theta, runner.fitting(X), runner.fitting(Y), error)
        numbers, form = found.tolist(), runner.form
        return Slopes(dict(zip(form.w, numbers, strict=False)), dict(zip(form.b, numbers[len(form.w) :], strict=True)))

    return slopes
