"""Straight-line C for a small network of layers: what a programmer would write by hand, compiled at -O3."""

import ctypes
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")


def trainer(sizes: Sequence[int]) -> Callable[[Any, Any, Any, float, int], None]:
    """Compile; the function trains theta in place: (theta, X, Y, rate, steps), one sample a step, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "straight.c", Path(folder) / "straight.so"
        source.write_text("\n".join(written(sizes)), encoding="utf-8")
        command = ["gcc", *FLAGS, str(source), "-o", str(library), "-lm"]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the compiler, on our own text
        except FileNotFoundError as missing:
            raise ImportError(str(missing)) from missing
        train = ctypes.CDLL(str(library)).train
    train.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_double, ctypes.c_long, ctypes.c_long]

    def run(theta: Any, X: Any, Y: Any, rate: float, steps: int) -> None:
        X, Y = np.ascontiguousarray(X), np.ascontiguousarray(Y)
        train(theta.ctypes.data, X.ctypes.data, Y.ctypes.data, rate, steps, len(X))

    return run


def written(sizes: Sequence[int]) -> Iterator[str]:
    """Write every formula of a step: logistic neurons, half of the squared error."""
    edges, count = [m * n for m, n in pairwise(sizes)], sum(sizes[1:])
    parameters = sum(edges) + count
    yield "#include <math.h>"
    yield "void train(double *p, const double *X, const double *Y, double rate, long steps, long samples) {"
    yield "  double " + ", ".join(f"p{n} = p[{n}]" for n in range(parameters)) + ";"
    yield "  for (long step = 0, at = 0; step < steps; step++, at = at + 1 == samples ? 0 : at + 1) {"
    yield "    " + " ".join(f"const double a0_{i} = X[at * {sizes[0]} + {i}];" for i in range(sizes[0]))
    yield from _forward(sizes)
    yield from _back(sizes)
    yield "  }"
    yield "  " + " ".join(f"p[{n}] = p{n};" for n in range(parameters))
    yield "}"


def _weight(sizes: Sequence[int], layer: int, j: int, i: int) -> str:
    before = sum(m * n for m, n in pairwise(sizes[:layer]))
    return f"p{before + j * sizes[layer - 1] + i}"


def _bias(sizes: Sequence[int], layer: int, j: int) -> str:
    weights = sum(m * n for m, n in pairwise(sizes))
    return f"p{weights + sum(sizes[1:layer]) + j}"


def _forward(sizes: Sequence[int]) -> Iterator[str]:
    for layer in range(1, len(sizes)):
        for j in range(sizes[layer]):
            terms = [f"{_weight(sizes, layer, j, i)} * a{layer - 1}_{i}" for i in range(sizes[layer - 1])]
            z = " + ".join([*terms, _bias(sizes, layer, j)])
            yield f"    const double a{layer}_{j} = 1 / (1 + exp(-({z})));"


def _back(sizes: Sequence[int]) -> Iterator[str]:
    last = len(sizes) - 1
    for layer in range(last, 0, -1):
        for j in range(sizes[layer]):
            a = f"a{layer}_{j}"
            paths = [f"{_weight(sizes, layer + 1, k, j)} * d{layer + 1}_{k}" for k in range(sizes[layer + 1])] \
                if layer < last else [f"({a} - Y[at * {sizes[last]} + {j}])"]  # fmt: skip
            yield f"    const double d{layer}_{j} = ({' + '.join(paths)}) * ({a} * (1 - {a}));"
    for layer in range(1, len(sizes)):
        for j in range(sizes[layer]):
            for i in range(sizes[layer - 1]):
                yield f"    {_weight(sizes, layer, j, i)} -= rate * (d{layer}_{j} * a{layer - 1}_{i});"
            yield f"    {_bias(sizes, layer, j)} -= rate * d{layer}_{j};"
