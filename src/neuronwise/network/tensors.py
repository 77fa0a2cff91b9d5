"""A network as a safetensors file: its columns as they are, for networks too large for JSON.

The format holds numbers alone, so a stranger's file can run nothing; each column is checked before it is believed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from neuronwise.necessary.graph import CycleError
from neuronwise.network.columns import Columns, Names, check_no_cycle
from neuronwise.network.errors import FileError, NetworkError
from neuronwise.network.names import checked_name
from neuronwise.wiring import KINDS, PRODUCT, SOFTMAX, Wiring

FORMAT = {"format": "neuronwise network", "version": "1"}
COLUMNS = {"kind": np.int32, "group": np.int32, "start": np.int64, "source": np.int32, "delay": np.int32,
           "weight": np.int32, "bias": np.int32, "outputs": np.int32}  # fmt: skip
LARGEST = 8 * 2**30  # bytes of a file: 10⁸ edges and more
DIGITS = 12  # of the number of weights
LATEST = 10_000  # steps that an edge may be late


def content(held: Columns) -> tuple[bytes, memoryview]:
    """Return a network as the bytes of a file, in two pieces."""
    wiring = held.wiring
    tensors = {name: getattr(wiring, name).astype(kind) for name, kind in COLUMNS.items()}
    names = json.dumps([list(held.names.inputs), list(held.names.neurons), list(held.names.groups)], ensure_ascii=False)
    tensors |= {"parameters": held.theta, "frozen": held.frozen_at.astype(np.uint8)}
    tensors["names"] = np.frombuffer(names.encode(), np.uint8)
    return settled(save_tensors(tensors, {**FORMAT, "weights": str(wiring.weights)}))


def settled(raw: bytes) -> tuple[bytes, memoryview]:
    """Return a file's head with what it is about in order, and its body: the library writes them in any order.

    So a network, or a checkpoint, is the same file each time.
    """
    end = 8 + int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8:end])
    head = {"__metadata__": dict(sorted(head.pop("__metadata__").items())), **head}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    text = text.ljust(-(-len(text) // 8) * 8)
    return len(text).to_bytes(8, "little") + text, memoryview(raw)[end:]


def read(file: Path, dtype: str) -> Columns:
    """Read a network, and check all of it.

    Errors   OSError: no such file; FileError: no network, with what is wrong
    """
    size = file.stat().st_size
    if size > LARGEST:
        refuse(file, f"at most {LARGEST:,} bytes", f"{size:,}")
    raw = file.read_bytes()
    try:
        tensors, about = opened(raw)
    except ValueError as error:
        refuse(file, "a safetensors file", str(error))
    if {key: about.get(key) for key in FORMAT} != FORMAT:
        refuse(file, f"the format {FORMAT}", repr(about)[:200])
    return checked(file, tensors, about, dtype)


def opened(raw: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a file's tensors, and what it says about itself.

    Errors   ValueError: no safetensors file, or of numbers that NumPy has not
    """
    try:
        tensors = load_tensors(raw)
        about = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")]).get("__metadata__")
    except (SafetensorError, ValueError, RecursionError, KeyError) as error:  # KeyError: a type of number
        raise ValueError(str(error)[:200]) from None
    return tensors, about or {}  # the library takes null for nothing


def checked(file: Path, tensors: dict[str, Any], about: dict[str, str], dtype: str) -> Columns:
    """Make columns of a file's tensors; what does not fit together is refused."""
    wanted = {**COLUMNS, "frozen": np.uint8, "names": np.uint8}
    for name, kind in wanted.items():
        if name not in tensors or tensors[name].ndim != 1 or tensors[name].dtype != kind:
            refuse(file, f"the column {name} of type {np.dtype(kind)}", "none" if name not in tensors else "another")
    theta = tensors.get("parameters")
    if theta is None or theta.ndim != 1 or theta.dtype not in (np.float32, np.float64) or not np.isfinite(theta).all():
        refuse(file, "the column parameters of finite floats", "another")
    names = _names(file, bytes(tensors["names"]))
    weights = about.get("weights", "")
    if not (weights.isascii() and weights.isdigit() and len(weights) <= DIGITS):
        refuse(file, "the number of weights", repr(weights)[:60])
    columns = {name: tensors[name] for name in COLUMNS}
    wiring = Wiring(inputs=len(names.inputs), weights=int(weights), biases=len(theta) - int(weights), **columns)
    _check_columns(file, wiring, names)
    if len(tensors["frozen"]) not in (0, len(theta)):
        refuse(file, "a mark for each parameter in frozen, or none", str(len(tensors["frozen"])))
    held = Columns(names, wiring, theta, tensors["frozen"].astype(np.bool_))
    try:
        held.theta = held.in_type(theta, dtype)
        check_no_cycle(held, wiring)
    except (CycleError, NetworkError) as error:
        message = f"{file}: {error}"
        raise FileError(message) from None
    return held


def _names(file: Path, text: bytes) -> Names:
    try:
        lists = json.loads(text.decode())  # bytes would be taken for UTF-16, too
        if not all(isinstance(each, list) for each in lists):
            refuse(file, "a list of names each of inputs, neurons and softmaxes", "another")
        inputs, neurons, groups = lists
        every = [checked_name(name) for name in (*inputs, *neurons)]
        [checked_name(name) for name in groups]
    except (ValueError, TypeError, RecursionError, NetworkError) as error:
        refuse(file, "names of inputs, neurons and softmaxes", str(error)[:200])
    if len(set(every)) < len(every):
        refuse(file, "names that differ", "one twice")
    return Names(inputs, neurons, groups)


def _check_columns(file: Path, wiring: Wiring, names: Names) -> None:
    """Refuse columns that do not fit together."""
    for rule, holds in _rules(wiring, names):
        if not holds:
            refuse(file, rule, "others")
    _check_once(file, wiring)


def _rules(wiring: Wiring, names: Names) -> Iterator[tuple[str, bool]]:
    """Yield rule after rule, and whether it holds: each can rely on those before it."""
    neurons, edges = len(names.neurons), len(wiring.source)
    start, group = wiring.start, wiring.group
    yield "a kind for each neuron", len(wiring.kind) == neurons and _within(wiring.kind, len(KINDS))
    yield "a softmax, or −1, for each neuron", len(group) == neurons and _within(group + 1, len(names.groups) + 1)
    yield "a softmax for who is in one", bool(((group >= 0) == (wiring.kind == SOFTMAX)).all())
    sums = neurons + int((wiring.kind == PRODUCT).sum())
    ends = len(start) == sums + 1 and int(start[0]) == 0 and int(start[-1]) == edges
    yield "where the edges of each net input start", ends and bool((np.diff(start) >= 0).all())
    yield "sources that are there", _within(wiring.source, wiring.inputs + neurons)
    yield "delays", len(wiring.delay) in (0, edges) and _within(wiring.delay, LATEST)
    yield "weights that are there", _numbered(wiring.weight, edges, wiring.weights)
    yield "biases that are there", _numbered(wiring.bias, sums, wiring.biases)
    once = len(np.unique(wiring.outputs)) == len(wiring.outputs)
    yield "outputs that are neurons, each once", once and _within(wiring.outputs, neurons)


def _check_once(file: Path, wiring: Wiring) -> None:
    """Refuse an edge that stands there twice."""
    k = np.repeat(np.arange(wiring.net_inputs), np.diff(wiring.start))
    late = wiring.delay if len(wiring.delay) else np.zeros(len(k), np.int32)
    order = np.lexsort((late, wiring.source, k))
    same = [np.diff(column[order]) == 0 for column in (k, wiring.source, late)]
    if np.logical_and.reduce(same).any():
        refuse(file, "each edge once", "one twice")


def _within(numbers: Any, end: int) -> bool:  # noqa: ANN401 - an array
    return bool(((numbers >= 0) & (numbers < end)).all())


def _numbered(column: Any, users: int, numbers: int) -> bool:  # noqa: ANN401 - an array
    """Whether a column names, for each user, one of so many numbers, and none of them in vain."""
    if len(column) == 0:
        return users == numbers
    return len(column) == users and _within(column, numbers) and len(np.unique(column)) == numbers


def refuse(file: Path, expected: str, got: str) -> NoReturn:
    """Refuse a file."""
    message = f"{file}: expected {expected}; got {got}"
    raise FileError(message)
