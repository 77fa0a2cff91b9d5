"""Checkpoints: a long training is kept in a file, and taken up where it was left, to the same bits.

The file holds numbers alone (safetensors). It also says of which training they are: another network, other samples or
another way to train is refused, since what went on from there would be neither the one nor the other.
"""

import errno
import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from neuronwise.network.data import Array
from neuronwise.network.errors import DataError, FileError
from neuronwise.network.plans import Plan

if TYPE_CHECKING:
    from neuronwise.network.columns import Columns
    from neuronwise.network.learners import ByEngine, ByReference
    from neuronwise.network.parts import Parts

EVERY = 10.0  # seconds between two times that the file is written
FORMAT = {"format": "neuronwise checkpoint", "version": "1"}


class Checkpoint:
    """The file of one training; without a path it keeps nothing."""

    def __init__(self, path: str | os.PathLike[str] | None, about: dict[str, str]) -> None:
        self.path, self.about = None if path is None else Path(path), {**FORMAT, **about}
        if self.path is not None and not self.path.parent.is_dir():  # told before the work, not behind it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        self.next = time.monotonic() + EVERY
        self.found = self._read() if self.path is not None and self.path.exists() else {}

    @property
    def errors(self) -> list[float]:
        """The errors of the epochs that are done."""
        found: list[float] = self.found["errors"].tolist() if self.found else []
        return found

    def take_up(self, learner: "ByReference | ByEngine") -> int:
        """Give a learner what was kept; returns how many batches of its epoch are done."""
        if not self.found:
            return 0
        state = {name: each for name, each in self.found.items() if name not in {"errors", "done"}}
        wanted = learner.state()
        for name in wanted | state:
            if name not in state or name not in wanted:
                self._refuse(f"{'no' if name in wanted else 'a'} column {name}")
            if state[name].shape != wanted[name].shape or state[name].dtype.kind != wanted[name].dtype.kind:
                self._refuse(f"a column {name} of another size or type")
            if not np.isfinite(state[name]).all():
                self._refuse(f"a number in {name} that is none")
        done, batches = self.found["done"].tolist(), -(-len(learner.X) // learner.plan.batch_size)
        if not 0 <= done[0] <= batches:
            self._refuse(f"{done[0]} batches done of {batches}")
        samples = min(done[0] * learner.plan.batch_size, len(learner.X))
        if done[0] and state["error"][1] != samples:
            self._refuse(f"the errors of {state['error'][1]} samples, where {samples} are done")
        steps = len(self.errors) * batches + done[0]
        if "steps" in state and state["steps"][0] != steps:
            self._refuse(f"{state['steps'][0]} steps, where {steps} are done")
        learner.take_up(state)
        return int(done[0])

    def keep(self, learner: "ByReference | ByEngine", errors: list[float], done: int, *, now: bool = False) -> None:
        """Write the file, if it is time."""
        if self.path is None or not (now or time.monotonic() >= self.next):
            return
        from safetensors.numpy import save  # noqa: PLC0415 - loaded when it is asked for

        from neuronwise.network import storage, tensors  # noqa: PLC0415

        state = {**learner.state(), "errors": np.array(errors, np.float64), "done": np.array([done])}
        storage.save(tensors.settled(save(state, self.about)), self.path)
        self.next = time.monotonic() + EVERY

    def _read(self) -> dict[str, Array]:
        from neuronwise.network import tensors  # noqa: PLC0415 - loaded when it is asked for

        try:
            found, about = tensors.opened(self.path.read_bytes() if self.path else b"")
        except ValueError as error:
            self._refuse(str(error))
        other = [name for name, told in self.about.items() if about.get(name) != told]
        if other:
            message = (
                f"{self.path}: expected a checkpoint of this training; got one of another: {', '.join(other)} differ. "
                "Name another file, or delete this one to begin anew"
            )
            raise DataError(message)
        errors, done = found.get("errors"), found.get("done")
        if errors is None or errors.ndim != 1 or errors.dtype != np.float64 or not np.isfinite(errors).all():
            self._refuse("no column errors of finite numbers")
        if done is None or done.shape != (1,) or done.dtype.kind != "i":
            self._refuse("no whole number done")
        return found

    def _refuse(self, got: str) -> NoReturn:
        message = (
            f"{self.path}: expected a checkpoint, or no file; got {got}. "
            "Name another file, or delete this one to begin anew"
        )
        raise FileError(message) from None


def told(form: "Parts | Columns", X: Array, Y: Array, plan: Plan) -> dict[str, str]:
    """What a training is: the network, the samples, and how it learns. The number of epochs may differ."""
    how = {name: getattr(plan, name) for name in plan.__dataclass_fields__ if name != "epochs"}
    return {
        "network": _hash(*form.bytes()),
        "samples": _hash(np.ascontiguousarray(X).tobytes(), np.ascontiguousarray(Y).tobytes()),
        **{name: repr(value) for name, value in how.items()},
    }


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"|".join(parts)).hexdigest()
