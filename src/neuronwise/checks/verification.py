"""A report on one network and its samples, by which all ways to its gradients must agree.

    engines    every engine gives the bits of `necessary`, or ends within the bound of its own roundings
    exactly    three roads to each gradient, modulo a prime, where activations and slopes are random numbers
    floats     the same three roads with the samples' numbers, within a bound that is computed, never guessed
    slopes     each activation's slope, and the error's, is that of its formula

What is too much work is done for a part, drawn at random, and the report says for which. A comparison asks whether a
difference is at most its bound, and the bound finite; so what is not a number never agrees.
"""

import html
import math
import random
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from neuronwise.checks.bounds import Bounds, bounds
from neuronwise.checks.engines import Engine, Lesson, Sample, compared
from neuronwise.checks.network_roads import Drawn, Gradient, Measured, Roads, Values
from neuronwise.checks.roads import MOST_PATHS
from neuronwise.checks.stretches import Parameter, Shape
from neuronwise.checks.substituted import REFERENCE, Names
from neuronwise.necessary.graph import Graph

Item = TypeVar("Item")

WORK = 1_000_000  # edges on the road forwards, all in all
PATHS = 200_000  # listed, all in all
PAIRS = 300_000  # exponentials for the slopes of softmaxes
FEWEST = 20  # weights and biases that are looked at, be the network ever so large
TOLD = 3  # differences, of each kind
WIDTH, MARGIN = 110, 12
LONGEST = 12  # digits of a count
REACH = (
    "Checked are this network and these numbers. That the three roads agree in every network is not shown by checks: "
    "it is an induction over the order of the neurons. If dE/dz of each neuron that one feeds is the sum over all "
    "paths from there, its own is too."
)


class Row(NamedTuple):
    """One kind of check: its name, what was found, and the differences, if any."""

    check: str
    found: str
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Report:
    """What was checked; `used` is the largest part of a bound that was needed, 1 is all of it."""

    about: str
    rows: tuple[Row, ...]
    used: float

    @property
    def agree(self) -> bool:
        """Whether no check found a difference."""
        return not any(row.differences for row in self.rows)

    @property
    def verdict(self) -> str:
        """The report in a sentence."""
        if self.agree:
            return "All agree."
        return f"They differ: {', '.join(row.check for row in self.rows if row.differences)}."

    def __str__(self) -> str:
        """Return the report for a terminal."""
        lines = [self.about, ""]
        for row in self.rows:
            lines += _hung(row.check, row.found)
            for difference in row.differences[:TOLD]:
                lines += _hung("", f"differs: {difference}")
            lines += _hung("", f"and {len(row.differences) - TOLD:,} more") if len(row.differences) > TOLD else []
        return "\n".join([*lines, "", self.verdict, *textwrap.wrap(REACH, WIDTH)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = []
        for row in self.rows:
            more = len(row.differences) - TOLD
            told = [f"differs: {each}" for each in row.differences[:TOLD]] + [f"and {more:,} more"] * (more > 0)
            words = "<br>".join(map(html.escape, [row.found, *told]))
            rows.append(
                f'<tr><th scope="row">{row.check}</th><td>{"differs" if told else "agrees"}</td><td>{words}</td></tr>'
            )
        return (
            f'<table style="text-align: left"><caption>{html.escape(self.about)}</caption>{"".join(rows)}</table>'
            f"<p><strong>{self.verdict}</strong> {html.escape(REACH)}</p>"
        )


def verify(
    graph: Graph,
    numbers: tuple[Values, Values],
    samples: Sequence[Sample],
    error: str,
    *,
    engines: Mapping[str, Engine] | None = None,
    names: Names = REFERENCE,
) -> Report:
    """Check everything that is known about the gradients of a network; `numbers` are its weights and its biases.

    `engines` are others than `necessary`. `names` is what stands for the reference: tests put faults there.

    Errors   ValueError: no samples, or samples with targets for different outputs; KeyError: a number that is missing

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> graph = Graph([Neuron("a", (NetInput("a", (Edge("x", "x,a"),), "a"),), "logistic")])
    >>> report = verify(graph, ({"x,a": 1.5}, {"a": 0.5}), [({"x": 0.5}, {"a": 0.25})], "half_squared")
    >>> report.agree, report.used <= 1
    (True, True)
    >>> print(report.about)
    1 neuron, 1 weight, 1 bias, 1 sample, error half_squared
    >>> print(report.rows[-1].found)
    2 from weights and biases to the error; most from w[x,a], 1
    """
    outputs = list(samples[0][1]) if samples else []
    if not outputs or any(list(t) != outputs for _, t in samples):
        message = "expected samples, each with a target for the same outputs; got " + (
            "none" if not samples else "none in one of them" if not outputs else "different outputs"
        )
        raise ValueError(message)
    lot = random.Random(0)  # noqa: S311 - chance, not secrecy; and the same every time
    shape = Shape(graph, outputs)
    chosen = _part(shape.parameters, max(FEWEST, WORK // _edges(shape)), lot)
    work = len(chosen) * _edges(shape) + len(shape.group)
    looked_at = _part(samples, max(1, WORK // work), lot)
    measured = [Measured(shape, numbers, sample, error, names) for sample in looked_at]
    bound = [bounds(roads) for roads in measured]
    floats, used = _floats(measured, bound, chosen, len(samples))
    rows = (
        _engines(engines or {}, Lesson(graph, error, numbers, looked_at), names),
        _exactly(Drawn(shape, names=names), chosen),
        floats,
        _slopes(measured, bound, lot),
        _paths(shape),
    )
    return Report(f"{_what(shape)}, {_count(len(samples), 'sample')}, error {error}", rows, used)


def _engines(engines: Mapping[str, Engine], lesson: Lesson, names: Names) -> Row:
    """Compare every engine with the reference: its bits where it promises them, or the bound of its own roundings."""
    if not engines:
        return Row("engines", "necessary: there is no other to compare it with")
    found = {name: compared(name, engine, lesson, names) for name, engine in engines.items()}
    exact = [name for name, engine in engines.items() if engine.precision is None]
    told = [f"{', '.join(['necessary', *exact])}: the same bits"] if exact else ["beside necessary"]
    told += [
        f"{name}: at most {100 * found[name].used:.2g} % of the bound that was computed"
        for name in engines
        if name not in exact
    ]
    return Row("engines", "; ".join(told), tuple(each for one in found.values() for each in one.differences))


def _exactly(roads: Drawn, chosen: Sequence[Parameter]) -> Row:
    """Compare the roads modulo a prime."""
    listed = _listed(roads.shape, chosen, PATHS)
    differences = [told for told, apart, _ in _compared(roads, chosen, listed) if apart]
    found = f"{_counts(roads.shape, chosen, listed)}: equal, modulo 2^61 − 1, with random activations and slopes"
    return Row("exactly", f"{found}, so for any activation that has a slope", tuple(differences))


def _floats(
    measured: Sequence[Measured], bound: Sequence[Bounds], chosen: Sequence[Parameter], samples: int
) -> tuple[Row, float]:
    """Compare the roads with the numbers of samples."""
    shape = measured[0].shape
    listed = _listed(shape, chosen, PATHS // len(measured))
    differences, used = [], 0.0
    for roads, allowed in zip(measured, bound, strict=True):
        for told, apart, parameter in _compared(roads, chosen, listed):
            most = allowed.gradient[parameter]
            used = max(used, apart / most)
            if not (apart <= most < math.inf):
                differences.append(f"{told}; they may part by {most:.1e}")
    each = "" if samples == 1 else f", for {len(measured):,} of {samples:,} samples"
    found = f"{_counts(shape, chosen, listed)}{each}: at most {100 * used:.2g} % of the bound that was computed"
    return Row("floats", found, tuple(differences)), used


def _slopes(measured: Sequence[Measured], bound: Sequence[Bounds], lot: random.Random) -> Row:
    """Compare each slope with that of its formula."""
    order = measured[0].shape.graph.order
    pairs = list(bound[0].slope)
    largest = max(len(group.net_inputs) for group in order)
    looked_at = _part(pairs, max(FEWEST, PAIRS // (largest * len(measured))), lot)
    differences = [
        told
        for roads, allowed in zip(measured, bound, strict=True)
        for told in (*_activations(roads, allowed, looked_at), *_own(roads, allowed))
    ]
    kinds = ", ".join(dict.fromkeys(group.activation for group in order))
    found = f"{_of(looked_at, pairs)} slopes of activations ({kinds}), {len(bound[0].own):,} of {measured[0].error}"
    return Row("slopes", f"{found}: those of their formulas", tuple(differences))


def _activations(roads: Measured, bound: Bounds, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Tell of each ∂a_j/∂z_k that is not what the activation's formula says."""
    for j, k in pairs:
        group = roads.shape.group[k]
        says, formula = roads.names["slope"](group, roads.z, roads.a, j, k), roads.slope(j, k)
        if not (abs(says - formula) <= bound.slope[j, k].spread < math.inf):
            where = f"da[{j}]/dz[{k}] at z = {roads.z[k]!r}"
            yield f"{where}: the slope of {group.activation} says {says!r}, its formula {formula!r}"


def _own(roads: Measured, bound: Bounds) -> Iterator[str]:
    """Tell of each dE/da_o that is not what the error's formula says."""
    for o, (_, spread) in bound.own.items():
        says, formula = roads.names["own_slope"](roads.error, roads.t, roads.a, o), roads.own(o)
        if not (abs(says - formula) <= spread < math.inf):
            where = f"dE/da[{o}] at a = {roads.a[o]!r}"
            yield f"{where}: the slope of {roads.error} says {says!r}, its formula {formula!r}"


def _paths(shape: Shape) -> Row:
    """Count all paths."""
    most = max(shape.parameters, key=shape.paths)
    every = sum(map(shape.paths, shape.parameters))
    which = f"most from {most}, {_number(shape.paths(most))}"
    return Row("paths", f"{_number(every)} from weights and biases to the error; {which}")


def _compared(
    roads: Roads, chosen: Iterable[Parameter], listed: frozenset[Parameter]
) -> Iterator[tuple[str, Any, Parameter]]:
    """Yield for each parameter what the roads say, and how far the others part from the one that goes backwards."""
    all_backwards: Gradient = roads.backwards()
    for parameter in chosen:
        values = {"backwards": all_backwards.get(parameter, math.nan), "forwards": roads.forwards(parameter)}
        if parameter in listed:
            values["over all paths"] = roads.over_paths(parameter)
        told = ", ".join(f"{road} {value!r}" for road, value in values.items())
        first, *others = values.values()
        distances = [abs(other - first) for other in others]
        apart = math.nan if any(map(math.isnan, distances)) else max(distances)
        yield f"{parameter}: {told}", apart, parameter


def _listed(shape: Shape, chosen: Iterable[Parameter], most: int) -> frozenset[Parameter]:
    """Return the parameters whose paths are listed: those with fewest first, so long as there is room."""
    found = []
    for parameter in sorted(chosen, key=shape.paths):
        most -= shape.paths(parameter)
        if most < 0 or shape.paths(parameter) > MOST_PATHS:
            break
        found.append(parameter)
    return frozenset(found)


def _part(whole: Sequence[Item], most: int, lot: random.Random) -> list[Item]:
    """Return all, or as many as there is time for, in their order."""
    if len(whole) <= most:
        return list(whole)
    return [whole[number] for number in sorted(lot.sample(range(len(whole)), most))]


def _edges(shape: Shape) -> int:
    return 1 + sum(map(len, shape.graph.edges.values()))


def _counts(shape: Shape, chosen: Sequence[Parameter], listed: frozenset[Parameter]) -> str:
    return f"forwards {_of(chosen, shape.parameters)} slopes, over all paths {_of(listed, shape.parameters)}"


def _of(part: Iterable[object], whole: Iterable[object]) -> str:
    """Return how many of how many."""
    return f"{len(list(part)):,} of {len(list(whole)):,}"


def _what(shape: Shape) -> str:
    graph = shape.graph
    neurons = sum(len(group.neurons) for group in graph.order)
    things = ((neurons, "neuron"), (len(graph.uses), "weight"), (len(graph.biased), "bias"))
    return ", ".join(_count(number, what) for number, what in things)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 'es' if what.endswith('s') else 's'}"


def _number(count: int) -> str:
    """Return a count that people can read, be it ever so large.

    >>> _number(1234), _number(10**40)
    ('1,234', 'about 10^40')
    """
    digits = str(count)
    return f"{count:,}" if len(digits) <= LONGEST else f"about 10^{len(digits) - 1}"


def _hung(head: str, text: str) -> list[str]:
    """Return lines with a head on their left."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=head.ljust(MARGIN), subsequent_indent=" " * MARGIN, break_on_hyphens=False
    )
