"""A training that is killed again and again, and taken up from its checkpoint, to the bits of one that was not.

python -m benchmarks.resumed FILE OUT    trains, with the checkpoint FILE, and saves the network as OUT
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.measured import Row, none
from neuronwise import Network
from neuronwise.network import checkpoints

KILLS = 6
SOON, LATE = 1.5, 2.0  # seconds after which it is killed: it takes about one to begin
EPOCHS = 4_000


def figures() -> Iterator[Row]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        whole, parts, file = (Path(folder) / name for name in ("whole.safetensors", "parts.safetensors", "run"))
        train(None, whole)
        killed = sum(not ended(file, parts) for _ in range(KILLS))
        subprocess.run(command(file, parts), check=True)  # noqa: S603 - written above
        one, other = (np.frombuffer(each.read_bytes(), np.uint8) for each in (whole, parts))
        yield none(f"bytes of a network that differ after {killed} kills", np.flatnonzero(one != other).tolist())
        yield "kills that came too late to interrupt it", KILLS - killed, KILLS // 2, ""


def train(file: Path | None, out: Path) -> None:
    """Train a network, and save it."""
    lot = np.random.default_rng(0)
    X, Y = lot.normal(size=(1000, 64)), np.eye(10)[lot.integers(0, 10, 1000)]  # noqa: N806 - samples and targets
    net = Network.layered([64, 256, 10], "relu", "softmax", seed=1)
    net.fit(
        X, Y, "cross_entropy", learning_rate=0.0001, epochs=EPOCHS, batch_size=32, shuffle=True, step="adam",
        progress=False, checkpoint=file,
    )  # fmt: skip
    net.save(out)


def command(file: Path, out: Path) -> list[str]:
    """Return the command that trains."""
    return [sys.executable, "-m", "benchmarks.resumed", str(file), str(out)]


def ended(file: Path, out: Path) -> bool:
    """Train, and kill it; whether it was at its end by then."""
    process = subprocess.Popen(command(file, out))  # noqa: S603 - written above
    time.sleep(random.uniform(SOON, LATE))  # noqa: S311 - chance, not secrecy
    process.kill()
    return process.wait() == 0


if __name__ == "__main__":
    checkpoints.EVERY = 0.05
    train(*map(Path, sys.argv[1:]))
