"""Published examples, recomputed: which printed numbers are right, and which slip gives each that is not.

A slip is a program: it computes all numbers as one does who makes this one mistake. A printed number that is not right
is explained if a slip gives its very digits. What no slip gives is not explained, and that is said.

    right                            each update uses the weights that carried the activations forward
    new weights                      the error goes back over weights that were already updated
    one update too few               right, but the count is off by one
    rounded numbers                  right, but computed from numbers that were rounded for print before

The examples are data, in published/*.json: network, sample, every printed number with its formula and its place.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.tree import Node, code_name, names
from neuronwise.mathematics.values import evaluate, exact
from neuronwise.necessary.graph import Graph
from neuronwise.necessary.learning import backpropagate, feed_forward, update
from neuronwise.network.explain import FUNCTIONS, Sample
from neuronwise.network.face import Network
from neuronwise.network.names import unknown
from neuronwise.network.running import ready

PUBLISHED = Path(__file__).with_name("published")
Values = dict[str, float]
State = tuple[Values, Values]  # weights and biases


class Number(NamedTuple):
    """A printed number: where, under which name, its formula, its digits, after how many updates, for which sample."""

    where: str
    name: str
    formula: Node
    printed: str
    after: int = 0
    sample: int = 0

    @property
    def decimals(self) -> int:
        """How many digits are printed behind the point."""
        return len(self.printed.partition(".")[2])

    @property
    def symbol(self) -> str:
        """The symbol that this is the number of; of a longer formula none."""
        return code_name(self.formula) or ""

    def matches(self, value: float | Fraction) -> bool:
        """Tell whether a value, rounded to the printed digits, is the printed number; half a digit may go either way.

        >>> number = Number("", "", read_plain("E"), "0.25")
        >>> number.matches(0.2451), number.matches(0.2449), number.matches(float("nan"))
        (True, False, False)
        """
        half = Fraction(1, 2 * 10**self.decimals)
        return math.isfinite(value) and abs(Fraction(value) - Fraction(self.printed)) <= half


class Row(NamedTuple):
    """What became of one printed number: the value, and the slip that gives what is printed, if it is not right."""

    number: Number
    value: float
    slip: str

    @property
    def right(self) -> bool:
        """Whether the printed number is right."""
        return self.number.matches(self.value)

    @property
    def recomputed(self) -> str:
        """The value, with as many digits as are printed."""
        return f"{Decimal(self.value):.{self.number.decimals}f}"


class Published:
    """An example as it was published.

    >>> example = published("mazur")
    >>> print(example)
    Matt Mazur: A Step by Step Backpropagation Example (2015)
    >>> len(example.numbers), example.network.predict([[0.05, 0.10]]).round(8).tolist()
    (30, [[0.75136507, 0.77292847]])
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.title, self.author, self.year, self.source = (data[k] for k in ("title", "author", "year", "source"))
        self.network = network(data)
        self.samples = [(sample["x"], sample["y"]) for sample in data["samples"]]
        self.error, self.eta = data["error"], float(data["learning_rate"])
        self.numbers = [Number(**{**each, "formula": read_plain(each["formula"])}) for each in data["numbers"]]
        self.ready = ready(self.network._parts, None)  # noqa: SLF001 - one room

    def __str__(self) -> str:
        """Say whose it is."""
        return f"{self.author}: {self.title} ({self.year})"

    @property
    def graph(self) -> Graph:
        """The network, as the reference has it."""
        return self.ready.graph

    def sample(self, number: int) -> tuple[Values, Values]:
        """Return inputs and targets by name."""
        x, t = self.samples[number]
        return dict(zip(self.ready.inputs, x, strict=True)), dict(zip(self.ready.outputs, t, strict=True))

    @cached_property
    def layers(self) -> list[tuple[list[str], list[str]]]:
        """The names of the weights and biases that learn, those nearest the error first: by the longest way to them."""
        depth: dict[str, int] = {}
        for group in self.graph.order:
            sources = [i for k in group.net_inputs for i, _ in self.graph.edges[k]]
            longest = 1 + max((depth.get(i, 0) for i in sources), default=0)
            depth |= dict.fromkeys((*group.net_inputs, *group.neurons), longest)
        frozen = self.network.frozen
        found = []
        for here in sorted(set(depth.values()), reverse=True):
            weights = [p for p, ends in self.graph.uses.items() if depth[ends[0][0]] == here and p not in frozen]
            biases = [q for q, ends in self.graph.biased.items() if depth[ends[0]] == here and q not in frozen]
            found.append((weights, biases))
        return found

    def values(self, state: State, sample: int) -> Values:
        """Return the number of every symbol, for weights and biases and one sample."""
        x, t = self.sample(sample)
        computed = Sample(self.network, self.ready, x, t)
        computed.w, computed.b = state
        computed.compute(self.error, self.eta)
        return computed.env


def network(data: Mapping[str, Any]) -> Network:
    """Return the network of a published example."""
    net = Network()
    for name in data["inputs"]:
        net.add_input(name)
    for name, neuron in data["neurons"].items():
        net.add_neuron(
            name, neuron["edges"], neuron["bias"], activation=neuron["activation"], output=name in data["outputs"]
        )
    net.freeze(*data["frozen"])
    return net


@cache
def published(text: str) -> Published:
    """Return the published example of that name.

    Errors   UnknownError: there is none

    >>> published("mazr")
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.UnknownError: expected a published example; got 'mazr', which is none. The nearest: mazur.
    """
    return Published(read(text))


def read(text: str) -> dict[str, Any]:
    """Return the data of a published example, as they stand in its file."""
    if text not in known():
        raise unknown(text, "a published example", known())
    found: dict[str, Any] = json.loads((PUBLISHED / f"{text}.json").read_text(encoding="utf-8"))
    return found


def known() -> list[str]:
    """Return the names of all published examples.

    >>> known()
    ['goodfellow', 'hagan', 'han', 'karpathy', 'mazur', 'negnevitsky']
    """
    return sorted(path.stem for path in PUBLISHED.glob("*.json"))


# ------------------------------------------------------------------------------------------------- programs
def stepped(example: Published, state: State, layers: Sequence[tuple[list[str], list[str]]]) -> State:
    """Return weights and biases after one update, layer by layer: the error goes back over what is there by then."""
    w, b = state
    x, t = example.sample(0)
    passed = feed_forward(example.graph, w, b, x)
    for weights, biases in layers:
        slopes = backpropagate(example.graph, example.error, w, t, *passed)
        w, b = update(w, example.eta, slopes.dE_dw, weights), update(b, example.eta, slopes.dE_db, biases)
    return w, b


class Recomputed:
    """An example on its way through training, by the right program and by those with a slip."""

    def __init__(self, example: Published) -> None:
        self.example = example
        self.counts = {number.after for number in example.numbers}
        self.kept: dict[tuple[bool, int, int], Values] = {}

    @cached_property
    def right(self) -> dict[int, State]:
        """Weights and biases after so many right updates: all layers are updated together."""
        weights, biases = zip(*self.example.layers, strict=True)
        return self.states([(list(chain(*weights)), list(chain(*biases)))])

    @cached_property
    def layered(self) -> dict[int, State]:
        """The same, with the error carried back over new weights."""
        return self.states(self.example.layers)

    def states(self, layers: Sequence[tuple[list[str], list[str]]]) -> dict[int, State]:
        """Return weights and biases after each number of updates that is asked for, and after one less."""
        state, found = (self.example.network.w, self.example.network.b), dict[int, State]()
        for count in range(max(self.counts) + 1):
            if count in self.counts or count + 1 in self.counts:
                found[count] = state
            state = stepped(self.example, state, layers)
        return found

    def values(self, count: int, sample: int, *, new_weights: bool = False) -> Values:
        """Return the number of every symbol after so many updates."""
        key = (new_weights, count, sample)
        if key not in self.kept:
            states = self.layered if new_weights else self.right
            self.kept[key] = self.example.values(states[count], sample)
        return self.kept[key]

    def value(self, number: Number) -> float:
        """Return what a printed number should be."""
        return float(evaluate(number.formula, self.values(number.after, number.sample), FUNCTIONS))

    def rows(self) -> Iterator[Row]:
        """Yield what became of each printed number."""
        for number in self.example.numbers:
            value = self.value(number)
            slips = () if number.matches(value) else SLIPS
            yield Row(
                number, value, next((slip for slip in slips if number.matches(SLIPS[slip].value(self, number))), "")
            )


class Slip(NamedTuple):
    """A mistake: what it is, and what a number comes out as with it."""

    sentence: str
    value: Callable[[Recomputed, Number], float | Fraction]


def over_new_weights(recomputed: Recomputed, number: Number) -> float:
    """Return a number, if weights are updated from the error on, each before the error goes back over it."""
    values = recomputed.values(number.after, number.sample, new_weights=True)
    return float(evaluate(number.formula, values, FUNCTIONS))


def one_update_less(recomputed: Recomputed, number: Number) -> float:
    """Return a number after one update too few."""
    return recomputed.value(number._replace(after=number.after - 1)) if number.after else math.nan


def of_rounded_numbers(recomputed: Recomputed, number: Number) -> Fraction:
    """Return a number computed from others as they are printed; those that are not, with as many digits as it has."""
    values = recomputed.values(number.after, number.sample)
    printed = {n.symbol: n.printed for n in recomputed.example.numbers if n[4:] == number[4:] and n != number}
    rounded = {s: printed.get(s, f"{Decimal(values[s]):.{number.decimals}f}") for s in names(number.formula)}
    return exact(number.formula, {s: Fraction(text) for s, text in rounded.items()}, {})


SLIPS = {
    "new weights": Slip(
        "Weights nearest the error were updated first, and it went back over the new ones.", over_new_weights
    ),
    "one update too few": Slip("The program is right, but it made one update less than it says.", one_update_less),
    "rounded numbers": Slip("It was computed from other printed numbers, which are rounded.", of_rounded_numbers),
}


@cache
def errata(text: str) -> tuple[Row, ...]:
    """Return what became of every printed number of a published example.

    >>> [(row.number.name, row.slip) for row in errata("han") if not row.right]
    [('Err_6', 'rounded numbers')]
    """
    return tuple(Recomputed(published(text)).rows())


def report(text: str) -> str:
    """Return the report on a published example, for a terminal.

    >>> print(report("karpathy").splitlines()[-1])
    All 8 printed numbers are right.
    """
    example, rows = published(text), errata(text)
    wide = [max(len(cell) for cell in column) for column in zip(*map(cells, rows), strict=True)]
    lines = [str(example), example.source]
    for n, row in enumerate(rows):
        if n == 0 or rows[n - 1].number.where != row.number.where:
            lines += ["", row.number.where]
        name, printed, recomputed, verdict = cells(row)
        lines.append(f"    {name:<{wide[0]}}  {printed:>{wide[1]}}  {recomputed:>{wide[2]}}  {verdict}")
    return "\n".join([*lines, "", *conclusion(rows)])


def cells(row: Row) -> tuple[str, str, str, str]:
    """Return a row as text: name, printed, recomputed, verdict."""
    verdict = "right" if row.right else f"not right: {row.slip or 'no slip that is known gives it'}"
    return row.number.name, row.number.printed, row.recomputed, verdict


def conclusion(rows: Sequence[Row]) -> list[str]:
    """Return how many numbers are right, and a sentence for each slip that was found."""
    right, slips = sum(row.right for row in rows), dict.fromkeys(row.slip for row in rows if row.slip)
    if right == len(rows):
        return [f"All {right} printed numbers are right."]
    found = [f"    {slip}: {SLIPS[slip].sentence}" for slip in slips]
    lost = sum(not row.right and not row.slip for row in rows)
    unexplained = [f"    {lost} more: no slip that is known gives the printed digits."] if lost else []
    return [f"{right} of {len(rows)} printed numbers are right. The others:", *found, *unexplained]
