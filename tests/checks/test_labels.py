"""A label is proved by a program, or refused."""

import ast
import difflib
from math import inf, nan

import chapter_one
import pytest

from neuronwise.book.program import Program
from neuronwise.checks.labels import LONG, SMALL, LabelError, Run, errors, prove

PROGRAM = chapter_one.program()
WITHOUT_X, OTHER_TIP = chapter_one.program("without_x.py"), chapter_one.program("other_tip.py")
NEGATIVE = PROGRAM.start | {"x": -0.5}


def functions(file: str) -> list[str]:
    """The lines of all functions of a program."""
    tree = ast.parse(chapter_one.source(file))
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef)).splitlines()


@pytest.mark.parametrize(
    ("file", "own", "other"),
    [
        ("without_x.py", "    da_dw = x", "    da_dw = 1"),
        ("other_tip.py", "    return 1 if u > 0 else -1 if u < 0 else 0", "    return 1 if u > 0 else -1"),
    ],
)
def test_the_other_program_differs_in_one_line(file: str, own: str, other: str) -> None:
    lines = difflib.ndiff(functions("smallest.py"), functions(file))

    assert [line for line in lines if line[0] in "-+"] == [f"- {own}", f"+ {other}"]


def test_the_factor_x_is_necessary() -> None:
    trial = prove("necessary", PROGRAM, WITHOUT_X, NEGATIVE, 2)

    assert trial.runs == (Run("smallest.py", (1.0, 0.9375, 0.875)), Run("without_x.py", (1.0, 1.125, 1.25)))


def test_the_other_program_starts_where_the_label_does() -> None:
    assert WITHOUT_X.start == NEGATIVE


def test_the_slope_at_the_tip_is_a_convention() -> None:
    trial = prove("convention", PROGRAM, OTHER_TIP, PROGRAM.start, 10)

    own, other = trial.runs
    assert own.errors[8:] == (0.0, 0.0, 0.0)
    assert other.errors[8:] == (0.0, 0.0625, 0.0)


@pytest.mark.parametrize(
    ("kind", "program", "other", "start", "updates", "says"),
    [
        (
            "necessary",
            PROGRAM,
            WITHOUT_X,
            PROGRAM.start,
            2,
            "with x=0.5, w=1.5, t=0.25, eta=0.25 the error of the other",
        ),
        ("necessary", PROGRAM, OTHER_TIP, PROGRAM.start, 2, "not proved by other_tip.py"),
        ("necessary", WITHOUT_X, WITHOUT_X, NEGATIVE, 2, "the chapter's own program does not learn"),
        (
            "convention",
            PROGRAM,
            WITHOUT_X,
            NEGATIVE,
            2,
            "the other program does not learn. Its errors: 1, 1.125, 1.25; after",
        ),
        ("convention", PROGRAM, PROGRAM, NEGATIVE, 2, "the other program gives the same numbers"),
        ("optimization", PROGRAM, PROGRAM, NEGATIVE, 2, "necessary or convention; got 'optimization'"),
        ("necessary", PROGRAM, WITHOUT_X, NEGATIVE, 0, "expected 1 to 1000 updates to show; got 0"),
        ("necessary", PROGRAM, WITHOUT_X, NEGATIVE, LONG + 1, "got 1001"),
    ],
)
def test_a_label_that_is_not_proved_is_refused(
    kind: str,
    program: Program,
    other: Program,
    start: dict[str, float],
    updates: int,
    says: str,
) -> None:
    with pytest.raises(LabelError) as refused:
        prove(kind, program, other, start, updates)

    assert says in str(refused.value)


def test_a_start_that_learns_nothing_proves_nothing() -> None:
    with pytest.raises(LabelError, match="own program does not learn"):
        prove("convention", PROGRAM, OTHER_TIP, PROGRAM.start | {"x": 0.0}, 2)


def test_a_program_that_gains_only_while_it_is_shown_is_no_counter_example() -> None:
    source = chapter_one.source().replace("w = w - eta * dE_dw", "w = w - eta")  # it passes the target, and goes on
    passing = chapter_one.program("passing.py", source)

    with pytest.raises(LabelError, match=r"smaller after the updates than before.* after 1000 updates 124"):
        prove("necessary", PROGRAM, passing, PROGRAM.start, 2)


@pytest.mark.parametrize(
    ("seen", "learns"),
    [
        ((1.0, 1.0, SMALL, SMALL), True),
        ((1.0, 0.0, 0.0, 1.0), False),
        ((1.0, 1.0, nan, 0.0), False),
        ((1.0, 1.0, inf, 0.0), False),
        ((nan, 0.0, 0.0, 0.0), False),
        ((0.0, 0.0, 0.0, 0.0), True),
    ],
)
def test_to_learn_is_to_be_small_and_to_stay_so(seen: tuple[float, ...], learns: bool) -> None:  # noqa: FBT001
    assert Run("", seen).learns is learns


@pytest.mark.parametrize(("seen", "gains"), [((1.0, 0.5), True), ((1.0, 1.0), False), ((1.0, nan), False)])
def test_what_is_not_a_number_is_no_gain(seen: tuple[float, ...], gains: bool) -> None:  # noqa: FBT001
    assert Run("", seen).gains is gains


def test_the_errors_are_those_of_the_program_run_by_hand() -> None:
    run = errors(PROGRAM, PROGRAM.start, 8)

    w, seen = 1.5, []
    for _ in range(9):
        a = PROGRAM.space["feed_forward"](w, 0.5)
        seen.append(PROGRAM.space["error"](0.25, a))
        w = PROGRAM.space["update"](w, 0.25, PROGRAM.space["backpropagate"](0.5, 0.25, a))
    assert run.errors == tuple(seen)
