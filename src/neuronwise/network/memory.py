"""Whether this machine can hold a network: asked before anything is made, since a full machine stands still.

An edge takes at least its source, its weight and the slope of that; a neuron its name and its numbers.
"""

import os
from contextlib import suppress
from pathlib import Path

from neuronwise.network.errors import NetworkError

EDGE, NEURON = 20, 100  # bytes, at the least
LIMIT = Path("/sys/fs/cgroup/memory.max")  # what a container may take


def check_room(edges: int, neurons: int) -> None:
    """Refuse a network that this machine can't hold.

    Errors   NetworkError: more than there is, with how much that is
    """
    needed, there = edges * EDGE + neurons * NEURON, memory()
    if needed > there:
        message = (
            f"expected a network that this machine can hold; got {edges:,} edges and {neurons:,} neurons, which take "
            f"at least {needed / 2**30:,.1f} GiB, and it has {there / 2**30:,.1f} GiB. "
            "Fewer edges fit, or a larger machine"
        )
        raise NetworkError(message)


def memory() -> float:
    """Return how many bytes there are, whoever has them; without end, where the system does not tell."""
    found = float("inf")
    with suppress(AttributeError, ValueError, OSError):  # no such name on Windows
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ValueError, OSError):  # no container, or one without a limit: "max"
        found = min(found, int(LIMIT.read_text(encoding="ascii")))
    return found
