"""The plan: how one network is run. Neurons get new numbers, and edges are listed as the kernels walk them.

    slots   rows of samples: inputs, then neurons in the plan's order, then one row of ones
    rows    net inputs in the plan's order
    segment neurons of one level and one activation (or one softmax): computed in one go
    block   rows side by side in a segment that name the same sources: a layer, or a neuron on its own

Backwards, a block is neurons side by side that lead to the same rows, by weights that lie side by side. With delayed
edges there is a set of blocks for the first steps, where some edges have nothing to bring, and for the last ones.
"""

from typing import Any, NamedTuple

import numpy as np

from neuronwise.native import njit
from neuronwise.optimizations.levels import fingerprints, levels
from neuronwise.wiring import PRODUCT, SOFTMAX, Long, Whole, Wiring, whole

FIRST_ROW, ROWS, LIST, COUNT, LISTED = range(5)  # the columns of blocks
KIND, ROW, NEURON, NEURONS, BLOCK, BLOCKS, BACK, BACKS = range(8)  # the columns of segments


class Blocks(NamedTuple):
    """Blocks, and the lists they walk: for each edge the slot or row it comes from, and the place of its weight."""

    blocks: Long  # (blocks, 5): the first row, how many, where their list starts, its length, whether places are listed
    ranges: Long  # (phases, segments + 1): which blocks belong to a segment
    sources: Whole
    places: Whole
    base: Long  # (rows) where a row's weights start; with listed places, what is added to each


class Plan(NamedTuple):
    """All that the kernels read."""

    segments: Long  # (segments, 4): kind, first row, first neuron, how many neurons
    forward: Blocks
    backward: Blocks
    bias: Whole  # (rows) the place of its bias among the biases
    output: Whole  # (neurons) which output it is, or −1
    outputs: Whole  # (outputs) its slot
    inputs: int
    slots: int
    rows: int
    late: int
    weights: int
    own: bool  # each edge has a weight of its own, each net input a bias: slopes are taken block by block
    row_of_bias: Whole  # (biases) where each has one net input
    uses: Long  # (parameters + 1): where the uses of each start, if they are shared or late
    use: Whole  # (uses, 3): row, slot, how late
    order: Whole  # (neurons) the user's number of each
    ends: Any  # (phases, neurons): from which neurons no edge leads on, in the last step, the one before, …


class CircleError(ValueError):
    """Neurons that need each other in one step; `neurons` are those from which no order is left."""

    def __init__(self, neurons: Whole) -> None:
        super().__init__("expected edges of one step without a circle")
        self.neurons = neurons


def plan(wiring: Wiring, *, together: bool = True) -> Plan:
    """Make the plan of a network; without `together` each neuron is a block of its own, to show what blocks bring.

    Errors   CircleError: a cycle without a delay
    """
    first, order, bounds = ordered(wiring)
    row_of, slot_of = _numbered(wiring, first, order, bounds)
    kinds = wiring.kind[order[bounds[:-1]]]
    heads = row_of[first[order[bounds[:-1]]]]
    segments = np.column_stack((kinds, heads, bounds[:-1], np.diff(bounds))).astype(np.int64)
    rows, slots = wiring.net_inputs, wiring.inputs + wiring.neurons + 1
    target = np.repeat(row_of, np.diff(wiring.start)).astype(np.int32)
    source = slot_of[wiring.source]
    place = wiring.weight if len(wiring.weight) else np.arange(len(wiring.source), dtype=np.int32)
    delay = wiring.delay if len(wiring.delay) else np.zeros(0, np.int32)
    counts = (wiring.weights, wiring.biases) == (len(wiring.source), rows)  # or some enter nothing
    own = counts and not (len(wiring.weight) or len(wiring.bias) or wiring.late)
    of_rows = np.empty(rows, np.int32)
    of_rows[row_of] = np.arange(rows)
    row_bounds = np.append(segments[:, ROW], rows)
    bias = (wiring.bias if len(wiring.bias) else np.arange(rows, dtype=np.int32))[of_rows]
    output = np.full(wiring.neurons, -1, np.int32)
    output[slot_of[wiring.inputs + wiring.outputs] - wiring.inputs] = np.arange(len(wiring.outputs))
    forward = _forward(wiring, (of_rows, source, place), row_bounds, slots, together=together)
    neuron = np.where(source >= wiring.inputs, source - wiring.inputs, -1).astype(np.int32)
    sizes = (wiring.neurons, rows, wiring.late)
    backward = _backward(neuron, (target, place, delay), sizes, bounds, together=together)
    uses, use = (
        (np.zeros(1, np.int64), np.zeros((0, 3), np.int32))
        if own
        else _uses(wiring, (target, source, place, delay), (row_of, slots))
    )
    return Plan(
        segments, forward, backward, bias, output, slot_of[wiring.inputs + wiring.outputs].astype(np.int32),
        wiring.inputs, slots, rows, wiring.late, wiring.weights, own, row_of if own else whole([]), uses, use,
        order.astype(np.int32), _ends(backward),
    )  # fmt: skip


def ordered(wiring: Wiring) -> tuple[Whole, Any, Any]:
    """The first net inputs; the neurons in the plan's order; where each segment starts."""
    first, neurons = wiring.first, wiring.neurons
    home = np.repeat(np.arange(neurons, dtype=np.int32), np.diff(first))
    within = wiring.source >= wiring.inputs
    if len(wiring.delay):
        within &= wiring.delay == 0
    edge_home = np.repeat(home, np.diff(wiring.start))
    groups = int(wiring.group.max(initial=-1)) + 1
    node = np.where(wiring.group >= 0, wiring.group, groups + np.arange(neurons)).astype(np.int32)
    level = levels(node, groups + neurons, edge_home[within], wiring.source[within] - wiring.inputs)[node]
    if (level < 0).any():
        raise CircleError(np.flatnonzero(level < 0).astype(np.int32))
    prints = fingerprints(wiring.start, wiring.source, wiring.delay)[first[:-1]]
    _, ranks, met = np.unique(prints, return_index=True, return_inverse=True)
    alike = np.where(wiring.kind == SOFTMAX, 0, ranks[met])  # by who first names the list; a softmax keeps its order
    order = np.lexsort((np.arange(neurons), alike, wiring.group, wiring.kind, level))
    keys = np.column_stack((level, wiring.kind, wiring.group))[order]
    changes = np.flatnonzero((keys[1:] != keys[:-1]).any(axis=1)) + 1
    return first, order, np.concatenate(([0], changes, [neurons])) if neurons else np.zeros(1, np.int64)


def _numbered(wiring: Wiring, first: Whole, order: Any, bounds: Any) -> tuple[Whole, Whole]:
    """The row of each net input, and the slot of each input and neuron. Of products all first factors come first."""
    slot_of = np.empty(wiring.inputs + wiring.neurons, np.int32)
    slot_of[: wiring.inputs] = np.arange(wiring.inputs)
    slot_of[wiring.inputs + order] = wiring.inputs + np.arange(wiring.neurons)
    product = (wiring.kind == PRODUCT)[order]
    segment = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    heads = first[order]
    k = np.concatenate((heads, heads[product] + 1))
    keys = (np.concatenate((np.zeros(len(order)), np.ones(product.sum()))), np.concatenate((segment, segment[product])))
    row_of = np.empty(wiring.net_inputs, np.int32)
    row_of[k[np.lexsort(keys)]] = np.arange(wiring.net_inputs)
    return row_of, slot_of


def _forward(wiring: Wiring, edges: tuple[Whole, Whole, Whole], bounds: Any, slots: int, *, together: bool) -> Blocks:
    """The blocks of the forward pass: for step 1, 2, … and, where every edge brings something, all later ones."""
    phases, (of_rows, source, place) = [], edges
    for least in range(wiring.late + 1):
        listed = len(wiring.weight) > 0 or least < wiring.late
        phases.append(_rows(of_rows, wiring.start, source, place, wiring.delay, slots, least, listed, together, bounds))
    return _joined(phases)


def _backward(
    neuron: Whole, edges: tuple[Whole, Whole, Whole], sizes: tuple[int, int, int], bounds: Any, *, together: bool
) -> Blocks:
    """The blocks of the backward pass: for the last step, the one before, … and all earlier ones."""
    (target, place, delay), (neurons, rows, late) = edges, sizes
    start, edge = _by_source(neuron, delay, neurons, late)
    phases = [_columns(start, edge, target, place, delay, rows, least, together, bounds) for least in range(late + 1)]
    return _joined(phases)


def _ends(backward: Blocks) -> Any:
    """Whether a neuron leads nowhere, for each phase: a block without edges has one neuron, or several in a row."""
    per_phase = [backward.blocks[ranges[0] : ranges[-1]] for ranges in backward.ranges]
    return np.stack([np.repeat(blocks[:, COUNT] == 0, blocks[:, ROWS]) for blocks in per_phase])


def _joined(phases: list[Any]) -> Blocks:
    """Several sets of blocks as one, with their lists one behind the other."""
    blocks, ranges, sources, places, bases = zip(*phases, strict=True)
    lists = np.cumsum([0, *(len(each) for each in sources)])
    before = np.cumsum([0, *(len(each) for each in blocks)])
    every = np.concatenate([_moved(each, at) for each, at in zip(blocks, lists, strict=False)])
    return Blocks(
        every,
        np.stack([each + at for each, at in zip(ranges, before, strict=False)]),
        np.concatenate(sources),
        np.concatenate(places),
        np.stack(bases),
    )


def _moved(blocks: Long, by: int) -> Long:
    moved = blocks.copy()
    moved[:, LIST] += by
    return moved


@njit()
def put(block: Any, row: int, start: int, count: int, listed: int) -> None:
    """Write a block of one row."""
    block[FIRST_ROW], block[ROWS], block[LIST], block[COUNT], block[LISTED] = row, 1, start, count, listed


@njit()
def _rows(
    of_rows: Any,
    start: Any,
    source: Any,
    place: Any,
    delay: Any,
    slots: int,
    least: int,
    listed: bool,
    together: bool,
    bounds: Any,
) -> Any:
    """The blocks of net inputs, of edges at most `least` steps late."""
    sources, places = np.empty(len(source), np.int32), np.empty(len(source) if listed else 0, np.int32)
    blocks, base = np.empty((len(of_rows), 5), np.int64), np.zeros(len(of_rows), np.int64)
    ranges = np.zeros(len(bounds), np.int64)
    used, made, segment = 0, 0, 0
    for row in range(len(of_rows)):
        while row >= bounds[segment + 1]:
            segment += 1
            ranges[segment] = made
        k, begin = of_rows[row], used
        for e in range(start[k], start[k + 1]):
            late = delay[e] if len(delay) else 0
            if late <= least:
                sources[used] = source[e] - late * slots
                if listed:
                    places[used] = place[e]
                used += 1
        count = used - begin
        base[row] = 0 if listed else start[k]
        if together and made > ranges[segment] and not listed and blocks[made - 1, COUNT] == count:
            before = blocks[made - 1, LIST]
            same = True
            for e in range(count):
                if sources[before + e] != sources[begin + e]:
                    same = False
                    break
            if same:
                blocks[made - 1, ROWS] += 1
                used = begin
                continue
        put(blocks[made], row, begin, count, 1 if listed else 0)
        made += 1
    ranges[segment + 1 :] = made
    return blocks[:made].copy(), ranges, sources[:used].copy(), places[:used].copy() if listed else places, base


@njit()
def _by_source(neuron: Any, delay: Any, neurons: int, late: int) -> Any:
    """For each neuron the edges that leave it: those of one step first, then later ones, in the user's order."""
    start = np.zeros(neurons + 1, np.int64)
    for e in range(len(neuron)):
        if neuron[e] >= 0:
            start[neuron[e] + 1] += 1
    start = np.cumsum(start)
    filled, edge = start[:-1].copy(), np.empty(start[-1], np.int32)
    for steps in range(late + 1):
        for e in range(len(neuron)):
            if neuron[e] >= 0 and (delay[e] if len(delay) else 0) == steps:
                edge[filled[neuron[e]]] = e
                filled[neuron[e]] += 1
    return start, edge


@njit()
def _columns(
    start: Any, edge: Any, target: Any, place: Any, delay: Any, rows: int, least: int, together: bool, bounds: Any
) -> Any:
    """The blocks of neurons that lead to the same rows by weights side by side, of edges at most `least` steps late."""
    neurons = len(start) - 1
    targets, places = np.empty(len(edge), np.int32), np.empty(len(edge), np.int32)
    blocks, base = np.empty((neurons, 5), np.int64), np.zeros(neurons, np.int64)
    ranges = np.zeros(len(bounds), np.int64)
    used, made, segment = 0, 0, 0
    for j in range(neurons):
        while j >= bounds[segment + 1]:
            segment += 1
            ranges[segment] = made
        begin = used
        for n in range(start[j], start[j + 1]):
            e = edge[n]
            late = delay[e] if len(delay) else 0
            if late <= least:
                targets[used], places[used] = target[e] + late * rows, place[e]
                used += 1
        count = used - begin
        if together and made > ranges[segment] and blocks[made - 1, COUNT] == count:
            before, shift = blocks[made - 1, LIST], base[j - 1] + 1
            same = True
            for e in range(count):
                if targets[before + e] != targets[begin + e] or places[before + e] + shift != places[begin + e]:
                    same = False
                    break
            if same:
                blocks[made - 1, ROWS] += 1
                base[j] = shift
                used = begin
                continue
        put(blocks[made], j, begin, count, 1)
        made += 1
    ranges[segment + 1 :] = made
    return blocks[:made].copy(), ranges, targets[:used].copy(), places[:used].copy(), base


def _uses(wiring: Wiring, edges: tuple[Whole, Whole, Whole, Whole], sizes: tuple[Whole, int]) -> tuple[Long, Whole]:
    """For each parameter the net inputs that it enters, and the slots it is multiplied by: a bias by the ones."""
    (target, source, place, delay), (row_of, slots) = edges, sizes
    bias = wiring.bias if len(wiring.bias) else np.arange(wiring.net_inputs)
    every = np.concatenate((place, wiring.weights + bias))
    late = np.concatenate((delay if len(delay) else np.zeros(len(place), np.int32), np.zeros(len(bias), np.int32)))
    ones = np.full(len(bias), slots - 1)
    use = np.column_stack((np.concatenate((target, row_of)), np.concatenate((source, ones)), late))
    order = np.argsort(every, kind="stable")
    counts = np.bincount(every, minlength=wiring.weights + wiring.biases)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), use[order].astype(np.int32)
