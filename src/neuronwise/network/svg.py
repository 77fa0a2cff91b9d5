"""What pictures are made of: SVG with its colours and words, and curves."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from neuronwise.network.errors import DataError
from neuronwise.network.storage import save

LEAST = 480  # pixels of width, so that the legend has room
Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]  # a Bézier curve: its ends, and between them the two points it is drawn to

STYLE = """\
.nw-paper { fill: #ffffff } .nw-ink { fill: #1b1b1b } .nw-soft { fill: #5c5c5c }
.nw-node { fill: #ffffff; stroke: #1b1b1b; stroke-width: 1.5 }
.nw-ring, .nw-plus, .nw-minus, .nw-sum { fill: none }
.nw-ring { stroke: #1b1b1b } .nw-plus { stroke: #1f6fb2 } .nw-minus { stroke: #c2500a } .nw-sum { stroke: #5c5c5c }
.nw-late { stroke-dasharray: 6 4 }
.nw text { font: 13px system-ui, sans-serif; text-anchor: middle } .nw .nw-small { font-size: 11px }
.nw .nw-halo { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
.nw-paper { fill: #16181c } .nw-ink { fill: #ececec } .nw-soft { fill: #a9a9a9 }
.nw-node { fill: #16181c; stroke: #ececec } .nw-ring { stroke: #ececec }
.nw-plus { stroke: #6cb4ee } .nw-minus { stroke: #f0995a } .nw-sum { stroke: #a9a9a9 }
.nw .nw-halo { stroke: #16181c }
}"""


@dataclass(frozen=True)
class Picture:
    """A picture as SVG; a notebook shows it by itself."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a file, which a browser shows; a file of that name is replaced in one go.

        Errors   DataError: a name that says another kind of file
        """
        if Path(path).suffix != ".svg":
            message = f"expected a name that ends in .svg; got {Path(path).name}"
            raise DataError(message)
        save(self.svg, path)

    def __repr__(self) -> str:
        """Return how large it is, and what to do with it."""
        return f'Picture: {len(self.svg):,} characters of SVG; .save("net.svg") writes it'


def on(curve: Curve, t: float) -> Point:
    """A point of a curve, from its start at t = 0 to its end at t = 1.

    >>> on(((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)), 0.5)
    (1.5, 0.0)
    """
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * point[axis] for w, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


def drawn_as(curve: Curve) -> str:
    """A curve as SVG says it.

    >>> drawn_as(((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)))
    'M 0.0 0.0 C 1.0 0.0, 2.0 0.0, 3.0 0.0'
    """
    (a, b), *rest = curve
    return f"M {a:.1f} {b:.1f} C " + ", ".join(f"{x:.1f} {y:.1f}" for x, y in rest)


def whole(size: Point, shapes: Iterable[str], legend: str, words: tuple[str, str]) -> str:
    """A picture of these shapes; `words`: its title, and what it shows."""
    width, height = max(size[0], LEAST), size[1]
    shift = (width - size[0]) / 2
    heads = "".join(
        f'<marker id="nw-{sign}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="nw-{sign}" d="M 1 1 L 7 4 L 1 7"/></marker>'
        for sign in ("plus", "minus")
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nw" role="img" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" aria-label="{escape(words[0])}">\n'
        f"<title>{escape(words[0])}</title>\n<desc>{escape(words[1])}</desc>\n<style>\n{STYLE}\n</style>\n"
        f'<defs>{heads}</defs>\n<rect class="nw-paper" width="100%" height="100%"/>\n'
        f'<g transform="translate({shift:g} 0)">\n'
        + "\n".join(shapes)
        + f'\n</g>\n<text class="nw-soft nw-small" x="{width / 2:g}" y="{height - 10:g}">{escape(legend)}</text>\n'
        "</svg>\n"
    )
