"""How many lines of code the reference has, without docstrings, comments and blank lines."""

import ast
from pathlib import Path

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


def counts() -> dict[str, int]:
    """How many lines of code each file of the reference has."""
    files = sorted(Path(necessary.__path__[0]).glob("*.py"))
    return {file.name: lines_of_code(file.read_text(encoding="utf-8")) for file in files}
