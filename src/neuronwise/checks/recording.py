"""Recording symbols: they run through code in place of numbers and write down what is done to them.

At a question (`u > 0`) both answers are tried, one run each; together the runs are everything that the code can do.
"""
# ruff: noqa: D105 - what + does is what + says

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from neuronwise.mathematics.tree import Node, name, number

Answers = tuple[tuple[Node, bool], ...]  # each question that was asked, and what was answered


class Run:
    """One run: answers questions as its script says, then with yes, and writes down each question and answer."""

    def __init__(self, script: tuple[bool, ...] = ()) -> None:
        self.script = script
        self.answers: list[tuple[Node, bool]] = []

    def answer(self, question: Node) -> bool:
        """Return the answer to the next question."""
        given = len(self.answers)
        answer = self.script[given] if given < len(self.script) else True
        self.answers.append((question, answer))
        return answer

    def symbol(self, text: str) -> "Recorder":
        """Return a recorder for a symbol, by its name in the code."""
        return Recorder(name(text), self)

    def number(self, text: str) -> "Recorder":
        """Return a recorder for a literal."""
        return Recorder(number(text), self)

    def function(self, text: str) -> "Callable[..., Recorder]":
        """Return a function that only writes down that it was called."""
        return lambda *arguments: Recorder(Node("call", tuple(u.node for u in arguments), text), self)


@dataclass(frozen=True, slots=True, eq=False)
class Recorder:
    """A symbol, and what has been done to it.

    >>> run = Run()
    >>> (run.symbol("t") - run.symbol("a")).node == Node("minus", (name("t"), name("a")))
    True
    """

    node: Node
    run: Run

    def __bool__(self) -> bool:
        if self.node.kind not in ("greater", "less"):
            message = f"expected a question about numbers, such as u > 0; got a {self.node.kind}"
            raise TypeError(message)
        return self.run.answer(self.node)

    def __add__(self, other: "Recorder") -> "Recorder":
        return self._with("plus", other)

    def __sub__(self, other: "Recorder") -> "Recorder":
        return self._with("minus", other)

    def __mul__(self, other: "Recorder") -> "Recorder":
        return self._with("times", other)

    def __truediv__(self, other: "Recorder") -> "Recorder":
        return self._with("over", other)

    def __gt__(self, other: "Recorder") -> "Recorder":
        return self._with("greater", other)

    def __lt__(self, other: "Recorder") -> "Recorder":
        return self._with("less", other)

    def __neg__(self) -> "Recorder":
        return Recorder(Node("negative", (self.node,)), self.run)

    def __abs__(self) -> "Recorder":
        return self.run.function("abs")(self)

    def _with(self, kind: str, other: "Recorder") -> "Recorder":
        return Recorder(Node(kind, (self.node, other.node)), self.run)


def all_runs(compute: Callable[[Run], list[Recorder]]) -> Iterator[tuple[Answers, list[Node]]]:
    """Yield, for every way to answer, the questions with their answers, and what was recorded.

    >>> def size(run):
    ...     u = run.symbol("u")
    ...     return [u if u > run.number("0") else -u]
    >>> [(answers[0][1], recorded[0].kind) for answers, recorded in all_runs(size)]
    [(True, 'name'), (False, 'negative')]
    """
    waiting: list[tuple[bool, ...]] = [()]
    while waiting:
        run = Run(waiting.pop())
        recorded = [recorder.node for recorder in compute(run)]
        yield tuple(run.answers), recorded
        answers = [answer for _, answer in run.answers]
        waiting += [(*answers[:i], False) for i in range(len(run.script), len(answers))]
