"""The engine `kernels`: a plan run by compiled loops, one tile of samples of the whole network after the other.

    A   activations (tiles, steps, slots, samples)     D   slopes f'(z), then dE/dz (tiles, steps, rows, samples)
    G   dE/da of one step (neurons, samples)           O   the error's own slopes dE/da (steps, outputs, samples)

`width` is a tuple as long as a tile has samples, of the type of its numbers: so the compiler knows both. In float64
every number has the bits of `necessary`. Threads share the tiles of a batch, then the weights: no sum is ever shared,
so their number changes no bit.
"""

from typing import Any, NamedTuple

import numpy as np

from neuronwise.native import call, copied, counted, give_way, njit, seen, zero
from neuronwise.optimizations.tiles import BYTES as VECTOR
from neuronwise.optimizations.tiles import products, slopes, sums, turn
from neuronwise.wiring import KINDS, PRODUCT, SOFTMAX

PATIENCE = 1000  # looks whether the others are here, before a thread lets another run
RELU, STEP = KINDS.index("relu"), KINDS.index("step")  # their slopes, too, are whole numbers


class Functions(NamedTuple):
    """Addresses of machine code: of each activation that the network has, of the error's terms, of e^(z − m)."""

    activations: Any  # (kinds)
    error: int
    exp: int
    mean: bool  # the error is divided by the number of its outputs
    turned: bool  # the error is what its terms lack to 0
    whole: bool  # its slope is a whole number in `necessary`, and has no −0
    whole_rows: Any  # (rows, 2): the neuron, if f'(z) may be the whole number 1, or −1; whether only above 0. Or empty
    whole_slots: Any  # (slots) whether an activation of 0 is the whole number. Or empty


class Work(NamedTuple):
    """Room for the numbers of some tiles, and of one thread's backward pass."""

    A: Any
    D: Any
    G: Any  # (threads, neurons, samples)
    O: Any
    T: Any  # (threads, steps, outputs, samples): targets
    E: Any  # (tiles, samples): the errors


@njit(inline="always")
def long(number: Any) -> Any:
    """A whole number of the one kind that functions take: for each kind they would be compiled once more."""
    return np.int64(number)


@njit(inner=True)
def _sum_blocks(blocks: Any, phase: int, segment: int, width: Any, x: int, theta: Any, out: int) -> None:
    """Sum the rows of one segment, block by block, as many rows at a time as registers hold."""
    w, size = theta.ctypes.data, theta.itemsize
    row_size = len(width) * size
    for n in range(blocks.ranges[phase, segment], blocks.ranges[phase, segment + 1]):
        row, rows, start, count, listed = blocks.blocks[n]
        if count == 0:
            zero(out + row * row_size, rows * row_size)
            continue
        sources = blocks.sources.ctypes.data + 4 * start
        places = blocks.places.ctypes.data + 4 * start
        end = row + rows
        if rows >= 16:
            row = _sum_packed(blocks, phase, n, width, x, theta, out)
        while row < end:
            base = blocks.base.ctypes.data + 8 * (phase * blocks.base.shape[1] + row)
            to, left = out + row * row_size, end - row
            if listed:
                if left >= 4:
                    sums(4, 1, width, x, sources, count, w, places, base, to)
                    row += 4
                else:
                    sums(1, 1, width, x, sources, count, w, places, base, to)
                    row += 1
            elif left >= 6:
                sums(6, 0, width, x, sources, count, w, places, base, to)
                row += 6
            elif left >= 4:
                sums(4, 0, width, x, sources, count, w, places, base, to)
                row += 4
            elif left >= 2:
                sums(2, 0, width, x, sources, count, w, places, base, to)
                row += 2
            else:
                sums(1, 0, width, x, sources, count, w, places, base, to)
                row += 1


@njit(inner=True)
def _sum_packed(blocks: Any, phase: int, n: int, width: Any, x: int, theta: Any, out: int) -> int:
    """Sum rows whose weights lie side by side in columns, sixteen at a time: they are brought together once.

    Otherwise a line of the cache would be fetched for four of its weights, and again for the next four.
    """
    row, rows, start, count, listed = blocks.blocks[n]
    if not listed:
        return int(row)
    end, size = row + rows, theta.itemsize
    packed, bases = np.empty(16 * count, theta.dtype), np.empty(16, np.int64)
    places, sources = np.empty(count, np.int32), blocks.sources.ctypes.data + 4 * start
    for r in range(16):
        bases[r] = r
    for e in range(count):
        places[e] = 16 * e
    while end - row >= 4:
        some = min(16, end - row) // 4 * 4
        base = blocks.base[phase, row]
        for e in range(count):
            source = theta.ctypes.data + size * (base + blocks.places[start + e])
            if some == 16:
                copied(packed.ctypes.data + 16 * size * e, source, 16 * size)
            else:
                copied(packed.ctypes.data + 16 * size * e, source, some * size)
        for r in range(0, some, 4):
            to, base_of = out + (row + r) * len(width) * size, bases.ctypes.data + 8 * r
            sums(4, 1, width, x, sources, count, packed.ctypes.data, places.ctypes.data, base_of, to)
        row += some
    return int(row)


@njit(inner=True)
def feed_forward(plan: Any, width: Any, functions: Any, theta: Any, A: Any, D: Any) -> None:
    """Feed one tile forward through all steps: A gets the activations, D the slopes f'(z) or a product's factors."""
    size, samples = theta.itemsize, len(width)
    for s in range(A.shape[0]):
        phase = min(s, plan.late)
        x, out = A.ctypes.data + s * A.strides[0], D.ctypes.data + s * D.strides[0]
        for g in range(len(plan.segments)):
            kind, row, neuron, neurons = plan.segments[g]
            _sum_blocks(plan.forward, phase, g, width, x, theta, out)
            rows = 2 * neurons if kind == PRODUCT else neurons
            for k in range(row, row + rows):
                b = theta[plan.weights + plan.bias[k]]
                for lane in range(samples):
                    D[s, k, lane] += b
            z, a = out + row * samples * size, x + (plan.inputs + neuron) * samples * size
            if kind == SOFTMAX:
                _softmax(width, functions, D[s, row : row + rows], A[s, plan.inputs + neuron :])
            elif kind == PRODUCT:
                _product(width, D[s, row : row + rows], A[s, plan.inputs + neuron :], neurons)
            else:
                call(functions.activations[kind], rows * samples, z, z, a, z)


@njit(inner=True)
def _softmax(width: Any, functions: Any, z: Any, a: Any) -> None:
    """The shares of the neurons of one softmax, in the order of `necessary`."""
    samples, largest, whole = len(width), z[0].copy(), z[0].copy()
    for k in range(len(z)):
        for lane in range(samples):
            largest[lane] = max(largest[lane], z[k, lane])
    for k in range(len(z)):
        call(functions.exp, samples, z[k].ctypes.data, largest.ctypes.data, a[k].ctypes.data, a[k].ctypes.data)
        for lane in range(samples):
            whole[lane] = whole[lane] + a[k, lane] if k else a[k, lane]
    for k in range(len(z)):
        for lane in range(samples):
            a[k, lane] = a[k, lane] / whole[lane]


@njit(inner=True)
def _product(width: Any, z: Any, a: Any, neurons: int) -> None:
    """The products of two net inputs; each net input's slope is the other."""
    for j in range(neurons):
        for lane in range(len(width)):
            u, v = z[j, lane], z[neurons + j, lane]
            a[j, lane] = u * v
            z[j, lane], z[neurons + j, lane] = v, u


@njit(inner=True)
def backpropagate(plan: Any, width: Any, functions: Any, theta: Any, A: Any, D: Any, G: Any, O: Any) -> None:
    """Bring the slopes of one tile back: D, which had f'(z), gets dE/dz.

    O: the error's own slopes, of the last steps.
    """
    steps, g_data = A.shape[0], long(G.ctypes.data)
    for back in range(steps):
        s, phase = steps - 1 - back, min(back, plan.late)
        own = s - (steps - O.shape[0])
        x = D.ctypes.data + s * D.strides[0]
        for g in range(len(plan.segments) - 1, -1, -1):
            kind, row, neuron, neurons = plan.segments[g]
            _sum_blocks(plan.backward, phase, g, width, x, theta, g_data)
            for j in range(neuron, neuron + neurons):
                _add_own(width, O[max(own, 0)], plan.output[j] if own >= 0 else -1, G[j])
            if kind == SOFTMAX:
                _softmax_back(width, A[s, plan.inputs + neuron :], G[neuron : neuron + neurons], D[s, row:])
                continue
            _multiply(width, G[neuron : neuron + neurons], D[s, row:])
            if kind == PRODUCT:
                _multiply(width, G[neuron : neuron + neurons], D[s, row + neurons :])
            elif functions.whole and (kind == RELU or kind == STEP):  # noqa: PLR1714, SIM109 - Numba has no tuples here
                _forget_minus(width, plan.ends[phase, neuron : neuron + neurons], D[s, row:])


@njit(inline="always")
def _add_own(width: Any, O: Any, o: int, g: Any) -> None:
    """Add what the error itself gains by an activation: 0 + −0 is 0, as in `necessary`."""
    for lane in range(len(width)):
        g[lane] = (O[o, lane] if o >= 0 else 0.0) + g[lane]


@njit(inline="always")
def _multiply(width: Any, g: Any, d: Any) -> None:
    """Make dE/dz of a slope."""
    for j in range(len(g)):
        for lane in range(len(width)):
            d[j, lane] = g[j, lane] * d[j, lane]


@njit(inner=True)
def _forget_minus(width: Any, ends: Any, d: Any) -> None:
    """Make −0 of neurons that lead nowhere 0: there `necessary` multiplies whole numbers, which have no −0."""
    for j in range(len(ends)):
        if ends[j]:
            for lane in range(len(width)):
                d[j, lane] = d[j, lane] + 0.0


@njit(inner=True)
def _softmax_back(width: Any, a: Any, g: Any, d: Any) -> None:
    """dE/dz of the net inputs of one softmax: over all its neurons, in their order."""
    for k in range(len(g)):
        for j in range(len(g)):
            same = 1.0 if j == k else 0.0
            for lane in range(len(width)):
                term = g[j, lane] * (a[j, lane] * (same - a[k, lane]))
                d[k, lane] = d[k, lane] + term if j else term


@njit(inner=True)
def measure(plan: Any, width: Any, functions: Any, A: Any, T: Any, O: Any, E: Any) -> None:
    """E gets the error of each sample of a tile, O its own slope for each output."""
    samples, steps, late = len(width), T.shape[0], A.shape[0] - T.shape[0]
    term = E.copy()
    for s in range(steps):
        for o in range(len(plan.outputs)):
            a = A[late + s, plan.outputs[o]]
            call(functions.error, samples, T[s, o].ctypes.data, a.ctypes.data, term.ctypes.data, O[s, o].ctypes.data)
            for lane in range(samples):
                E[lane] = E[lane] + term[lane] if s + o else term[lane]
    count = steps * len(plan.outputs)
    for lane in range(samples):
        E[lane] = E[lane] / count if functions.mean else 0.0 - E[lane] if functions.turned else E[lane]
    if functions.mean:
        for s in range(steps):
            for o in range(len(plan.outputs)):
                for lane in range(samples):
                    O[s, o, lane] = O[s, o, lane] / count


@njit(inner=True)
def add_slopes(plan: Any, width: Any, A: Any, D: Any, own: Any, last: int, first: int, end: int, gradient: Any) -> None:
    """Add what one tile brings to the slopes of some blocks, or of some parameters that are shared or late.

    own: (samples) room
    """
    if plan.own:
        _of_blocks(plan, width, A, D, last, first, end, gradient)
    else:
        _of_uses(plan, width, A, D, own, last, first, end, gradient)


@njit(inner=True)
def _add_whole_zeros(plan: Any, functions: Any, A: Any, D: Any, last: int, first: int, end: int, gradient: Any) -> None:
    """In `necessary` −1·0 is 0, not −0, where both are whole numbers: to add 0 to a sum changes nothing but −0."""
    forward, now = plan.forward, long(0)
    if plan.own:
        for n in range(first, min(end, len(forward.blocks))):
            row, rows, start, count, _ = forward.blocks[n]
            for k in range(row, row + rows):
                for e in range(count):
                    slot = long(forward.sources[start + e])
                    if _is_whole_zero(plan, functions, A, D, last, now, k, slot, now):
                        gradient[forward.base[0, k] + e] += 0.0
        return
    for p in range(first, end):
        for n in range(plan.uses[p], plan.uses[p + 1]):
            row, slot, late = long(plan.use[n, 0]), long(plan.use[n, 1]), long(plan.use[n, 2])
            for s in range(late, A.shape[0]):
                if _is_whole_zero(plan, functions, A, D, last, s, row, slot, late):
                    gradient[p] += 0.0


@njit(inner=True)
def _is_whole_zero(
    plan: Any, functions: Any, A: Any, D: Any, last: int, s: int, row: int, slot: int, late: int
) -> bool:
    """Whether for one of the samples dE/dz is the whole number −1, and the activation that it meets the whole 0."""
    j, above = functions.whole_rows[row]
    if j < 0 or not functions.whole_slots[slot] or not plan.ends[min(A.shape[0] - 1 - s, plan.late), j]:
        return False
    for lane in range(last):
        met = D[s, row, lane] == -1.0 and A[s - late, slot, lane] == 0.0
        if met and (not above or A[s, plan.inputs + j, lane] > 0.0):
            return True
    return False


@njit(inner=True)
def _of_blocks(plan: Any, width: Any, A: Any, D: Any, last: int, first: int, end: int, gradient: Any) -> None:
    size = gradient.itemsize
    if len(width) == 1:
        _of_one_sample(plan, A[0], D[0], first, end, gradient)
        return
    x, dz, to = long(A.ctypes.data), long(D.ctypes.data), long(gradient.ctypes.data)
    for n in range(first, end):
        if n == len(plan.forward.blocks):  # the biases: dE/dz times 1
            base, one = np.zeros(1, np.int64), long(1)
            ones = x + (plan.slots - 1) * len(width) * size
            biases = to + plan.weights * size
            rows_of = long(plan.row_of_bias.ctypes.data)
            _tile_slopes(one, width, size, dz, rows_of, plan.rows, ones, last, long(base.ctypes.data), biases)
            break
        row, rows, start, count, _ = plan.forward.blocks[n]
        if count:
            base = plan.forward.base.ctypes.data + 8 * row
            sources = plan.forward.sources.ctypes.data + 4 * start
            _tile_slopes(rows, width, size, x, sources, count, dz + row * len(width) * size, last, base, to)


@njit(inner=True)
def _tile_slopes(
    rows: int, width: Any, size: int, x: int, sources: int, count: int, dz: int, last: int, base: int, to: int
) -> None:
    """Take the slopes of a block, four rows at a time."""
    row, row_size = 0, len(width) * size
    while row < rows:
        d, b = dz + row * row_size, base + 8 * row
        if size == 8 and rows - row >= 8:
            if last == len(width):
                slopes(8, 1, width, x, sources, count, d, last, b, to)
            else:
                slopes(8, 0, width, x, sources, count, d, last, b, to)
            row += 8
        elif rows - row >= 4:
            if last == len(width):
                slopes(4, 1, width, x, sources, count, d, last, b, to)
            else:
                slopes(4, 0, width, x, sources, count, d, last, b, to)
            row += 4
        else:
            if last == len(width):
                slopes(1, 1, width, x, sources, count, d, last, b, to)
            else:
                slopes(1, 0, width, x, sources, count, d, last, b, to)
            row += 1


@njit(inner=True)
def _of_uses(plan: Any, width: Any, A: Any, D: Any, own: Any, last: int, first: int, end: int, gradient: Any) -> None:
    """Slopes of parameters that enter several net inputs, or several steps: a sample adds its own first."""
    size, steps, to = len(width) * gradient.itemsize, A.shape[0], own.ctypes.data
    x, dz, next_x, next_dz = A.ctypes.data, D.ctypes.data, A.strides[0], D.strides[0]
    for p in range(first, end):
        own[:] = -0.0
        used, uses = False, plan.uses[p + 1] - plan.uses[p]
        count = 1 if uses > 1 else steps  # one use is followed through all steps at once
        for begin in range(0, steps, count):
            for n in range(plan.uses[p], plan.uses[p + 1]):
                row, slot, late = plan.use[n]
                s = max(begin, late)
                if s < begin + count:
                    d, a = dz + s * next_dz + row * size, x + (s - late) * next_x + slot * size
                    products(width, begin + count - s, d, next_dz, a, next_x, to)
                    used = True
        for lane in range(last):
            gradient[p] = gradient[p] + own[lane] if used else 0.0


@njit(inner=True)
def _of_one_sample(plan: Any, a: Any, d: Any, first: int, end: int, gradient: Any) -> None:
    """Slopes of weights and biases where a tile is one sample."""
    forward = plan.forward
    for n in range(first, end):
        if n == len(forward.blocks):
            for q in range(plan.rows):
                gradient[plan.weights + q] += d[plan.row_of_bias[q], 0]
            break
        row, rows, start, count, _ = forward.blocks[n]
        for k in range(row, row + rows):
            at, dz = forward.base[0, k], d[k, 0]
            for e in range(count):
                gradient[at + e] += dz * a[forward.sources[start + e], 0]


@njit(inner=True)
def load(width: Any, X: Any, samples: Any, at: int, count: int, first: int, to: Any) -> None:
    """Put the numbers of samples into lanes, from the row `first` on; lanes left over repeat the last sample."""
    size, wide = X.itemsize, len(width)
    lanes = min(wide, VECTOR // size)
    rows, places = np.empty(wide, np.int64), np.empty(lanes, np.int64)
    for s in range(X.shape[1]):
        for lane in range(wide):
            sample = samples[at + min(lane, count - 1)]
            rows[lane] = X.ctypes.data + sample * X.strides[0] + s * X.strides[1]
        in_vectors = X.shape[2] // lanes * lanes if X.strides[2] == size else 0
        for some in range(0, in_vectors, lanes):
            for i in range(lanes):
                places[i] = to.ctypes.data + s * to.strides[0] + (first + some + i) * to.strides[1]
            for lane in range(0, wide, lanes):
                turn(width, rows.ctypes.data + 8 * lane, some * size, places.ctypes.data, lane * size)
        for i in range(in_vectors, X.shape[2]):
            for lane in range(wide):
                to[s, first + i, lane] = X[samples[at + min(lane, count - 1)], s, i]


@njit(inner=True)
def unload(width: Any, A: Any, slot: Any, at: int, count: int, Y: Any, spare: Any) -> None:
    """Put what stands in some slots into the rows of samples; lanes left over go to `spare`, as long as a row."""
    size, wide = Y.itemsize, len(width)
    lanes = min(wide, VECTOR // size)
    rows, places = np.empty(wide, np.int64), np.empty(lanes, np.int64)
    in_vectors = len(slot) // lanes * lanes
    for s in range(Y.shape[1]):
        for lane in range(wide):
            row = Y.ctypes.data + (at + lane) * Y.strides[0] + s * Y.strides[1]
            rows[lane] = row if lane < count else spare.ctypes.data
        for some in range(0, in_vectors, lanes):
            for o in range(lanes):
                places[o] = A.ctypes.data + s * A.strides[0] + slot[some + o] * A.strides[1]
            for lane in range(0, wide, lanes):
                turn(width, places.ctypes.data, lane * size, rows.ctypes.data + 8 * lane, some * size)
        for o in range(in_vectors, len(slot)):
            for lane in range(count):
                Y[at + lane, s, o] = A[s, slot[o], lane]


@njit()
def predict(
    plan: Any,
    width: Any,
    functions: Any,
    theta: Any,
    X: Any,
    samples: Any,
    work: Any,
    slot: Any,
    Y: Any,
    thread: int,
    threads: int,
) -> None:
    """Feed samples forward; Y gets the activations in some slots."""
    wide = len(width)
    A, D, spare = work.A[thread], work.D[thread], np.empty(len(slot), Y.dtype)
    for at in range(thread * wide, len(samples), threads * wide):
        count = min(wide, len(samples) - at)
        load(width, X, samples, at, count, 0, A)
        feed_forward(plan, width, functions, theta, A, D)
        unload(width, A, slot, at, count, Y, spare)


class Lesson(NamedTuple):
    """What is learned: samples, targets, the order of the samples, and how."""

    X: Any  # (samples, steps, inputs)
    Y: Any  # (samples, steps with targets, outputs)
    order: Any  # (samples)
    batch: int
    rate: float
    learning: Any  # (parameters): whether each learns; empty: all do


class Team(NamedTuple):
    """What threads share: a counter of arrivals, the sum of errors, whether a number is none."""

    arrived: Any  # (1)
    error: Any  # (2): the sum so far, and of how many
    broken: Any  # (1)
    shares: Any  # (threads + 1): which blocks, or shared parameters, each takes
    threads: int


@njit(inner=True)
def meet(team: Any) -> None:
    """Wait until all threads are here."""
    if team.threads > 1:
        here = counted(team.arrived.ctypes.data, 1)
        all_here = (here + team.threads - 1) // team.threads * team.threads
        looks = 0
        while seen(team.arrived.ctypes.data) < all_here:
            looks += 1
            if looks > PATIENCE:
                give_way()


@njit(inner=True)
def batch_slopes(
    plan: Any,
    width: Any,
    functions: Any,
    theta: Any,
    lesson: Any,
    begin: int,
    count: int,
    work: Any,
    gradient: Any,
    team: Any,
    thread: int,
) -> None:
    """Add up the slopes of a batch, in the order of its samples, and its errors. `gradient` is −0 before."""
    wide = len(width)
    tiles, room = (count + wide - 1) // wide, len(work.A)
    for start in range(0, tiles, room):
        some = min(room, tiles - start)
        for m in range(thread, some, team.threads):
            at = begin + (start + m) * wide
            A, D = work.A[m], work.D[m]
            inside = min(wide, begin + count - at)
            load(width, lesson.X, lesson.order, at, inside, 0, A)
            load(width, lesson.Y, lesson.order, at, inside, 0, work.T[thread])
            feed_forward(plan, width, functions, theta, A, D)
            measure(plan, width, functions, A, work.T[thread], work.O[thread], work.E[m])
            backpropagate(plan, width, functions, theta, A, D, work.G[thread], work.O[thread])
        meet(team)
        for m in range(some):
            inside = min(wide, count - (start + m) * wide)
            (low, high), own = (team.shares[thread], team.shares[thread + 1]), work.G[thread, 0]
            add_slopes(plan, width, work.A[m], work.D[m], own, inside, low, high, gradient)
            if functions.whole:
                _add_whole_zeros(plan, functions, work.A[m], work.D[m], inside, low, high, gradient)
            if thread == 0:
                for lane in range(inside):
                    error = work.E[m, lane]
                    if not np.isfinite(error):
                        team.broken[0] = 1
                    team.error[0] = team.error[0] + error if team.error[1] else error
                    team.error[1] += 1
        meet(team)


@njit()
def slopes_alone(
    plan: Any, width: Any, functions: Any, theta: Any, lesson: Any, work: Any, gradient: Any, team: Any, thread: int
) -> None:
    """Add up the slopes of all samples, as one batch, and their errors."""
    count = len(lesson.order)
    batch_slopes(plan, width, functions, theta, lesson, long(0), count, work, gradient, team, thread)


@njit()
def train(
    plan: Any,
    width: Any,
    functions: Any,
    theta: Any,
    lesson: Any,
    first: int,
    end: int,
    work: Any,
    gradient: Any,
    team: Any,
    thread: int,
) -> int:
    """Learn from batches `first` … `end` − 1. Returns how many were learned from: a broken one changes nothing."""
    share = (len(theta) + team.threads - 1) // team.threads
    low, high = min(len(theta), thread * share), min(len(theta), (thread + 1) * share)
    rate = theta.dtype.type(lesson.rate)
    for batch in range(first, end):
        begin = batch * lesson.batch
        count = min(lesson.batch, len(lesson.order) - begin)
        size = theta.dtype.type(count)
        gradient[low:high] = -0.0
        meet(team)
        batch_slopes(plan, width, functions, theta, lesson, begin, count, work, gradient, team, thread)
        sound = True
        for p in range(low, high):
            gradient[p] = gradient[p] / size
            sound &= abs(theta[p] - rate * gradient[p]) < np.inf
        if not sound and len(lesson.learning):  # what is frozen may have any slope
            sound = True
            for p in range(low, high):
                sound &= not lesson.learning[p] or abs(theta[p] - rate * gradient[p]) < np.inf
        if not sound:
            team.broken[0] = 1
        meet(team)
        if team.broken[0]:
            return batch - first
        for p in range(low, high):
            if not len(lesson.learning) or lesson.learning[p]:
                theta[p] = theta[p] - rate * gradient[p]
        meet(team)
    return end - first


@njit()
def train_epochs(
    plan: Any,
    width: Any,
    functions: Any,
    theta: Any,
    lesson: Any,
    errors: Any,
    work: Any,
    gradient: Any,
    team: Any,
) -> Any:
    """Learn from all batches, epoch after epoch, on one thread. Returns how many batches were learned from.

    errors: (epochs) gets the mean error of each.
    """
    batches = (len(lesson.order) + lesson.batch - 1) // lesson.batch
    for epoch in range(len(errors)):
        team.error[0], team.error[1] = 0.0, 0.0
        done = train(plan, width, functions, theta, lesson, 0, batches, work, gradient, team, 0)
        if done < batches:
            return epoch * batches + done
        errors[epoch] = team.error[0] / team.error[1]
    return len(errors) * batches
