"""Whatever is changed in `elementary` and `graph`, where there is no formula to compare with, is found as well."""

import ast
import inspect

import pytest
from planted import ELEMENTARY, GRAPH, SAME, expected, made, of_networks, of_numbers, survivors

from neuronwise.necessary import elementary, graph


@pytest.mark.parametrize("function", ELEMENTARY)
def test_every_fault_planted_in_what_computes_is_found(function: str) -> None:
    assert survivors(elementary, function, of_numbers(function)) == expected(function)


@pytest.mark.parametrize("function", GRAPH)
def test_every_fault_planted_in_what_makes_a_graph_is_found(function: str) -> None:
    assert survivors(graph, function, of_networks) == expected(function)


def test_all_is_planted_in_that_is_made_of_statements() -> None:
    classes = [node for node in ast.parse(inspect.getsource(graph)).body if isinstance(node, ast.ClassDef)]

    assert {node.name for node in classes if made(node)} | {"in_order", "unrolled", "earlier", "at"} == set(GRAPH)
    assert {"exp", "log", "tanh", "erf", "sin", "cos", "wave", "tabulated", "polynomial", "total"} < set(ELEMENTARY)
    assert {function for function, _ in SAME} <= {*ELEMENTARY, *GRAPH}
