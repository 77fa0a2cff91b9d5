"""What import-linter can't see: others' packages, imports by name, and what the page's Python takes along."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "neuronwise"
CORE = ("necessary", "mathematics", "checks")
ALLOWED = sys.stdlib_module_names | {"neuronwise"}
PAGE = PACKAGE / "book" / "live.py"  # the module that the page's worker starts with


def imported(code: str) -> Iterator[str]:
    """Every imported name, dotted; a relative import counts as our own."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "neuronwise." * bool(node.level) + (node.module or "")
            yield from (f"{start}.{alias.name}" for alias in node.names)


def foreign(code: str) -> list[str]:
    """The imported names that neither the standard library nor this package has."""
    return [name for name in imported(code) if name.partition(".")[0] not in ALLOWED]


def by_name(code: str) -> list[str]:
    """The ways to import a module by its name alone, which no linter follows; to read a package's files is none."""
    called = [node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and node.id == "__import__"]
    taken = [name for name in imported(code) if name.partition(".")[0] in {"importlib", "runpy", "pkgutil"}]
    return called + [name for name in taken if not name.startswith(("importlib.resources", "importlib.metadata"))]


def files_of(name: str) -> list[Path]:
    """The files that importing a dotted name of this package runs: each package's index, then the module."""
    parts = name.split(".")
    places = [SOURCE.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1)]
    candidates = [file for place in places for file in (place / "__init__.py", place.with_suffix(".py"))]
    return [file for file in candidates if file.exists()]


def reached(start: Path) -> list[Path]:
    """The files of this package that importing one of them runs, in the order in which they are found."""
    found = [PACKAGE / "__init__.py", start.parent / "__init__.py", start]
    for file in found:  # grows while it is read
        own = [name for name in imported(file.read_text()) if name.partition(".")[0] == "neuronwise"]
        found += dict.fromkeys(new for name in own for new in files_of(name) if new not in found)
    return found


@pytest.mark.parametrize("room", CORE)
def test_a_room_of_the_core_needs_the_standard_library_alone(room: str) -> None:
    files = sorted((PACKAGE / room).rglob("*.py"))

    found = {file.name: foreign(file.read_text()) for file in files}

    assert found
    assert [file for file in found if found[file]] == []


def test_the_chapters_programs_need_the_standard_library_alone_and_not_even_this_package() -> None:
    files = sorted((PACKAGE / "book" / "chapters").rglob("*.py"))

    found = {file.name: list(imported(file.read_text())) for file in files}

    assert found
    assert [
        name for names in found.values() for name in names if name.partition(".")[0] not in ALLOWED - {"neuronwise"}
    ] == []


def test_the_pages_python_needs_the_standard_library_alone() -> None:
    files = reached(PAGE)

    found = {str(file.relative_to(SOURCE)): foreign(file.read_text()) for file in files}

    assert {"neuronwise/book/program.py", "neuronwise/book/fragments.py", "neuronwise/book/pictures.py"} <= found.keys()
    assert {file: names for file, names in found.items() if names} == {}


def test_the_pages_python_starts_where_nothing_is_installed() -> None:
    command = [sys.executable, "-S", "-W", "error", "-c", "import neuronwise.book.live"]

    result = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_no_room_imports_a_module_by_name() -> None:
    files = sorted(file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py")

    found = {str(file.relative_to(SOURCE)): by_name(file.read_text()) for file in files}

    assert {file: names for file, names in found.items() if names} == {}


def test_whatever_is_taken_from_others_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    npm = json.loads((ROOT / "package.json").read_text())
    page = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text()

    needed = [requirement for extra in (project["dependencies"], *extras.values()) for requirement in extra]
    taken = {re.split("[<=>]", requirement)[0] for requirement in needed}
    rows = re.findall(r"^\| (.+?) \| .+ \|$", page, re.MULTILINE)
    reasons = {re.sub(r" \(.*", "", name) for row in rows for name in row.split(", ")}

    assert reasons - {"package", "@sparticuz/chromium"} == taken | set(npm["dependencies"]) | set(
        npm["devDependencies"]
    )


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import numpy", ["numpy"]),
        ("import numpy.linalg as la, math", ["numpy.linalg"]),
        ("from scipy import special", ["scipy.special"]),
        ("def late():\n    import sympy", ["sympy"]),
        ("from . import tree\nfrom neuronwise.necessary.graph import order", []),
    ],
)
def test_a_planted_import_of_others_code_is_seen(code: str, names: list[str]) -> None:
    assert foreign(code) == names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import importlib", ["importlib"]),
        ("from importlib import import_module", ["importlib.import_module"]),
        ("import importlib.util", ["importlib.util"]),
        ("__import__('neuronwise.mathematics')", ["__import__"]),
        ("from importlib import resources\nfrom importlib.metadata import distribution", []),
    ],
)
def test_a_planted_import_by_name_is_seen(code: str, names: list[str]) -> None:
    assert by_name(code) == names
