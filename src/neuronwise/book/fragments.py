"""Pieces of the page that show numbers: written by the build for the printed run, and in the page for the reader's.

Each is a string of HTML made of our own words, escaped names and printed numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from neuronwise.book import pictures
from neuronwise.book.program import Environment, Operation, Program, Update
from neuronwise.checks.roads import Report
from neuronwise.mathematics.printers import MathML, mathml, plain, spoken, symbol_named
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import Node, code_name, symbol
from neuronwise.mathematics.values import evaluate
from neuronwise.mathematics.worked import digits, work, written

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
    said = {"=": "equals", "≈": "is about", "←": "becomes", "": ""}
    words = " ".join(f"{said[sign]} {spoken(node)}".strip() for sign, node in parts)
    print_ = MathML(inline=True)
    drawn = "".join((f"<mo>{sign}</mo>" if sign else "") + print_(node) for sign, node in parts)
    return f'<math alttext="{escape(words)}">{drawn}</math>'


@dataclass(frozen=True, slots=True)
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

    @property
    def known(self) -> Environment:
        """The symbols that have a value by now."""
        given = {name: self.update.values[name] for name in self.program.start}
        return given | {o.target: self.value(o) for o in self.program.operations if self.has(o) and not o.changes}

    def numbers(self, operation: Operation, *, behind: bool = False) -> str:
        """Return an operation's numbers: 1.5·0.5 = 0.75; `behind` its formula they begin with their sign, = or ≈."""
        worked = work(operation.formula, self.update.values, self.value(operation), self.program.functions)
        if plain(worked.numbers) == plain(worked.result):  # da/dw = x: the number itself
            return chain((worked.result_sign * behind, worked.result))
        return chain((worked.numbers_sign * behind, worked.numbers), (worked.result_sign, worked.result))

    @property
    def scene(self) -> pictures.Scene:
        """What a picture of this moment needs."""
        return pictures.Scene(self.update, tuple(o.target for o in self.program.operations), self.done)


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
    numbers = moment.numbers(operation, behind=True)
    return f"<strong>{where}.</strong> {says} {formula} <span class='nb'>{numbers}</span>"


def readings(moment: Moment) -> Iterator[tuple[str, str]]:
    """Yield (element's id, HTML) for every number in the rail and beside the code."""
    for text in (*moment.program.start, *(o.target for o in moment.program.operations if not o.changes)):
        yield f"now-{text}", minus(moment.known[text]) if text in moment.known else NOT_YET
    for operation in moment.program.operations:
        shown = moment.numbers(operation) if moment.has(operation) else NOT_YET
        yield f"numbers-{key(operation)}", ("<i>next</i> " if operation.changes else "") + shown


def pieces(moment: Moment) -> str:
    """Return the rows of all that can be pointed at: each piece of a formula, its meaning, its present number."""
    rows: dict[str, str] = {}
    for operation in moment.program.operations:
        for node in operation.formula.nodes():
            name = code_name(node)
            look = name or plain(node)
            if look in rows or node.kind in ("equals", "becomes", "number"):
                continue
            rows[look] = _row(look, node, moment, SYMBOLS[name].meaning if name in SYMBOLS else "")
    return "".join(rows.values())


def _row(look: str, node: Node, moment: Moment, meaning: str) -> str:
    try:
        number = minus(evaluate(node, moment.known, moment.program.functions))
    except KeyError:
        number = NOT_YET
    slope = ""
    if look == "w" and "dE_dw" in moment.known:
        slope = chain(("", symbol("dE_dw")), ("=", written(moment.known["dE_dw"], stands_for="dE_dw")))
    return (
        f'<tr data-key="{escape(look)}"><td>{mathml(node)}</td><td>{escape(meaning)}</td><td>{number}</td>'
        f"<td>{slope}</td></tr>"
    )


def steps(moment: Moment, words: Mapping[str, str]) -> str:
    """Return all steps of one update as the rows of a table."""
    rows = (
        f"<tr><td>{i}</td><td>{DIRECTIONS[o.function]}</td><td>{mathml(o.formula)}</td><td>{moment.numbers(o)}</td>"
        f"<td>{escape(words.get(o.target, ''))}</td></tr>"
        for i, o in enumerate(moment.program.operations, 1)
    )
    return "".join(rows)


def loop(moment: Moment) -> str:
    """Return the picture of the loop, lying and standing; the page shows the one that fits."""
    lying, standing = pictures.loop(moment.scene), pictures.loop_upright(moment.scene)
    return f'<div class="at-wide">{lying.svg}</div><div class="at-narrow">{standing.svg}</div>'


def error_at(program: Program, update: Update) -> Callable[[float], float]:
    """Return the program as a function: the error that a weight gives, with the present input and target."""
    forward, error = program.function("feed_forward"), program.function("error")

    def at(weight: float) -> float:
        found: float = error(update.values["t"], forward(weight, update.values["x"]))
        return found

    return at


def charts(program: Program, updates: Sequence[Update]) -> tuple[str, str]:
    """Return both pictures of a training."""
    return pictures.valley(updates, error_at(program, updates[-1])).svg, pictures.curve(updates).svg


def mine(formula: Node, moment: Moment) -> str:
    """Return the last line of the derivation with numbers in it, as one <math> that begins with the equals sign."""
    worked = work(
        Node("equals", (symbol("dE_dw"), formula)),
        moment.update.values,
        moment.update.values["dE_dw"],
        moment.program.functions,
    )
    return chain((worked.numbers_sign, worked.numbers), (worked.result_sign, worked.result))


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
