"""The reference is its formulas, and whatever is changed in it is found."""

from types import ModuleType

import pytest
from unchanged import ELSEWHERE, EVERY, unexpected

from neuronwise.checks.faults import faults
from neuronwise.checks.reference import (
    CHOOSERS,
    DRAWS,
    FORMULAS,
    UnlikeError,
    check,
    code_of,
    source_of,
)
from neuronwise.necessary import error, neuron


def ids(item: object) -> str:
    return item.__name__.rpartition(".")[2] if isinstance(item, ModuleType) else str(item)


@pytest.mark.parametrize(("module", "function"), EVERY, ids=ids)
def test_each_function_is_its_formulas(module: ModuleType, function: str) -> None:
    assert check(module, function) > DRAWS


@pytest.mark.parametrize(("module", "function"), EVERY, ids=ids)
def test_every_fault_planted_in_a_formula_is_found(module: ModuleType, function: str) -> None:
    assert unexpected(module, function) == []


@pytest.mark.parametrize(("module", "function", "within"), ELSEWHERE, ids=ids)
def test_every_fault_planted_in_constants_and_in_what_looks_a_formula_up_is_found(
    module: ModuleType, function: str, within: tuple[str, ...]
) -> None:
    assert unexpected(module, function, within) == []


def test_there_are_many_faults() -> None:
    counts = [len(faults(code_of(module), function)) for module, function in EVERY]

    assert sum(counts) > 2000


def test_a_difference_is_told_with_both_sides() -> None:
    source = source_of(error).replace("-2 * (t[o] - a[o])\n", "2 * (t[o] - a[o])\n")

    with pytest.raises(UnlikeError, match=r"error.py, squared_slope: expected formula and code to give the same"):
        check(error, "squared_slope", source)


def test_another_order_of_a_sum_is_found() -> None:
    source = source_of(neuron).replace(
        "total(w[p] * a[i] for i, p in edges) + b", "b + total(w[p] * a[i] for i, p in edges)"
    )

    with pytest.raises(UnlikeError):
        check(neuron, "net_input", source)


def test_what_is_no_formula_is_a_list_that_is_known() -> None:
    others = [
        f"{module.__name__.rpartition('.')[2]}.{function}"
        for module, functions in FORMULAS.items()
        for function in code_of(module).functions
        if function not in functions
    ]

    assert others == [f"learning.{function}" for function in CHOOSERS]
