"""Neurons in an order: each after those whose activations it needs.

Left out on purpose: edges that bring the value of the step before. Until they come, a cycle is refused.
"""

from collections.abc import Mapping, Sequence

from neuronwise.necessary.neuron import Neuron


class CycleError(ValueError):
    """The edges form a cycle: no neuron of it can be the first.

    >>> print(CycleError(["h1", "h2", "h1"]))
    expected neurons that can be computed one after the other; got a cycle:
        h1 -> h2 -> h1
    Each of them needs another's activation. Take one edge out, for example h2 -> h1.
    """

    def __init__(self, cycle: Sequence[str]) -> None:
        source, target = cycle[-2:]
        super().__init__(
            "expected neurons that can be computed one after the other; got a cycle:\n"
            f"    {' -> '.join(cycle)}\n"
            f"Each of them needs another's activation. Take one edge out, for example {source} -> {target}."
        )


def in_order(neurons: Sequence[Neuron]) -> list[Neuron]:
    """The neurons, each after all neurons that feed it.

    Errors   CycleError: some neurons feed each other; ValueError: two neurons with one name

    >>> neurons = [Neuron("o", {"h": 2.0, "x": 1.0}), Neuron("h", {"x": 0.5})]
    >>> [neuron.name for neuron in in_order(neurons)]
    ['h', 'o']
    """
    by_name = {neuron.name: neuron for neuron in neurons}
    if len(by_name) < len(neurons):
        message = f"expected a name of its own for each neuron; got {', '.join(neuron.name for neuron in neurons)}"
        raise ValueError(message)
    sources = {neuron.name: [i for i in neuron.weights if i in by_name] for neuron in neurons}
    waits_for = {name: len(sources[name]) for name in by_name}
    feeds: dict[str, list[str]] = {name: [] for name in by_name}
    for name, some in sources.items():
        for i in some:
            feeds[i].append(name)
    ordered = [neuron for neuron in neurons if not waits_for[neuron.name]]
    for neuron in ordered:  # the list grows while it is read
        for fed in feeds[neuron.name]:
            waits_for[fed] -= 1
            if not waits_for[fed]:
                ordered.append(by_name[fed])
    if len(ordered) < len(neurons):
        raise CycleError(cycle_among({name: by_name[name] for name in by_name if waits_for[name]}))
    return ordered


def cycle_among(neurons: Mapping[str, Neuron]) -> list[str]:
    """A cycle among neurons that wait for each other: from one back to what feeds it, until a name comes again.

    >>> cycle_among({"a": Neuron("a", {"b": 1.0}), "b": Neuron("b", {"a": 1.0, "x": 1.0})})
    ['a', 'b', 'a']
    """
    back = [next(iter(neurons))]
    while back[-1] not in back[:-1]:
        back.append(next(i for i in neurons[back[-1]].weights if i in neurons))
    return back[back.index(back[-1]) :][::-1]
