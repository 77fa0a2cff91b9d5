"""A large network: columns of numbers that grow and shrink, with names for inputs and neurons.

What `parts` holds in dictionaries, for people, stands here in arrays, for 10⁸ edges. A change copies the columns that
it touches: some milliseconds for a million edges. Each change is checked first, so what is refused changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from neuronwise.necessary.graph import Edge, NetInput, Neuron
from neuronwise.network.data import Array
from neuronwise.network.errors import NetworkError, UnknownError
from neuronwise.network.names import checked_number, in_a_cycle, shown, unknown
from neuronwise.network.parts import Parts
from neuronwise.network.places import Key
from neuronwise.wiring import KINDS, Wiring, columns, whole

BOOK = 200_000  # edges that fit into dictionaries, and into what people read


@dataclass(frozen=True)
class Names:
    """The names of inputs and neurons, in their order."""

    inputs: Sequence[str]
    neurons: Sequence[str]
    groups: Sequence[str] = ()  # of softmaxes

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Name -> its number as a source: inputs first, then neurons."""
        return {name: n for n, name in enumerate((*self.inputs, *self.neurons))}


@dataclass
class Columns:
    """A network in columns, and its numbers: weights, then biases."""

    names: Names
    wiring: Wiring
    theta: Array
    frozen_at: Any = field(default_factory=lambda: np.zeros(0, np.bool_))  # (parameters), or empty: none is frozen
    version: int = 0

    @classmethod
    def of(cls, parts: Parts, dtype: str) -> "Columns":
        """Make columns of parts."""
        inputs, neurons = list(parts.inputs), list(parts.kinds)
        groups = list(dict.fromkeys(kind.group for kind in parts.kinds.values() if kind.group))
        wiring = columns(parts.neurons(), inputs, list(parts.outputs), list(parts.w), list(parts.b))
        theta = np.array([*parts.w.values(), *parts.b.values()], np.float64)
        frozen = np.array([p in parts.frozen for p in (*parts.w, *parts.b)])
        names = Names(inputs, neurons, groups)
        found = cls(names, wiring, theta, frozen if frozen.any() else np.zeros(0, np.bool_), parts.version)
        found.theta = found.in_type(theta, dtype)
        return found

    # Looking

    @property
    def inputs(self) -> Sequence[str]:
        """The names of the inputs."""
        return self.names.inputs

    @property
    def outputs(self) -> list[str]:
        """The names of the outputs."""
        return [self.names.neurons[j] for j in self.wiring.outputs]

    @property
    def delayed(self) -> bool:
        """Whether an edge brings an earlier step."""
        return self.wiring.late > 0

    def bytes(self) -> list[bytes]:
        """Return all columns but the numbers, as bytes: two networks of one shape have the same."""
        wiring = self.wiring
        every = (getattr(wiring, name) for name in ("kind", "group", "start", "source", "delay", "weight", "bias"))
        return [each.tobytes() for each in (*every, wiring.outputs, self.frozen_at)]

    @property
    def output_kinds(self) -> list[str]:
        """The activation of each output."""
        return [KINDS[kind] for kind in self.wiring.kind[self.wiring.outputs]]

    @property
    def one_softmax(self) -> bool:
        """Whether the outputs are one whole softmax."""
        group = self.wiring.group[self.wiring.outputs[0]]
        return set(np.flatnonzero(self.wiring.group == group).tolist()) == set(self.wiring.outputs.tolist())

    @property
    def neuron_names(self) -> Sequence[str]:
        """The names of the neurons, in order."""
        return self.names.neurons

    @property
    def parameters(self) -> list[str]:
        """The reference's name of each parameter: of the first edge, or net input, that has it."""
        wiring, found = self.wiring, [""] * len(self.theta)
        places = wiring.weight if len(wiring.weight) else range(wiring.weights)
        for key, p in zip(self.keys(), places, strict=True):
            found[p] = found[p] or ",".join(map(str, key))
        for k, name in enumerate(self.net_input_names()):
            q = self.bias_at(k)
            found[q] = found[q] or name
        return found

    @property
    def w(self) -> dict[str, float]:
        """Weights by the reference's names."""
        return dict(zip(self.parameters[: self.wiring.weights], self.theta.tolist(), strict=False))

    @property
    def b(self) -> dict[str, float]:
        """Biases by the reference's names."""
        weights = self.wiring.weights
        return dict(zip(self.parameters[weights:], self.theta[weights:].tolist(), strict=True))

    @property
    def frozen(self) -> set[str]:
        """The names of what does not learn."""
        return {name for name, stays in zip(self.parameters, self.frozen_at, strict=False) if stays}

    @property
    def numbers(self) -> Array:
        """All weights and biases."""
        return self.theta

    @numbers.setter
    def numbers(self, new: Array) -> None:
        self.theta = new

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many inputs, neurons, edges and outputs there are."""
        wiring = self.wiring
        return wiring.inputs, wiring.neurons, len(wiring.source), len(wiring.outputs)

    @property
    def learning(self) -> Any:  # noqa: ANN401 - an array of truth values
        """(parameters) which learn; empty: all."""
        return ~self.frozen_at

    def neuron(self, name: object) -> int:
        """Return the number of a neuron."""
        place = self.names.numbers.get(name, -1) if isinstance(name, str) else -1
        if 0 <= place < self.wiring.inputs:
            message = f"expected a neuron; got {shown(name)}, an input: nothing arrives there, and it has no bias"
            raise NetworkError(message)
        if place < 0:
            raise unknown(name, "a neuron", self.names.neurons)
        return place - self.wiring.inputs

    def net_inputs(self, target: object) -> list[int]:
        """Return the net inputs of a neuron, or of one factor of a product: "p.1"."""
        name, dot, side = target.rpartition(".") if isinstance(target, str) else ("", "", "")
        first = self.wiring.first
        if dot and side in {"1", "2"} and name in self.names.numbers and target not in self.names.numbers:
            j = self.neuron(name)
            if first[j + 1] - first[j] > 1:
                return [int(first[j]) + int(side) - 1]
        j = self.neuron(target)
        return list(range(first[j], first[j + 1]))

    def net_input(self, target: object) -> int:
        """Return the one net input of a neuron; of a product, the one that is named itself."""
        which = self.net_inputs(target)
        if len(which) > 1:
            message = f'expected one factor of the product {target}, "{target}.1" or "{target}.2"; got "{target}"'
            raise NetworkError(message)
        return which[0]

    def source(self, name: object) -> int:
        """Return the number of an input or a neuron that an edge comes from."""
        if not isinstance(name, str) or name not in self.names.numbers:
            raise unknown(name, "an input or a neuron that was added before", list(self.names.numbers))
        return self.names.numbers[name]

    def edges_at(self, source: int, k: int, delay: int | None) -> list[int]:
        """Return the edges from a source to a net input, of a delay if one is named."""
        start, end = self.wiring.start[k : k + 2]
        found = start + np.flatnonzero(self.wiring.source[start:end] == source)
        late = self.wiring.delay[found] if len(self.wiring.delay) else np.zeros(len(found), np.int32)
        return [int(e) for e, d in zip(found, late, strict=True) if delay is None or d == delay]

    def edge(self, key: object) -> int:
        """Return the number of the edge that is named."""
        if not isinstance(key, tuple) or len(key) not in {2, 3}:
            message = f'expected an edge, ("i1", "h1") or with its delay ("h1", "h1", 1); got {shown(key)}'
            raise UnknownError(message)
        i, sums = self.source(key[0]), self.net_inputs(key[1])
        found = [e for k in sums for e in self.edges_at(i, k, key[2] if key[2:] else 0)]
        found = found or [e for k in sums for e in self.edges_at(i, k, None) if not key[2:]]
        if not found:
            message = f"expected an edge; got {shown(key)}, which is none"
            raise UnknownError(message)
        if len(found) > 1:
            message = f"expected one edge; got {shown(key)}, and there are {len(found)}: name its delay, or its factor"
            raise UnknownError(message)
        return found[0]

    def weight_at(self, key: object) -> int:
        """Return the place of an edge's weight among the parameters."""
        e = self.edge(key)
        return int(self.wiring.weight[e]) if len(self.wiring.weight) else e

    def bias_at(self, k: int) -> int:
        """Return the place of a net input's bias among the parameters."""
        return self.wiring.weights + (int(self.wiring.bias[k]) if len(self.wiring.bias) else k)

    def net_input_names(self) -> list[str]:
        """Return the name of each net input."""
        every = zip(self.names.neurons, np.diff(self.wiring.first), strict=True)
        return [name for j, count in every for name in ([j] if count == 1 else [f"{j}.1", f"{j}.2"])]

    def keys(self) -> Iterator[Key]:
        """Return what people name each edge by."""
        wiring, of = self.wiring, self.net_input_names()
        sources = (*self.names.inputs, *self.names.neurons)
        for k, name in enumerate(of):
            for e in range(wiring.start[k], wiring.start[k + 1]):
                late = int(wiring.delay[e]) if len(wiring.delay) else 0
                yield (sources[wiring.source[e]], name, late) if late else (sources[wiring.source[e]], name)

    def neurons(self) -> list[Neuron]:
        """Return the network as a list of the reference's neurons."""
        wiring, of = self.wiring, self.net_input_names()
        names = self.parameters
        places = wiring.weight if len(wiring.weight) else range(wiring.weights)
        edges = [Edge(key[0], names[p], int(*key[2:])) for key, p in zip(self.keys(), places, strict=True)]
        q = [names[self.bias_at(k)] for k in range(wiring.net_inputs)]
        sums = [NetInput(k, tuple(edges[wiring.start[n] : wiring.start[n + 1]]), q[n]) for n, k in enumerate(of)]
        first = wiring.first
        return [
            Neuron(
                j, tuple(sums[first[n] : first[n + 1]]), KINDS[wiring.kind[n]],
                self.names.groups[wiring.group[n]] if wiring.group[n] >= 0 else "",
            )
            for n, j in enumerate(self.names.neurons)
        ]  # fmt: skip

    # Numbers, by name

    def weight(self, edge: object) -> float:
        """Return the weight of an edge."""
        return float(self.theta[self.weight_at(edge)])

    def set_weight(self, edge: object, weight: object) -> None:
        """Give an edge another weight."""
        place = self.weight_at(edge)
        name = " -> ".join(map(str, edge)) if isinstance(edge, tuple) else shown(edge)
        self.theta[place] = checked_number(weight, f"the weight of {name}", str(self.theta.dtype))

    def bias(self, neuron: object) -> float:
        """Return the bias of a neuron."""
        return float(self.theta[self.bias_at(self.net_input(neuron))])

    def set_bias(self, neuron: object, bias: object) -> None:
        """Give a neuron another bias."""
        place = self.bias_at(self.net_input(neuron))
        self.theta[place] = checked_number(bias, f"the bias of {neuron}", str(self.theta.dtype))

    def in_type(self, numbers: Array, dtype: str) -> Array:
        """Return weights and biases in a type that can hold them.

        Errors   NetworkError: one is too large, with its name
        """
        large = np.flatnonzero(abs(numbers) > np.finfo(dtype).max) if dtype != "float64" else np.zeros(0, np.int64)
        if len(large):
            name, which = self.parameters[large[0]], "weight" if large[0] < self.wiring.weights else "bias"
            message = (
                f"expected numbers that {dtype} can hold; got {numbers[large[0]]} as the {which} of "
                f"{' -> '.join(name.split(','))}"
            )
            raise NetworkError(message)
        found: Array = numbers.astype(dtype)
        return found

    # Changing

    def put(self, names: Names, wiring: Wiring, theta: Array, frozen: Any) -> None:  # noqa: ANN401
        """Take new columns in place of the old ones."""
        self.names, self.wiring, self.theta, self.frozen_at = names, wiring, theta, frozen
        self.version += 1

    def insert(self, k: int, sources: Sequence[int], delays: Sequence[int], weights: Sequence[float]) -> None:
        """Put edges behind those of a net input."""
        wiring, at = self.wiring, int(self.wiring.start[k + 1])
        start = wiring.start.copy()
        start[k + 1 :] += len(sources)
        late = wiring.delay if len(wiring.delay) or not any(delays) else np.zeros(len(wiring.source), np.int32)
        shared = len(wiring.weight) > 0
        own = np.arange(wiring.weights, wiring.weights + len(sources))
        place = wiring.weights if shared else at
        new = replace(
            wiring,
            start=start,
            source=np.insert(wiring.source, at, whole(sources)),
            delay=np.insert(late, at, whole(delays)) if len(late) or any(delays) else late,
            weight=np.insert(wiring.weight, at, own).astype(np.int32) if shared else wiring.weight,
            weights=wiring.weights + len(sources),
        )
        frozen = np.insert(self.frozen_at, place, [False] * len(sources)) if len(self.frozen_at) else self.frozen_at
        self.put(self.names, new, np.insert(self.theta, place, weights).astype(self.theta.dtype), frozen)

    def keep(self, edges: Any, neurons: Any) -> None:  # noqa: ANN401 - arrays of truth values
        """Keep some edges and some neurons; a number that nobody has any more goes too."""
        wiring = self.wiring
        rows = np.repeat(neurons, np.diff(wiring.first))
        count = np.diff(np.append(0, np.cumsum(edges))[wiring.start])[rows]
        p = (wiring.weight if len(wiring.weight) else np.arange(len(edges)))[edges]
        q = (wiring.bias if len(wiring.bias) else np.arange(wiring.net_inputs))[rows]
        used, weight = np.unique(p, return_inverse=True)
        biased, bias = np.unique(q, return_inverse=True)
        number = np.cumsum(neurons) - 1
        source = wiring.source[edges]
        within = source >= wiring.inputs
        source[within] = wiring.inputs + number[source[within] - wiring.inputs]
        outputs = wiring.outputs[neurons[wiring.outputs]]
        new = Wiring(
            wiring.inputs, wiring.kind[neurons], wiring.group[neurons], np.append(0, np.cumsum(count)), source,
            wiring.delay[edges] if len(wiring.delay) else wiring.delay,
            weight.astype(np.int32) if len(wiring.weight) else wiring.weight,
            bias.astype(np.int32) if len(wiring.bias) else wiring.bias,
            number[outputs].astype(np.int32), len(used), len(biased),
        )  # fmt: skip
        chosen = np.concatenate((used, wiring.weights + biased))
        kept = [name for name, stays in zip(self.names.neurons, neurons, strict=True) if stays]
        frozen = self.frozen_at[chosen] if len(self.frozen_at) else self.frozen_at
        self.put(Names(self.names.inputs, kept, self.names.groups), new, self.theta[chosen], frozen)


def check_no_cycle(held: Columns, wiring: Wiring) -> None:
    """Refuse columns whose edges of one step form a cycle, with the way spelled out."""
    from neuronwise.engines.plan import CircleError, ordered  # noqa: PLC0415 - an engine is loaded when it is needed

    try:
        ordered(wiring)
    except CircleError as error:
        raise in_a_cycle([held.names.neurons[j] for j in cycle_among(wiring, error.neurons)]) from None


def cycle_among(wiring: Wiring, stuck: Any) -> list[int]:  # noqa: ANN401 - an array of neurons
    """Return a cycle: each of these neurons is fed by another of them, so going back leads around."""
    waiting, way, met = set(stuck.tolist()), [int(stuck[0])], set[int]()
    first = wiring.first
    while way[-1] not in met:
        met.add(way[-1])
        mates = np.flatnonzero(wiring.group == wiring.group[way[-1]]) if wiring.group[way[-1]] >= 0 else way[-1:]
        for j in mates:
            edges = range(wiring.start[first[j]], wiring.start[first[j + 1]])
            feeding = (
                int(wiring.source[e]) - wiring.inputs for e in edges if not len(wiring.delay) or not wiring.delay[e]
            )
            before = next((i for i in feeding if i in waiting), None)
            if before is not None:
                way.append(before)
                break
    return way[way.index(way[-1]) :][::-1]


class Numbers(Mapping[Key, float]):
    """A number for each edge of a large network: slopes, as they were when they were computed."""

    def __init__(self, held: Columns, numbers: Array) -> None:
        self._held, self._numbers = replace(held), numbers

    def __getitem__(self, edge: Key) -> float:
        """Return the number of one edge."""
        return float(self._numbers[self._held.weight_at(edge)])

    def __iter__(self) -> Iterator[Key]:
        """Return each edge."""
        return self._held.keys()

    def __len__(self) -> int:
        """Return how many edges there are."""
        return len(self._held.wiring.source)

    def __repr__(self) -> str:
        """Show it like a dictionary, or say how many there are."""
        return repr(dict(self)) if len(self) <= BOOK else f"<a number for each of {len(self):,} edges>"
