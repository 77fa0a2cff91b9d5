"""The parts of a network that grows: inputs, neurons, edges, and the numbers on them.

    i  source    j  neuron    k  net input: j itself; a product has two, "j.1" and "j.2"
    p  name of a weight, its edge's "i,k" or "i,k,delay"        q  name of a bias, its net input's

Each change is checked first and made second, so a network that is refused something is as it was before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from neuronwise.necessary.graph import Edge, NetInput, Neuron
from neuronwise.necessary.neuron import ACTIVATIONS
from neuronwise.network.errors import NetworkError
from neuronwise.network.names import checked_name, checked_number, shown, unknown
from neuronwise.network.places import Key, Place, find

SOFTMAX, PRODUCT = "softmax", "product"
KNOWN = (*ACTIVATIONS, SOFTMAX)  # what a neuron's activation may be; a product is added in a way of its own


@dataclass(frozen=True)
class Kind:
    """What a neuron is, apart from its edges."""

    activation: str
    net_inputs: tuple[str, ...]
    group: str = ""


@dataclass
class Parts:
    """Everything a network consists of; dictionaries keep the order in which it was built."""

    inputs: dict[str, None] = field(default_factory=dict)
    outputs: dict[str, None] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)  # j -> what it is
    home: dict[str, str] = field(default_factory=dict)  # k -> j
    edges: dict[Place, str] = field(default_factory=dict)  # (i, k, delay) -> p
    feeds: dict[str, dict[str, None]] = field(default_factory=dict)  # i -> each k that it feeds in the same step
    bias_of: dict[str, str] = field(default_factory=dict)  # k -> q
    w: dict[str, float] = field(default_factory=dict)
    b: dict[str, float] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    version: int = 0  # of the structure: it grows with each change of it

    @property
    def factors(self) -> dict[str, tuple[str, ...]]:
        """Each product and its net inputs."""
        return {j: kind.net_inputs for j, kind in self.kinds.items() if kind.activation == PRODUCT}

    @property
    def delayed(self) -> bool:
        """Whether an edge brings an earlier step."""
        return any(place.delay for place in self.edges)

    @property
    def numbers(self) -> tuple[dict[str, float], dict[str, float]]:
        """All weights and biases."""
        return self.w, self.b

    @numbers.setter
    def numbers(self, new: tuple[dict[str, float], dict[str, float]]) -> None:
        self.w, self.b = new

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many inputs, neurons, edges and outputs there are."""
        return len(self.inputs), len(self.kinds), len(self.edges), len(self.outputs)

    def bytes(self) -> list[bytes]:
        """Return all but the numbers, as bytes: two networks of one shape have the same."""
        return [repr(each).encode() for each in (self.neurons(), [*self.inputs], [*self.outputs], sorted(self.frozen))]

    @property
    def output_kinds(self) -> list[str]:
        """The activation of each output."""
        return [self.kinds[o].activation for o in self.outputs]

    @property
    def one_softmax(self) -> bool:
        """Whether the outputs are one whole softmax."""
        group = self.kinds[next(iter(self.outputs))].group
        return {j for j, kind in self.kinds.items() if kind.group == group} == set(self.outputs)

    @property
    def neuron_names(self) -> list[str]:
        """The names of the neurons, in order."""
        return list(self.kinds)

    def keys(self) -> Iterator[Key]:
        """Return what people name each edge by, in the order in which they were added."""
        return (place.key for place in self.edges)

    def net_input_names(self) -> list[str]:
        """Return the name of each net input, in the order of the neurons."""
        return list(self.bias_of)

    def weight(self, edge: object) -> float:
        """Return the weight of an edge."""
        return self.w[self.edges[self.find(edge)]]

    def set_weight(self, edge: object, weight: object) -> None:
        """Give an edge another weight."""
        place = self.find(edge)
        self.w[self.edges[place]] = checked_number(weight, f"the weight of {place}")

    def bias(self, neuron: object) -> float:
        """Return the bias of a neuron."""
        return self.b[self.bias_of[self.net_input(neuron)]]

    def set_bias(self, neuron: object, bias: object) -> None:
        """Give a neuron another bias."""
        k = self.net_input(neuron)
        self.b[self.bias_of[k]] = checked_number(bias, f"the bias of {k}")

    def neurons(self, *, late: bool = True) -> list[Neuron]:
        """Return the neurons as the reference has them; without `late`, only the edges of one step."""
        arriving: dict[str, list[Edge]] = {k: [] for k in self.bias_of}
        for (i, k, delay), p in self.edges.items():
            if late or not delay:
                arriving[k].append(Edge(i, p, delay))
        return [
            Neuron(
                j,
                tuple(NetInput(k, tuple(arriving[k]), self.bias_of[k]) for k in kind.net_inputs),
                kind.activation,
                kind.group,
            )
            for j, kind in self.kinds.items()
        ]

    def find(self, edge: object) -> Place:
        """Return the place of the edge that is named."""
        return find(edge, self.edges, self.factors)

    def net_inputs(self, target: object) -> tuple[str, ...]:
        """Return the net inputs of a neuron, or the one that is named itself."""
        if isinstance(target, str) and target in self.kinds:
            return self.kinds[target].net_inputs
        if isinstance(target, str) and target in self.home:
            return (target,)
        if isinstance(target, str) and target in self.inputs:
            message = f"expected a neuron; got {shown(target)}, an input: nothing arrives there, and it has no bias"
            raise NetworkError(message)
        raise unknown(target, "a neuron", self.kinds)

    def net_input(self, target: object) -> str:
        """Return the one net input of a neuron; of a product, the one that is named itself."""
        which = self.net_inputs(target)
        if len(which) > 1:
            message = f'expected one factor of the product {target}, "{which[0]}" or "{which[1]}"; got "{target}"'
            raise NetworkError(message)
        return which[0]

    def check_source(self, name: object) -> None:
        """Refuse what no edge can come from."""
        if not isinstance(name, str) or (name not in self.inputs and name not in self.kinds):
            raise unknown(name, "an input or a neuron that was added before", [*self.inputs, *self.kinds])

    def check_free(self, name: object) -> None:
        """Refuse a name that is none, or that something has."""
        checked_name(name)
        if name in self.inputs or name in self.kinds or name in self.home:
            has = "an input" if name in self.inputs else "a neuron" if name in self.kinds else "a factor of a product"
            message = f"expected a name that is free; got {shown(name)}, and {has} of this network is named so"
            raise NetworkError(message)

    # Putting in what is checked

    def put_neuron(self, name: str, kind: Kind, biases: Iterable[float]) -> None:
        """Put in a neuron without edges."""
        self.kinds[name] = kind
        for k, number in zip(kind.net_inputs, biases, strict=True):
            self.home[k], self.bias_of[k], self.b[k] = name, k, number
        self.version += 1

    def put_edge(self, place: Place, weight: float) -> None:
        """Put in an edge with a weight of its own."""
        self.edges[place] = place.weight
        self.w[place.weight] = weight
        if not place.delay:
            self.feeds.setdefault(place.source, {})[place.net_input] = None
        self.version += 1


def own_net_inputs(name: str, activation: str) -> tuple[str, ...]:
    """The names of a neuron's net inputs.

    >>> own_net_inputs("h", "tanh"), own_net_inputs("p", "product")
    (('h',), ('p.1', 'p.2'))
    """
    return (f"{name}.1", f"{name}.2") if activation == PRODUCT else (name,)


def own_group(activation: str, group: str | None) -> str:
    """The softmax a neuron belongs to: where none is named, all neurons with that activation are one.

    Errors   NetworkError: another activation with a group

    >>> own_group("softmax", None), own_group("tanh", None)
    ('softmax', '')
    """
    if activation == SOFTMAX:
        return checked_name(SOFTMAX if group is None else group)
    if group:
        message = f'expected activation="softmax" for a neuron of the group {shown(group)}; got "{activation}"'
        raise NetworkError(message)
    return ""


def check_activation(activation: object) -> None:
    """Refuse what is no activation of a neuron.

    >>> check_activation("tanh")
    """
    if activation == PRODUCT:
        message = 'expected an activation of one net input; got "product": net.add_product("p", {…}, {…}) adds one'
        raise NetworkError(message)
    if not isinstance(activation, str) or activation not in KNOWN:
        message = f"expected an activation; got {shown(activation)}. There are: {', '.join(KNOWN)}"
        raise NetworkError(message)
