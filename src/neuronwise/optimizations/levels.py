"""Order by levels: neurons that do not need each other come side by side.

Idea         level 0 needs inputs alone, level 1 also level 0, and so on: within a level any order will do.
Allowed      always: an order only says when a neuron is computed, not in which order its sum is added.
Costs        one walk over the edges, once for each network.
Differs from `necessary`: neurons of one level, activation and list of sources get numbers side by side, so that a
whole stretch of them is computed in one go.
Label        optimization: test_any_order_in_which_sources_come_first_gives_the_same_numbers
"""

from typing import Any

import numpy as np

from neuronwise.native import njit


def levels(node: Any, nodes: int, target: Any, source: Any) -> Any:
    """The level of each node; −1 for those in a cycle or behind one.

    node: (neurons) the node that a neuron belongs to: the neurons of one softmax are one node
    target, source: (edges) neurons, of the edges of one step between neurons
    """
    to, of = node[target], node[source]
    waiting = np.bincount(to, minlength=nodes)
    start = np.concatenate(([0], np.cumsum(np.bincount(of, minlength=nodes))))
    fed = np.empty(len(to), np.int32)
    _fill(start[:-1].copy(), of, to, fed)
    level, queue = np.full(nodes, -1), np.empty(nodes, np.int64)
    ready = np.flatnonzero(waiting == 0)
    level[ready], queue[: len(ready)] = 0, ready
    _walk(start, fed, waiting, level, queue, len(ready))
    return np.where(waiting == 0, level, -1)


@njit()
def _fill(at: Any, of: Any, to: Any, fed: Any) -> None:
    """Put behind each other the nodes that each node feeds."""
    for e in range(len(of)):
        fed[at[of[e]]] = to[e]
        at[of[e]] += 1


@njit()
def _walk(start: Any, fed: Any, waiting: Any, level: Any, queue: Any, ready: int) -> None:
    """Take node after node off the queue; what waits for nobody any more joins it, a level above the last it needed."""
    here, end = 0, ready
    while here < end:
        i = queue[here]
        here += 1
        for n in range(start[i], start[i + 1]):
            j = fed[n]
            level[j] = max(level[j], level[i] + 1)
            waiting[j] -= 1
            if waiting[j] == 0:
                queue[end] = j
                end += 1


@njit()
def fingerprints(start: Any, source: Any, delay: Any) -> Any:
    """A number for each net input that is the same for the same list of sources."""
    found = np.empty(len(start) - 1, np.uint64)
    for k in range(len(found)):
        mixed = np.uint64(start[k + 1] - start[k])
        for e in range(start[k], start[k + 1]):
            late = delay[e] if len(delay) else 0
            mixed = (mixed ^ np.uint64(source[e] + 1 + (late << 40))) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        found[k] = mixed
    return found
