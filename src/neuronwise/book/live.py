"""The Python behind the page: it keeps the reader's run, and answers each event with the pieces that change.

JavaScript sends an event as JSON (`{"do": "step", "by": 1}`) and puts what comes back in its place:

    html    element's id -> its new content
    marks   [element's id, attribute, value or null]
    say     a sentence for the live region; "" is silence
    stop    whether a running training has come to its end
No arithmetic on a neuron's numbers happens anywhere else.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from html import escape
from typing import Any

from neuronwise.book import fragments
from neuronwise.book.answers import Answer, read_answer
from neuronwise.book.chain import defined, in_full
from neuronwise.book.fragments import Moment, key
from neuronwise.book.numbers import NumberError, read_number
from neuronwise.book.program import MOST_UPDATES, Environment, Program, Update
from neuronwise.checks import faults, roads
from neuronwise.mathematics.derivation import read_derivation
from neuronwise.mathematics.tree import Node


class Page:
    """One reader's page: their numbers, their run, the step they are at."""

    def __init__(self, chapter: Mapping[str, Any]) -> None:
        steps = tuple(chapter["steps"])
        self.programs = {
            name: Program(source, name or chapter["code"], steps) for name, source in chapter["programs"].items()
        }
        self.program = self.programs[""]
        self.words: Mapping[str, str] = chapter["words"]
        self.exercises: list[tuple[str, str]] = chapter["exercises"]
        self.goal: str = chapter["goal"]
        self.formula = in_full(self.goal, self.program)
        self.marks: list[tuple[str, str, str | None]] = []
        self.sent: dict[str, str] = {}
        self.say = ""
        self.stop = False
        self.updates: list[Update] = []
        self.index, self.done = 0, 0
        self.restart(self.program.start)
        self.done = len(self.program.operations)
        self.drawn: tuple[int, int, tuple[str, str]] = (-1, -1, ("", ""))
        self.pointed = fragments.pieces(self.program, self.lines(chapter["derivations"]))
        self.events: dict[str, Callable[..., None]] = {
            "nothing": lambda _: None,
            "numbers": self.numbers,
            "step": self.step,
            "go": self.go,
            "rewind": self.rewind,
            "train": self.train,
            "roads": self.roads,
            "fault": self.fault,
            "answer": self.answer,
        }

    def handle(self, event: str) -> str:
        """Answer one event; what did not change is not sent again."""
        arguments = json.loads(event)
        before = self.updates, self.index, self.done
        try:
            html = self.answered(**arguments)
        except ArithmeticError as error:  # the numbers have left what can be computed or drawn: nothing is lost
            self.updates, self.index, self.done = before
            html = self.answered("nothing")
            self.say, self.stop = f"Stopped: {error}", True
            html["numbers-status"] = escape(self.say)
        changed = {name: text for name, text in html.items() if self.sent.get(name) != text}
        self.sent |= changed
        return json.dumps({"html": changed, "marks": self.marks, "say": self.say, "stop": self.stop})

    def answered(self, do: str, **more: object) -> dict[str, str]:
        """Return what the page shows after an event."""
        self.marks, self.say, self.stop = [], "", False
        html: dict[str, str] = {}
        self.events[do](html, **more)
        return html | dict(self.pieces())

    @cached_property
    def answers(self) -> list[Answer]:
        """The exercises, read when the first answer comes."""
        return [read_answer(asked, text, self.programs) for asked, text in self.exercises]

    def lines(self, derivations: Iterable[str]) -> list[Node]:
        """Return the lines of the chapter's derivations: what can be pointed at in them has a number too."""
        definitions = defined(self.program)
        return [line.node for text in derivations for line in read_derivation(text, definitions).lines]

    # the run

    def restart(self, start: Environment) -> None:
        """Begin a run."""
        self.updates = [self.program.update(start)]
        self.index, self.done = 0, 0

    @property
    def moment(self) -> Moment:
        """Where the reader is."""
        return Moment(self.program, self.updates[self.index], self.done)

    def advance(self) -> None:
        """Go one update further; computed once, then remembered."""
        if self.index + 1 == len(self.updates):
            self.updates.append(self.program.update(self.updates[-1].next(tuple(self.program.start))))
        self.index += 1

    def pieces(self) -> list[tuple[str, str]]:
        """Return everything on the page that shows the run."""
        moment, seen = self.moment, self.updates[: self.index + 1]
        for i, operation in enumerate(self.program.operations, 1):
            here = "step" if i == self.done else None
            self.marks += [(f"track-{i}", "aria-current", here), (f"row-{key(operation)}", "aria-current", here)]
        if self.drawn[:2] != (id(self.updates), self.index):  # the charts change with an update, not with its steps
            self.drawn = (id(self.updates), self.index, fragments.charts(self.program, seen))
        valley, curve = self.drawn[2]
        return [
            *fragments.readings(moment),
            *fragments.piece_numbers(moment, self.pointed),
            ("saying", fragments.saying(moment, self.words, self.index)),
            ("loop", fragments.loop(moment)),
            ("valley", valley),
            ("curve", curve),
            ("trained", self.trained()),
            ("mine", fragments.chain(*moment.last_line(self.goal, self.formula))),
        ]

    def trained(self) -> str:
        """Return the line below the charts: how far the training is."""
        now = self.updates[self.index]
        text = f"{self.index} updates, error {fragments.minus(now.values['E'])}."
        if now.values["E"] == 0:
            return f"{text} It has learned."
        if now.became["w"] == now.values["w"]:
            return f"{text} The weight no longer changes: its slope is {fragments.minus(now.values['dE_dw'])}."
        if self.index > 1 and now.became["w"] == self.updates[self.index - 1].values["w"]:
            a, b = (fragments.minus(u.values["a"]) for u in (self.updates[self.index - 1], now))
            return f"{text} The activation swings between {a} and {b}: the steps do not fit the way."
        return text

    # events

    def numbers(self, html: dict[str, str], fields: dict[str, str]) -> None:
        """Start again with the reader's numbers; a field that is wrong is told beside it, and nothing else changes."""
        read: Environment = {}
        for name in self.program.start:
            try:
                read[name] = read_number(fields[name])
                problem = ""
            except NumberError as error:
                problem = str(error)
            html[f"mend-{name}"] = escape(problem)
            self.marks.append((f"field-{name}", "aria-invalid", "true" if problem else None))
        if len(read) < len(self.program.start):
            self.say = "The numbers on the page are those from before, until this is mended."
            html["numbers-status"] = self.say
            return
        self.restart(read)
        self.done = len(self.program.operations)
        html["numbers-status"] = f"These are {'the printed' if read == self.program.start else 'your'} numbers."

    def step(self, html: dict[str, str], by: int) -> None:
        """Go one operation forward or back."""
        del html
        if by > 0 and self.done == len(self.program.operations):
            self.advance()
            self.done = 1
        elif by < 0 and self.done <= 1 and self.index:
            self.index, self.done = self.index - 1, len(self.program.operations)
        else:
            self.done = min(max(self.done + by, 0), len(self.program.operations))

    def go(self, html: dict[str, str], to: int) -> None:
        """Run to an operation of this update."""
        del html
        self.done = min(max(to, 0), len(self.program.operations))

    def rewind(self, html: dict[str, str]) -> None:
        """Go back to the start, with the same numbers."""
        del html
        self.index, self.done = 0, 0

    def train(self, html: dict[str, str], updates: int) -> None:
        """Run whole updates, until the weight rests or swings."""
        del html
        for _ in range(updates):
            if self.index >= MOST_UPDATES:
                self.say, self.stop = f"Stopped after {MOST_UPDATES} updates. Rewind, or change a number.", True
                break
            self.advance()
            now, before = self.updates[self.index], self.updates[self.index - 1]
            if now.became["w"] in (now.values["w"], before.values["w"]):
                self.stop = True
                break
        self.done = len(self.program.operations)
        if self.stop:
            self.say = self.say or self.trained()

    def roads(self, html: dict[str, str]) -> None:
        """Look for the slope on three roads, with the reader's numbers."""
        self.show_roads(html, self.program.code.source, "")

    def fault(self, html: dict[str, str], number: int) -> None:
        """Plant a fault in the program, and look again."""
        start = self.updates[self.index].values
        planted = faults.planted(self.program.code.source, {name: start[name] for name in self.program.start})
        if not planted:
            self.say = html["planted"] = "With these numbers no planted fault shows. Try others."
            return
        fault = planted[number % len(planted)]
        self.show_roads(html, fault.source, f"Planted: {fault.words}.")

    def show_roads(self, html: dict[str, str], source: str, planted: str) -> None:
        """Look for the slope on three roads through a program's text."""
        start = {name: self.updates[self.index].values[name] for name in self.program.start}
        found = roads.report(source, start, self.goal)
        html["roads"] = fragments.report(found)
        html["verdict"] = escape(found.verdict)
        html["planted"] = escape(planted)
        self.say = f"{planted} {found.verdict}".strip()

    def answer(self, html: dict[str, str], number: int, text: str) -> None:
        """Judge an answer to an exercise."""
        verdict = self.answers[number - 1].judge(text, self.programs)
        html[f"feedback-{number}"] = feedback(right=verdict.right, says=verdict.says)
        self.marks.append((f"exercise-{number}", "data-verdict", "right" if verdict.right else "not-yet"))


def feedback(*, right: bool, says: str) -> str:
    """Return what is said to an answer: a tick or an open circle, and words, never colour alone."""
    shape = '<path d="M3 10.5l5 5L17 5"/>' if right else '<circle cx="10" cy="10" r="6.5"/>'
    word = "Right." if right else "Not yet."
    return f'<svg viewBox="0 0 20 20" aria-hidden="true">{shape}</svg><strong>{word}</strong> {escape(says)}'
