"""A network explains itself: for one sample every formula, the numbers in it, the result.

Feed forward, the error, the slope at every neuron from the error back, every update. The formulas are the reference's,
read from its code (`written`); the results are what that code computes, never made of printed digits. "=" stands only
where it holds for the numbers as they are printed, else "≈" (mathematics.worked).

    neurons      shown
    up to 12     everything
    up to 200    the general formulas, a row a neuron; everything about the neurons asked for
    more         a summary, the steepest neurons; everything about the neurons asked for

What is left out is said, with the call that shows it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from neuronwise.mathematics.derivation import Derivation
from neuronwise.mathematics.printers import plain
from neuronwise.mathematics.tree import Node, code_name, name, names
from neuronwise.mathematics.values import evaluate
from neuronwise.mathematics.worked import ALL_DIGITS, SHOWN_DIGITS, Worked, digits, work, written
from neuronwise.necessary import elementary, learning, neuron
from neuronwise.necessary.error import ERRORS, TINY
from neuronwise.network.data import one_sample, targets
from neuronwise.network.errors import DataError
from neuronwise.network.names import checked_count, checked_number, unknown
from neuronwise.network.running import Ready, error_named, named_targets, ready
from neuronwise.network.written import Written, called, formulas, weights_of

if TYPE_CHECKING:
    from neuronwise.network.face import Network

ALL, ROWS, STEEPEST = 12, 200, 10  # neurons: all are explained, each has a row, only the steepest have one
EVERYWHERE = (
    "They hold for every neuron; the network's own numbers follow. An activation a is f(z), its slope ∂a/∂z. "
    "∂E/∂a is the error's own slope, of outputs alone. Sums run over the edges that lead to a neuron, the targets to "
    "which edges leave it, the uses of a weight; v is a weight or a bias."
)
STEPS = "h@2 is the neuron h at step 2."
SMALLEST = "tiny is the smallest number that a computer holds with all its digits: with it there is no ln 0."
TERMS = 6  # of a longer sum only the first three and the last are shown
FUNCTIONS = {
    text: getattr(elementary, text) for text in ("sign", "exp", "log", "tanh", "sin", "cos", "erf")
}  # as the code computes them
CONSTANTS = {"SQRT_HALF": neuron.SQRT_HALF, "DENSITY": neuron.DENSITY, "TINY": TINY}


@dataclass(frozen=True, slots=True)
class Section:
    """Some worked formulas under a heading; or general formulas without numbers; derivations; or a table."""

    heading: str
    note: str = ""
    worked: tuple[Worked, ...] = ()
    general: tuple[Node, ...] = ()
    derived: tuple[Derivation, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()  # its first row names the columns
    dense: bool = False  # many short lines: on paper formula, numbers and result stand side by side


@dataclass(frozen=True)
class Explanation:
    """A worked example, in sections. It shows itself in a terminal and in a notebook, and saves itself as a file."""

    title: str
    sections: tuple[Section, ...]
    values: Mapping[str, float] = field(repr=False)  # symbol -> number: "z[h1]", "dE_dw[i1,h1]"

    def __str__(self) -> str:
        """Return it for a terminal."""
        from neuronwise.network.shown import text  # noqa: PLC0415 - loaded when it is asked for

        return text(self)

    def __repr__(self) -> str:
        """Return the same: in a terminal an explanation is there to be read."""
        return str(self)

    def _repr_html_(self) -> str:
        from neuronwise.network.shown import html  # noqa: PLC0415 - loaded when it is asked for

        return html(self)

    def save(self, path: str | Path) -> None:
        """Write it as a file: .txt, .html, .pdf, .tex or .ipynb, by the end of its name."""
        from neuronwise.network.shown import save  # noqa: PLC0415 - loaded when it is asked for

        save(self, Path(path))


def explain(  # noqa: PLR0913 - what to explain, and how to print it
    network: "Network",
    x: object,
    y: object,
    *,
    of: str | Iterable[str] | None = None,
    unrolled: str | None = None,
    error: str = "half_squared",
    learning_rate: float = 0.5,
    digits: int = SHOWN_DIGITS,
    exact: bool = False,
) -> Explanation:
    r"""Return the worked example of one sample x with its targets y; `of`: of these neurons only.

    `unrolled` asks for one slope, such as "dE/dw[i1,h1]", step by step: every line with the rule that gives it.
    `digits` are those of each result; `exact` prints all that a float has. With delayed edges x has a row a step, and
    h@2 is the neuron h at step 2.
    Errors   DataError: a sample that does not fit, a number that is none; UnknownError: a neuron or a slope that is not
             there; TooLongError: a slope of more than 300 steps

    >>> from neuronwise.network.examples import example
    >>> told = example("smallest").network.explain([0.5], [0.25], error="absolute", learning_rate=0.25)
    >>> print(*str(told).splitlines()[4:7], sep="\n")
        z[a] = w[x,a]·a[x] + b[a]
             = 1.5·0.5 + 0
             = 0.75
    """
    given = one_sample(x, network.inputs, delayed=network.delayed)
    wanted = targets([y], network.outputs, given)
    parts = network._parts  # noqa: SLF001 - one room
    running = ready(parts, given.shape[1] if network.delayed else None)
    t = named_targets(running, wanted)[0]
    sample = Sample(network, running, dict(zip(running.inputs, given.reshape(-1).tolist(), strict=True)), t)
    sample.compute(error_named(parts, error, wanted), checked_number(learning_rate, "learning_rate"))
    places = ALL_DIGITS if exact else min(checked_count(digits, "digits", 1), ALL_DIGITS)
    if unrolled is not None:
        from neuronwise.network import stepwise  # noqa: PLC0415 - it stands above, and is loaded when it is asked for

        return Explanation(f"{unrolled}, step by step", tuple(stepwise.sections(sample, unrolled, places)), sample.env)
    several = [] if of is None else of if isinstance(of, Iterable) and not isinstance(of, str) else [of]
    asked = list(dict.fromkeys(several))
    known = list(sample.written.group_of)
    for each in asked:
        if each not in sample.written.group_of:
            raise unknown(each, "a neuron", known)
    return Explanation(*Teller(sample, asked, places).told(), sample.env)


class Sample:
    """One sample on its way through a network: the formulas, and the number of every symbol in them."""

    def __init__(self, network: "Network", running: Ready, x: Mapping[str, float], t: Mapping[str, float]) -> None:
        self.network, self.graph, self.t = network, running.graph, dict(t)
        self.w, self.b = network.w, network.b
        self.frozen = network.frozen
        self.x = dict(x)
        self.env: dict[str, float] = dict(CONSTANTS)

    def compute(self, error: str, eta: float) -> None:
        """Compute every symbol, by the reference's own functions."""
        self.written = Written(self.graph, list(self.t), error)
        z, a = learning.feed_forward(self.graph, self.w, self.b, self.x)
        for letter, numbers in {"w": self.w, "b": self.b, "z": z, "a": a, "t": self.t}.items():
            self.put(letter, numbers)
        self.env["eta"] = eta
        for formula in (f for j in self.written.group_of for f in self.written.activation(j)[:-1]):
            self.env[formula.parts[0].text] = self.value(formula)
        self.refuse_no_number(self.forward(z, a))
        self.env["E"] = float(ERRORS[error][0](self.t, a, list(self.t)))
        slopes = learning.backpropagate(self.graph, error, self.w, self.t, z, a)
        self.put("dE_dw", slopes.dE_dw)
        self.put("dE_db", slopes.dE_db)
        apart = copy(self.graph)
        apart.biased = defaultdict(list, {k: [k] for k in self.graph.bias})  # a bias each: its slope is dE/dz
        self.put("dE_dz", learning.backpropagate(apart, error, self.w, self.t, z, a).dE_db)
        if len(self.written.group_of) <= ROWS:
            for j in self.written.group_of:
                self.number(f"dE_da[{j}]")
        self.refuse_no_number({text: number for text, number in self.env.items() if text.startswith(("E", "dE_"))})

    def put(self, letter: str, numbers: Mapping[str, float]) -> None:
        """Give the symbols of a letter their numbers."""
        self.env |= {f"{letter}[{text}]": float(value) for text, value in numbers.items()}

    def value(self, formula: Node) -> float:
        """Compute a formula as the code does."""
        return float(evaluate(formula.parts[1], self.env, FUNCTIONS))

    def forward(self, z: Mapping[str, float], a: Mapping[str, float]) -> dict[str, float]:
        """Return the numbers of the feed forward by their symbols, in the order in which they are computed."""
        found: dict[str, float] = {}
        for group in self.graph.order:
            found |= {f"z[{k}]": z[k] for k in group.net_inputs} | {f"a[{j}]": a[j] for j in group.neurons}
        return found

    def refuse_no_number(self, numbers: Mapping[str, float]) -> None:
        """Refuse what led to infinity, or to no number, naming where it began."""
        for text, number in numbers.items():
            if not math.isfinite(number):
                begin = text.replace("_", "/") if text.startswith("dE_") else text
                message = f"expected numbers all the way; got {begin} = {number}: it begins there. Use smaller weights."
                raise DataError(message)

    def number(self, text: str) -> float:
        """Return the number of a symbol; of dE/da by its formula, the first time that someone asks."""
        if text not in self.env and text.startswith("dE_da["):
            self.env[text] = self.value(self.written.of_activation(text[6:-1]))
        return self.env[text]

    def worked(self, formula: Node, places: int) -> Worked:
        """Return a formula with its numbers and its result."""
        left, right = formula.parts
        value = self.value(formula) if formula.kind == "becomes" else self.number(code_name(left) or "")
        self.refuse_no_number({plain(left): value})
        env = {each: self.number(each) for each in names(right)}
        worked = work(formula, env, value, FUNCTIONS, places)
        return shortened(replace(worked, numbers=worked.numbers.map(tiny_by_name)))


def tiny_by_name(node: Node) -> Node:
    """Return the name of the smallest float in place of its digits: they tell nobody anything."""
    return name("TINY") if node.stands_for == "TINY" else node


def shortened(worked: Worked) -> Worked:
    """Return a worked formula whose long sums show three terms, how many more there are, and the last.

    >>> from neuronwise.mathematics.readers import read_plain
    >>> from neuronwise.mathematics.tree import ungrouped
    >>> long = ungrouped(read_plain("E = " + " + ".join(f"a[{n}]" for n in range(9))))
    >>> from neuronwise.mathematics.printers import plain
    >>> plain(shortened(work(long, {f"a[{n}]": 1.0 for n in range(9)}, 9.0, {})).right)
    'a[0] + a[1] + a[2] + ⋯[5 more] + a[8]'
    """
    parts = (short(worked.left), short(worked.right), short(worked.numbers), worked.result)
    return Worked(*parts, worked.numbers_sign, worked.result_sign)


def short(node: Node) -> Node:
    """Return a formula with its long sums cut."""

    def cut(inner: Node) -> Node:
        if inner.kind != "plus" or len(inner.parts) <= TERMS:
            return inner
        more = name(f"dots[{len(inner.parts) - 4} more]")
        return Node("plus", (*inner.parts[:3], more, inner.parts[-1]))

    return node.map(cut)


class Teller:
    """Chooses what is shown of a sample, and tells what is not."""

    def __init__(self, sample: Sample, asked: Sequence[str], places: int) -> None:
        self.sample, self.asked, self.places = sample, list(asked), places
        self.every = list(sample.written.group_of)
        self.chosen = self.asked or (self.every if len(self.every) <= ALL else [])
        self.own = len(sample.network.neurons())  # without their copies of every step
        self.late = STEPS if sample.network.delayed else ""

    def told(self) -> tuple[str, tuple[Section, ...]]:
        """Return the title and the sections."""
        network = self.sample.network
        edges = sum(len(net.edges) for neuron in network.neurons() for net in neuron.net_inputs)
        steps = f" of {counted(len(self.every) // self.own, 'step')}" if network.delayed else ""
        title = f"{counted(self.own, 'neuron')}, {counted(edges, 'edge')}, explained for one sample{steps}"
        if self.asked:
            title += f": {', '.join(self.asked)}"
        return title, tuple(self.sections())

    def sections(self) -> Iterator[Section]:
        """Yield what is shown."""
        if len(self.every) > ALL:
            yield Section("The formulas", joined(EVERYWHERE, self.late), general=general())
            yield self.rows()
        if self.chosen:
            yield from self.full()

    def full(self) -> Iterator[Section]:
        """Yield everything about the neurons chosen."""
        written, mine = self.sample.written, set(self.chosen)
        forward: list[Node] = []
        backward: list[Node] = []
        for group in self.sample.graph.order:
            js = [j for j in group.neurons if j in mine]
            forward += [written.net_input(k) for k in group.net_inputs if js]
            forward += list(dict.fromkeys(formula for j in js for formula in written.activation(j)))
        for group in reversed(self.sample.graph.order):
            if mine & set(group.neurons):
                backward += [written.of_activation(j) for j in group.neurons if j in mine]
                backward += [written.of_net_input(k) for k in group.net_inputs]
        error = written.error()
        yield self.section("Feed forward", forward, "" if len(self.every) > ALL else self.late)
        yield self.section("Error", [error], SMALLEST if "TINY" in names(error) else "")
        yield self.section(
            "Backpropagation", backward, "From the error back: a sum over the edges that leave, then the slope."
        )
        yield from self.updates()

    def updates(self) -> Iterator[Section]:
        """Yield the slope and the update of each weight and each bias of the neurons chosen."""
        sample, written = self.sample, self.sample.written
        weights = weights_of(sample.graph, self.chosen)
        net_inputs = [k for j in self.chosen for k in written.group_of[j].net_inputs]
        biases = list(dict.fromkeys(sample.graph.bias[k] for k in net_inputs))
        steps = [
            *((written.of_weight(p), written.update("w", p)) for p in weights if p not in sample.frozen),
            *((written.of_bias(q), written.update("b", q)) for q in biases if q not in sample.frozen),
        ]
        frozen = [f"w[{p}]" for p in weights if p in sample.frozen] + [f"b[{q}]" for q in biases if q in sample.frozen]
        note = f"Frozen, so they stay: {', '.join(frozen)}." if frozen else ""
        every = self.section("Slopes and updates", [formula for pair in steps for formula in pair], note)
        yield replace(every, dense=True)

    def section(self, heading: str, every: Sequence[Node], note: str = "") -> Section:
        """Return a section of worked formulas."""
        return Section(heading, note, tuple(self.sample.worked(formula, self.places) for formula in every))

    def rows(self) -> Section:
        """Return a table with a row a neuron; of a large network, the steepest ones alone."""
        env = self.sample.env
        shown, one = self.every, self.every[0]
        note = f'Everything about one of them: net.explain(x, y, of="{one}"), on the command line --of "{one}".'
        if len(self.every) > ROWS:
            slope = {
                j: max(abs(env[f"dE_dz[{k}]"]) for k in self.sample.written.group_of[j].net_inputs) for j in self.every
            }
            shown = sorted(self.every, key=lambda j: -slope[j])[:STEEPEST]
            left = len(self.every) - len(shown)
            note = f"The {len(shown)} neurons with the steepest dE/dz; {left:,} more are left out. {note}"
        rows = []
        for j in shown:
            k = j if f"z[{j}]" in env else self.sample.written.group_of[j].net_inputs[0]
            numbers = (env[f"z[{k}]"], env[f"a[{j}]"], env[f"dE_dz[{k}]"])
            rows.append(
                (j, self.sample.written.group_of[j].activation, *(plain(written(n, self.places)) for n in numbers))
            )
        head = ("neuron", "activation", "z", "a", "dE/dz")
        return Section(f"E = {digits(env['E'], self.places)}", note, table=(head, *rows))


def general() -> tuple[Node, ...]:
    r"""Return the formulas that hold for any network, as they are read from the code.

    >>> from neuronwise.mathematics.printers import plain
    >>> print(*map(plain, general()), sep="\n")
    z = Σ[i, p in edges] w[p]·a[i] + b
    dE/da[j] = ∂E/∂a[j] + (Σ[k, p in targets[j]] dE/dz[k]·w[p])
    dE/dz[k] = Σ[j in neurons] dE/da[j]·∂a[j]/∂z[k]
    dE/dw[p] = Σ[k, i in uses[p]] dE/dz[k]·a[i]
    dE/db[q] = Σ[k in biased[q]] dE/dz[k]
    v[p] ← v[p] − η·dE/dv[p]
    """
    local = {
        "own_slope": Node("local", (name("E"), name("a[j]"))),
        "slope": Node("local", (name("a[j]"), name("z[k]"))),
    }
    backward = list(formulas(learning, "backpropagate"))
    for function, sign in local.items():
        backward = [called(formula, function, sign) for formula in backward]
    step = formulas(learning, "update")[-1].parts[1]
    return (
        Node("equals", (name("z"), formulas(neuron, "net_input")[-1].parts[1])),
        *backward,
        Node("becomes", (name("v[p]"), step)),
    )


def joined(*sentences: str) -> str:
    """Return those sentences that there are, in a row.

    >>> joined("One.", "", "Two.")
    'One. Two.'
    """
    return " ".join(filter(None, sentences))


def counted(count: int, what: str) -> str:
    """Return how many there are, in words.

    >>> counted(1, "neuron"), counted(5000, "edge")
    ('1 neuron', '5,000 edges')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"
