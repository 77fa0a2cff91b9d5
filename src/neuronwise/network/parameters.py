"""Weights and biases as dictionaries that read and write the numbers of a network."""

from collections.abc import Iterator, MutableMapping
from typing import NoReturn

from neuronwise.network.columns import BOOK, Columns
from neuronwise.network.errors import NetworkError
from neuronwise.network.parts import Parts
from neuronwise.network.places import Key


class Weights(MutableMapping[Key, float]):
    """Edge -> weight. Edges that share a weight show the same number, and writing one writes all."""

    def __init__(self, form: Parts | Columns) -> None:
        self._form = form

    def __getitem__(self, edge: Key) -> float:
        """Return the weight of an edge."""
        return self._form.weight(edge)

    def __setitem__(self, edge: Key, weight: float) -> None:
        """Give an edge another weight."""
        self._form.set_weight(edge, weight)

    def __delitem__(self, edge: Key) -> NoReturn:
        """Refuse: a weight goes with its edge."""
        message = f"expected an edge to keep its weight; to take out both: net.remove_edge({edge!r})"
        raise NetworkError(message)

    def __iter__(self) -> Iterator[Key]:
        """Return each edge, in the order in which they were added."""
        return self._form.keys()

    def __len__(self) -> int:
        """Return how many edges there are."""
        return self._form.counts[2]

    def __repr__(self) -> str:
        """Show it like a dictionary, or say how many there are."""
        return repr(dict(self)) if len(self) <= BOOK else f"<the weights of {len(self):,} edges>"


class Biases(MutableMapping[str, float]):
    """Neuron -> bias; a product has one for each factor, "p.1" and "p.2"."""

    def __init__(self, form: Parts | Columns) -> None:
        self._form = form

    def __getitem__(self, neuron: str) -> float:
        """Return the bias of a neuron."""
        return self._form.bias(neuron)

    def __setitem__(self, neuron: str, bias: float) -> None:
        """Give a neuron another bias."""
        self._form.set_bias(neuron, bias)

    def __delitem__(self, neuron: str) -> NoReturn:
        """Refuse: each neuron has a bias."""
        message = f"expected each neuron to keep its bias; without effect it is 0: net.biases[{neuron!r}] = 0"
        raise NetworkError(message)

    def __iter__(self) -> Iterator[str]:
        """Return each net input, in the order of the neurons."""
        return iter(self._form.net_input_names())

    def __len__(self) -> int:
        """Return how many biases there are."""
        return len(self._form.net_input_names())

    def __repr__(self) -> str:
        """Show it like a dictionary."""
        return repr(dict(self))
