"""The builder: whole or not at all, the same bytes every time, nothing from another host."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuronwise.book import build as builder
from neuronwise.book import links
from neuronwise.book.build import build, stale
from neuronwise.book.errors import BuildError, MissingError

PYODIDE = Path("node_modules/pyodide")


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("build") / "book"
    build(out, PYODIDE, quiet)
    return out


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("here", "there", "says"),
    [
        ('href="#error"', 'href="#fault"', "'#fault' leads nowhere"),
        ('href="without_x.py"', 'href="without_y.py"', "'without_y.py' leads nowhere"),
        ("/style.css", "/sheet.css", "leads nowhere"),
        ('id="error"', 'id="slope"', "'slope' stands twice"),
        ("<h1>", '<h1 style="color: red">', "style stands in the page"),
        ("<h1>", '<h1 onclick="go()">', "onclick stands in the page"),
        ("<h1>", "<script>go()</script><h1>", "<script> stands in the page"),
    ],
)
def test_a_dead_link_or_a_doubled_id_stops_the_build(
    book: Path, tmp_path: Path, here: str, there: str, says: str
) -> None:
    copy = tmp_path / "book"
    shutil.copytree(book, copy, ignore=shutil.ignore_patterns("pyodide.asm.*"))
    page = copy / "1-the-smallest-network" / "index.html"
    links.check(copy)
    page.write_text(page.read_text(encoding="utf-8").replace(here, there, 1), encoding="utf-8")

    with pytest.raises(BuildError, match=f"^1-the-smallest-network/index.html, line \\d+: .*{re.escape(says)}"):
        links.check(copy)


def test_no_page_style_or_module_names_another_host(book: Path) -> None:
    ours = [
        path for path in book.rglob("*") if path.suffix in (".html", ".css", ".mjs") and "pyodide-" not in str(path)
    ]
    hosts = re.compile(r"(?<![\w.])(?:https?:)?//[\w-]+\.[\w.-]+")
    named = {host for path in ours for host in hosts.findall(path.read_text(encoding="utf-8"))}

    assert named <= {"http://www.w3.org"}  # the name of SVG's language, never asked for


def test_two_builds_give_the_same_bytes(book: Path, tmp_path: Path) -> None:
    build(tmp_path / "book", PYODIDE, quiet)

    first, second = files(book), files(tmp_path / "book")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_a_fresh_build_is_not_stale_and_a_changed_source_makes_it_so(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not stale(book)

    monkeypatch.setattr(builder, "sources", lambda: "other")

    assert stale(book)


@pytest.mark.parametrize("contents", ["", "[]", "{}", "\x00"])
def test_a_damaged_build_is_stale(tmp_path: Path, contents: str) -> None:
    (tmp_path / "contents.json").write_text(contents)

    assert stale(tmp_path)
    assert stale(tmp_path / "missing")


def test_a_build_that_fails_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "book"
    out.mkdir()
    (out / "old").write_text("old")

    def fails(_: object) -> bytes:
        file = "chapter.md"
        raise BuildError(file, 1, "planted")

    monkeypatch.setitem(builder.WRITERS, "pdf", fails)
    with pytest.raises(BuildError):
        build(out, PYODIDE, quiet)

    assert (out / "old").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_missing_pyodide_is_told_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="npm ci"):
        build(tmp_path / "book", tmp_path / "nowhere", quiet)


def test_contents_name_what_lies_there(book: Path) -> None:
    contents = json.loads((book / "contents.json").read_text(encoding="utf-8"))

    def named() -> Iterator[Path]:
        for chapter in contents["chapters"]:
            for file in chapter["downloads"] + chapter["programs"]:
                yield book / chapter["slug"] / file["file"]

    assert [chapter["number"] for chapter in contents["chapters"]] == list(range(1, 16))
    assert len(list(named())) == 6
    assert all(path.is_file() for path in named())


def test_the_page_is_light(book: Path) -> None:
    page = book / "1-the-smallest-network" / "index.html.br"
    code = [
        path
        for path in book.glob("a/*/*.br")
        if path.name.endswith((".css.br", ".mjs.br")) and "pyodide" not in path.name
    ]
    assets = [path for path in code if "pyodide-" not in str(path)]
    font = next(book.glob("a/*/stix-two-math.woff2"))

    assert page.stat().st_size + sum(path.stat().st_size for path in assets) <= 150_000
    assert font.stat().st_size <= 100_000
