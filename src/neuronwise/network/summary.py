"""A large network as a picture: a box for each level, and how many edges join them."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from neuronwise.network.parts import Parts
from neuronwise.network.svg import Point, drawn_as, on, whole

BOXES, BOX = 8, (120, 84)  # how many boxes there are at most, and their size
COLUMN, MARGIN = 170, 60  # pixels
LONG, LISTED = 16, 8  # characters of a name, and names of a box, that are told when it is pointed at


def summary(parts: Parts, rows: Sequence[Sequence[str]], title: str) -> str:
    """Boxes of levels, several in one if there are many, and the edges between them counted."""
    several = -(-len(rows) // BOXES)  # levels in a box, rounded up
    boxes = [rows[start : start + several] for start in range(0, len(rows), several)]
    box_of = {name: number for number, box in enumerate(boxes) for row in box for name in row}
    joined = Counter((box_of[p.source], box_of[parts.home[p.net_input]], p.delay > 0) for p in parts.edges)
    far = max((abs(b - a) for a, b, _ in joined), default=1)
    height = 2 * MARGIN + BOX[1] + 72 * far
    points = [(MARGIN + COLUMN * n + BOX[0] / 2, height / 2 - 8) for n in range(len(boxes))]
    lines = [_bundle(points, pair, count) for pair, count in joined.items() if pair[0] != pair[1] or pair[2]]
    within = {a: count for (a, b, late), count in joined.items() if a == b and not late}
    drawn = [_box(parts, box, (n * several, points[n]), within.get(n, 0)) for n, box in enumerate(boxes)]
    legend = f"each box: neurons of a level · each line: so many edges{' · dashed: late' if parts.delayed else ''}"
    width = 2 * MARGIN + COLUMN * (len(boxes) - 1) + BOX[0]
    return whole((width, height), (*lines, *drawn), legend, (title, "A summary by levels."))


def _bundle(points: Sequence[Point], pair: tuple[int, int, bool], count: int) -> str:
    """The edges between two boxes, as one line: straight to the next box, above others, late ones beneath."""
    a, b, late = pair
    (x1, y1), (x2, y2) = points[a], points[b]
    bend = 0 if b == a + 1 and not late else (48 * abs(b - a) + 36) * (1 if late else -1)
    loop = 40 if a == b else 0
    across = (x2 - x1) / 3
    curve = ((x1, y1), (x1 + across - loop, y1 + bend), (x2 - across + loop, y2 + bend), (x2, y2))
    x, y = on(curve, 0.5)
    dashed, beneath = (" nw-late", 16) if late else ("", -6)
    return (
        f'<path class="nw-sum{dashed}" stroke-width="2" d="{drawn_as(curve)}"/>'
        f'<text class="nw-soft nw-small nw-halo" x="{x:.1f}" y="{y + beneath:.1f}">{count:,}</text>'
    )


def _box(parts: Parts, box: Sequence[Sequence[str]], where: tuple[int, Point], within: int) -> str:
    """The neurons of a level, or of several, counted by activation."""
    first, (x, y) = where
    names = [name for row in box for name in row]
    kinds = Counter(parts.kinds[name].activation if name in parts.kinds else "inputs" for name in names)
    head = f"level {first}" if len(box) == 1 else f"levels {first} to {first + len(box) - 1}"
    lines = [head, *(f"{count:,} {kind}" for kind, count in kinds.most_common(2))]
    if others := len(names) - sum(count for _, count in kinds.most_common(2)):
        lines.append(f"{others:,} others")
    if within:
        lines.append(f"{within:,} edges inside")
    tops = [y + 17 * (n - (len(lines) - 1) / 2) + 4 for n in range(len(lines))]
    texts = [
        f'<text class="{"nw-soft nw-small" if n else "nw-ink"}" x="{x}" y="{tops[n]:.1f}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]
    corner = f'x="{x - BOX[0] / 2}" y="{y - BOX[1] / 2}" width="{BOX[0]}" height="{BOX[1]}"'
    about = f"{head}: {', '.join(name[:LONG] for name in names[:LISTED])}{', …' if names[LISTED:] else ''}"
    return f'<g><title>{escape(about)}</title><rect class="nw-node" {corner} rx="8"/>{"".join(texts)}</g>'
