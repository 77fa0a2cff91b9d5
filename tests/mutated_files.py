"""Files that somebody has damaged or forged, by chance and with a seed, and what becomes of the loaders that read them.

    python tests/mutated_files.py COUNT [LOADER …]      reads so many for each loader, in this process; prints JSON

Whoever reads them watches what Python tells its audit hooks: an import, exec, compile, socket, or another file opened.
A hook cannot be taken out again, which is why the tests do this in a process of its own.
"""

import json
import re
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from described import wide
from safetensors import SafetensorError
from safetensors.numpy import load, save

from neuronwise import Network
from neuronwise.network import DataError, FileError, checkpoints, learners, storage, table, tensors
from neuronwise.network.columns import Columns
from neuronwise.network.errors import DivergedError, TableError
from neuronwise.network.parts import Parts
from neuronwise.network.plans import Plan, checked_step

MIB = 2**20
LARGE = 40  # one file in so many begins as a large one
LONGEST = 1_000  # characters of what is said
NUMBERS = [
    "0", "-0", "-1", "2", "255", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "1000000000000",
    "9223372036854775808", "18446744073709551615", "4611686018427387904", "1e308", "1e309", "1e999", "-1e999", "5e-324",
    "NaN", "Infinity", "9" * 100, "9" * 400, "9" * 5_000, "0." + "0" * 5_000 + "1", "1_0", "٣", "0x10", "1e", "+1",
    ".5", "true", "null",
]  # fmt: skip
VALUES = [
    "null",
    "true",
    '"ab"',
    '{"a": 1, "b": 2}',
    "[]",
    "{}",
    '""',
    "[[]]",
    '{"a": 1}',
    '"x"',
    "[1, 2]",
    "-1",
    '"\\ud800"',
    '"\\u0000"',
    '"\u202e"',
]
TEXTS = [
    "<script>",
    "__import__('os')",
    "../../x",
    "h@2",
    "x" * 101,
    "x" * 100_000,
    "\\u202e",
    "e\\u0301",
    "",
    " ",
    "[",
    "a,b",
]
DEPTHS = (2, 7, 40, 300, 900, 980, 1_000, 5_000, 100_000)
EXTREMES = (-1, 0, 1, 255, 2**31 - 1, -(2**31), 10_000, 2**31 - 2)
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
VALUE = re.compile(rb'(?<=: )(?:"[^"]*"|[^\s,\]}]+)|(?<=":)(?:"[^"]*"|[^\s,\]}]+)')
STRING = re.compile(rb'"[^"]*"')
WITHIN = re.compile(rb"\[[^\[\]]*\]|\{[^{}]*\}")
TYPES = ['"BOOL"', '"U8"', '"I8"', '"F8_E4M3"', '"I16"', '"BF16"', '"F32"', '"F64"', '"I64"', '"U64"', '"C64"', '"F4"']
TYPE = re.compile(rb'(?<="dtype":)"[^"]*"')
PAIR = re.compile(rb'"[^"]*": ?(?:"[^"]*"|-?[\d.e+-]+)')
Ways = tuple[Callable[[bytes, Random], bytes], ...]


@dataclass(frozen=True)
class Loader:
    """One way into the package: how a file is read and read again, the only errors that leave it, genuine files."""

    read: Callable[[Path], object]
    again: Callable[[object, Path], None]
    errors: tuple[type[Exception], ...]
    small: list[bytes]
    large: bytes
    ways: Ways
    name: str
    times: int = 1  # as much memory as the size, or 16 MiB more than it


@dataclass
class Found:
    """What happened; an entry names the file's number."""

    foreign: list[str] = field(default_factory=list)  # other errors, or words without end
    events: list[str] = field(default_factory=list)  # what audit hooks were told
    believed: list[str] = field(default_factory=list)  # accepted, but no whole network, table or checkpoint
    slowest: tuple[float, int] = (0.0, -1)  # milliseconds
    memory: tuple[float, int] = (0.0, -1)  # of what it may take, 1 is all
    accepted: int = 0
    said: dict[str, int] = field(default_factory=dict)  # beginnings of what was said, how often


# ways to damage a file


def flipped(raw: bytes, chance: Random) -> bytes:
    """Turn round some bits."""
    new = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if new:
            new[chance.randrange(len(new))] ^= 1 << chance.randrange(8)
    return bytes(new)


def cut(raw: bytes, chance: Random) -> bytes:
    """Take out a piece: the end, or one within."""
    start, end = piece(raw, chance)
    return raw[:start] + (b"" if chance.random() < 0.5 else raw[end:])


def doubled(raw: bytes, chance: Random) -> bytes:
    """Write a piece twice, or very often."""
    start, end = piece(raw, chance)
    times = chance.choice((1, 1, 3, 50)) if end - start < 2_000 else 1
    return raw[:end] + raw[start:end] * times + raw[end:]


def piece(raw: bytes, chance: Random) -> tuple[int, int]:
    """Return where a piece starts and ends."""
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.choice((1, 4, 8, 60, 600, len(raw))))


def spliced(raw: bytes, chance: Random, others: list[bytes]) -> bytes:
    """Begin as one file and go on as another."""
    other = chance.choice(others)
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other)) :]


def put(pattern: "re.Pattern[bytes]", texts: list[str], raw: bytes, chance: Random) -> bytes:
    """Put something else in the place of one that looks like the pattern."""
    places = [found.span() for found in pattern.finditer(raw[: 64 * 1024])]
    if not places:
        return raw
    start, end = chance.choice(places)
    return raw[:start] + chance.choice(texts).encode() + raw[end:]


enlarged = partial(put, NUMBER, NUMBERS)
retyped = partial(put, VALUE, VALUES)
emptied = partial(put, WITHIN, VALUES)
typed = partial(put, TYPE, TYPES)
renamed = partial(put, STRING, [f'"{text}"' for text in TEXTS])


def keyed(raw: bytes, chance: Random) -> bytes:
    """Say a key twice."""
    places = list(PAIR.finditer(raw[: 64 * 1024]))
    if not places:
        return raw
    found = chance.choice(places)
    return raw[: found.end()] + b", " + found[0] + raw[found.end() :]


def deepened(raw: bytes, chance: Random) -> bytes:
    """Put brackets within brackets where a value was."""
    deep, (opened, closed) = chance.choice(DEPTHS), chance.choice(("[]", ('{"a": ', "}")))
    return put(VALUE, [opened * deep + chance.choice(("0", "")) + closed * chance.choice((deep, 0))], raw, chance)


def lengthened(raw: bytes, chance: Random) -> bytes:
    """Make a line of values very long, or a value: what is meant for tables."""
    sign = chance.choice((",", ",x", '"', "0", "1,", "\r", "\0", "x\n", "é", "\ufeff"))
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + (sign * chance.choice((1, 2, 100, 1_001, 10_001, 140_000))).encode() + raw[at:]


def headed(ways: Ways, raw: bytes, chance: Random) -> bytes:
    """Change the head of a file of tensors, and its length with it."""
    end = 8 + int.from_bytes(raw[:8], "little")
    head = chance.choice(ways)(raw[8:end], chance)
    return len(head).to_bytes(8, "little") + head + raw[end:]


def recolumned(raw: bytes, chance: Random) -> bytes:
    """Change a column of a file of tensors, which is whole again afterwards."""
    try:
        found, about = load(raw), json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")]).get("__metadata__")
        name = chance.choice(sorted(found))
        column = found[name].copy()
        new: dict[str, Callable[[], dict[str, Any]]] = {
            "out": dict,
            "shorter": lambda: {name: column[:-1]},
            "longer": lambda: {name: np.concatenate([column, column[:1]])},
            "twice": lambda: {name: np.concatenate([column, column])},
            "another type": lambda: {name: column.astype(chance.choice("bhilfdBHIL?"))},
            "a table": lambda: {name: column.reshape(1, -1)},
            "one": lambda: {name: with_one(column, chance)},
            "names": lambda: {"names": renaming(found["names"], chance)},
            "another name": lambda: {chance.choice(TEXTS): column},
        }  # fmt: skip
        changed = chance.choice([*new.values()])()
    except (SafetensorError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return raw  # it was no file of tensors any more
    kept = {key: value for key, value in found.items() if key != name or chance.random() < 0.1}
    return save(kept | changed, about)


def renaming(column: Any, chance: Random) -> Any:  # noqa: ANN401 - an array
    """Return the names of a network's neurons, which are JSON within a column, damaged."""
    return np.frombuffer(chance.choice(TEXT_WAYS)(bytes(column), chance), np.uint8)


def with_one(column: Any, chance: Random) -> Any:  # noqa: ANN401 - an array
    """Return a column in which one number is another."""
    if column.size:
        value = (
            chance.choice((float("nan"), float("inf"), 1e308)) if column.dtype.kind == "f" else chance.choice(EXTREMES)
        )
        with np.errstate(over="ignore"):
            column.flat[chance.randrange(column.size)] = np.array(value).astype(column.dtype)
    return column


TEXT_WAYS: Ways = (flipped, cut, doubled, enlarged, retyped, emptied, renamed, keyed, deepened)


# loaders


def json_again(net: object, file: Path) -> None:
    """Write a network that was accepted, and read it again."""
    assert isinstance(net, Parts)
    told = storage.text(net)
    assert storage.text(storage.parse(told.encode(), str(file))) == told


def columns_again(net: object, file: Path) -> None:
    """The same for columns, which must also be a network that neurons can be made of."""
    assert isinstance(net, Columns)
    told = b"".join(tensors.content(net))
    file.write_bytes(told)
    again = tensors.read(file, "float64")
    assert b"".join(tensors.content(again)) == told
    assert len(list(again.neurons())) == len(net.names.neurons)


def table_again(rows: object, file: Path) -> None:
    """A table has the same number of finite numbers in each row."""
    assert isinstance(rows, table.Table)
    assert {len(row) for row in rows.rows} == {len(rows.columns)}, file
    assert np.isfinite(rows.rows).all()


X, Y = (np.random.default_rng(seed).uniform(size=(5, width)) for seed, width in ((0, 3), (1, 2)))
PLAN = Plan("half_squared", 0.1, 6, 2, shuffle=True, seed=3, step=checked_step("adam"))


def small() -> Network:
    """A network that is trained."""
    return Network.layered([3, 4, 2], seed=1)


def training(epochs: int, file: Path) -> Network:
    """Train one, from the checkpoint if there is one."""
    net = small()
    options = {name: getattr(PLAN, name) for name in ("learning_rate", "batch_size", "shuffle", "seed", "step")}
    net.fit(X, Y, PLAN.error, epochs=epochs, engine="necessary", checkpoint=file, **options)
    return net


def taking_up() -> Callable[[Path], object]:
    """Return what reads a checkpoint as `fit` does, and takes up the training."""
    net = small()
    about = checkpoints.told(net._form, X, Y, PLAN)  # noqa: SLF001 - as `fit` does
    learner = learners.learner(net._runner("necessary", X), X, Y, PLAN)  # noqa: SLF001
    return lambda file: checkpoints.Checkpoint(file, about).take_up(learner)


def checkpoint_again(_: object, file: Path) -> None:
    """Go on from a checkpoint that was accepted; numbers that were changed may lead anywhere, and that is told."""
    with suppress(DivergedError):
        training(PLAN.epochs, file)


def networks() -> Iterator[Network]:
    """Networks of each kind of neuron, edge and mark."""
    net = small()
    net.share([("i1", "h1"), ("i2", "h2")])
    net.add_edge("o1", "h1", 0.3, delay=1)
    net.freeze("h1", ("i1", "h3"))
    net.add_product("p", {"h1": 1.0}, {"h2": 0.5}, output=True)
    yield net
    yield Network.layered([2, 3, 3], output_activation="softmax", seed=2)
    net = Network()
    net.add_input("leaf area")
    net.add_neuron("ψ <b>", {"leaf area": 0.5}, bias=1e-300, activation="gelu", output=True)
    yield net


def loaders(folder: Path) -> dict[str, Loader]:
    """Every loader of the package, with genuine files."""

    def written(net: Network, name: str) -> bytes:
        net.save(folder / name)
        return (folder / name).read_bytes()

    def checkpoint(epochs: int) -> bytes:
        training(epochs, folder / "run")
        return (folder / "run").read_bytes()

    every, big = list(networks()), wide(200)
    head = partial(headed, (*TEXT_WAYS, typed))
    of_tensors: Ways = (flipped, cut, doubled, recolumned, recolumned, head, head)
    rows = [",".join(f"{n / 7 - k:.6g}" for k in range(4)) for n in range(1_000)]
    tables = ["\n".join(["x,y [m],z,t", *rows[:5]]), '\ufeff"a",b\r\n1,2\r\n"3", 4e-5 \r\n', "x\n1"]
    return {
        "network .json": Loader(
            storage.load, json_again, (FileError,), [written(net, "net.json") for net in every],
            written(big, "net.json"), TEXT_WAYS, "net.json", 30,
        ),
        "network .safetensors": Loader(
            storage.load, columns_again, (FileError,), [written(net, "net.safetensors") for net in every],
            written(big, "net.safetensors"), of_tensors, "net.safetensors",
        ),
        "checkpoint": Loader(
            taking_up(), checkpoint_again, (FileError, DataError), [checkpoint(epochs) for epochs in (1, 4)],
            checkpoint(6), of_tensors, "run",
        ),
        "table .csv": Loader(
            table.read, table_again, (TableError,), [text.encode() for text in tables],
            "\n".join(["x,y,z,t", *rows]).encode(), (flipped, cut, doubled, enlarged, lengthened), "data.csv",
        ),
    }  # fmt: skip


# reading


TOLD: list[str] = []  # what audit hooks are told while a file is read; None of it counts at other times
watched = ""  # the file that is read


def hook(event: str, arguments: tuple[object, ...]) -> None:
    """Note what a loader does; the one thing it may is to open its file to read."""
    if watched and not (event == "open" and str(arguments[0]) == watched and arguments[1] in {"r", "rb", None}):
        TOLD.append(f"{event} {arguments!r}"[:200])


def read(loader: Loader, file: Path) -> object:
    """Read a file, under watch; an error comes back as a value."""
    global watched  # noqa: PLW0603 - hooks take no arguments of ours
    watched = str(file)
    try:
        return loader.read(file)
    except Exception as error:  # noqa: BLE001 - which ones leave is what is asked
        return error
    finally:
        watched = ""


def files(loader: Loader, count: int, seed: int) -> Iterator[bytes]:
    """Yield so many damaged files."""
    chance = Random(seed)  # noqa: S311 - damage, no secrets
    genuine = [*loader.small, loader.large]
    ways: Ways = (*loader.ways, partial(spliced, others=genuine))
    for number in range(count):
        raw = loader.large if number % LARGE == 0 else chance.choice(loader.small)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            raw = chance.choice(ways)(raw, chance)
        yield raw


def tried(loader: Loader, file: Path, count: int, seed: int = 1) -> Found:
    """Read so many damaged files, and tell what happened. What is loaded once is loaded by genuine ones before."""
    found = Found()
    for raw in (*loader.small, loader.large):
        file.write_bytes(raw)
        first = read(loader, file)
        assert not isinstance(first, Exception), first
        loader.again(first, file)
    for number, raw in enumerate(files(loader, count, seed)):
        file.write_bytes(raw)
        TOLD.clear()
        tracemalloc.start()
        result = read(loader, file)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found.events += [f"{number}: {event}" for event in TOLD]
        room = max(loader.times * len(raw), 16 * MIB) if loader.times > 1 else len(raw) + 16 * MIB
        found.memory = max(found.memory, (most / room, number))
        started = time.process_time()
        read(loader, file)
        found.slowest = max(found.slowest, ((time.process_time() - started) * 1000, number))
        judge(loader, file, raw, number, result, found)
    return found


def judge(loader: Loader, file: Path, raw: bytes, number: int, result: object, found: Found) -> None:
    """Note what is wrong with how a file was received."""
    if isinstance(result, Exception):
        words = str(result)
        if type(result) not in loader.errors or not 0 < len(words) < LONGEST or str(file) not in words:
            found.foreign.append(f"{number}: {type(result).__name__}: {words[:300]}")
        kind = re.sub(r"[^a-z ]", "", words.replace(str(file), "").lower())[:40]
        found.said[kind] = found.said.get(kind, 0) + 1
        return
    found.accepted += 1
    try:
        loader.again(result, file)
        if file.suffix not in {".json", ".csv"}:
            load(raw)  # what the format's own library refuses is none
    except Exception as error:  # noqa: BLE001 - whatever it is, what was accepted is not whole
        found.believed.append(f"{number}: {type(error).__name__}: {str(error)[:300]}")


def main(count: str, *names: str) -> None:
    """Try the loaders, and print what happened."""
    sys.addaudithook(hook)
    with tempfile.TemporaryDirectory() as folder:
        every = loaders(Path(folder))
        found = {
            name: tried(loader, Path(folder) / loader.name, int(count))
            for name, loader in every.items()
            if name in (names or every)
        }
    sys.stdout.write(json.dumps({name: asdict(one) for name, one in found.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
