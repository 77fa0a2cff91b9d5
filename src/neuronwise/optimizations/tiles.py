"""Register tiles: neurons that name the same sources are summed together, with all their sums held in registers.

    sum[r, sample] = Σ w[r, e]·x[source[e], sample]     r < R neurons, e over the edges, T vectors of samples

Idea         an activation that was loaded serves R neurons, and a weight that was loaded serves T vectors. R = 1 is a
             neuron on its own, R = 6 a slice of a layer: a layer is nothing but neurons that name the same sources.
Allowed      always: each sum is added in the order of its edges, whatever R and T.
Costs        R·T + T + 1 registers: 32 with AVX-512, 16 elsewhere.
Differs from `necessary`: several sums grow at a time. The same tile, over the edges that leave, brings slopes back.
Label        optimization: test_tiles_of_any_size_give_the_same_numbers

In float64 a product is rounded before it is added, as in Python; float32 rounds once (fused multiply-add).
"""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

BYTES = 64  # of a vector: one cache line, one AVX-512 register; narrower machines split it
INT, LONG = ir.IntType(32), ir.IntType(64)


class Tile:
    """Writes vector instructions for samples of one type, as many as `width` is long."""

    def __init__(self, build: ir.IRBuilder, width: Any) -> None:
        self.build, self.exact = build, width.dtype == types.float64
        self.scalar = ir.DoubleType() if self.exact else ir.FloatType()
        self.size = 8 if self.exact else 4
        self.samples = width.count
        self.lanes = min(width.count, BYTES // self.size)
        self.vectors = width.count // self.lanes
        self.vector = ir.VectorType(self.scalar, self.lanes)

    def at(self, address: ir.Value, n: ir.Value | int, kind: ir.Type) -> ir.Value:
        """Return the place of the n-th thing of a kind behind an address."""
        place = LONG(n) if isinstance(n, int) else n
        return self.build.gep(self.build.inttoptr(address, kind.as_pointer()), [place])

    def whole(self, address: ir.Value, n: ir.Value | int, kind: ir.Type = INT) -> ir.Value:
        """Return the n-th whole number behind an address."""
        found = self.build.load(self.at(address, n, kind))
        return found if kind == LONG else self.build.sext(found, LONG)

    def row(self, address: ir.Value, n: ir.Value) -> ir.Value:
        """Return the address of the n-th row of samples."""
        return self.build.add(address, self.build.mul(n, LONG(self.samples * self.size)))

    def load(self, row: ir.Value, t: ir.Value | int) -> ir.Value:
        """Return the t-th vector of a row."""
        found = self.build.load(self.at(row, t, self.vector))
        found.align = self.lanes * self.size
        return found

    def store(self, u: ir.Value, row: ir.Value, t: int) -> None:
        """Put a vector into a row."""
        stored = self.build.store(u, self.at(row, t, self.vector))
        stored.align = self.lanes * self.size

    def spread(self, address: ir.Value, n: ir.Value | int) -> ir.Value:
        """Return the n-th number behind an address, in all lanes."""
        undefined = ir.Constant(self.vector, ir.Undefined)
        one = self.build.insert_element(undefined, self.build.load(self.at(address, n, self.scalar)), INT(0))
        return self.build.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(INT, self.lanes), [0] * self.lanes))

    def add_product(self, s: ir.Value, u: ir.Value, v: ir.Value) -> ir.Value:
        """Return s + u·v."""
        if self.exact:
            return self.build.fadd(s, self.build.fmul(u, v))
        kind = ir.FunctionType(self.vector, [self.vector] * 3)
        name = f"llvm.fma.v{self.lanes}f32"
        return self.build.call(
            self.build.module.globals.get(name) or ir.Function(self.build.module, kind, name), [u, v, s]
        )

    def mixed(self, u: ir.Value, v: ir.Value, step: int) -> tuple[ir.Value, ir.Value]:
        """Return two vectors with half of their lanes exchanged: those whose number has the bit `step`."""
        lanes = range(self.lanes)
        kept = [n if not n & step else self.lanes + n - step for n in lanes]
        moved = [n + step if not n & step else self.lanes + n for n in lanes]
        kind = ir.VectorType(INT, self.lanes)
        return (
            self.build.shuffle_vector(u, v, ir.Constant(kind, kept)),
            self.build.shuffle_vector(u, v, ir.Constant(kind, moved)),
        )

    def turned(self, vectors: Sequence[ir.Value]) -> list[ir.Value]:
        """Return rows as columns: as many vectors as there are lanes."""
        found = list(vectors)
        for bit in range(self.lanes.bit_length() - 1):
            step = 1 << bit
            for n in range(self.lanes):
                if not n & step:
                    found[n], found[n + step] = self.mixed(found[n], found[n + step], step)
        return found

    def added_up(self, vectors: Sequence[ir.Value]) -> ir.Value:
        """Return the sums over the lanes of as many vectors as there are lanes, each in its own lane."""
        found = list(vectors)
        for bit in range(self.lanes.bit_length() - 1):
            pairs = zip(found[::2], found[1::2], strict=True)
            found = [self.build.fadd(*self.mixed(u, v, 1 << bit)) for u, v in pairs]
        return found[0]

    def nothing(self) -> ir.Constant:
        """Return the vector that changes nothing when added to: −0 + u is u, even for u = −0."""
        return ir.Constant(self.vector, [-0.0] * self.lanes)

    def loop(
        self, count: ir.Value, start: Sequence[ir.Value], body: Callable[..., Sequence[ir.Value]]
    ) -> list[ir.Value]:
        """Write a loop over n < count, at least once, that carries some values along; returns the last ones."""
        build, before = self.build, self.build.block
        inner, after = build.append_basic_block("loop"), build.append_basic_block("after")
        build.branch(inner)
        build.position_at_end(inner)
        n = build.phi(LONG)
        carried = [build.phi(each.type) for each in start]
        found = list(body(n, *carried))
        following = build.add(n, LONG(1))
        for phi, first, later in zip((n, *carried), (LONG(0), *start), (following, *found), strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(later, build.block)
        build.cbranch(build.icmp_signed("<", following, count), inner, after)
        build.position_at_end(after)
        return found


@intrinsic(prefer_literal=True)
def sums(
    _: Any,
    R: Any,
    listed: Any,
    width: Any,
    x: Any,
    sources: Any,
    count: Any,
    w: Any,
    places: Any,
    bases: Any,
    out: Any,
) -> Any:
    """Add up R rows over their common sources; the weights stand at base + e, or where a list says: base + place[e].

    x, sources, w, places, bases, out are addresses; count ≥ 1 edges; `out` gets R rows.
    """
    rows, by_list = R.literal_value, bool(listed.literal_value)

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        _, _, _, x, sources, count, w, places, bases, out = arguments
        tile = Tile(build, width)
        base = [tile.at(w, tile.whole(bases, r, LONG), tile.scalar) for r in range(rows)]
        base = [build.ptrtoint(each, LONG) for each in base]

        def edge(e: ir.Value, *sums: ir.Value) -> list[ir.Value]:
            row = tile.row(x, tile.whole(sources, e))
            a = [tile.load(row, t) for t in range(tile.vectors)]
            place = tile.whole(places, e) if by_list else e
            weights = [tile.spread(each, place) for each in base]
            return [
                tile.add_product(sums[r * tile.vectors + t], weights[r], a[t])
                for r in range(rows)
                for t in range(tile.vectors)
            ]

        found = tile.loop(count, [tile.nothing()] * (rows * tile.vectors), edge)
        for n, each in enumerate(found):
            tile.store(each, build.add(out, LONG(n // tile.vectors * tile.samples * tile.size)), n % tile.vectors)
        return context.get_dummy_value()

    return types.void(R, listed, width, x, sources, count, w, places, bases, out), emit


@intrinsic
def products(
    _: Any, width: Any, count: Any, d: Any, d_step: Any, a: Any, a_step: Any, to: Any
) -> Any:  # fmt: skip
    """Add the products of two rows, and of the rows so many bytes behind them, and so on, `count` ≥ 1 times."""

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        _, count, d, d_step, a, a_step, to = arguments
        tile = Tile(build, width)

        def step(n: ir.Value, *sums: ir.Value) -> list[ir.Value]:
            rows = [build.add(first, build.mul(n, size)) for first, size in ((d, d_step), (a, a_step))]
            return [tile.add_product(s, *(tile.load(row, t) for row in rows)) for t, s in enumerate(sums)]

        before = [tile.load(to, t) for t in range(tile.vectors)]
        for t, each in enumerate(tile.loop(count, before, step)):
            tile.store(each, to, t)
        return context.get_dummy_value()

    return types.void(width, count, d, d_step, a, a_step, to), emit


@intrinsic(prefer_literal=True)
def slopes(
    _: Any,
    R: Any,
    whole: Any,
    width: Any,
    x: Any,
    sources: Any,
    count: Any,
    dz: Any,
    last: Any,
    bases: Any,
    out: Any,
) -> Any:
    """Add to the slopes of R rows' weights what the samples of a tile bring; those after the `last` one bring nothing.

    x, sources, dz, bases, out are addresses; count ≥ 1 edges; `whole` promises that no sample is missing.
    """
    rows = R.literal_value

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        _, _, _, x, sources, count, dz, last, bases, out = arguments
        tile = Tile(build, width)
        together = tile.lanes // (1 if tile.exact else rows)  # edges at a time
        add = _in_order if tile.exact else _by_lanes
        base = [build.ptrtoint(tile.at(out, tile.whole(bases, r, LONG), tile.scalar), LONG) for r in range(rows)]
        row = [tile.row(dz, LONG(r)) for r in range(rows)]
        limit = None if whole.literal_value else last

        def block(n: ir.Value) -> list[ir.Value]:
            first = build.mul(n, LONG(together))
            rest = build.sub(count, first)
            sources_of = [_least(build, LONG(i), build.sub(rest, LONG(1))) for i in range(together)]
            a = [tile.row(x, tile.whole(sources, build.add(first, i))) for i in sources_of]
            kind = ir.VectorType(INT, together)
            inside = build.icmp_signed("<", ir.Constant(kind, list(range(together))), _filled(build, rest, kind))
            place = [build.ptrtoint(tile.at(each, first, tile.scalar), LONG) for each in base]
            add(tile, a, row, (place, inside), limit)
            return []

        blocks = build.sdiv(build.add(count, LONG(together - 1)), LONG(together))
        tile.loop(blocks, [], block)
        return context.get_dummy_value()

    return types.void(R, whole, width, x, sources, count, dz, last, bases, out), emit


@intrinsic
def turn(_: Any, width: Any, sources: Any, read: Any, targets: Any, written: Any) -> Any:
    """Put rows as columns: lane k of the n-th row becomes lane n of the k-th, for as many as a vector has lanes.

    sources, targets are the addresses of as many addresses; `read`, `written` bytes behind each of them are meant.
    """

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        _, sources, read, targets, written = arguments
        tile = Tile(build, width)

        def place(addresses: ir.Value, n: int, behind: ir.Value) -> ir.Value:
            return build.inttoptr(build.add(tile.whole(addresses, n, LONG), behind), tile.vector.as_pointer())

        rows = [build.load(place(sources, n, read), align=tile.size) for n in range(tile.lanes)]
        for n, column in enumerate(tile.turned(rows)):
            build.store(column, place(targets, n, written), align=tile.size)
        return context.get_dummy_value()

    return types.void(width, sources, read, targets, written), emit


Kept = tuple[Sequence[ir.Value], ir.Value]  # where the slopes of each row are, and which of them are meant


def _in_order(tile: Tile, a: Sequence[ir.Value], rows: Sequence[ir.Value], kept: Kept, last: ir.Value | None) -> None:
    """Add sample after sample, for as many edges at once as there are lanes."""
    build, (places, inside) = tile.build, kept

    def vector(t: ir.Value, *sums: ir.Value) -> list[ir.Value]:
        samples = tile.turned([tile.load(each, t) for each in a])
        found = list(sums)
        for lane, x in enumerate(samples):
            n = build.add(build.mul(t, LONG(tile.lanes)), LONG(lane))
            for r, row in enumerate(rows):
                product = build.fmul(tile.spread(row, n), x)
                if last is not None:
                    product = build.select(build.icmp_signed("<", n, last), product, tile.nothing())
                found[r] = build.fadd(found[r], product)
        return found

    before = [_masked(tile, "load", place, inside, tile.nothing()) for place in places]
    for place, slope in zip(places, tile.loop(LONG(tile.vectors), before, vector), strict=True):
        _masked(tile, "store", place, inside, slope)


def _by_lanes(tile: Tile, a: Sequence[ir.Value], rows: Sequence[ir.Value], kept: Kept, last: ir.Value | None) -> None:
    """Add in each lane its own samples, then the lanes."""
    build, (places, inside) = tile.build, kept
    each = ir.Constant(ir.VectorType(INT, tile.lanes), list(range(tile.lanes)))

    def vector(t: ir.Value, *sums: ir.Value) -> list[ir.Value]:
        d = [tile.load(row, t) for row in rows]
        if last is not None:
            rest = _filled(build, build.sub(last, build.mul(t, LONG(tile.lanes))), each.type)
            d = [
                build.select(build.icmp_signed("<", each, rest), u, ir.Constant(tile.vector, [0.0] * tile.lanes))
                for u in d
            ]
        x = [tile.load(row, t) for row in a]
        return [tile.add_product(s, d[n // len(a)], x[n % len(a)]) for n, s in enumerate(sums)]

    zero = ir.Constant(tile.vector, [0.0] * tile.lanes)
    sums = tile.added_up(tile.loop(LONG(tile.vectors), [zero] * (len(rows) * len(a)), vector))
    for r, place in enumerate(places):
        own = ir.Constant(ir.VectorType(INT, len(a)), list(range(r * len(a), (r + 1) * len(a))))
        part = build.shuffle_vector(sums, ir.Constant(tile.vector, ir.Undefined), own)
        before = _masked(tile, "load", place, inside, ir.Constant(part.type, [0.0] * len(a)))
        _masked(tile, "store", place, inside, build.fadd(before, part))


def _least(build: ir.IRBuilder, u: ir.Value, v: ir.Value) -> ir.Value:
    return build.select(build.icmp_signed("<", u, v), u, v)


def _filled(build: ir.IRBuilder, u: ir.Value, kind: ir.VectorType) -> ir.Value:
    """Return a whole number in all lanes."""
    undefined = ir.Constant(kind, ir.Undefined)
    one = build.insert_element(undefined, build.trunc(u, INT), INT(0))
    return build.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(INT, kind.count), [0] * kind.count))


def _masked(tile: Tile, what: str, address: ir.Value, inside: ir.Value, u: ir.Value) -> ir.Value:
    """Load or store the numbers that are inside."""
    at = tile.build.inttoptr(address, u.type.as_pointer())
    given = (at, INT(tile.size), inside, u) if what == "load" else (u, at, INT(tile.size), inside)
    kind = ir.FunctionType(u.type if what == "load" else ir.VoidType(), [each.type for each in given])
    name = f"llvm.masked.{what}.v{u.type.count}f{8 * tile.size}.p0"
    return tile.build.call(tile.build.module.globals.get(name) or ir.Function(tile.build.module, kind, name), given)
