"""Bad input: each is refused in the right words, soon, and changes nothing."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bad_input import EVERY, in_columns, network, refused

from benchmarks.measured import Row, none, once

SOON = 500  # milliseconds: among it are tables of 60,000 edges


def figures() -> Iterator[Row]:
    """Measure everything."""
    wrong, times = [], []
    for what, bad in EVERY.items():
        for net in (network(), in_columns(network())):
            with tempfile.TemporaryDirectory() as folder:
                refused(bad, net, Path(folder))  # what is loaded once is there the second time
            with tempfile.TemporaryDirectory() as folder:
                said: list[str] = []
                times.append((1000 * once(lambda: said.append(refused(bad, net, Path(folder)))), what))  # noqa: B023 - at once
                wrong += [] if said[0] else [what]
    yield none(f"bad input, {len(EVERY)} kinds, that is not refused with its place, or changes the network", wrong)
    yield f"the slowest refusal: {max(times)[1]}", max(times)[0], SOON, "ms"
