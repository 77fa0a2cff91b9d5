"""The labels of the reference: of which kind each definition is, and which test in test_labels.py shows it."""

import ast
import inspect
import re
from collections.abc import Collection
from pathlib import Path
from types import ModuleType

from neuronwise.necessary import elementary, error, graph, learning, neuron

FILES = (elementary, neuron, error, graph, learning)
KINDS = ("necessary", "convention", "optimization")
LABEL = re.compile(r"^ *Label    (\w+): (\w+)$", re.MULTILINE)
TESTS = Path(__file__).with_name("test_labels.py")


def labels(module: ModuleType) -> dict[str, list[tuple[str, str]]]:
    """Return the labels of each definition of a file: kind, and name of the test."""
    tree = ast.parse(inspect.getsource(module))
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: LABEL.findall(ast.get_docstring(node) or "") for node in definitions}


def objections(module: ModuleType, tests: Collection[str]) -> list[str]:
    """Return what is wrong with the labels of a file: one that is missing, of no kind, or points to nothing."""
    file, found = module.__name__.rpartition(".")[2], []
    for name, of_name in labels(module).items():
        if len(of_name) != 1:
            found.append(f"{file}.{name}: expected one label; got {of_name}")
        for kind, test in of_name:
            if kind not in KINDS:
                found.append(f"{file}.{name}: expected one of {KINDS}; got {kind}")
            if test not in tests:
                found.append(f"{file}.{name}: there is no test {test}")
    return found


def tests_there_are() -> set[str]:
    """Return the names of the tests that labels may point to, from their file's text."""
    tree = ast.parse(TESTS.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
