"""What people hand over that can't be: for each the error, and the words that name the place and the mend."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors.numpy import load, save

from neuronwise import Network
from neuronwise.necessary.graph import CycleError
from neuronwise.network import DataError, FileError, NetworkError, UnknownError
from neuronwise.network.columns import Columns
from neuronwise.network.parts import Parts

LOT = np.random.default_rng(0)
X, Y = LOT.normal(size=(5, 3)), LOT.uniform(size=(5, 2))
MANY, HUGE = 60_000, 10**10  # edges: so many that they are held in columns; more than any small machine holds
NODES = np.arange(MANY)


class Bad(NamedTuple):
    """What someone does with a network, in a folder; the error, and what it says."""

    do: Callable[[Network, Path], object]
    error: type[Exception]
    says: tuple[str, ...]


def network(dtype: str = "float64") -> Network:
    """A network of three inputs and two outputs."""
    return Network.layered([3, 4, 2], output_activation="logistic", seed=1, dtype=dtype)


def in_columns(net: Network) -> Network:
    """The same network, held as a large one is."""
    parts = net._form  # noqa: SLF001 - which form it has is what matters here
    assert isinstance(parts, Parts)
    return Network._of(Columns.of(parts, "float64"))  # noqa: SLF001


def with_one(table: Any, value: object, at: tuple[int, int] = (3, 1)) -> Any:  # noqa: ANN401 - arrays
    """A table in which one number is something else."""
    new = table.astype(object if isinstance(value, str) else float)
    new[at] = value
    return new


DATA = {
    "NaN in X": Bad(lambda net, _: net.fit(with_one(X, math.nan), Y), DataError, ("X", "nan", "sample 3", "'i2'")),
    "infinity in X": Bad(
        lambda net, _: net.predict(with_one(X, math.inf)), DataError, ("X", "inf", "sample 3", "'i2'")
    ),
    "NaN in Y": Bad(lambda net, _: net.fit(X, with_one(Y, math.nan)), DataError, ("Y", "nan", "sample 3", "'o2'")),
    "a text in X": Bad(lambda net, _: net.fit(with_one(X, "red"), Y), DataError, ("'red'", "sample 3", "'i2'")),
    "a column of numbers as text": Bad(
        lambda net, _: net.gradients(X.astype(str), Y), DataError, ("X", "sample 0", "'i1'", "X.astype(float)")
    ),
    "a column missing": Bad(lambda net, _: net.fit(X[:, :2], Y), DataError, ("3 inputs", "i1, i2, i3", "(5, 2)")),
    "a column too many": Bad(lambda net, _: net.predict(np.hstack([X, X])), DataError, ("3 inputs", "(5, 6)")),
    "a target missing": Bad(lambda net, _: net.fit(X, Y[:, :1]), DataError, ("(5, 2)", "o1, o2", "(5, 1)")),
    "other numbers of samples": Bad(lambda net, _: net.fit(X, Y[:3]), DataError, ("(5, 2)", "(3, 2)")),
    "rows of several lengths": Bad(
        lambda net, _: net.fit([[1, 2, 3], [1, 2]], Y[:2]), DataError, ("3 in row 0", "2 in row 1")
    ),
    "no samples": Bad(lambda net, _: net.fit([], []), DataError, ("at least one sample", "none")),
    "no rows": Bad(lambda net, _: net.fit(X[:0], Y[:0]), DataError, ("at least one sample", "(0, 3)")),
    "one sample that is no row": Bad(lambda net, _: net.predict(X[0]), DataError, ("[x]",)),
}
NAMES = {
    "a weight of NaN": Bad(
        lambda net, _: net.weights.update({("i1", "h1"): math.nan}), NetworkError, ("i1 -> h1", "nan")
    ),
    "an infinite bias": Bad(lambda net, _: net.biases.update({"h1": math.inf}), NetworkError, ("bias of h1", "inf")),
    "weights of which one is NaN": Bad(
        lambda net, _: setattr(net, "weights", {("i1", "h1"): 1.0, ("i2", "h1"): math.nan}), NetworkError, ("i2 -> h1",)
    ),
    "a new neuron with a weight of NaN": Bad(
        lambda net, _: net.add_neuron("new", {"i1": 1.0, "h1": math.nan}), NetworkError, ("h1 -> new", "nan")
    ),
    "a weight that is a text": Bad(lambda net, _: net.add_neuron("new", {"i1": "heavy"}), NetworkError, ("'heavy'",)),  # type: ignore[dict-item]
    "an unknown source": Bad(lambda net, _: net.add_neuron("new", {"i9": 1.0}), UnknownError, ("'i9'", "i1")),
    "an unknown edge": Bad(lambda net, _: net.weights["i1", "h9"], UnknownError, ("h9", "h4")),
    "an unknown neuron": Bad(lambda net, _: net.remove_neuron("h9"), UnknownError, ("'h9'", "h4")),
    "an unknown bias": Bad(lambda net, _: net.freeze("h9"), UnknownError, ("'h9'", "h4")),
    "a name twice": Bad(lambda net, _: net.add_neuron("h1", {"i1": 1.0}), NetworkError, ("h1",)),
    "an unknown activation": Bad(
        lambda net, _: net.add_neuron("new", {"i1": 1.0}, activation="tan"), NetworkError, ("'tan'", "tanh")
    ),
    "an unknown error": Bad(lambda net, _: net.fit(X, Y, "hinge"), NetworkError, ("'hinge'", "half_squared")),
    "an unknown engine": Bad(lambda net, _: net.fit(X, Y, engine="gpu"), NetworkError, ("'gpu'", "kernels")),
    "an unknown step": Bad(lambda net, _: net.fit(X, Y, step="adamm"), NetworkError, ("adamm", "adam")),
    "a rate that is none": Bad(lambda net, _: net.fit(X, Y, learning_rate=math.nan), NetworkError, ("learning_rate",)),
    "a cycle of one": Bad(lambda net, _: net.add_edge("h1", "h1", 0.5), CycleError, ("h1 -> h1", "delay=1")),
    "a cycle of two": Bad(lambda net, _: net.add_edge("o1", "h1", 0.5), CycleError, ('add_edge("', "delay=1")),
}
MADE = {
    "a cycle": Bad(
        lambda *_: Network.from_edges(["x", "a", "b", "c"], ["a", "b", "c", "a"]), CycleError, (" -> ", "delay=1")
    ),
    "a long cycle": Bad(
        lambda *_: Network.from_edges(NODES[:5_000], np.append(NODES[1:5_000], 1)), CycleError, (" more …", "delay=1")
    ),
    "a long cycle in columns": Bad(
        lambda *_: Network.from_edges(NODES, np.append(NODES[1:], 1)), CycleError, (" more …", "delay=1")
    ),
    "10^10 edges in layers": Bad(lambda *_: Network.layered([10**5, 10**5]), NetworkError, ("10,000,000,000", "GiB")),
    "10^10 neurons": Bad(lambda *_: Network.layered([1, HUGE, 1]), NetworkError, ("20,000,000,000", "GiB")),
    "10^10 edges in a list": Bad(
        lambda *_: Network.from_edges(range(HUGE), range(1, HUGE + 1)), NetworkError, ("10,000,000,000", "GiB")
    ),
    "10^10 edges in an array": Bad(
        lambda *_: Network.from_edges(*(np.broadcast_to(np.int32(n), (HUGE,)) for n in (1, 2))), NetworkError, ("GiB",)
    ),
    "a missing node": Bad(
        lambda *_: Network.from_edges(["a", None], ["b", "b"]), NetworkError, ("sources", "None", "place 1")
    ),
    "a missing node in a column of numbers": Bad(
        lambda *_: Network.from_edges(np.append(NODES[1:], np.nan), NODES), NetworkError, ("sources", "nan", "59999")
    ),
    "a weight of NaN among some": Bad(
        lambda *_: Network.from_edges(["a", "b"], ["c", "c"], weights=[1.0, math.nan]), NetworkError, ("b -> c", "nan")
    ),
    "a weight of NaN among many": Bad(
        lambda *_: Network.from_edges(NODES, NODES * 0 + MANY, weights=np.append(NODES[1:] * 0.5, math.nan)),
        NetworkError,
        ("59999 -> 60000", "nan"),
    ),
    "too few weights": Bad(
        lambda *_: Network.from_edges(NODES, NODES * 0 + MANY, weights=[1.0]), NetworkError, ("60000 edges", "got 1")
    ),
    "a number too large for float32": Bad(
        lambda *_: network("float32").predict(X * 1e300), DataError, ("float32", "'i1'")
    ),
    "a target too large for float32": Bad(
        lambda *_: network("float32").fit(X, Y * 1e300), DataError, ("float32", "'o1'", 'dtype="float64"')
    ),
    "a weight too large for float32": Bad(
        lambda *_: Network.from_edges(["a"], ["b"], weights=[1e300], dtype="float32").predict([[1.0]]),
        NetworkError,
        ("float32", "a -> b"),
    ),
    "a weight too large for float32, in columns": Bad(
        lambda *_: Network.from_edges(NODES, NODES * 0 + MANY, weights=NODES * 1e300, dtype="float32"),
        NetworkError,
        ("float32", "1 -> 60000"),
    ),
}


def checkpoint(net: Network, folder: Path) -> Path:
    """A checkpoint of a training of such a network that is not at its end."""
    net.copy().fit(X, Y, checkpoint=folder / "run")
    return folder / "run"


def changed(**columns: Any) -> Callable[[Network, Path], object]:  # noqa: ANN401 - functions of arrays
    """Go on from a checkpoint some of whose columns are something else; None: missing."""

    def do(net: Network, folder: Path) -> object:
        file = checkpoint(net, folder)
        raw = file.read_bytes()
        about = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])["__metadata__"]
        found = load(raw)
        new = {name: change(found.get(name)) for name, change in columns.items() if change}
        file.write_bytes(save({name: a for name, a in (found | new).items() if columns.get(name, 1)}, about))
        return net.fit(X, Y, epochs=3, checkpoint=file)

    return do


def holding(content: bytes) -> Callable[[Network, Path], object]:
    """Train with a checkpoint that is another file."""

    def do(net: Network, folder: Path) -> object:
        (folder / "run").write_bytes(content)
        return net.fit(X, Y, checkpoint=folder / "run")

    return do


def cut(net: Network, folder: Path) -> object:
    """Go on from half a checkpoint."""
    file = checkpoint(net, folder)
    file.write_bytes(file.read_bytes()[:-20])
    return net.fit(X, Y, epochs=3, checkpoint=file)


def headed(head: bytes) -> bytes:
    """A file of tensors with this head, and no numbers."""
    return len(head).to_bytes(8, "little") + head


def of_a_network(net: Network, folder: Path) -> object:
    """Go on from a file that holds a network."""
    net.save(folder / "run.safetensors")
    return net.fit(X, Y, checkpoint=folder / "run.safetensors")


def of_other_samples(net: Network, folder: Path) -> object:
    """Go on with other samples."""
    return net.fit(X + 1, Y, epochs=3, checkpoint=checkpoint(net, folder))


MEND = "Name another file, or delete this one"
FILES = {
    "a diary": Bad(holding(b"a diary"), FileError, ("run", MEND)),
    "an empty file": Bad(holding(b""), FileError, ("run", MEND)),
    "a head without end": Bad(holding(b"\xff" * 10_000), FileError, ("run", MEND)),
    "half a checkpoint": Bad(cut, FileError, ("run", MEND)),
    "a network": Bad(of_a_network, DataError, ("run.safetensors", "format", MEND)),
    "a checkpoint of other samples": Bad(of_other_samples, DataError, ("run", "samples differ", MEND)),
    "weights too few": Bad(changed(parameters=lambda a: a[:-1]), FileError, ("run", "parameters", "size", MEND)),
    "weights that are NaN": Bad(changed(parameters=lambda a: a * math.nan), FileError, ("run", "parameters", MEND)),
    "no weights": Bad(changed(parameters=None), FileError, ("run", "no column parameters", MEND)),
    "a column more": Bad(changed(more=lambda _: X), FileError, ("run", "a column more", MEND)),
    "no number of batches": Bad(changed(done=None), FileError, ("run", "done", MEND)),
    "batches below 0": Bad(changed(done=lambda a: a - 1_000), FileError, ("run", "batches", MEND)),
    "no words about itself": Bad(holding(headed(b'{"__metadata__":null}')), DataError, ("run", "format", MEND)),
    "numbers that NumPy has not": Bad(
        holding(headed(b'{"a":{"dtype":"F8_E8M0","shape":[0],"data_offsets":[0,0]}}')), FileError, ("run", MEND)
    ),
    "errors of no samples": Bad(
        changed(done=lambda a: a + 2), FileError, ("run", "errors of 5.0 samples, where 2 are done", MEND)
    ),
    "errors that are NaN": Bad(changed(errors=lambda a: a * math.nan), FileError, ("run", "errors", MEND)),
    "a folder": Bad(lambda net, folder: net.fit(X, Y, checkpoint=folder), IsADirectoryError, ()),
    "a folder that is not there": Bad(
        lambda net, folder: net.fit(X, Y, checkpoint=folder / "no" / "run"), FileNotFoundError, ("no",)
    ),
}
EVERY = {
    f"{kind}: {what}": bad
    for kind, some in (("data", DATA), ("names", NAMES), ("made", MADE), ("checkpoint", FILES))
    for what, bad in some.items()
}


def refused(bad: Bad, net: Network, folder: Path) -> str:
    """What is said to bad input; nothing, if it is not the right error, or the network is another after it."""
    before = numbers(net)
    try:
        bad.do(net, folder)
    except bad.error as error:
        told = str(error)
        return told if numbers(net) == before and all(words in told for words in bad.says) else ""
    return ""


def numbers(net: Network) -> tuple[Any, ...]:
    """All that a network consists of."""
    return net.neurons(), net.inputs, net.outputs, net.w, net.b, net.frozen
