"""A program is run from its text, and what it computes on the way is kept."""

from fractions import Fraction

import pytest

from neuronwise.checks.recording import Recorder, Run, all_runs
from neuronwise.checks.running import Watched, call, target
from neuronwise.mathematics.from_code import Code

CODE = Code(  # sign stands for any function in the table of symbols
    '"""A remark with 2 numbers."""\n'
    "def sign(u):\n    return u / 2\n"
    "def error(t, a):\n    u = t - a\n    E = sign(u) if u > 0.1 else 3\n    return E\n",
    "f.py",
)


def test_every_literal_is_a_fraction_in_called_functions_too() -> None:
    watched = Watched(CODE, "error", Fraction)

    assert watched({"t": Fraction(1), "a": Fraction(2, 3)}) == [Fraction(1, 3), Fraction(1, 6), Fraction(1, 6)]
    assert watched({"t": Fraction(1, 10), "a": Fraction(0)}) == [Fraction(1, 10), 3, 3]


def test_answers_are_heard_and_can_be_changed() -> None:
    heard: list[tuple[int, bool]] = []

    def otherwise(question: int, truth: bool) -> bool:  # noqa: FBT001 - as it is called
        heard.append((question, truth))
        return not truth

    watched = Watched(CODE, "error", float, otherwise)

    assert watched({"t": 1.0, "a": 0.0})[-1] == 3
    assert heard == [(0, True)]
    assert CODE.source[slice(*watched.questions[0])] == "u > 0.1"


def test_other_functions_can_take_the_place_of_its_own() -> None:
    watched = Watched(CODE, "error", float, others={"sign": lambda u: 10 * u})

    assert watched({"t": 1.0, "a": 0.0})[-1] == 10


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(ValueError, match="expected a value for x, w; got values for t"):
        call(lambda x, t, w: x + t + w, {"t": 1})


def test_a_result_needs_a_name() -> None:
    code = Code("def sign(u):\n    return u\n", "f.py")

    with pytest.raises(ValueError, match=r"f\.py: expected sign to give its result a name"):
        target(code, "sign")


def test_all_ways_to_answer_are_tried_once() -> None:
    def compute(run: Run) -> list[Recorder]:
        u = run.symbol("u")
        return [run.number("1") if u > run.number("0") else run.number("2") if u < run.number("0") else u]

    runs = [([answer for _, answer in answers], [node.text for node in nodes]) for answers, nodes in all_runs(compute)]

    assert sorted(runs) == [([False, False], ["u"]), ([False, True], ["2"]), ([True], ["1"])]
