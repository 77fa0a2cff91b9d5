"""The printed run: what PDF, EPUB and notebook show where the page is alive, as pieces of a document."""

import string
from collections.abc import Iterator
from dataclasses import dataclass

from neuronwise.book import document as d
from neuronwise.book.answers import Answer
from neuronwise.book.chain import in_full
from neuronwise.book.fragments import printed as moment_of
from neuronwise.book.fragments import short_meaning
from neuronwise.book.program import MOST_UPDATES, Operation, Program, Update
from neuronwise.mathematics.printers import said
from neuronwise.mathematics.readers import read_plain
from neuronwise.mathematics.rules import Application
from neuronwise.mathematics.symbols import SYMBOLS
from neuronwise.mathematics.tree import code_name, symbol
from neuronwise.mathematics.worked import written

LICENCE = (
    "Every number here was computed by the Python printed beside it. Text and pictures: Creative Commons Attribution "
    "4.0 International (CC BY 4.0). Code: MIT."
)


def spoken(math: d.Math) -> str:
    """Return a chain of formulas in words.

    >>> spoken(d.Math(symbol("w"), (("=", written(1.5)),)))
    'w equals 1.5'
    """
    return said((("", math.node), *math.then))


def numbers(program: Program, operation: Operation) -> d.Math:
    """Return an operation's numbers: 1.5·0.5 = 0.75; of one that only hands a number on, that number."""
    first, *others = moment_of(program).numbers(operation)
    return d.Math(first[1], tuple(others))


def last_line(derived: d.Derived) -> d.Math:
    """Return the goal of a derivation, the numbers of the printed run in its last line, and the result."""
    goal, program = derived.derivation.goal, derived.program
    name = code_name(goal) or ""
    return d.Math(goal, moment_of(program).last_line(name, in_full(name, program)))


@dataclass(frozen=True, slots=True)
class Why:
    """One use of a rule: its name, plain and in print; why it holds here; its condition; what goes wrong without."""

    name: str
    rule: list[d.Inline]
    sentence: list[d.Inline]
    condition: list[d.Inline]
    without: list[d.Inline]


def why(used: Application) -> Why:
    """Return a rule's sentences with the formulas of this very place in them."""
    return Why(
        used.rule.name,
        rule_name(used),
        told(used, used.sentence),
        told(used, used.condition),
        told(used, used.rule.without),
    )


def rule_name(used: Application) -> list[d.Inline]:
    """Return the rule as the chapter names it: definition of E, with E as the symbol."""
    if used.argument in SYMBOLS:
        return [d.Text(f"{used.rule.lead} "), d.Math(symbol(used.argument))]
    return [d.Text(used.name)]


def told(used: Application, text: str) -> list[d.Inline]:
    """Return a sentence of a rule: its words, and its slots as formulas."""
    parts: list[d.Inline] = []
    for words, slot, _, _ in string.Formatter().parse(text):
        parts += [d.Text(words)] * bool(words) + [d.Math(used.pieces[s]) for s in (slot,) if s]
    return parts


def training(program: Program) -> list[Update]:
    """Return the updates of the printed run, until the weight rests."""
    updates = [program.update(program.start)]
    while updates[-1].became["w"] != updates[-1].values["w"] and len(updates) < MOST_UPDATES:
        updates.append(program.update(updates[-1].next(tuple(program.start))))
    return updates


def symbols(chapter: d.Chapter) -> Iterator[tuple[d.Math, str, d.Math]]:
    """Yield each symbol of the chapter that has a number, its meaning in a word or two, and its first number."""
    values = chapter.program.update(chapter.program.start).values
    for name in chapter.symbols:
        if name in values:
            yield d.Math(symbol(name)), short_meaning(name), d.Math(written(values[name], stands_for=name))


def right_answer(answer: Answer) -> list[d.Inline]:
    """Return the answer to an exercise: η = 2."""
    expected = read_plain(answer.expected, list(SYMBOLS))
    if answer.symbol in SYMBOLS:
        return [d.Math(symbol(answer.symbol), (("=", expected),))]
    return [d.Text(f"{answer.expected} {answer.symbol}")]


def trial_columns(count: int) -> list[int]:
    """Return which errors of a trial are printed: all of a few, else the first and the last three.

    >>> trial_columns(3), trial_columns(11)
    ([0, 1, 2], [0, 8, 9, 10])
    """
    return list(range(count)) if count <= 4 else [0, count - 3, count - 2, count - 1]  # noqa: PLR2004 - fits a phone


def verdict(claim: d.Claim) -> str:
    """Return what the program that proves a label does."""
    return "fails to learn" if claim.kind == "necessary" else "learns as well"
