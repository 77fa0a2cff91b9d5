"""A function of `elementary` for many numbers at once, compiled for SIMD lanes as the engine compiles it."""

import ctypes
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from neuronwise.optimizations import lanes

Lanes = npt.NDArray[np.floating[Any]]


def in_lanes(function: Callable[..., Any], kind: Callable[..., Any] = lanes.Lanes) -> Callable[[Lanes], Lanes]:
    """Return the function for arrays, of the numbers that this kind of lanes has."""
    dtype = "float64" if kind is lanes.Lanes else "float32"
    numbers = types.CPointer(getattr(types, dtype))

    @intrinsic
    def apply(_: Any, n: Any, u: Any, result: Any) -> Any:  # noqa: ANN401 - Numba's types
        def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:  # noqa: ANN401
            n, u, result = arguments
            lanes.over_samples(build, function, [u], [result], n, kind=kind)
            return context.get_dummy_value()

        return types.void(n, u, result), emit

    @numba.cfunc(types.void(types.int64, numbers, numbers))
    def run(n: int, u: Any, result: Any) -> None:  # noqa: ANN401
        apply(n, u, result)

    code = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)(run.address)

    def at_once(u: Lanes) -> Lanes:
        given = np.ascontiguousarray(u, dtype)
        result = np.empty_like(given)
        code(len(u), given.ctypes.data, result.ctypes.data)
        return result

    return at_once
