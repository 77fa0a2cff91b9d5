"""A network as a picture: levels from left to right, a weight's size as width, its sign as colour.

Small networks show every neuron and edge, larger ones their levels. The picture is plain SVG: it needs no script,
follows the reader's light or dark colours, and says in words what it shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from neuronwise.network.levels import levels
from neuronwise.network.parts import PRODUCT, Parts
from neuronwise.network.places import Place
from neuronwise.network.summary import summary
from neuronwise.network.svg import Curve, Picture, Point, drawn_as, on, whole

MOST, MOST_EDGES, FEW = 40, 400, 14  # neurons and edges that are drawn one by one; edges whose numbers are written
COLUMN, ROW, MARGIN, RADIUS = 170, 76, 60, 20  # pixels
THIN, THICK = 1.0, 5.0  # an edge's width, from weight 0 to the largest
SHORT, LONG = 4, 16  # characters of a name inside a neuron, and beneath it
BENDS = (0, 40, -40, 80, -80, 120, -120, 160, -160)  # tried in this order, until an edge hits no neuron
ALONG, MIDDLE = (0.3, 0.2, 0.4, 0.6, 0.7), (0.5, 0.4, 0.6)  # where on an edge its number may stand, best first
WIDE, HIGH = 30, 12  # the room a number takes
SAMPLES = 24  # points of an edge that are looked at for that


def draw(parts: Parts) -> Picture:
    """Draw every neuron, or a summary of a larger network.

    >>> from neuronwise.network.making import layered
    >>> draw(layered([2, 3, 1], ("tanh", "identity"), (None, None), 0)).svg.count("<circle")
    5
    """
    rows = levels(parts)
    title = f"A network of {len(parts.inputs)} inputs, {len(parts.kinds)} neurons and {len(parts.edges)} edges"
    small = sum(map(len, rows)) <= MOST and len(parts.edges) <= MOST_EDGES
    return Picture(_every(parts, rows, title) if small else summary(parts, rows, title))


def _every(parts: Parts, rows: Sequence[Sequence[str]], title: str) -> str:
    """Every neuron and every edge."""
    around = 2 * RADIUS if parts.delayed else 0  # room for edges that go around
    width = 2 * MARGIN + COLUMN * max(len(rows) - 1, 0)
    height = MARGIN + ROW * max(map(len, rows), default=1) + 2 * around
    at: dict[str, Point] = {
        name: (MARGIN + COLUMN * level, height / 2 - 12 + ROW * (position - (len(row) - 1) / 2))
        for level, row in enumerate(rows)
        for position, name in enumerate(row)
    }
    curves = {place: _route(place, parts.home[place.net_input], at) for place in parts.edges}
    largest = max((abs(w) for w in parts.w.values()), default=0.0) or 1.0
    lines = [_edge(place, curve, parts.w[parts.edges[place]], largest) for place, curve in curves.items()]
    if len(curves) <= FEW:
        lines += _numbers(curves, {place: parts.w[p] for place, p in parts.edges.items()})
    nodes = [_node(parts, name, point) for name, point in at.items()]
    late = " · dashed: a step late" if parts.delayed else ""
    legend = f"blue: a positive weight · orange: a negative one · width: its size{late}"
    about = "; ".join(f"{place}: {parts.w[p]:.6g}" for place, p in parts.edges.items())
    return whole((width, height), (*lines, *nodes), legend, (title, f"{about}."))


def _edge(place: Place, curve: Curve, weight: float, largest: float) -> str:
    sign = "minus" if weight < 0 else "plus"
    width = THIN + (THICK - THIN) * (abs(weight) / largest)
    late, head = (" nw-late", f' marker-end="url(#nw-{sign}-head)"') if place.delay else ("", "")
    title = f"<title>{escape(str(place))}: {weight:.6g}</title>"
    return f'<path class="nw-{sign}{late}" stroke-width="{width:.2f}" d="{drawn_as(curve)}"{head}>{title}</path>'


def _numbers(curves: Mapping[Place, Curve], weights: Mapping[Place, float]) -> Iterable[str]:
    """The weights, each written where no other stands, if there is such a place."""
    taken: list[Point] = []
    for place, curve in curves.items():
        points = [on(curve, t) for t in (MIDDLE if place.delay else ALONG)]
        free = [(x, y) for x, y in points if all(abs(x - u) > WIDE or abs(y - v) > HIGH for u, v in taken)]
        x, y = (free or points)[0]
        taken.append((x, y))
        late = f", {place.delay} late" if place.delay else ""
        text = f"{weights[place]:.3g}{late}"
        yield f'<text class="nw-soft nw-small nw-halo" x="{x:.1f}" y="{y - 5:.1f}">{text}</text>'


def _route(place: Place, target: str, at: Mapping[str, Point]) -> Curve:
    """The straightest way that hits no other neuron; a delayed edge goes around."""
    (x1, y1), (x2, y2) = at[place.source], at[target]
    if place.source == target:
        reach, top = 26 + 14 * min(place.delay, 3), y1 - RADIUS
        return (x1 - 10, top + 3), (x1 - reach, top - reach), (x1 + reach, top - reach), (x1 + 10, top - 1)
    gap = RADIUS if x2 > x1 else -RADIUS
    others = [point for name, point in at.items() if name not in {place.source, target}]
    bends = [bend for bend in BENDS if bend or not place.delay]
    return min((_bent((x1 + gap, y1), (x2 - gap, y2), bend) for bend in bends), key=lambda curve: _hits(curve, others))


def _bent(start: Point, end: Point, bend: float) -> Curve:
    """A curve that leaves the straight line by three quarters of `bend`."""
    (x1, y1), (x2, y2) = start, end
    across, down = (x2 - x1) / 3, (y2 - y1) / 3
    return start, (x1 + across, y1 + down + bend), (x2 - across, y2 - down + bend), end


def _hits(curve: Curve, others: Sequence[Point]) -> int:
    """How many points of a curve lie on neurons."""
    way = [on(curve, n / SAMPLES) for n in range(1, SAMPLES)]
    near = (RADIUS + 6) ** 2
    return sum((x - u) ** 2 + (y - v) ** 2 < near for x, y in way for u, v in others)


def _node(parts: Parts, name: str, point: Point) -> str:
    x, y = point
    kind = parts.kinds.get(name)
    ring = f'<circle class="nw-ring" cx="{x}" cy="{y}" r="{RADIUS + 3.5}"/>' if name in parts.outputs else ""
    square = f'x="{x - RADIUS}" y="{y - RADIUS}" width="{2 * RADIUS}" height="{2 * RADIUS}" rx="5"'
    shape = f'<circle class="nw-node" cx="{x}" cy="{y}" r="{RADIUS}"/>' if kind else f'<rect class="nw-node" {square}/>'
    inside = name if len(name) <= SHORT else "×" if kind and kind.activation == PRODUCT else ""
    beneath = [] if inside == name else [name if len(name) <= LONG else f"{name[: LONG - 1]}…"]
    beneath += [kind.activation] if kind else []
    about = f"{name}: {kind.activation}{_biases(parts, kind.net_inputs)}" if kind else f"{name}: input"
    texts = [f'<text class="nw-ink" x="{x}" y="{y + 4.5}">{escape(inside)}</text>'] if inside else []
    texts += [
        f'<text class="nw-soft nw-small nw-halo" x="{x}" y="{y + RADIUS + 15 + 12 * line}">{escape(words)}</text>'
        for line, words in enumerate(beneath)
    ]
    return f"<g><title>{escape(about)}</title>{ring}{shape}{''.join(texts)}</g>"


def _biases(parts: Parts, net_inputs: Iterable[str]) -> str:
    return "".join(f", bias {parts.b[parts.bias_of[k]]:.6g}" for k in net_inputs)
