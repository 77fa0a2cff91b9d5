"""Pieces of the page that show numbers: written by the build for the printed run, and in the page for the reader's.

Each is a string of HTML made of our own words, escaped names and printed numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from neuronwise.book import pictures
from neuronwise.book.chain import defined
from neuronwise.book.program import Environment, Operation, Program, Update
from neuronwise.checks import meaning
from neuronwise.checks.roads import Report
from neuronwise.mathematics.printers import MathML, mathml, plain, said, symbol_named
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import SIGNS, Node, code_name, names, symbol
from neuronwise.mathematics.values import evaluate
from neuronwise.mathematics.worked import Chain, digits, work, written

DIRECTIONS = {"feed_forward": "forward", "error": "forward", "backpropagate": "backward", "update": "change"}
NOT_YET = '<i class="unset">not yet</i>'


def minus(value: float) -> str:
    """Return a number as the page writes it, with a true minus sign.

    >>> minus(-0.5)
    '−0.5'
    """
    return pictures.minus(digits(value))


def chain(*parts: tuple[str, Node]) -> str:
    """Return a chain of formulas as one <math>: (sign before it, formula), the first sign often empty.

    >>> chain(("", symbol("w")), ("=", written(1.5)))
    '<math alttext="w equals 1.5"><mi data-sym="w" data-kind="weight">w</mi><mo>=</mo><mn>1.5</mn></math>'
    """
    print_ = MathML(inline=True)
    drawn = "".join((f"<mo>{sign}</mo>" if sign else "") + print_(node) for sign, node in parts)
    return f'<math alttext="{escape(said(parts))}">{drawn}</math>'


@dataclass(frozen=True)
class Moment:
    """One moment of a run: the program, the update it is in, and how many operations of it are done."""

    program: Program
    update: Update
    done: int

    def has(self, operation: Operation) -> bool:
        """Tell whether an operation is done."""
        return self.program.operations.index(operation) < self.done

    def value(self, operation: Operation) -> float:
        """Return what an operation computed."""
        return (self.update.became if operation.changes else self.update.values)[operation.target]

    @cached_property
    def known(self) -> Environment:
        """The symbols that have a value by now."""
        given = {name: self.update.values[name] for name in self.program.start}
        return given | {o.target: self.value(o) for o in self.program.operations if self.has(o) and not o.changes}

    def worked(self, formula: Node, value: float) -> Chain:
        """Return a formula's numbers and its result: = 1.5·0.5 = 0.75."""
        return work(formula, self.update.values, value, self.program.functions).chain

    def numbers(self, operation: Operation) -> Chain:
        """Return an operation's numbers and what it computed."""
        return self.worked(operation.formula, self.value(operation))

    def reading(self, node: Node) -> str:
        """Return the number that a formula has by now; of a slope without a name in the code, what it means."""
        known, program = self.known, self.program
        if any(name not in known for name in names(node)):
            return NOT_YET
        if any(part.kind in SIGNS and code_name(part) not in known for part in node.nodes()):
            return minus(meaning.value(node, defined(program), {name: known[name] for name in program.start}))
        return minus(evaluate(node, known, program.functions))

    def last_line(self, goal: str, formula: Node) -> Chain:
        """Return the numbers in the last line of a derivation, and the slope that the program computed."""
        return self.worked(Node("equals", (symbol(goal), formula)), self.update.values[goal])

    @property
    def scene(self) -> pictures.Scene:
        """What a picture of this moment needs."""
        return pictures.Scene(self.update, tuple(o.target for o in self.program.operations), self.done)


def alone(numbers: Chain) -> Chain:
    """Return a chain that stands alone: without the sign that would relate it to its formula."""
    return (("", numbers[0][1]), *numbers[1:])


def printed(program: Program) -> Moment:
    """Return the moment that is printed: one whole update, done."""
    return Moment(program, program.update(program.start), len(program.operations))


def key(operation: Operation) -> str:
    """Return an operation's name on the page: error.E."""
    return f"{operation.function}.{operation.target}"


def current(moment: Moment) -> Operation | None:
    """Return the operation that was done last."""
    return moment.program.operations[moment.done - 1] if moment.done else None


def saying(moment: Moment, words: Mapping[str, str], count: int) -> str:
    """Return the stepper's line: which step, what happens, the formula, the numbers in it."""
    operation = current(moment)
    steps = len(moment.program.operations)
    if operation is None:
        return "<strong>Before the first step.</strong> Input, weight, target and learning rate are given."
    direction = DIRECTIONS[operation.function]
    where = f"Step {moment.done} of {steps}, {direction}" + (f", update {count + 1}" if count else "")
    says = escape(words.get(operation.target, ""))
    formula = mathml(operation.formula)
    numbers = chain(*moment.numbers(operation))
    return f"<strong>{where}.</strong> {says} {formula} <span class='nb'>{numbers}</span>"


def readings(moment: Moment) -> Iterator[tuple[str, str]]:
    """Yield (element's id, HTML) for every number in the rail and beside the code."""
    for text in (*moment.program.start, *(o.target for o in moment.program.operations if not o.changes)):
        yield f"now-{text}", pictures.short(moment.known[text]) if text in moment.known else NOT_YET
    for operation in moment.program.operations:
        shown = chain(*alone(moment.numbers(operation))) if moment.has(operation) else NOT_YET
        yield f"numbers-{key(operation)}", ("<i>next</i> " if operation.changes else "") + shown


@dataclass(frozen=True, slots=True)
class Piece:
    """What can be pointed at: a symbol or a part of a formula, how the page finds it, how it looks, what it means."""

    key: str
    node: Node
    look: str
    meaning: str


def pieces(program: Program, lines: Iterable[Node] = ()) -> list[Piece]:
    """Return every piece of every formula of a program, and of the lines of its derivations, each once."""
    found: dict[str, Piece] = {}
    for formula in (*(operation.formula for operation in program.operations), *lines):
        for node in formula.nodes():
            name = code_name(node)
            text = name or plain(node)
            if text not in found and node.kind not in ("equals", "becomes", "number"):
                found[text] = Piece(text, node, mathml(node), SYMBOLS[name].meaning if name in SYMBOLS else "")
    return list(found.values())


def rows(moment: Moment, pointed: Sequence[Piece]) -> str:
    """Return a table's rows of all that can be pointed at: look, meaning, number; beside the weight also its slope."""
    numbers = dict(piece_numbers(moment, pointed))
    return "".join(
        f'<tr data-key="{escape(piece.key)}"><td>{piece.look}</td><td>{escape(piece.meaning)}</td>'
        f'<td id="piece-{i}">{numbers[f"piece-{i}"]}</td>'
        + (f'<td id="piece-slope">{numbers["piece-slope"]}</td></tr>' if piece.key == "w" else "<td></td></tr>")
        for i, piece in enumerate(pointed)
    )


def piece_numbers(moment: Moment, pointed: Sequence[Piece]) -> Iterator[tuple[str, str]]:
    """Yield (element's id, HTML) for the number of every piece, and for the slope beside the weight."""
    for i, piece in enumerate(pointed):
        yield f"piece-{i}", moment.reading(piece.node)
    slope = moment.known.get("dE_dw")
    shown = () if slope is None else (("", symbol("dE_dw")), ("=", written(slope, stands_for="dE_dw")))
    yield "piece-slope", chain(*shown) if shown else ""


def steps(moment: Moment, words: Mapping[str, str]) -> str:
    """Return all steps of one update as the rows of a table."""
    rows = (
        f"<tr><td>{i}</td><td>{DIRECTIONS[o.function]}</td><td>{mathml(o.formula)}</td><td>{chain(*alone(moment.numbers(o)))}</td>"
        f"<td>{escape(words.get(o.target, ''))}</td></tr>"
        for i, o in enumerate(moment.program.operations, 1)
    )
    return "".join(rows)


def loop(moment: Moment) -> str:
    """Return the picture of the loop, lying and standing; the page shows the one that fits."""
    lying, standing = pictures.loop(moment.scene), pictures.loop_upright(moment.scene)
    return f'<div class="at-wide">{lying.svg}</div><div class="at-narrow">{standing.svg}</div>'


def error_at(program: Program, update: Update) -> Callable[[float], float]:
    """Return the program as a function: the error that a weight gives, everything else as it is."""
    steps = program.steps[: program.steps.index("error") + 1]
    ways = [(program.function(name), program.parameters(name), program.result(name)) for name in steps]

    def at(weight: float) -> float:
        values = update.values | {"w": weight}
        for function, parameters, result in ways:
            values[result] = function(*(values[parameter] for parameter in parameters))
        return values["E"]

    return at


def charts(program: Program, updates: Sequence[Update]) -> tuple[str, str]:
    """Return both pictures of a training."""
    return pictures.valley(updates, error_at(program, updates[-1])).svg, pictures.curve(updates).svg


def report(found: Report) -> str:
    """Return the rows of the roads, a line each."""
    rows = (
        f'<tr><th scope="row">{escape(road.name)}</th><td>{escape(road.words)}</td>'
        f'<td data-kind="slope">{minus(road.value)}</td><td><code>{road.bits}</code></td></tr>'
        for road in found.roads
    )
    return "".join(rows)


def symbol_cell(name: str) -> str:
    """Return a symbol as the rail shows it."""
    return f"<math>{MathML(inline=True)(symbol(name))}</math>"


def short_meaning(name: str) -> str:
    """Return the word before the colon of a symbol's meaning.

    >>> short_meaning("w"), short_meaning("dE_dw")
    ('weight', 'slope')
    """
    kind = symbol_named(name)
    return kind.meaning.split(" of ")[0].split(":")[0]
