"""Vectorised activations: f and its slope in one pass, a vector of samples at a time.

Idea         what both need, such as e⁻ᶻ, is computed once; and lanes choose where single numbers jump.
Allowed      always: a and f'(z) are those of `necessary`, operation by operation.
Costs        a slope that nobody asks for is computed too; it is cheap beside its activation.
Differs from `necessary`: what a function computes twice stands here once. Errors are treated likewise: the term that
an output adds to E, and its slope dE/da.
Label        optimization: test_in_one_pass_come_the_activation_and_its_slope
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from neuronwise.native import cfunc
from neuronwise.necessary.elementary import cos, erf, exp, log, sign, sin, square, tanh
from neuronwise.optimizations import single
from neuronwise.optimizations.lanes import Lanes, Narrow, over_samples

SQRT_HALF, DENSITY = 0.7071067811865476, 0.3989422804014327  # √½; 1/√(2π)
TINY = 2.2250738585072014e-308  # the smallest normal float
Pair = tuple[float, float]


def _identity(z: float) -> Pair:
    return z, 1.0


def _logistic(z: float) -> Pair:
    a = 1 / (1 + exp(-z))
    return a, a * (1 - a)


def _tanh(z: float) -> Pair:
    a = tanh(z)
    return a, 1 - square(a)


def _relu(z: float) -> Pair:
    return (z, 1.0) if z > 0 else (0.0, 0.0)


def _leaky_relu(z: float) -> Pair:
    return (z, 1.0) if z > 0 else (0.01 * z, 0.01)


def _elu(z: float) -> Pair:
    e = exp(z)
    return (z, 1.0) if z > 0 else (e - 1, e)


def _softplus(z: float) -> Pair:
    e = exp(-z)
    smooth = log(1 + (e if z > 0 else exp(z)))
    return (z + smooth if z > 0 else smooth), 1 / (1 + e)


def _gelu(z: float) -> Pair:
    share = 0.5 * (1 + erf(z * SQRT_HALF))
    return z * share, share + z * (DENSITY * exp(-0.5 * square(z)))


def _sin(z: float) -> Pair:
    return sin(z), cos(z)


def _step(z: float) -> Pair:
    return (1.0, 0.0) if z > 0 else (0.0, 0.0)


def exp_of(z: float, m: float) -> float:
    """One share of a softmax, before it is divided: m is the largest z."""
    return exp(z - m)


def _absolute(t: float, a: float) -> Pair:
    return abs(t - a), 0.0 - sign(t - a)


def _squared(t: float, a: float) -> Pair:
    return square(t - a), -2 * (t - a)


def _half_squared(t: float, a: float) -> Pair:
    return 0.5 * square(t - a), -(t - a)


def _cross_entropy(t: float, a: float) -> Pair:
    return t * log(max(a, TINY)), -t / max(a, TINY)


def _binary_cross_entropy(t: float, a: float) -> Pair:
    yes, no = max(a, TINY), max(1 - a, TINY)
    return t * log(yes) + (1 - t) * log(no), (1 - t) / no - t / yes


ACTIVATIONS: dict[str, Callable[[float], Pair]] = {
    "identity": _identity, "logistic": _logistic, "tanh": _tanh, "relu": _relu, "leaky_relu": _leaky_relu,
    "elu": _elu, "softplus": _softplus, "gelu": _gelu, "sin": _sin, "step": _step,
}  # fmt: skip
ERRORS: dict[str, Callable[[float, float], Pair]] = {  # the mean is taken at the end, and the minus of an entropy
    "absolute": _absolute, "squared": _squared, "half_squared": _half_squared, "mean_squared": _squared,
    "cross_entropy": _cross_entropy, "binary_cross_entropy": _binary_cross_entropy,
}  # fmt: skip
SHORT = {"exp": single.exp, "log": single.log, "tanh": single.tanh, "TINY": single.TINY}  # what float32 has instead
LONG = (_gelu, _sin)  # computed in float64 and rounded: erf, sin and cos have no short form
COMPILED: tuple[Callable[..., Any], ...] = (*ACTIVATIONS.values(), *ERRORS.values(), exp_of)


@cache
def compiled(function: Callable[..., Any], dtype: str) -> int:
    """The address of a function's machine code: (n, u, v, first, second) -> nothing, for n numbers each.

    What takes one number reads u alone; what gives one writes the first alone.
    """
    code, numbers = COMPILED.index(function), types.CPointer(getattr(types, dtype))
    signature = types.void(types.int64, numbers, numbers, numbers, numbers)

    @cfunc(signature)
    def run(n: int, u: Any, v: Any, first: Any, second: Any) -> None:
        apply(code, n, u, v, first, second)

    return run


@intrinsic(prefer_literal=True)
def apply(_: Any, code: Any, n: Any, u: Any, v: Any, first: Any, second: Any) -> Any:
    """Compute a function for n numbers."""
    function = COMPILED[code.literal_value]

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        _, n, *given, first, second = arguments
        short = given[0].type.pointee == ir.FloatType() and function not in LONG
        kind = partial(Narrow, instead=SHORT) if short else Lanes
        over_samples(build, function, given[: function.__code__.co_argcount], (first, second), n, kind=kind)
        return context.get_dummy_value()

    return types.void(code, n, u, v, first, second), emit
