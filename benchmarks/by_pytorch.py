"""Gradients of random networks by PyTorch's autograd in float64, where it is installed: within the bound."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
from drawn import drawn
from hypothesis import strategies as st
from lessons import Answer, Lesson, answer, lessons
from within import bounds, precision, used

from benchmarks.measured import Row
from neuronwise.engines.registry import ENGINES
from neuronwise.necessary.graph import Group

NETWORKS = 1_000
ERRORS: dict[str, Callable[[Any], Any]] = {  # of t − a (outputs, samples)
    "absolute": lambda apart: apart.abs().sum(0),
    "squared": lambda apart: (apart**2).sum(0),
    "half_squared": lambda apart: (apart**2).sum(0) / 2,
    "mean_squared": lambda apart: (apart**2).mean(0),
}


def figures() -> Iterator[Row]:
    """Measure how far engines are from PyTorch."""
    if not find_spec("torch"):
        return
    every = [each for each in drawn(lessons(counts=st.integers(1, 20)), NETWORKS) if each.error in ERRORS]
    theirs = [autograd(lesson) for lesson in every]
    most = [bounds(lesson, precision("numpy", "float64")) for lesson in every]
    for name in ENGINES:
        parts = [
            used(answer(ENGINES[name](lesson.wiring), lesson), *each)
            for lesson, *each in zip(every, theirs, most, strict=True)
        ]
        what = f"{name}, float64, beside PyTorch's autograd in {len(every)} networks of any shape"
        yield f"{what}: the largest part of the bound", 100 * max(parts), 100, "%"


def autograd(lesson: Lesson) -> Answer:
    """What PyTorch gives, neuron by neuron."""
    import torch  # noqa: PLC0415 - it may be missing

    graph, theta = lesson.network.graph(), torch.tensor(lesson.theta, requires_grad=True)
    names = [f"{p}|w" for p in lesson.network.w] + [f"{q}|b" for q in lesson.network.b]
    at = {name: theta[n] for n, name in enumerate(names)}
    given = lesson.samples()
    a: dict[str, Any] = {i: torch.tensor([x[i] for x, _ in given], dtype=theta.dtype) for i in given[0][0]}
    none = torch.zeros(len(given), dtype=theta.dtype)
    for group in graph.order:
        z = [
            sum((at[f"{p}|w"] * a[i] for i, p in graph.edges[k]), none) + at[f"{graph.bias[k]}|b"]
            for k in group.net_inputs
        ]
        a |= activations(torch, group, z)
    t = torch.tensor([list(each.values()) for _, each in given], dtype=theta.dtype).T
    error = ERRORS[lesson.error](t - torch.stack([a[o] for o in given[0][1]])).mean() + 0 * theta.sum()
    error.backward()
    outputs = torch.stack([a[f"{o}{s}"] for s in lesson.steps for o in lesson.network.outputs]).T
    shape = (len(given), len(lesson.steps), len(lesson.network.outputs))
    return Answer(outputs.detach().numpy().reshape(shape), np.asarray(theta.grad), float(error.detach()))


def activations(torch: ModuleType, group: Group, z: list[Any]) -> dict[str, Any]:
    """The activations of a group, by PyTorch's own functions."""
    functions: dict[str, Callable[[Any], Any]] = {
        "identity": lambda z: z, "logistic": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu,
        "leaky_relu": torch.nn.functional.leaky_relu, "elu": torch.nn.functional.elu,
        "softplus": torch.nn.functional.softplus, "gelu": torch.nn.functional.gelu, "sin": torch.sin,
        "step": lambda z: (z > 0).to(z.dtype),
    }  # fmt: skip
    if group.activation == "softmax":
        return dict(zip(group.neurons, torch.softmax(torch.stack(z), 0), strict=True))
    if group.activation == "product":
        return {group.neurons[0]: z[0] * z[1]}
    return {group.neurons[0]: functions[group.activation](z[0])}
