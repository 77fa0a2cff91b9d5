"""The error of one sample, and beneath each its slope for one output.

    t  targets       a  activations       E  error       dE/da_o  slope for output o

Any of them will do: which one is a convention. They add over the outputs o, in the order of `outputs`.
"""

from collections.abc import Callable, Sequence

from neuronwise.necessary.elementary import Values, log, sign, square, total

TINY = 2.2250738585072014e-308  # the smallest normal float: its logarithm is finite


def absolute(t: Values, a: Values, outputs: Sequence[str]) -> float:
    """How far the activations lie from their targets.

    Formula  E = Σ |t − a|                                               (absolute-error)
    Source   chapter 1, "Error"
    Label    convention: test_any_error_learns

    >>> absolute({"o": 0.25}, {"o": 0.75}, ["o"])
    0.5
    """
    return total(abs(t[o] - a[o]) for o in outputs)


def absolute_slope(t: Values, a: Values, outputs: Sequence[str], o: str) -> float:  # noqa: ARG001 - the sum has one
    """What E gains for each unit that one activation gains; at the tip, where a = t, it is 0 by convention.

    Formula  dE/da = −sgn(t − a)                                         (absolute-error-slope)
    Source   chapter 1, "Two stretches multiply"
    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> absolute_slope({"o": 0.25}, {"o": 0.75}, ["o"], "o")
    1
    """
    return -sign(t[o] - a[o])


def squared(t: Values, a: Values, outputs: Sequence[str]) -> float:
    """The squares of the distances.

    Formula  E = Σ (t − a)²                                              (squared-error)
    Label    convention: test_any_error_learns

    >>> squared({"o": 0.25}, {"o": 0.75}, ["o"])
    0.25
    """
    return total(square(t[o] - a[o]) for o in outputs)


def squared_slope(t: Values, a: Values, outputs: Sequence[str], o: str) -> float:  # noqa: ARG001
    """Twice the distance: the further away, the steeper.

    Formula  dE/da = −2·(t − a)                                          (squared-error-slope)
    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> squared_slope({"o": 0.25}, {"o": 0.75}, ["o"], "o")
    1.0
    """
    return -2 * (t[o] - a[o])


def half_squared(t: Values, a: Values, outputs: Sequence[str]) -> float:
    """Half the squares of the distances: the 2 of the slope is gone.

    Formula  E = Σ ½·(t − a)²                                            (half-squared-error)
    Label    convention: test_any_error_learns

    >>> half_squared({"o": 0.25}, {"o": 0.75}, ["o"])
    0.125
    """
    return total(0.5 * square(t[o] - a[o]) for o in outputs)


def half_squared_slope(t: Values, a: Values, outputs: Sequence[str], o: str) -> float:  # noqa: ARG001
    """The distance, with the sign turned.

    Formula  dE/da = −(t − a)                                            (half-squared-error-slope)
    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> half_squared_slope({"o": 0.25}, {"o": 0.75}, ["o"], "o")
    0.5
    """
    return -(t[o] - a[o])


def mean_squared(t: Values, a: Values, outputs: Sequence[str]) -> float:
    """The mean of the squares of the distances over the outputs.

    Formula  E = Σ (t − a)² / number of outputs                          (mean-squared-error)
    Label    convention: test_any_error_learns

    >>> mean_squared({"o": 0.25, "p": 1.0}, {"o": 0.75, "p": 1.0}, ["o", "p"])
    0.125
    """
    return total(square(t[o] - a[o]) for o in outputs) / len(outputs)


def mean_squared_slope(t: Values, a: Values, outputs: Sequence[str], o: str) -> float:
    """Twice the distance, shared out among the outputs.

    Formula  dE/da = −2·(t − a) / number of outputs                      (mean-squared-error-slope)
    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> mean_squared_slope({"o": 0.25, "p": 1.0}, {"o": 0.75, "p": 1.0}, ["o", "p"], "o")
    0.5
    """
    return -2 * (t[o] - a[o]) / len(outputs)


def cross_entropy(t: Values, a: Values, outputs: Sequence[str]) -> float:
    """How surprised one is by the targets who expects the activations, for the outputs of one softmax.

    Formula  E = −Σ t·ln a                                               (cross-entropy)
    Source   Shannon 1948, section 6; an activation of 0 counts as TINY, by convention
    Label    convention: test_any_error_learns

    >>> cross_entropy({"o": 1.0, "p": 0.0}, {"o": 1.0, "p": 0.0}, ["o", "p"])
    0.0
    """
    return 0 - total(t[o] * log(max(a[o], TINY)) for o in outputs)


def cross_entropy_slope(t: Values, a: Values, outputs: Sequence[str], o: str) -> float:  # noqa: ARG001
    """The smaller the activation, the more its growth is worth.

    Formula  dE/da = −t/a                                                (cross-entropy-slope)
    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> cross_entropy_slope({"o": 1.0}, {"o": 0.5}, ["o"], "o")
    -2.0
    """
    return -t[o] / max(a[o], TINY)


def binary_cross_entropy(t: Values, a: Values, outputs: Sequence[str]) -> float:
    """The same for outputs that stand alone: each expects a for yes and 1 − a for no.

    Formula  E = −Σ (t·ln a + (1 − t)·ln(1 − a))                         (binary-cross-entropy)
    Label    convention: test_any_error_learns

    >>> binary_cross_entropy({"o": 1.0}, {"o": 1.0}, ["o"])
    0.0
    """
    return 0 - total(t[o] * log(max(a[o], TINY)) + (1 - t[o]) * log(max(1 - a[o], TINY)) for o in outputs)


def binary_cross_entropy_slope(t: Values, a: Values, outputs: Sequence[str], o: str) -> float:  # noqa: ARG001
    """What yes gains less what no loses.

    Formula  dE/da = (1 − t)/(1 − a) − t/a                               (binary-cross-entropy-slope)
    Label    necessary: test_without_the_slope_of_the_error_nothing_learns

    >>> binary_cross_entropy_slope({"o": 1.0}, {"o": 0.5}, ["o"], "o")
    -2.0
    """
    return (1 - t[o]) / max(1 - a[o], TINY) - t[o] / max(a[o], TINY)


# name -> E, a function of (t, a, outputs), and its slope dE/da, a function of (t, a, outputs, o)
ERRORS: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "absolute": (absolute, absolute_slope), "squared": (squared, squared_slope),
    "half_squared": (half_squared, half_squared_slope), "mean_squared": (mean_squared, mean_squared_slope),
    "cross_entropy": (cross_entropy, cross_entropy_slope),
    "binary_cross_entropy": (binary_cross_entropy, binary_cross_entropy_slope),
}  # fmt: skip
