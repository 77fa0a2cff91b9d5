"""The table of docs/security.md has no gap that it doesn't name, and every test that it names is there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "security.md"
ROW = re.compile(r"\| (\d+(?:\.\d+){2}) \| (.+?) \| (.+?) \|")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
IDENTIFIERS = """
1.1: 1-7
1.2: 1-4
1.4: 1 4-5
1.5: 1-4
1.6: 1-4
1.7: 1-2
1.8: 1-2
1.9: 1-2
1.10: 1
1.11: 1-2
1.12: 2
1.14: 1-6
2.1: 1-12
2.2: 1-3
2.3: 1-3
2.4: 1-5
2.5: 1-7
2.6: 1-3
2.7: 1-6
2.8: 1-7
2.9: 1-3
2.10: 1-4
3.1: 1
3.2: 1-4
3.3: 1-4
3.4: 1-5
3.5: 1-3
3.7: 1
4.1: 1-3 5
4.2: 1-2
4.3: 1-3
5.1: 1-5
5.2: 1-8
5.3: 1-10
5.4: 1-3
5.5: 1-4
6.1: 1-3
6.2: 1-6
6.3: 1-2
6.4: 1-2
7.1: 1-4
7.2: 1-2
7.3: 1 3-4
7.4: 1-3
8.1: 1-4
8.2: 1-3
8.3: 1-8
9.1: 1-3
9.2: 1-4
10.2: 1-2
10.3: 1-3
11.1: 1-8
12.1: 1-3
12.2: 1
12.3: 1-6
12.4: 1-2
12.5: 1-2
12.6: 1
13.1: 1 3-5
13.2: 1-3 5-6
13.3: 1-2
13.4: 1-2
14.1: 1-4
14.2: 1-6
14.3: 2-3
14.4: 1-7
14.5: 1-4
"""  # of ASVS 4.0.3, levels 1 and 2
FORBIDDEN = {"eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "yaml", "system", "popen"}


def required() -> Iterator[str]:
    """Yield the identifiers: `1.1: 1-7` stands for 1.1.1 … 1.1.7."""
    for section, text in re.findall(r"^(\d+\.\d+): (.+)$", IDENTIFIERS, re.MULTILINE):
        for part in text.split():
            first, _, last = part.partition("-")
            yield from (f"{section}.{n}" for n in range(int(first), int(last or first) + 1))


def rows() -> list[tuple[str, str, str]]:
    """Identifier, how it is met, by what it is tested."""
    return ROW.findall(TABLE.read_text(encoding="utf-8"))


@cache
def functions(file: Path) -> set[str]:
    """The tests of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_requirement_of_levels_1_and_2_stands_in_the_table_once() -> None:
    found = [identifier for identifier, _, _ in rows()]

    assert found == sorted(found, key=lambda one: [*map(int, one.split("."))])
    assert found == list(required())
    assert len(found) == 259


def test_each_requirement_has_a_test_or_the_reason_why_it_has_none() -> None:
    bare = [
        identifier
        for identifier, how, tested in rows()
        if not NAMED.findall(tested) and not how.startswith(("Does not apply: ", "Not by a test: ", "**Gap**: "))
    ]

    assert bare == []


def test_each_test_that_is_named_is_there() -> None:
    named = NAMED.findall(TABLE.read_text(encoding="utf-8"))
    missing = [f"{file}::{name}" for file, name in named if name not in functions(ROOT / file)]

    assert len(named) > 100
    assert missing == []


def test_each_link_leads_somewhere() -> None:
    links = [link for link in LINK.findall(TABLE.read_text(encoding="utf-8")) if "://" not in link]

    assert links
    assert [link for link in links if not (TABLE.parent / link).exists()] == []


# what the table says of settings and source


def test_a_session_ends_after_twelve_hours_at_most() -> None:
    assert settings.SESSION_COOKIE_AGE <= 12 * 60 * 60
    assert not settings.SESSION_SAVE_EVERY_REQUEST  # so that it is not prolonged
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    assert settings.DEBUG is False


def test_the_site_makes_no_program_of_data_and_no_query_of_text() -> None:
    found = []
    for file in sorted((ROOT / "src" / "neuronwise" / "site").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN:
                    found.append(f"{file.name}:{node.lineno} {name}")
                case ast.Import(names=names) if {each.name for each in names} & FORBIDDEN:
                    found.append(f"{file.name}:{node.lineno}")
                case ast.Call(func=ast.Attribute(attr="execute" | "raw" | "extra"), args=[ast.JoinedStr(), *_]):
                    found.append(f"{file.name}:{node.lineno} a query made of text")
                case ast.keyword(arg="shell"):
                    found.append(f"{file.name} a shell")

    assert found == []


@pytest.mark.parametrize("name", ["PrivateTmp=yes", "NoNewPrivileges=yes", "User=neuronwise", "UMask=0077"])
def test_the_unit_gives_the_process_no_more_than_it_needs(name: str) -> None:
    unit = (ROOT / "docs" / "deployment" / "neuronwise.service").read_text(encoding="utf-8")

    assert name in unit.splitlines()
