"""What is compared with PyTorch: steps, slopes and schedules that stand beside PyTorch's own."""

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuronwise.conventions.rules import (
    Adam,
    AdamW,
    Cosine,
    Exponential,
    Linear,
    Momentum,
    Nesterov,
    Plain,
    RMSProp,
    Schedule,
    Stairs,
    Step,
)
from neuronwise.conventions.stepping import beginning, stepped

RECORDED = Path(__file__).parent / "conventions" / "pytorch.json"
RATE, STEPS, PARAMETERS = 0.05, 12, 5
# name: our step; PyTorch's class and arguments; how its slopes are clipped
STEP: dict[str, tuple[Step, str, dict[str, Any], dict[str, float]]] = {
    "plain": (Step(Plain()), "SGD", {}, {}),
    "momentum": (Step(Momentum()), "SGD", {"momentum": 0.9}, {}),
    "nesterov": (Step(Nesterov()), "SGD", {"momentum": 0.9, "nesterov": True}, {}),
    "rmsprop": (Step(RMSProp()), "RMSprop", {}, {}),
    "adam": (Step(Adam()), "Adam", {}, {}),
    "adamw": (Step(AdamW()), "AdamW", {}, {}),
    "adam that forgets sooner": (Step(Adam(0.8, 0.95, 0.001)), "Adam", {"betas": (0.8, 0.95), "eps": 0.001}, {}),
    "plain, decay": (Step(weight_decay=0.1), "SGD", {"weight_decay": 0.1}, {}),
    "adam, decay": (Step(Adam(), weight_decay=0.1), "Adam", {"weight_decay": 0.1}, {}),
    "adamw, more decay": (Step(AdamW(weight_decay=0.5)), "AdamW", {"weight_decay": 0.5}, {}),
    "plain, clipped in value": (Step(clip_value=0.5), "SGD", {}, {"value": 0.5}),
    "momentum, clipped in length": (Step(Momentum(), clip_norm=0.5), "SGD", {"momentum": 0.9}, {"norm": 0.5}),
    "adam, clipped in length": (Step(Adam(), clip_norm=0.5), "Adam", {}, {"norm": 0.5}),
}  # fmt: skip
SCHEDULE: dict[str, tuple[Schedule, str, dict[str, Any]]] = {
    "stairs": (Stairs(3), "StepLR", {"step_size": 3}),
    "exponential": (Exponential(0.9), "ExponentialLR", {"gamma": 0.9}),
    "cosine": (Cosine(11, 0.001), "CosineAnnealingLR", {"T_max": 11, "eta_min": 0.001}),
    "linear": (Linear(8), "LinearLR", {"total_iters": 8}),
}


def start() -> list[float]:
    """Return the parameters to begin with."""
    lot = random.Random(0)  # noqa: S311 - the same numbers each time
    return [lot.uniform(-2, 2) for _ in range(PARAMETERS)]


def slopes() -> list[list[float]]:
    """Return the slopes of each step; now and then one is 0."""
    lot = random.Random(1)  # noqa: S311 - the same numbers each time
    return [[0.0 if n == p else lot.gauss(0, 1) for p in range(PARAMETERS)] for n in range(STEPS)]


def ours(step: Step) -> list[list[float]]:
    """Return the parameters after each step."""
    v, state, every = start(), beginning(step, PARAMETERS), []
    for n, g in enumerate(slopes()):
        v, state = stepped(step, step.rate(RATE, n, 1), v, g, state)
        every.append(v)
    return every


def recorded() -> dict[str, Any]:
    """Return what PyTorch gave."""
    found: dict[str, Any] = json.loads(RECORDED.read_text())
    return found


def numbers(rows: Sequence[Sequence[str]]) -> list[list[float]]:
    """Return rows of numbers that were kept in base 16, where no digit is lost."""
    return [[float.fromhex(text) for text in row] for row in rows]


def apart(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> float:
    """Return how far two tables are apart at the most, in units in the last place of a number near 1, or of a larger.

    >>> apart([[1.0]], [[1.0 + 2**-52]])
    1.0
    """
    pairs = [pair for rows in zip(ours, theirs, strict=True) for pair in zip(*rows, strict=True)]
    return max(abs(u - v) / math.ulp(max(1.0, abs(v))) for u, v in pairs)
