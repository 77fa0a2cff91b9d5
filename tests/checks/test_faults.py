"""Every fault that can be planted in the chapter's program is found, and by the check that should find it.

The checks are asked in this order:

    reading   a line is no formula any more, or uses a name without a value
    meaning   a line named like a slope (dE_da) is not that slope of the definitions
    roads     backpropagation and the other two roads part, from some start
    formula   the printed formula of the unchanged program is not what the code computes

The first three know nothing of what the program was: they find that it contradicts itself. A fault in `update`
contradicts nothing, it is another way to learn, or not to: there the printed formula speaks.
"""

from contextlib import suppress

import chapter_one
import pytest

from neuronwise.checks import formula_is_code, meaning, roads
from neuronwise.checks.faults import CONSTANTS, Fault, faults, planted
from neuronwise.checks.formula_is_code import NoValueError, UnequalError, UnreachedError
from neuronwise.checks.meaning import MeaningError
from neuronwise.mathematics.definitions import Definitions
from neuronwise.mathematics.from_code import Code, NoNotationError, definitions

SOURCE = chapter_one.source()
CODE = Code(SOURCE, "smallest.py")
FOUND_BY = {  # function -> which check finds a fault in it; `result` faults are found by reading
    "feed_forward": "meaning",
    "error": "meaning",
    "sign": "roads",
    "backpropagate": "meaning",
    "update": "formula",
}
EQUAL = {  # faults that are none: why
    "x instead of da_dw in line 23: dE_dw = dE_da * x": "line 22 says da_dw = x: put in, it is the same formula",
}
EQUAL_FOR_NUMBERS = {  # faults that change a formula, but no number, and contradict nothing: why
    "a and t have changed places in line 12: E = abs(a - t)": "a distance is the same from both ends",
}
ANOTHER_RESULT = {  # faults that return what another line found
    "dE_da instead of dE_dw in line 24: return dE_da",
    "da_dw instead of dE_dw in line 24: return da_dw",
}
STARTS = [
    {"x": x, "w": w, "t": t, "eta": 0.25}
    for x, w, t in [(0.5, 1.5, 0.25), (-0.5, 1.5, 0.25), (0.5, 0.5, 0.25), (2.0, 0.25, 3.0), (3.0, 2.0, -5.0)]
]
FAULTS = [(function, fault) for function in FOUND_BY for fault in faults(CODE, function)]
ON_THE_ROADS = [fault for function, fault in FAULTS if function != "update" and fault.kind != "result"]
every_fault = pytest.mark.parametrize(
    ("function", "fault"), FAULTS, ids=[f"{function}: {fault.words}" for function, fault in FAULTS]
)


def part(fault: Fault) -> bool:
    """Whether the roads part, from some start."""
    return not all(roads.report(fault.source, start, "dE_dw").agree for start in STARTS)


def found_by(fault: Fault, function: str) -> str:
    """Return the first check that finds a fault; nothing if none does."""
    code = Code(fault.source, "smallest.py")
    try:
        for name in FOUND_BY:
            with suppress(UnreachedError):  # two cases exclude each other: the roads see that, too
                formula_is_code.check(code, name)
        formulas = [formula for name in FOUND_BY for formula in code.formulas(name)]
        meaning.check_slopes(Definitions(definitions(formulas)))
        if part(fault):
            return "roads"
        formula_is_code.check(code, function, CODE.formulas(function))
    except (NoNotationError, NoValueError):
        return "reading"
    except MeaningError:
        return "meaning"
    except UnequalError:
        return "formula"
    return ""


@every_fault
def test_every_fault_is_found_by_the_check_that_should(function: str, fault: Fault) -> None:
    should = "" if fault.words in EQUAL else "reading" if fault.kind == "result" else FOUND_BY[function]
    if fault.words in {*EQUAL_FOR_NUMBERS, *ANOTHER_RESULT}:
        should = "formula"

    assert found_by(fault, function) == should


@every_fault
def test_the_printed_formula_alone_finds_every_fault(function: str, fault: Fault) -> None:
    code = Code(fault.source, "smallest.py")

    if fault.words in EQUAL:
        assert formula_is_code.check(code, function, CODE.formulas(function))
    else:
        with pytest.raises((UnequalError, NoNotationError, NoValueError)):
            formula_is_code.check(code, function, CODE.formulas(function))


@pytest.mark.parametrize("fault", ON_THE_ROADS, ids=[fault.words for fault in ON_THE_ROADS])
def test_the_roads_alone_find_every_fault_before_the_update(fault: Fault) -> None:
    assert part(fault) == (fault.words not in EQUAL | EQUAL_FOR_NUMBERS)


def test_there_are_faults_of_every_kind_and_no_two_are_one() -> None:
    kinds = {fault.kind for _, fault in FAULTS}

    assert kinds == {"sign", "factor", "turned", "operand", "operation", "number", "question", "function", "result"}
    assert len({fault.source for _, fault in FAULTS} | {SOURCE}) == len(FAULTS) + 1


def test_the_faults_that_are_none_are_among_the_planted() -> None:
    assert EQUAL.keys() | EQUAL_FOR_NUMBERS.keys() <= {fault.words for _, fault in FAULTS}


@every_fault
def test_a_fault_is_one_changed_line_and_says_which(function: str, fault: Fault) -> None:
    lines = zip(SOURCE.splitlines(), fault.source.splitlines(), strict=True)

    changed = [number for number, (own, other) in enumerate(lines, start=1) if own != other]

    assert changed == [fault.line]
    assert fault.words.endswith(f"in line {fault.line}: {fault.source.splitlines()[fault.line - 1].strip()}")
    assert f"def {function}(" in "\n".join(SOURCE.splitlines()[: fault.line])


def test_what_a_reader_plants_makes_the_roads_part_and_begins_with_a_sign() -> None:
    some = planted(SOURCE)

    assert [(fault.kind, fault.line) for fault in some] == [
        ("sign", 21),
        ("turned", 21),
        ("operand", 21),
        ("operand", 22),
        ("factor", 23),
        ("operand", 23),
    ]
    assert some[0].words == "the minus sign is gone in line 21: dE_da = sign(t - a)"
    assert [roads.report(fault.source, STARTS[0], "dE_dw").agree for fault in some] == [False] * len(some)


@pytest.mark.parametrize("start", STARTS)
def test_what_a_reader_plants_parts_the_roads_from_the_reader_s_own_numbers(start: dict[str, float]) -> None:
    some = planted(SOURCE, start)

    assert some
    assert not any(roads.report(fault.source, start, "dE_dw").agree for fault in some)


def test_where_no_fault_shows_none_is_planted() -> None:
    assert planted(SOURCE, {"x": 0.0, "w": 0.0, "t": 0.0}) == []


def test_a_sign_is_found_behind_brackets_and_the_rest_of_the_line_stays() -> None:
    code = Code("def error(t, a):\n    E = (t + a) - (t * a)  # é - remark\n    return E\n", "f.py")

    sources = {fault.source.splitlines()[1] for fault in faults(code, "error") if fault.kind != "operand"}

    assert "    E = (t + a) + (t * a)  # é - remark" in sources
    assert "    E = (t * a) - (t + a)  # é - remark" in sources
    assert "    E = (t - a) - (t * a)  # é - remark" in sources
    assert "    E = (t + a) - (t)  # é - remark" in sources


def test_what_counts_and_what_asks_is_planted_in_too_and_the_constants_of_a_file() -> None:
    code = Code(
        "BASE, HALF = 2, 0.5\nNames = list[str]\n"
        "def error(t, a):\n    a += t % 8\n    return t if not 0 <= t < a and a in (1, 2) else a ** 2\n",
        "f.py",
    )

    found = {fault.words.partition(" in line")[0] for fault in faults(code, "error")}
    constants = [fault.words.partition(" in line")[0] for fault in faults(code, CONSTANTS)]

    assert {"* instead of %", "* instead of **", "-= instead of +=", "not is gone", "or instead of and"} < found
    assert {">= instead of <=", "> instead of <", "not in instead of in"} < found
    assert constants == ["3 instead of 2", "0 instead of 2", "1.5 instead of 0.5", "0 instead of 0.5"]
