"""The Python behind the page, asked as the page asks it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronwise.book.live import Page
from neuronwise.book.numbers import LARGEST, SMALLEST
from neuronwise.book.pages import live_data
from neuronwise.book.program import MOST_UPDATES
from neuronwise.book.source import CHAPTERS, read_chapter

DATA = json.loads(live_data(read_chapter(CHAPTERS / "01-smallest")))
FIELDS = {"x": "0.5", "w": "1.5", "t": "0.25", "eta": "0.25"}
WRONG = {
    "": "Nothing is written",
    "  ": "Nothing is written",
    "abc": "no number",
    "0,25": "Write 0.25",
    "inf": "compute with",
    "-infinity": "compute with",
    "nan": "compute with",
    "1e300": "too large",
    "1e999": "too large",
    "1e-300": "too small",
    "5e-324": "too small",
    "1_0": "no number",
    "٣": "no number",
    "0x10": "no number",
    "<b>1</b>": "&lt;b&gt;",
    "9" * 100: "100 characters",
}


DRAWABLE = st.floats(-1000, 1000).filter(lambda number: number == 0 or abs(number) >= SMALLEST)


class Reader:
    """A page with the pieces it has shown."""

    def __init__(self) -> None:
        self.page = Page(DATA)
        self.html: dict[str, str] = {}
        self.marks: dict[tuple[str, str], str | None] = {}

    def does(self, do: str, **more: object) -> dict[str, Any]:
        """Send an event, and put the answer in place."""
        answer: dict[str, Any] = json.loads(self.page.handle(json.dumps({"do": do, **more})))
        self.html |= answer["html"]
        self.marks |= {(name, attribute): value for name, attribute, value in answer["marks"]}
        return answer

    @property
    def step(self) -> int:
        """The step that is marked."""
        steps = [i for i in range(1, 7) if self.marks[f"track-{i}", "aria-current"]]
        return steps[0] if steps else 0


def test_one_update_is_six_steps_and_back_again() -> None:
    reader = Reader()
    reader.does("rewind")
    before = [dict(reader.html)]
    for expected in range(1, 7):
        reader.does("step", by=1)
        assert reader.step == expected
        before.append(dict(reader.html))

    for expected in range(5, -1, -1):
        reader.does("step", by=-1)
        assert reader.step == expected
        assert reader.html == before[expected]


def test_what_is_not_computed_has_no_number() -> None:
    reader = Reader()
    reader.does("rewind")
    reader.does("step", by=1)

    assert "0.75" in reader.html["now-a"]
    assert "not yet" in reader.html["now-E"]
    assert "not yet" in reader.html["numbers-update.w"]


def test_the_seventh_step_begins_the_next_update_with_the_new_weight() -> None:
    reader = Reader()
    reader.does("go", to=6)
    reader.does("step", by=1)

    assert reader.step == 1
    assert reader.html["now-w"] == "1.375"


@pytest.mark.parametrize(("typed", "says"), WRONG.items())
def test_a_wrong_number_is_told_beside_its_field_and_changes_nothing(typed: str, says: str) -> None:
    reader = Reader()
    reader.does("numbers", fields=FIELDS | {"x": "0.25"})
    shown = dict(reader.html)

    answer = reader.does("numbers", fields=FIELDS | {"eta": typed})

    assert says in reader.html["mend-eta"]
    assert reader.marks["field-eta", "aria-invalid"] == "true"
    assert {name for name in answer["html"] if reader.html[name] != shown.get(name)} == {"mend-eta", "numbers-status"}


def test_a_mended_number_clears_the_complaint() -> None:
    reader = Reader()
    reader.does("numbers", fields=FIELDS | {"eta": "abc"})
    reader.does("numbers", fields=FIELDS)

    assert reader.html["mend-eta"] == ""
    assert reader.marks["field-eta", "aria-invalid"] is None


@given(st.fixed_dictionaries({name: st.floats(-LARGEST, LARGEST) for name in FIELDS}), st.integers(1, 40))
def test_no_number_of_a_reader_gives_nan_or_infinity(numbers: dict[str, float], updates: int) -> None:
    reader = Reader()
    reader.does("numbers", fields={name: repr(value) for name, value in numbers.items()})
    reader.does("train", updates=updates)
    reader.does("roads")

    for name, text in reader.html.items():
        assert not re.search(r"\b(nan|inf|infinity)\b", text, re.IGNORECASE), (name, text)


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, DRAWABLE)), st.integers(0, 30))
def test_the_page_has_the_bits_of_the_program(numbers: dict[str, float], updates: int) -> None:
    reader = Reader()
    reader.does("numbers", fields={name: repr(value) for name, value in numbers.items()})
    if updates:
        reader.does("train", updates=updates)

    page = reader.page
    start = {name: value + 0.0 for name, value in numbers.items()}  # a reader's −0 is read as 0
    weight = page.program.function("train")(**start, updates=page.index)
    assert page.updates[page.index].values["w"].hex() == float(weight).hex()


def test_training_stops_when_it_has_learned() -> None:
    reader = Reader()

    answer = reader.does("train", updates=100)

    assert answer["stop"]
    assert "It has learned" in reader.html["trained"]
    assert reader.page.updates[reader.page.index].values["E"] == 0


def test_training_says_when_the_steps_do_not_fit() -> None:
    reader = Reader()
    reader.does("numbers", fields=FIELDS | {"x": "4"})

    answer = reader.does("train", updates=100)

    assert answer["stop"]
    assert "swings between" in answer["say"]


def test_training_without_input_says_that_nothing_changes() -> None:
    reader = Reader()
    reader.does("numbers", fields=FIELDS | {"x": "0"})

    answer = reader.does("train", updates=100)

    assert answer["stop"]
    assert "no longer changes" in reader.html["trained"]


def test_training_has_an_end() -> None:
    reader = Reader()
    reader.does("numbers", fields=FIELDS | {"eta": "0.0000001"})

    answer = reader.does("train", updates=MOST_UPDATES + 5)

    assert answer["stop"]
    assert f"after {MOST_UPDATES}" in answer["say"]


def test_what_did_not_change_is_not_sent_again() -> None:
    reader = Reader()
    reader.does("rewind")

    assert reader.does("rewind")["html"] == {}


def test_the_roads_agree_and_a_planted_fault_parts_them() -> None:
    reader = Reader()

    assert "agree" in reader.does("roads")["html"]["verdict"]
    for number in range(4):
        reader.does("fault", number=number)
        assert "part" in reader.html["verdict"]
        assert reader.html["planted"].startswith("Planted")


@pytest.mark.parametrize(
    ("number", "text", "right", "says"),
    [
        (1, "2", True, ""),
        (1, "2.0", True, ""),
        (1, "1", False, "E is 0.25"),
        (1, "0,5", False, "comma"),
        (2, "1.5", True, ""),
        (2, "-23.5", False, "slope of 1"),
        (3, "-3*sign(t - a)*x", True, ""),
        (3, "3*sign(a - t)*x", True, ""),
        (3, "x*sgn(t-a)*(-3)", True, ""),
        (3, "-3*sign(t - w*x)*x", True, ""),
        (3, "-3*x*sign(2*(t - a))", True, ""),
        (3, "-3*x*(t - a)/abs(t - a)", True, ""),
        (3, "-2*sign(t - a)*x", False, "yours is"),
        (3, "x^64^64", False, ""),
        (3, "1/(t - t)", False, ""),
        (3, "-sign(t - a)*x", False, "factor 3"),
        (3, "3*sign(t - a)*x", False, "sign"),
        (3, "-3*sign(t - a)", False, "factor is missing"),
        (3, "__import__('os')", False, ""),
        (3, "(" * 100, False, "brackets"),
        (3, "x" * 10_000, False, "2,000"),
        (4, "8", True, ""),
        (4, "16", False, "Count"),
    ],
)
def test_an_answer_is_judged(number: int, text: str, right: bool, says: str) -> None:  # noqa: FBT001 - a table
    reader = Reader()

    answer = reader.does("answer", number=number, text=text)

    assert reader.marks[f"exercise-{number}", "data-verdict"] == ("right" if right else "not-yet")
    assert says in answer["html"][f"feedback-{number}"]
