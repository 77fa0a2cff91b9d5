"""A network as a file: JSON that people can read and change, checked as a whole when it is read.

A neuron has its bias and its edges; a product has two factors, each with theirs. Where several edges share a weight,
all but one name, as "same_as", the edge whose weight it is; "frozen" stands where training leaves a number as it is.
"""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from neuronwise.necessary.graph import CycleError, Edge, NetInput, Neuron
from neuronwise.network.building import assembled
from neuronwise.network.columns import Columns
from neuronwise.network.errors import FileError, NetworkError, UnknownError
from neuronwise.network.names import listed, shown
from neuronwise.network.parts import PRODUCT, SOFTMAX, Parts
from neuronwise.network.places import Place

FORMAT, VERSION = "neuronwise network", 1
TENSORS, READABLE = ".safetensors", 500_000  # edges that JSON holds in LARGEST bytes
LARGEST = 64 * 2**20  # bytes of a file; a longer one is refused before it is read
WHOLE = {"format", "version", "inputs", "outputs", "neurons"}
EDGE = {"from", "weight", "same_as", "delay", "frozen"}
SUM = {"bias", "same_bias_as", "bias_frozen", "edges"}
Object = dict[str, Any]


def text(parts: Parts) -> str:
    """Return a network as JSON, an edge a line."""
    head: Object = {"format": FORMAT, "version": VERSION, "inputs": [*parts.inputs], "outputs": [*parts.outputs]}
    lines = [f"  {_json(key)}: {_json(value)},\n" for key, value in head.items()]
    neurons = ",\n".join(_neuron(parts, neuron) for neuron in parts.neurons())
    return "{\n" + "".join(lines) + f'  "neurons": [\n{neurons}\n  ]\n}}\n'


def _neuron(parts: Parts, neuron: Neuron) -> str:
    about = {"name": neuron.name, "activation": neuron.activation} | ({"group": neuron.group} if neuron.group else {})
    sums = [_sum(parts, k) for k in neuron.net_inputs]
    inner = (
        ', "factors": [\n    ' + ",\n    ".join(f"{{{each}}}" for each in sums) + "]" if sums[1:] else f", {sums[0]}"
    )
    return f"    {_json(about)[:-1]}{inner}}}"


def _sum(parts: Parts, k: NetInput) -> str:
    own = k.bias == k.name
    bias: Object = {"bias": parts.b[k.bias]} if own else {"same_bias_as": k.bias}
    if own and k.bias in parts.frozen:
        bias["bias_frozen"] = True
    edges = ",\n".join(f"      {_json(_edge(parts, Place(e.source, k.name, e.delay), e.weight))}" for e in k.edges)
    return f'{_json(bias)[1:-1]}, "edges": [' + (f"\n{edges}]" if edges else "]")


def _edge(parts: Parts, place: Place, weight: str) -> Object:
    own = weight == place.weight
    about: Object = {"from": place.source} | ({"weight": parts.w[weight]} if own else {"same_as": weight})
    if place.delay:
        about["delay"] = place.delay
    if own and weight in parts.frozen:
        about["frozen"] = True
    return about


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write(form: Parts | Columns, path: str | os.PathLike[str]) -> None:
    """Write a network: as safetensors if the name ends so, else as JSON, which people can read.

    Errors   FileError: too large for JSON
    """
    if Path(path).suffix == TENSORS:
        from neuronwise.network.tensors import content  # noqa: PLC0415 - loaded when it is asked for

        save(content(form if isinstance(form, Columns) else Columns.of(form, "float64")), path)
        return
    if form.counts[2] > READABLE:
        message = (
            f"expected a name that ends in {TENSORS} for a network of more than {READABLE:,} edges; got {path}, and "
            f"{form.counts[2]:,} edges: as JSON the file could not be read again"
        )
        raise FileError(message)
    parts = (
        form
        if isinstance(form, Parts)
        else assembled(form.neurons(), form.w, form.b, form.inputs, form.outputs, form.frozen)
    )
    save(text(parts), path)


def save(content: str | bytes | tuple[bytes | memoryview, ...], path: str | os.PathLike[str]) -> None:
    """Write a file as a whole, of one piece or several: until the last moment the old one stays as it was."""
    target = Path(path).resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    try:
        descriptor, new = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None  # not the name of the file beside it
    try:
        with os.fdopen(descriptor, "wb") as file:
            whole = content.encode() if isinstance(content, str) else content
            file.writelines(whole if isinstance(whole, tuple) else (whole,))
            file.flush()
            os.fsync(file.fileno())
        Path(new).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        Path(new).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(new).unlink()
        raise


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def load(path: str | os.PathLike[str], dtype: str = "float64") -> Parts | Columns:
    """Read a network from a file.

    Errors   OSError: no such file; FileError: too large, no JSON, no network, with the place
    """
    file = Path(path)
    if file.suffix == TENSORS:
        from neuronwise.network.tensors import read  # noqa: PLC0415 - loaded when it is asked for

        return read(file, dtype)
    size = file.stat().st_size
    if size > LARGEST:
        message = f"expected a network of at most {LARGEST:,} bytes in {file}; got {size:,}"
        raise FileError(message)
    return parse(file.read_bytes(), str(file))


def parse(content: bytes, file: str) -> Parts:
    """Make a network of a file's content."""
    whole = _decoded(content, file)
    reader = Reader(file)
    reader.fields(whole, "the whole", WHOLE, WHOLE)
    if whole["format"] != FORMAT:
        reader.refuse("the whole", f'"format": "{FORMAT}"', shown(whole["format"]))
    if whole["version"] != VERSION or whole["version"] is True:
        reader.refuse("version", f"{VERSION}, the one this neuronwise reads", shown(whole["version"]))
    neurons = [reader.neuron(each, f"neurons[{n}]") for n, each in reader.items(whole["neurons"], "neurons")]
    inputs, outputs = (
        [reader.text(name, f"{end}[{n}]") for n, name in reader.items(whole[end], end)] for end in ("inputs", "outputs")
    )
    try:
        return assembled(neurons, reader.w, reader.b, inputs, outputs, reader.frozen)
    except (NetworkError, UnknownError, CycleError) as error:
        message = f"{file}: {error}"
        raise FileError(message) from None


def _decoded(content: bytes, file: str) -> Any:  # noqa: ANN401 - JSON may be anything
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        message = f"{file}: expected text in UTF-8; got the byte 0x{content[error.start]:02x} at {error.start}"
    except json.JSONDecodeError as error:
        message = f"{file}, line {error.lineno}, column {error.colno}: expected JSON; {error.msg}"
    except RecursionError:
        message = f"{file}: expected brackets at most 6 deep; got hundreds"
    except ValueError as error:
        message = f"{file}: {error}"
    raise FileError(message)


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found: Object = {}
    for key, value in pairs:
        if key in found:
            message = f'expected each name once; got "{key[:60]}" twice in the object {{{listed(k for k, _ in pairs)}}}'
            raise ValueError(message)
        found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    message = f"expected finite numbers; got {name}"
    raise ValueError(message)


class Reader:
    """Reads the parts of a file, and says of each that is wrong where it stands; collects the numbers by name."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.w: dict[str, float] = {}
        self.b: dict[str, float] = {}
        self.frozen: list[str] = []

    def neuron(self, about: Any, place: str) -> Neuron:  # noqa: ANN401 - whatever stands there
        """Read a neuron."""
        self.fields(about, place, SUM | {"name", "activation", "group", "factors"}, {"name", "activation"})
        name = self.text(about["name"], f"{place}.name")
        activation = self.text(about["activation"], f"{place}.activation")
        more = {SOFTMAX: SUM | {"group"}, PRODUCT: {"factors"}}.get(activation, SUM)
        self.fields(about, place, {"name", "activation"} | more, {"name", "activation"})
        group = self.text(about.get("group", SOFTMAX), f"{place}.group") if activation == SOFTMAX else ""
        if activation != PRODUCT:
            return Neuron(name, (self.net_input(name, about, place),), activation, group)
        factors = self.items(about.get("factors"), f"{place}.factors")
        if len(factors) != 2:  # noqa: PLR2004 - a product is of two
            self.refuse(f"{place}.factors", "two factors", len(factors))
        for n, each in factors:
            self.fields(each, f"{place}.factors[{n}]", SUM, {"edges"})
        sums = tuple(self.net_input(f"{name}.{n + 1}", each, f"{place}.factors[{n}]") for n, each in factors)
        return Neuron(name, sums, activation)

    def net_input(self, k: str, about: Object, place: str) -> NetInput:
        """Read a weighted sum."""
        bias = self.number(about, ("bias", "same_bias_as", "bias_frozen"), place, (k, self.b))
        edges = [
            self.edge(k, each, f"{place}.edges[{n}]") for n, each in self.items(about.get("edges"), f"{place}.edges")
        ]
        return NetInput(k, tuple(edges), bias)

    def edge(self, k: str, about: Any, place: str) -> Edge:  # noqa: ANN401 - whatever stands there
        """Read an edge."""
        self.fields(about, place, EDGE, {"from"})
        delay = about.get("delay", 0)
        if type(delay) is not int or delay < 0:
            self.refuse(f"{place}.delay", "a whole number, 0 or more", shown(delay))
        at = Place(self.text(about["from"], f"{place}.from"), k, delay)
        return Edge(at.source, self.number(about, ("weight", "same_as", "frozen"), place, (at.weight, self.w)), delay)

    def number(self, about: Object, keys: tuple[str, str, str], place: str, own: tuple[str, dict[str, float]]) -> str:
        """Read a number of its own, or the name of the one it shares; returns the name."""
        value, same, frozen = keys
        name, numbers = own
        if (value in about) == (same in about):
            self.refuse(place, f'either "{value}" or "{same}"', "both" if value in about else "neither")
        if same in about:
            return self.text(about[same], f"{place}.{same}")
        number = about[value]
        if type(number) not in {int, float} or not abs(number) <= sys.float_info.max:
            self.refuse(f"{place}.{value}", "a finite number", shown(number))
        if not isinstance(about.get(frozen, False), bool):
            self.refuse(f"{place}.{frozen}", "true or false", shown(about[frozen]))
        if about.get(frozen):
            self.frozen.append(name)
        numbers[name] = float(number)
        return name

    def fields(self, about: object, place: str, allowed: set[str], needed: set[str]) -> None:
        """Refuse what is no object, lacks a field, or has one too many."""
        if not isinstance(about, Mapping):
            self.refuse(place, "an object {…}", shown(about))
        if missing := needed - about.keys():
            self.refuse(place, f"the fields {listed(sorted(needed))}", f"none of {listed(sorted(missing))}")
        if more := about.keys() - allowed:
            self.refuse(place, f"no fields but {listed(sorted(allowed))}", f"also {listed(sorted(more))}")

    def items(self, value: object, place: str) -> list[tuple[int, Any]]:
        """Return a list's items with their numbers."""
        if not isinstance(value, list):
            self.refuse(place, "a list […]", shown(value))
        return list(enumerate(value))

    def text(self, value: object, place: str) -> str:
        """Return a text."""
        if not isinstance(value, str):
            self.refuse(place, "a text", shown(value))
        return value

    def refuse(self, place: str, expected: str, got: object) -> NoReturn:
        """Refuse what stands at a place."""
        message = f"{self.file}, {place}: expected {expected}; got {got}"
        raise FileError(message)
