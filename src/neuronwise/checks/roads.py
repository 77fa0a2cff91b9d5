"""Three roads to a slope: backwards, forwards, and over all paths. They share no line: a fault on one makes them part.

    backpropagation      the program's own function, after its own feed_forward and error
    dual numbers         feed_forward and error of the program, run with a weight that brings its slope along
    sum over all paths   from the formulas: for each path from w to E the product of the slopes on it; then the sum

Beside them stands what a ruler gives: the error measured a little to the left and to the right of the weight. That is
no road: a wrong formula can be close too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuronwise.checks.dual import Dual, dual
from neuronwise.checks.running import Function, call, run, target
from neuronwise.mathematics.from_code import Code, definitions
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import DERIVATIVE, Node, name, names
from neuronwise.mathematics.values import evaluate
from neuronwise.necessary.elementary import total

FORWARD, BACKWARD = ("feed_forward", "error"), "backpropagate"
MOST_PATHS = 100_000
SHOWN_PATHS = 3
WIDTH = 0.01  # how far the ruler goes to each side


class TooManyPathsError(ValueError):
    """More paths than can be listed: how many, and what gives the same sum."""

    def __init__(self, paths: int, start: str, end: str) -> None:
        super().__init__(
            f"expected at most {MOST_PATHS:,} paths to list; got {paths:,} from {start} to {end}. "
            "Backpropagation gives the same sum without listing them."
        )


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the weight to the error: the names on it, and the slope of each stretch, from the error back."""

    names: tuple[str, ...]
    slopes: tuple[float, ...]

    @property
    def product(self) -> float:
        """The slope along this path."""
        product = 1.0
        for slope in self.slopes:
            product = product * slope
        return product

    @property
    def words(self) -> str:
        """The path as people write it.

        >>> Path(("w", "a", "E"), (1.0, -0.5)).words
        'w to a to E: 1·(−0.5)'
        """
        first, *others = map(shown, self.slopes)
        factors = [first, *(f"({slope})" if slope.startswith("−") else slope for slope in others)]
        return f"{' to '.join(plain(name(text)) for text in self.names)}: {'·'.join(factors)}"


@dataclass(frozen=True, slots=True)
class Road:
    """One way to find the slope: its name, how it goes, and what it finds."""

    name: str
    words: str
    value: float

    @property
    def bits(self) -> str:
        """All 64 bits of the value."""
        return self.value.hex()


@dataclass(frozen=True, slots=True)
class Report:
    """What three roads found, which paths there are, and what a ruler of twice the width measures."""

    goal: str
    roads: tuple[Road, Road, Road]
    paths: tuple[Path, ...]
    measured: float
    width: float = WIDTH

    @property
    def agree(self) -> bool:
        """Whether all three found the same bits; what is not a number agrees with nothing."""
        return {road.bits for road in self.roads} == {self.roads[0].bits} != {"nan"}

    @property
    def verdict(self) -> str:
        """The report in a sentence."""
        if self.agree:
            return "The three agree to the last bit."
        for road in self.roads:
            first, second = (other for other in self.roads if other is not road)
            if first.bits == second.bits:
                says = f"{road.name} says {shown(road.value)}, the other two say {shown(first.value)}"
                return f"The roads part: {says}."
        return f"The roads part: they say {', '.join(shown(road.value) for road in self.roads)}."


def report(source: str, start: Mapping[str, float], goal: str, file: str = "program.py") -> Report:
    """Look for a slope such as dE_dw on three roads through a program.

    Errors   TooManyPathsError; ValueError: the program has no such slope; NoNotationError: a line that is no formula

    >>> source = '''
    ... def feed_forward(w, x):
    ...     a = w * x
    ...     return a
    ... def error(t, a):
    ...     E = abs(t - a)
    ...     return E
    ... def backpropagate(x):
    ...     dE_dw = x
    ...     return dE_dw
    ... '''
    >>> report(source, {"w": 1.5, "x": 0.5, "t": 0.25}, "dE_dw").verdict
    'The three agree to the last bit.'
    >>> report(source, {"w": -1.5, "x": 0.5, "t": 0.25}, "dE_dw").verdict
    'The roads part: Backpropagation says 0.5, the other two say −0.5.'
    """
    network = _Network(Code(source, file), start, goal)
    backwards, forwards, paths = network.backwards(), network.forwards(), tuple(network.paths())
    y, x = plain(name(network.y)), plain(name(network.x))
    roads = (
        Road("Backpropagation", f"from {y} back to {x}, a factor for each stretch", backwards),
        Road("Dual numbers", f"from {x} forward to {y}, each number brings its own slope", forwards),
        Road("Sum over all paths", _listed(paths), _unsigned(total(path.product for path in paths))),
    )
    return Report(goal, roads, paths, network.measured())


class _Network:
    """A program about to be asked for dy/dx, from its starting numbers."""

    def __init__(self, code: Code, start: Mapping[str, float], goal: str) -> None:
        self.code, self.start = code, start
        self.functions: dict[str, Function] = run(code.tree, code.file)
        self.y, self.x = self.asked(goal)
        formulas = [formula for function in FORWARD for formula in code.formulas(function)]
        self.formulas = definitions(formulas)
        if len(self.formulas) < len(formulas) or self.x in self.formulas:
            message = f"{code.file}: expected {' and '.join(FORWARD)} to give each result a new name: name = formula"
            raise ValueError(message)

    def asked(self, goal: str) -> tuple[str, str]:
        """Return y and x of dy_dx."""
        gives, found = target(self.code, BACKWARD), DERIVATIVE.fullmatch(goal)
        if gives != goal or found is None or found[2] not in self.start:
            message = (
                f"{self.code.file}: expected a slope that {BACKWARD} gives, with respect to one of "
                f"{', '.join(self.start)}; got {goal}, while {BACKWARD} gives {gives}"
            )
            raise ValueError(message)
        return found[1], found[2]

    def passed(self, **other: "float | Dual") -> dict[str, "float | Dual"]:
        """Return all values after the program's own feed forward and error."""
        values: dict[str, float | Dual] = {**self.start, **other}
        for function in FORWARD:
            values[target(self.code, function)] = call(self.functions[function], values)
        return values

    def backwards(self) -> float:
        """Return what the program says."""
        return _unsigned(call(self.functions[BACKWARD], self.passed()))

    def forwards(self) -> float:
        """Return the slope that arrives at y when x sets out with a slope of 1."""
        return _unsigned(dual(self.passed(**{self.x: Dual(self.start[self.x], 1.0)})[self.y]).slope)

    def measured(self) -> float:
        """Return the rise of y between two points on both sides of x, for each unit of x."""
        left, right = (dual(self.passed(**{self.x: self.start[self.x] + h})[self.y]).value for h in (-WIDTH, WIDTH))
        return (right - left) / (2 * WIDTH)

    def paths(self) -> Iterator[Path]:
        """Yield every path from x to y, with its slopes; TooManyPathsError, before the first, if there are too many."""
        values: dict[str, float | Dual] = dict(self.start)
        count = {self.x: 1}  # from x to each name
        for text, formula in self.formulas.items():
            values[text] = evaluate(formula, values, self.functions)
            count[text] = sum(count.get(before, 0) for before in names(formula))
        if count.get(self.y, 0) > MOST_PATHS:
            raise TooManyPathsError(count[self.y], self.x, self.y)
        begun = [Path((self.y,), ())] if count.get(self.y) else []
        while begun:
            path = begun.pop()
            if path.names[0] == self.x:
                yield path
                continue
            formula = self.formulas[path.names[0]]
            for before in reversed([text for text in names(formula) if count.get(text)]):
                slope = self.slope(formula, before, values)
                begun.append(Path((before, *path.names), (*path.slopes, slope)))

    def slope(self, formula: Node, x: str, values: Mapping[str, "float | Dual"]) -> float:
        """Return the slope of one formula, every other name in it held fixed."""
        moving = {**values, x: Dual(dual(values[x]).value, 1.0)}
        return dual(evaluate(formula, moving, self.functions)).slope


def shown(value: float) -> str:
    """Return a number with all its digits and a minus sign for people.

    >>> shown(-0.5), shown(1.0), shown(1 / 3)
    ('−0.5', '1', '0.3333333333333333')
    """
    return repr(value).removesuffix(".0").replace("-", "−")


def _listed(paths: tuple[Path, ...]) -> str:
    words = "; ".join(path.words for path in paths[:SHOWN_PATHS]) + "; …" * (len(paths) > SHOWN_PATHS)
    match len(paths):
        case 0:
            return "no path"
        case 1:
            return f"one path: {words}"
    return f"{len(paths):,} paths: {words}"


def _unsigned(value: float) -> float:
    """Return the value as a float; a slope of zero has no sign."""
    return float(value) + 0.0
