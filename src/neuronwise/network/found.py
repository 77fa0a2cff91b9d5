"""What the engine found in a network: levels, layers, neurons on their own; what it takes, and how fast it should be.

The expected time adds up what the machine needs for an edge within a layer and for one of a neuron on its own. Both are
measured on two networks of that kind, right before; the measured time is that of the network itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from neuronwise.network.columns import Columns
from neuronwise.network.engine import Compiled
from neuronwise.network.parts import Parts
from neuronwise.wiring import KINDS, Wiring, whole

if TYPE_CHECKING:
    from neuronwise.engines.running import Kernels

SAMPLES, STEPS = 128, 3  # that are timed
SHOWN = 8  # layers that are listed
WIDE, ALONE = 256, 32  # edges of a neuron in the two networks that the expectation comes from
REPEATS, SECONDS = 50, 0.2


@dataclass(frozen=True)
class Found:
    """The plan of a network, in words."""

    levels: int
    layers: list[tuple[int, int]]  # (neurons, sources) of each block of two or more neurons
    alone: tuple[int, int]  # neurons on their own, and their edges
    edges: int
    bytes: dict[str, int]
    expected: float  # seconds for forward, back and slopes of SAMPLES samples
    measured: float

    def __str__(self) -> str:
        """Return it as lines."""
        share = sum(m * n for m, n in self.layers) / max(1, self.edges)
        largest = sorted(self.layers, key=lambda each: -each[0] * each[1])[:SHOWN]
        more = f", and {len(self.layers) - SHOWN} smaller ones" if len(self.layers) > SHOWN else ""
        lines = [
            f"{self.levels} levels: the neurons of one are computed side by side",
            f"{len(self.layers)} layers, neurons that name the same sources, with {share:.1%} of the edges",
            *(f"    {neurons} neurons, {sources} sources" for neurons, sources in largest),
            *([f"    …{more[1:]}"] if more else []),
            f"{self.alone[0]} neurons on their own, with {self.alone[1]} edges",
            "memory: " + ", ".join(f"{size:,} bytes of {what}" for what, size in self.bytes.items()),
            f"        {sum(self.bytes.values()) / max(1, self.edges):.1f} bytes an edge, besides the samples",
            f"{SAMPLES} samples, forward, back, slopes: {_time(self.measured)}; expected: {_time(self.expected)}",
            "what each idea brings: net.ladder(X, Y), or neuronwise bench",
        ]
        return "\n".join(lines)

    __repr__ = __str__


def found(form: Parts | Columns, dtype: str) -> Found:
    """Look at the plan of a network, and time it with drawn samples."""
    engine = cast("Kernels", Compiled(form, "kernels", dtype).engine)
    plan, blocks = engine.plan, engine.plan.forward.blocks
    together = [(int(rows), int(count)) for _, rows, _, count, _ in blocks if rows > 1 and count > 1]
    single = blocks[(blocks[:, 1] == 1) | (blocks[:, 3] <= 1)]
    expected = _expected(together, int((single[:, 1] * single[:, 3]).sum()), dtype) * (STEPS if plan.late else 1)
    lists = [*plan.forward[2:4], *plan.backward[2:4], plan.use]
    return Found(
        levels=len({(int(row), int(kind)) for kind, row, *_ in plan.segments}),
        layers=together,
        alone=(int(single[:, 1].sum()), int((single[:, 1] * single[:, 3]).sum())),
        edges=len(engine.wiring.source),
        bytes={
            "weights and biases": np.dtype(dtype).itemsize * (plan.weights + engine.wiring.biases),
            "their slopes": np.dtype(dtype).itemsize * (plan.weights + engine.wiring.biases),
            "lists of edges": sum(each.nbytes for each in lists),
        },
        expected=expected,
        measured=timed(engine),
    )


def _expected(layers: list[tuple[int, int]], alone: int, dtype: str) -> float:
    """Return how long the edges should take, by two networks whose time is known."""
    from neuronwise.engines.running import Kernels  # noqa: PLC0415 - loaded when an engine is asked for

    of_layer, of_single = (
        timed(Kernels(wired(fan, same=same), dtype)) / (WIDE * fan) for fan, same in ((WIDE, True), (ALONE, False))
    )
    return of_layer * sum(m * n for m, n in layers) + of_single * alone


def wired(fan: int, *, same: bool) -> Wiring:
    """Return a network of one level: WIDE neurons with so many sources, the same ones or each its own.

    >>> wired(2, same=True).source[:4].tolist()
    [0, 1, 0, 1]
    """
    lot = np.random.default_rng(0)
    sources = [np.arange(fan) if same else np.sort(lot.permutation(WIDE)[:fan]) for _ in range(WIDE)]
    return Wiring(
        WIDE, whole([KINDS.index("identity")] * WIDE), whole([-1] * WIDE), np.arange(WIDE + 1) * fan,
        np.concatenate(sources).astype(np.int32), whole([]), whole([]), whole([]), whole([0]), WIDE * fan, WIDE,
    )  # fmt: skip


def timed(engine: "Kernels") -> float:
    """Return how long forward, back and slopes take for SAMPLES drawn samples: the best of some runs."""
    lot, wiring = np.random.default_rng(0), engine.wiring
    steps = STEPS if wiring.late else 1
    numbers: list[Any] = [
        (lot.normal(size=size) / 8).astype(engine.dtype)
        for size in (
            wiring.weights + wiring.biases, (SAMPLES, steps, wiring.inputs), (SAMPLES, steps, len(wiring.outputs)),
        )
    ]  # fmt: skip
    theta, X, Y = numbers
    return best_of(lambda: engine.gradients(theta, X, Y, "half_squared"))


def best_of(run: Callable[[], object]) -> float:
    """Return the shortest time of some runs."""
    run()
    best, end = np.inf, time.perf_counter() + SECONDS
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        now = time.perf_counter()
        best = min(best, now - started)
        if now > end:
            break
    return float(best)


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-4 else f"{seconds * 1e6:.3g} µs"  # noqa: PLR2004
