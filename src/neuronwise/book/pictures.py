"""Pictures of a run: drawn from the numbers that the program computed, at build time and in the page by this same file.

Line style is meaning: solid is forward, dashed is backward, double is the change. Every symbol's group carries its
name and
hue, so that it lights up with its formula. What is not computed yet is drawn faintly, without a number.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from neuronwise.book.program import Update
from neuronwise.mathematics.printers import symbol_named
from neuronwise.mathematics.worked import digits

PLACES, FEW_PLACES = 6, 3  # significant digits in a picture, and of a number that would be too long with them
SHORT = 7  # characters that a number in a picture may have
LABEL = 70  # a label's width
ROOM = 6  # characters of a large number that fit into a neuron
FAR = 1e12  # a bottom of the valley farther away than that is out of sight
THIRDS = 60  # how often the search for it drops a third: (2/3)^60 of the width is nothing
SAMPLES = 24  # pieces that the valley is drawn of
ITALIC = {"x": "𝑥", "w": "𝑤", "a": "𝑎", "t": "𝑡", "E": "𝐸"}  # the same letters as the formulas, in plain SVG text
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture, and what it shows in words."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One update of the smallest network, as far as it is computed."""

    update: Update
    order: tuple[str, ...]  # the operations' symbols
    done: int  # how many of them are computed

    def known(self, symbol: str, *, became: bool = False) -> bool:
        """Tell whether a symbol has a value by now."""
        if became:
            return self.done == len(self.order)
        return symbol not in self.order[:-1] or self.order.index(symbol) < self.done

    def number(self, symbol: str, *, became: bool = False) -> str:
        """Return a symbol's number, or nothing before it is computed."""
        if not self.known(symbol, became=became):
            return ""
        return short((self.update.became if became else self.update.values)[symbol])

    def group(self, symbol: str, *shapes: str, expr: str = "", became: bool = False) -> str:
        """Return shapes that belong to a symbol: faint before its time, marked in its step."""
        current = self.order[self.done - 1] if self.done else ""
        step = (became and self.done == len(self.order)) or (
            not became and symbol == current and symbol != self.order[-1]
        )
        known = self.known(symbol, became=became)
        return group(symbol, *shapes, classes=" ".join(filter(None, ("now" * step, "later" * (not known)))), expr=expr)


# pieces


def minus(text: str) -> str:
    """Return a number with a true minus sign."""
    return text.replace("-", "−")


def short(number: float) -> str:
    """Return a number as a picture has room for it; all its digits stand beside the code.

    >>> short(0.75), short(-23.5074), short(0.123456789), short(-1e9), short(123456789.0)
    ('0.75', '−23.5', '0.123', '−1e9', '1.23e8')
    """
    text = digits(number, PLACES)
    if len(text) > SHORT:
        mantissa, _, power = f"{number:.{FEW_PLACES}g}".partition("e")
        text = mantissa + (f"e{int(power)}" if power else "")
    return minus(text)


def look(symbol: str) -> str:
    """Return a symbol as SVG text: italic letters, an upright d."""
    plain = symbol_named(symbol).plain
    return f'<tspan class="m">{"".join(ITALIC.get(c, c) for c in plain)}</tspan>'


def group(symbol: str, *shapes: str, classes: str = "", expr: str = "") -> str:
    """Return shapes in the hue of a symbol."""
    more = f' class="{classes}"' * bool(classes) + f' data-expr="{escape(expr)}"' * bool(expr)
    return f'<g data-sym="{symbol}" data-kind="{symbol_named(symbol).kind}"{more}>{"".join(shapes)}</g>'


def text(at: Point, content: str, classes: str = "num") -> str:
    """Return words or a number at a point."""
    return f'<text class="{classes}" x="{at[0]:g}" y="{at[1]:g}">{content}</text>'


def path(way: str, classes: str) -> str:
    """Return a line."""
    return f'<path class="{classes}" d="{way}"/>'


def large(number: str) -> str:
    """Return the classes of the number inside a neuron: large, if it has room there.

    >>> large("0.75"), large("−23.5074")
    ('num large', 'num')
    """
    return "num large" if len(number) <= ROOM else "num"


def plate(at: Point, symbol: str, number: str, classes: str = "plate") -> str:
    """Return a symbol and its number on a plate, as wide as they need."""
    width = max(104.0, 46 + 11 * (len(symbol_named(symbol).plain) + len(number)))
    round_ = ' rx="23"' if classes == "plate" else ""
    return (
        f'<rect class="{classes}" x="{at[0] - width / 2:g}" y="{at[1] - 23:g}" width="{width:g}" height="46"{round_}/>'
        + text((at[0], at[1] + 8), f"{look(symbol)} {number}")
    )


def svg(view: str, alt: str, *shapes: str, classes: str = "net") -> Drawing:
    """Return a whole picture."""
    drawn = "".join(shapes)
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" viewBox="{view}" role="img" '
        f'aria-label="{escape(alt)}">{drawn}</svg>',
        alt,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """A number line on the page: numbers from `low` to `high` lie between two points of it."""

    low: float
    high: float
    start: float
    end: float
    intervals: int = 4

    def __call__(self, number: float) -> float:
        """Return where a number lies, to a tenth of a pixel."""
        return round(self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[float]:
        """Evenly spaced numbers from one end to the other."""
        width = (self.high - self.low) / self.intervals
        return [self.low + width * i for i in range(self.intervals + 1)]


QUARTERS, WHOLE = (1, 2.5, 5), (1, 2, 5)  # widths between ticks, times a power of ten


def scale(
    numbers: Sequence[float], start: float, end: float, intervals: int = 4, widths: Sequence[float] = QUARTERS
) -> Scale:
    """Return a scale with round ends that has room for all numbers.

    >>> scale([0.25, 0.75, 0], 0, 100).high, scale([3, -7], 0, 100, 5).low
    (1.0, -7.5)
    """
    low, high = min(numbers), max(numbers)
    if low == high:
        high = low + (abs(low) or 1)
    gap = (high - low) / intervals
    if not 0 < gap < math.inf:
        return Scale(low, high, start, end, intervals)
    power = math.floor(math.log10(gap))
    for width in (nice * 10.0**p for p in (power - 1, power, power + 1) for nice in widths):
        begin = math.floor(low / width) * width
        if begin + width * intervals >= high:
            return Scale(begin, begin + width * intervals, start, end, intervals)
    return Scale(low, high, start, end, intervals)  # so close together that no round number lies between them


# the network


def neuron(values: Update) -> Drawing:
    """Draw input, edge and neuron with their numbers."""
    x, w, a = (short(values.values[symbol]) for symbol in "xwa")
    alt = (
        f"An input x with the value {x}. An edge with the weight w, {w}, leads to a neuron with the activation a, {a}."
    )
    return svg(
        "0 0 600 132",
        alt,
        group("x", box((64, 74), 28), text((64, 81), x), text((64, 32), f"{look('x')} input", "tag")),
        group("w", path("M92 74H462", "edge"), path("M458 65l16 9-16 9z", "head"), text((268, 32), "weight", "tag")),
        group("w", plate((268, 74), "w", w)),
        group(
            "a",
            circle((520, 74), 46),
            text((520, 81), a),
            text((520, 16), f"{look('a')} activation", "tag"),
            expr="w·x",
        ),
    )


def number_line(values: Update) -> Drawing:
    """Draw the error as a distance between target and activation."""
    t, a = (values.values[symbol] for symbol in "ta")
    line = scale([0, t, a], 40, 560)
    tick = [short(n) for n in (line.low, line.high)]
    said = {symbol: short(values.values[symbol]) for symbol in "taE"}
    alt = (
        f"A number line from {tick[0]} to {tick[1]}. The target t lies at {said['t']}, the activation a at "
        f"{said['a']}. The error E, {said['E']}, is the distance between them."
    )
    at_t, at_a, middle = line(t), line(a), (line(t) + line(a)) / 2
    return svg(
        "0 0 600 128",
        alt,
        path("M40 74H560" + "".join(f"M{line(n):g} 68v12" for n in line.ticks), "axis"),
        *(text((at, 110), name, "tick") for at, name in zip((40, 560), tick, strict=True)),
        group(
            "E",
            path(f"M{at_t:g} 36H{at_a:g}M{at_t:g} 28v16M{at_a:g} 28v16", "measure"),
            f'<rect class="gap" x="{middle - 42:g}" y="20" width="84" height="32"/>',
            text((middle, 43), f"{look('E')} {said['E']}"),
            expr="abs(t − a)",
        ),
        group(
            "t",
            path(f"M{at_t:g} 62l12 12-12 12-12-12z", "solid"),
            text((at_t, 110), f"target {look('t')} {said['t']}", "tag"),
        ),
        group("a", circle((at_a, 74), 11, "solid"), text((at_a, 110), f"{look('a')} {said['a']}", "tag")),
    )


def box(at: Point, half: float) -> str:
    """Return an input's square."""
    return f'<rect class="node" x="{at[0] - half:g}" y="{at[1] - half:g}" width="{2 * half:g}" height="{2 * half:g}"/>'


def circle(at: Point, radius: float, classes: str = "node") -> str:
    """Return a neuron's circle, or a point."""
    return f'<circle class="{classes}" cx="{at[0]:g}" cy="{at[1]:g}" r="{radius:g}"/>'


def sentence(scene: Scene) -> str:
    """Return what the picture of the whole loop shows, in words."""
    n = scene.number
    said = [f"Forward, solid: x {n('x')}, times w {n('w')}"]
    for symbol, words in (
        ("a", "gives a {0}"),
        ("E", "its distance from t {1} is E {0}. Backward, dashed"),
        ("dE_da", "dE by da {0}"),
        ("da_dw", "times da by dw {0}"),
        ("dE_dw", "gives dE by dw {0}"),
    ):
        if scene.known(symbol):
            said.append(words.format(n(symbol), n("t")))
    if scene.known("w", became=True):
        said.append(f"the slope changes w to {n('w', became=True)}")
    return ", ".join(said) + "."


def loop(scene: Scene) -> Drawing:
    """Draw the loop lying down: values go right, the error hangs on its line, slopes come back below."""
    n, g = scene.number, scene.group
    t, a = scene.update.values["t"], scene.update.values["a"]
    shown = [0, t, a] if scene.known("a") else [0, t]
    line = scale(shown, 270, 70)
    at_t, at_a = line(t), line(a) if scene.known("a") else 120
    middle = (at_t + at_a) / 2
    ticks = line.ticks
    return svg(
        "0 12 900 344",
        sentence(scene),
        path("M470 182V286", "guide"),
        g("x", box((80, 120), 34), text((80, 128), n("x")), text((80, 72), f"{look('x')} input", "tag")),
        g("w", path("M114 120H396", "edge"), path("M392 110l18 10-18 10z", "head"), text((236, 72), "weight", "tag")),
        g("w", plate((236, 120), "w", n("w"))),
        g(
            "a",
            path(f"M530 120L660 {at_a:g}", "thin"),
            circle((470, 120), 60),
            text((470, 125), n("a"), large(n("a"))),
            text((470, 152), f"{look('w')} · {look('x')}", "inside"),
            text((470, 42), f"{look('a')} activation", "tag"),
            expr="w·x",
        ),
        path("M660 70V270" + "".join(f"M654 {line(tick):g}h12" for tick in ticks), "axis"),
        *(
            text((646, line(tick) + 5), short(tick), "tick end")
            for tick in (ticks[0], ticks[-1])
            if abs(line(tick) - at_t) > 24  # noqa: PLR2004 - closer than that, the labels would touch
        ),
        g(
            "t",
            path(f"M660 {at_t - 12:g}l12 12-12 12-12-12z", "solid"),
            text((638, at_t + 6), f"target {look('t')} {n('t')}", "tag end"),
        ),
        g("a", circle((660, at_a), 11, "solid"), text((680, at_a - 12), f"{look('a')} {n('a')}", "tag begin")),
        g(
            "E",
            path(f"M738 {at_a:g}V{at_t:g}M730 {at_a:g}h16M730 {at_t:g}h16", "measure"),
            text((756, middle + 7), f"{look('E')} {n('E')}", "num begin"),
            expr="abs(t − a)",
        ),
        g(
            "dE_da",
            path(f"M792 {middle + 24:g}V296a16 16 0 0 1-16 16H546", "back"),
            path("M530 312l18-9v18z", "head"),
            plate((470, 312), "dE_da", n("dE_da"), "chip"),
        ),
        g(
            "da_dw",
            path("M412 312H322", "back"),
            path("M306 312l18-9v18z", "head"),
            text((362, 294), f"{look('da_dw')} {n('da_dw')}", "tag"),
        ),
        g("dE_dw", plate((236, 312), "dE_dw", n("dE_dw"), "chip")),
        g(
            "w",
            path("M232 284V158M240 284V158", "change"),
            path("M236 146l11 17h-22z", "head"),
            text((218, 222), f"next {n('w', became=True)}", "tag end"),
            became=True,
        ),
    )


def loop_upright(scene: Scene) -> Drawing:
    """Draw the same loop standing, for a narrow page."""
    n, g = scene.number, scene.group
    t, a = scene.update.values["t"], scene.update.values["a"]
    shown = [0, t, a] if scene.known("a") else [0, t]
    line = scale(shown, 96, 296)
    at_t, at_a = line(t), line(a) if scene.known("a") else 246
    middle = (at_t + at_a) / 2
    ticks = line.ticks
    return svg(
        "0 8 320 512",
        sentence(scene),
        path("M190 272H130", "guide"),
        g("x", box((246, 44), 30), text((246, 52), n("x")), text((204, 50), f"input {look('x')}", "tag end")),
        g("w", path("M246 74V202", "edge"), path("M236 200l10 17 10-17z", "head")),
        g("w", plate((246, 135), "w", n("w"))),
        g(
            "a",
            path(f"M246 326L{at_a:g} 400", "thin"),
            circle((246, 272), 54),
            text((246, 277), n("a"), large(n("a"))),
            text((246, 302), f"{look('w')} · {look('x')}", "inside"),
            expr="w·x",
        ),
        path("M96 400H296" + "".join(f"M{line(tick):g} 394v12" for tick in ticks), "axis"),
        *(text((line(tick), 382), short(tick), "tick") for tick in (ticks[0], ticks[-1])),
        g("t", path(f"M{at_t:g} 388l12 12-12 12-12-12z", "solid"), text((at_t, 434), f"{look('t')} {n('t')}", "tag")),
        g(
            "a",
            circle((at_a, 400), 11, "solid"),
            text((at_a, 434 if abs(at_a - at_t) > LABEL else 382), f"{look('a')} {n('a')}", "tag"),
        ),
        g(
            "E",
            path(f"M{at_t:g} 464H{at_a:g}M{at_t:g} 456v16M{at_a:g} 456v16", "measure"),
            text((middle, 498), f"{look('E')} {n('E')}"),
            expr="abs(t − a)",
        ),
        g(
            "dE_da",
            path(f"M{middle - 44:g} 492H86a16 16 0 0 1-16-16V314", "back"),
            path("M70 298l9 18H61z", "head"),
            plate((70, 272), "dE_da", n("dE_da"), "chip"),
        ),
        g(
            "da_dw",
            path("M70 248V178", "back"),
            path("M70 162l9 18H61z", "head"),
            text((84, 210), f"{look('da_dw')} {n('da_dw')}", "tag begin"),
        ),
        g("dE_dw", plate((71, 135), "dE_dw", n("dE_dw"), "chip")),
        g(
            "w",
            path("M138 131H180M138 139H180", "change"),
            path("M192 135l-15-10v20z", "head"),
            text((160, 110), n("w", became=True), "tag"),
            became=True,
        ),
    )


# the two charts of a training

MOST_DOTS = 200
LEFT, RIGHT, TOP, BOTTOM = 56, 400, 32, 250


def axes(across: Scale, up: Scale, *, under: str = "") -> list[str]:
    """Return both axes with their round numbers."""
    columns, rows = across.ticks, up.ticks
    ticks = "".join(f"M{across(n):g} {BOTTOM}v6" for n in columns) + "".join(f"M{LEFT - 6} {up(n):g}h6" for n in rows)
    return [
        path(f"M{LEFT} {BOTTOM}H{RIGHT}M{LEFT} {BOTTOM}V{TOP}{ticks}", "axis"),
        *(text((across(n), BOTTOM + 24), short(n), "tick") for n in columns),
        *(text((LEFT - 12, up(n) + 5), short(n), "tick end") for n in rows),
        text(((LEFT + RIGHT) / 2, BOTTOM + 50), under, "tick"),
    ]


def lowest(error_at: Callable[[float], float], start: float) -> float:
    """Return the weight with the smallest error, looking outward from `start`; `start` itself on level ground.

    The error has one valley: downhill on one side of its bottom, uphill on the other.

    >>> round(lowest(lambda w: abs(0.25 - 0.5 * w), start=1.5), 9)
    0.5
    """
    low, high = (_beyond(error_at, start, direction) for direction in (-1, 1))
    if error_at(low) == error_at(start) == error_at(high) or high - low > FAR:
        return start
    for _ in range(THIRDS):
        third = (high - low) / 3
        if error_at(low + third) <= error_at(high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2


def _beyond(error_at: Callable[[float], float], start: float, direction: int) -> float:
    """Return a weight on one side of `start` from which the error no longer falls."""
    width = 0.25
    while width < FAR and error_at(start + direction * width) < error_at(start + direction * width / 2):
        width *= 2
    return start + direction * width


def valley(updates: Sequence[Update], error_at: Callable[[float], float]) -> Drawing:
    """Draw the error over the weight, where the updates went, and where the next one leads.

    `error_at` is the program: the error that a weight gives with this input and target.
    """
    now = updates[-1]
    w, error, after = now.values["w"], now.values["E"], error_at(now.became["w"])
    bottom = lowest(error_at, w)
    weights = [update.values["w"] for update in updates[-MOST_DOTS:]]
    both_sides = [max(*weights, bottom + 0.25) + 0.25, min(*weights, bottom - 0.25)]
    across = scale([*weights, now.became["w"], *both_sides], LEFT, RIGHT)
    width = (across.high - across.low) / SAMPLES
    drawn = sorted([bottom, *(across.low + width * i for i in range(SAMPLES + 1))])
    errors = [error_at(weight) for weight in drawn]
    up = scale([0, *errors, error, 0.25], BOTTOM, TOP, 3)
    numbers = {
        "w": w, "E": error, "slope": now.values["dE_dw"], "bottom": bottom, "next w": now.became["w"], "next E": after,
    }  # fmt: skip
    said = {name: short(number) for name, number in numbers.items()}
    alt = (
        f"The error over the weight is a level line at E {said['E']}."
        if max(errors) == min(errors)
        else f"The error over the weight is a valley with its bottom at w {said['bottom']}. We stand at w {said['w']}, "
        f"E {said['E']}, where the slope is {said['slope']}. The next point is w {said['next w']}, E {said['next E']}."
    )
    near, high, next_at, next_high = across(w), up(error), across(now.became["w"]), up(after)
    uphill = 1 if w >= bottom else -1  # the label stands beside the wall, not on it
    return svg(
        f"0 0 440 {BOTTOM + 62}",
        alt,
        *axes(across, up, under="weight"),
        path(f"M{near:g} {high:g}V{BOTTOM}M{next_at:g} {next_high:g}V{BOTTOM}", "guide"),
        group(
            "E",
            path("M" + "L".join(f"{across(w):g} {up(e):g}" for w, e in zip(drawn, errors, strict=True)), "curve"),
            path("".join(f"M{across(u.values['w']):g} {up(u.values['E']):g}h0" for u in updates[-MOST_DOTS:]), "dots"),
        ),
        group(
            "w",
            path(f"M{near:g} {BOTTOM}H{next_at:g}", "edge"),
            circle((next_at, next_high), 7, "hollow"),
            circle((near, high), 9, "solid"),
            text(
                (near - uphill * 14, max(high - 14, 16)),
                f"{look('w')} {said['w']}",
                "num end" if uphill > 0 else "num begin",
            ),
        ),
        classes="plot",
    )


def curve(updates: Sequence[Update]) -> Drawing:
    """Draw the error over the updates, from the first to the present one."""
    errors = [update.values["E"] for update in updates]
    last = len(errors) - 1
    across, up = scale([0, max(last, 8)], LEFT, RIGHT, 5, WHOLE), scale([0, *errors, 0.25], BOTTOM, TOP, 3)
    shown = sorted({*range(0, last + 1, max(1, last // MOST_DOTS)), last})
    points = [(across(i), up(errors[i])) for i in shown]
    first, final = (short(errors[i]) for i in (0, -1))
    alt = f"The error over {last} updates: {first} at the start, {final} now."
    dots = path("".join(f"M{x:g} {y:g}h0" for x, y in points), "dots") if len(points) <= MOST_DOTS // 4 else ""
    return svg(
        f"0 0 440 {BOTTOM + 62}",
        alt,
        *axes(across, up, under="updates"),
        group(
            "E",
            path("M" + "L".join(f"{x:g} {y:g}" for x, y in points), "curve"),
            dots,
            circle(points[-1], 8, "solid"),
            text((points[-1][0], max(points[-1][1] - 18, 16)), f"{look('E')} {final}", "num"),
        ),
        classes="plot",
    )


def spark(errors: Sequence[float], highest: float) -> Drawing:
    """Draw a few errors as a line beside their numbers."""
    across, up = Scale(0, len(errors) - 1, 6, 78), Scale(0, highest or 1, 24, 3)
    points = [(across(i), up(error)) for i, error in enumerate(errors)]
    moves = [
        "falls" if after < before else "climbs" if after > before else "stays" for before, after in pairwise(errors)
    ]
    alt = f"The error {', then '.join(move for move, _ in groupby(moves))}"
    way = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    return svg("0 0 84 26", alt, group("E", path(way, "curve"), circle(points[-1], 3.5, "solid")), classes="spark")


KINDS: dict[str, Callable[[Update], Drawing]] = {"neuron": neuron, "number-line": number_line}  # pictures of a chapter
