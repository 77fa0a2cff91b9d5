"""Where an edge lies, and how people name it.

An edge is named by its ends, ("i1", "h1"), and where several edges join them, by its delay too: ("h1", "h1", 2). What
arrives at a product arrives at one of its factors, "p.1" or "p.2"; ("h1", "p") will do where that is one edge.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from neuronwise.network.errors import UnknownError
from neuronwise.network.names import shown, unknown

Key = tuple[str, str] | tuple[str, str, int]


class Place(NamedTuple):
    """Where an edge lies: its source i, its net input k, how many steps it is late."""

    source: str
    net_input: str
    delay: int = 0

    def __str__(self) -> str:
        """Return the edge as an arrow."""
        return f"{self.source} -> {self.net_input}" + (f", {self.delay} late" if self.delay else "")

    @property
    def weight(self) -> str:
        """The name of the edge's own weight.

        >>> Place("i1", "h1").weight, Place("h1", "h1", 2).weight
        ('i1,h1', 'h1,h1,2')
        """
        return ",".join(map(str, self.key))

    @property
    def key(self) -> Key:
        """What people name the edge by, as short as it goes.

        >>> Place("i1", "h1").key
        ('i1', 'h1')
        """
        return (self.source, self.net_input, self.delay) if self.delay else (self.source, self.net_input)


def find(edge: object, places: Collection[Place], factors: Mapping[str, tuple[str, ...]]) -> Place:
    """The place of the edge that is named; `factors`: product -> its net inputs.

    Errors   UnknownError: no such edge, several edges, or no name of an edge at all

    >>> find(("x", "h"), [Place("x", "h"), Place("h", "h", 1)], {})
    Place(source='x', net_input='h', delay=0)
    >>> find(("x", "g"), [Place("x", "h"), Place("h", "h", 1)], {})
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.UnknownError: expected an edge; got 'x -> g', which is none. The nearest: x -> h, h -> h.
    """
    if not isinstance(edge, tuple) or len(edge) not in {2, 3}:
        message = f'expected an edge, ("i1", "h1") or with its delay ("h1", "h1", 1); got {shown(edge)}'
        raise UnknownError(message)
    source, target, *delay = edge
    targets = factors.get(target, (target,)) if isinstance(target, str) else ()
    direct = [place for k in targets if (place := Place(source, k, *delay)) in places]
    if len(direct) == 1:
        return direct[0]
    late = [p for p in places if p.source == source and p.net_input in targets and (not delay or p.delay == delay[0])]
    if len(late) == 1:
        return late[0]
    if late:
        message = f"expected one edge; got {shown(edge)}, and there are {' and '.join(str(each.key) for each in late)}"
        raise UnknownError(message)
    raise unknown(" -> ".join(map(str, edge)), "an edge", [f"{p.source} -> {p.net_input}" for p in places])


class ByEdge(Mapping[Key, float]):
    """A number for each edge, as it was when it was computed.

    >>> slopes = ByEdge({Place("x", "h"): 0.5}, {})
    >>> slopes["x", "h"], slopes
    (0.5, {('x', 'h'): 0.5})
    """

    def __init__(self, numbers: Mapping[Place, float], factors: Mapping[str, tuple[str, ...]]) -> None:
        self._numbers, self._factors = numbers, factors

    def __getitem__(self, edge: Key) -> float:
        """Return the number of one edge."""
        return self._numbers[find(edge, self._numbers, self._factors)]

    def __iter__(self) -> Iterator[Key]:
        """Return each edge."""
        return (place.key for place in self._numbers)

    def __len__(self) -> int:
        """Return how many edges there are."""
        return len(self._numbers)

    def __repr__(self) -> str:
        """Show it like a dictionary."""
        return repr(dict(self))
