"""The reference stays small."""

import ast
from pathlib import Path

import pytest

from neuronwise import necessary

MOST = 300  # lines, in all of `necessary`


def docstrings(tree: ast.Module) -> set[int]:
    """The numbers of the lines that docstrings take."""
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return {line for text in texts for line in range(text.lineno, (text.end_lineno or 0) + 1)}


def lines_of_code(source: str) -> int:
    """How many lines there are without docstrings, comments and blank lines."""
    skipped = docstrings(ast.parse(source))
    lines = enumerate(map(str.strip, source.splitlines()), start=1)
    return sum(bool(line) and not line.startswith("#") and number not in skipped for number, line in lines)


def test_the_reference_stays_small(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(Path(necessary.__path__[0]).glob("*.py"))

    counts = {file.name: lines_of_code(file.read_text(encoding="utf-8")) for file in files}

    with capsys.disabled():
        print(f"necessary: {sum(counts.values())} lines of code, at most {MOST}: {counts}")  # noqa: T201 - the count is to be seen
    assert 0 < sum(counts.values()) <= MOST


def test_only_code_is_counted() -> None:
    assert (
        lines_of_code('"""Text\n\nmore."""\n\n# remark\nx = 1  # one\n\n\ndef f():\n    """Text."""\n    return x\n')
        == 3
    )
