"""The figures of exercises, and of bad input: what is wrong is named, and nothing hostile takes long."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from every_exercise import every_exercise, misjudged
from hostile import ANSWERS, NEURONS, descriptions

from benchmarks.measured import Row, none, seconds
from neuronwise.checks.answers import Question, judge, told_apart
from neuronwise.mathematics.printers import plain
from neuronwise.network import FileError, storage
from neuronwise.network.exercises import sheet

SOON = 50  # milliseconds


def figures() -> Iterator[Row]:
    """Measure everything."""
    yield from slips()
    questions = {exercise.kind: exercise.question for exercise in sheet("mazur", seed=7, count=10).exercises}
    slowest = [(milliseconds(partial(refused, text, question)), what) for what, text, question in hostile(questions)]
    yield f"the slowest of {len(slowest)} hostile answers: {max(slowest)[1]}", max(slowest)[0], SOON, "ms"
    described = [(milliseconds(partial(no_network, *each)), what) for what, each in descriptions().items()]
    what = f"the slowest of {len(described)} descriptions of no network, {NEURONS} neurons: {max(described)[1]}"
    yield what, max(described)[0], SOON, "ms"


def slips() -> Iterator[Row]:
    """Give to every exercise the right answer, and every answer with a slip that changes it."""
    every = [(text, exercise) for text, exercise in every_exercise() if exercise.question.wants != "whole"]
    refused = [text for text, each in every if not judge(plain(each.expected), each.question).right]
    yield none(f"right answers to exercises that are refused, of {len(every)}", refused)
    count = sum(len(list(told_apart(each.question))) for _, each in every)
    wrong = [f"{text}: {slip.says}" for text, each in every for slip in misjudged(each.question)]
    yield none(f"slips that are not found, or called another, of {count:,}", wrong)


def hostile(questions: Mapping[str, Question]) -> Iterator[tuple[str, str, Question]]:
    """Yield each hostile answer to an exercise of each kind."""
    for kind in ("z", "formula", "paths"):
        for what, text in ANSWERS.items():
            yield f"{what} ({kind})", text, questions[kind]


def refused(text: str, question: Question) -> None:
    """Refuse a hostile answer."""
    if judge(text, question).right:
        message = f"expected a verdict that {text[:60]!r} is not right; got another"
        raise ValueError(message)


def no_network(content: bytes, said: str) -> None:
    """Refuse the description of no network, in the right words."""
    try:
        storage.parse(content, "net.json")
    except FileError as error:
        if said in str(error):
            return
    message = f"expected a refusal with the words {said!r}; got another, or none"
    raise ValueError(message)


def milliseconds(work: Callable[[], None]) -> float:
    """Return how long something takes."""
    return 1000 * seconds(work)
