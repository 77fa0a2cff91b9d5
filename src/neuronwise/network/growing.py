"""Changing a large network: what `building` does to parts, done to columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from neuronwise.network.columns import Columns, Names, check_no_cycle
from neuronwise.network.errors import NetworkError
from neuronwise.network.names import checked_count, checked_name, checked_number, shown, unknown
from neuronwise.network.parts import Kind
from neuronwise.wiring import KINDS, Whole, whole


def _check_free(held: Columns, name: object) -> str:
    if checked_name(name) in held.names.numbers:
        message = f"expected a name that is free; got {shown(name)}, and an input or a neuron is named so"
        raise NetworkError(message)
    return str(name)


def add_input(held: Columns, name: str) -> None:
    """Add an input, after the others: every neuron's number as a source grows by one."""
    names = replace(held.names, inputs=[*held.names.inputs, _check_free(held, name)])
    wiring = held.wiring
    source = np.where(wiring.source >= wiring.inputs, wiring.source + 1, wiring.source).astype(np.int32)
    held.put(names, replace(wiring, inputs=wiring.inputs + 1, source=source), held.theta, held.frozen_at)


def add_neuron(
    held: Columns,
    name: str,
    kind: Kind,
    weighted: Sequence[Mapping[str, float]],
    biases: Sequence[float],
    *,
    output: bool,
) -> None:
    """Add a neuron with its edges, after the others."""
    _check_free(held, name)
    dtype = str(held.theta.dtype)
    edges = [
        [(held.source(i), checked_number(w, f"the weight of {i} -> {k}", dtype)) for i, w in weights.items()]
        for k, weights in zip(kind.net_inputs, weighted, strict=True)
    ]
    numbers = [checked_number(b, f"the bias of {k}", dtype) for k, b in zip(kind.net_inputs, biases, strict=True)]
    wiring, groups = held.wiring, list(held.names.groups)
    groups += [kind.group] if kind.group and kind.group not in groups else []
    ends = np.full(len(numbers), wiring.start[-1])
    new = replace(
        wiring,
        kind=np.append(wiring.kind, KINDS.index(kind.activation)).astype(np.int32),
        group=np.append(wiring.group, groups.index(kind.group) if kind.group else -1).astype(np.int32),
        start=np.append(wiring.start, ends),
        bias=np.append(wiring.bias, wiring.biases + np.arange(len(numbers))).astype(np.int32)
        if len(wiring.bias)
        else wiring.bias,
        outputs=np.append(wiring.outputs, wiring.neurons).astype(np.int32) if output else wiring.outputs,
        biases=wiring.biases + len(numbers),
    )
    frozen = np.append(held.frozen_at, [False] * len(numbers)) if len(held.frozen_at) else held.frozen_at
    names = Names(held.names.inputs, [*held.names.neurons, name], groups)
    held.put(names, new, np.append(held.theta, numbers).astype(held.theta.dtype), frozen)
    for k, each in enumerate(edges, start=wiring.net_inputs):
        held.insert(k, [i for i, _ in each], [0] * len(each), [w for _, w in each])


def add_edge(held: Columns, source: str, target: str, weight: float, delay: int) -> None:
    """Add an edge between what is there."""
    i, k = held.source(source), held.net_input(target)
    late = checked_count(delay, f"the delay of {source} -> {target}")
    number = checked_number(weight, f"the weight of {source} -> {target}", str(held.theta.dtype))
    if held.edges_at(i, k, late):
        message = f"expected an edge that is not there yet; got {source} -> {target}, which is"
        raise NetworkError(message)
    before = held.names, held.wiring, held.theta, held.frozen_at, held.version
    held.insert(k, [i], [late], [number])
    try:
        if not late and i >= held.wiring.inputs:
            check_no_cycle(held, held.wiring)
    except ValueError:
        held.names, held.wiring, held.theta, held.frozen_at, held.version = before
        raise


def remove_edge(held: Columns, edge: object) -> None:
    """Take out an edge; a weight that others share stays with them."""
    edges = np.ones(len(held.wiring.source), np.bool_)
    edges[held.edge(edge)] = False
    held.keep(edges, np.ones(held.wiring.neurons, np.bool_))


def remove_neuron(held: Columns, name: str) -> None:
    """Take out a neuron and all edges that lead to it or away from it."""
    if name in held.names.inputs:
        raise unknown(name, "a neuron", held.names.neurons)
    wiring, j = held.wiring, held.neuron(name)
    edges, neurons = wiring.source != wiring.inputs + j, np.ones(wiring.neurons, np.bool_)
    first = wiring.first
    edges[wiring.start[first[j]] : wiring.start[first[j + 1]]] = False
    neurons[j] = False
    held.keep(edges, neurons)


def share(held: Columns, items: Iterable[object]) -> None:
    """Make several edges have one weight, or several neurons one bias: the first one's; all who shared theirs join."""
    every = list(items)
    if len(every) < 2 or len({isinstance(item, str) for item in every}) > 1:  # noqa: PLR2004 - two are the fewest
        message = f'expected two or more edges, [("i1", "h1"), ("i2", "h2")], or names of neurons; got {shown(every)}'
        raise NetworkError(message)
    wiring = held.wiring
    if isinstance(every[0], str):
        chosen = [held.bias_at(held.net_input(item)) - wiring.weights for item in every]
        column = wiring.bias if len(wiring.bias) else whole(range(wiring.net_inputs))
        new = replace(wiring, bias=_merged(column, chosen))
    else:
        chosen = [held.weight_at(item) for item in every]
        column = wiring.weight if len(wiring.weight) else whole(range(len(wiring.source)))
        new = replace(wiring, weight=_merged(column, chosen))
    held.put(held.names, new, held.theta, held.frozen_at)
    held.keep(np.ones(len(wiring.source), np.bool_), np.ones(wiring.neurons, np.bool_))


def _merged(column: Whole, chosen: Sequence[int]) -> Whole:
    return whole(np.where(np.isin(column, chosen), chosen[0], column).tolist())


def freeze(held: Columns, items: Iterable[object], *, frozen: bool) -> None:
    """Keep training from changing the weights of edges and the biases of neurons, or let it again."""
    places = [
        place
        for item in items
        for place in (
            [held.bias_at(k) for k in held.net_inputs(item)] if isinstance(item, str) else [held.weight_at(item)]
        )
    ]
    if not len(held.frozen_at):
        held.frozen_at = np.zeros(len(held.theta), np.bool_)
    held.frozen_at[places] = frozen
