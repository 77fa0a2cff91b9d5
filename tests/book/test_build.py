"""The builder: whole or not at all, the same bytes every time, nothing from another host."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuronwise.book import assets, links
from neuronwise.book import build as builder
from neuronwise.book.build import _in_place_of, build, packages, stale
from neuronwise.book.errors import BuildError, MissingError, NotOursError, WritingError
from neuronwise.book.source import CHAPTERS
from neuronwise.book.typst import LayoutError

PYODIDE = Path("node_modules/pyodide")
OLD = '{"sources": "old", "chapters": [{"slug": "1-old"}, {"slug": null}]}'  # contents.json of an older book


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("build") / "book"
    build(out, PYODIDE, quiet)
    return out


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(folder: Path, contents: dict[str, str]) -> Path:
    """Write files into a folder."""
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize(
    ("here", "there", "says"),
    [
        ('href="#error"', 'href="#fault"', "'#fault' leads nowhere"),
        ('href="without_x.py"', 'href="without_y.py"', "'without_y.py' leads nowhere"),
        ("/style.css", "/sheet.css", "leads nowhere"),
        ('href="without_x.py"', 'href="without_x.py#error"', "'without_x.py#error' leads nowhere"),
        ('href="without_x.py"', 'href="../#fault"', "'../#fault' leads nowhere"),
        ('href="without_x.py"', 'href="../404.html#fault"', "'../404.html#fault' leads nowhere"),
        ('href="without_x.py"', 'href="../../"', "'../../' leads nowhere"),
        ('href="without_x.py"', 'href="//example.org/"', "'//example.org/' leads nowhere"),
        ('href="without_x.py"', 'href="http://example.org/"', "'http://example.org/' can be changed on its way"),
        ("<h1>", '<img src="https://example.org/x.png"><h1>', "'https://example.org/x.png' leads nowhere"),
        ("<h1>", '<link href="https://example.org/x.css"><h1>', "'https://example.org/x.css' leads nowhere"),
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


@pytest.mark.parametrize(
    "there", ["https://example.org/a?b=c#d", "../1-the-smallest-network/#error", "index.html#error", "/#content", "../"]
)
def test_a_link_may_lead_to_another_page_and_by_https_out_of_the_book(book: Path, tmp_path: Path, there: str) -> None:
    copy = tmp_path / "book"
    shutil.copytree(book, copy, ignore=shutil.ignore_patterns("pyodide.asm.*"))
    page = copy / "1-the-smallest-network" / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace('href="without_x.py"', f'href="{there}"', 1), encoding="utf-8")

    links.check(copy)

    assert f'href="{there}"' in page.read_text(encoding="utf-8")


def test_no_page_style_or_module_names_another_host(book: Path) -> None:
    ours = [
        path for path in book.rglob("*") if path.suffix in (".html", ".css", ".mjs") and "pyodide-" not in str(path)
    ]
    hosts = re.compile(r"(?<![\w.])(?:https?:)?//[\w-]+\.[\w.-]+")
    leaving = re.compile(r'<a href="https://[^"]*"')  # a reader may follow it; nothing is loaded by it
    named = {host for path in ours for host in hosts.findall(leaving.sub("", path.read_text(encoding="utf-8")))}

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
    out = put(tmp_path / "book", {"contents.json": OLD})

    def fails(_: object) -> bytes:
        file = "chapter.md"
        raise BuildError(file, 1, "planted")

    monkeypatch.setitem(builder.WRITERS, "pdf", fails)
    with pytest.raises(BuildError):
        build(out, PYODIDE, quiet)

    assert files(out) == {"contents.json": OLD.encode()}
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


@pytest.mark.parametrize(
    ("own", "names"),
    [
        ({"diary.txt": "mine"}, "diary.txt"),
        ({"a/1": "1", "b/2": "2", "c": "3", "d": "4"}, "a, b, c …"),
        ({"contents.json": '{"title": "mine"}'}, "contents.json"),
        ({"contents.json": "[]", "index.html": "mine"}, "contents.json, index.html"),
        ({"contents.json": OLD, "1-old/index.html": "old", "a/style.css": "old", "CNAME": "mine"}, "CNAME"),
    ],
)
def test_a_folder_with_files_of_somebody_is_refused_and_left_alone(
    tmp_path: Path, own: dict[str, str], names: str
) -> None:
    put(tmp_path / "mine", own)
    before = files(tmp_path)

    with pytest.raises(NotOursError, match=f"/mine: it holds other files: {re.escape(names)}\\.\n(.|\n)*--out DIR\n"):
        build(tmp_path / "mine", tmp_path / "nowhere", quiet)  # before it looks for Pyodide

    assert files(tmp_path) == before


def test_files_that_came_during_the_build_are_left_alone(tmp_path: Path) -> None:
    with pytest.raises(NotOursError, match="diary"), _in_place_of(tmp_path / "book"):
        put(tmp_path / "book", {"diary": "mine"})

    assert files(tmp_path) == {"book/diary": b"mine"}


@pytest.mark.parametrize("old", [{}, {"contents.json": OLD, "1-old/index.html": "old", ".DS_Store": ""}])
def test_a_book_takes_the_place_of_an_empty_folder_or_of_an_older_book(tmp_path: Path, old: dict[str, str]) -> None:
    (tmp_path / "book").mkdir()
    put(tmp_path / "book", old)

    with _in_place_of(tmp_path / "book") as new:
        put(new, {"index.html": "new"})

    assert files(tmp_path) == {"book/index.html": b"new"}


def test_the_old_book_comes_back_if_the_new_one_cannot_take_its_place(tmp_path: Path) -> None:
    out = put(tmp_path / "book", {"contents.json": OLD})

    with pytest.raises(FileNotFoundError), _in_place_of(out) as new:
        new.rmdir()

    assert files(tmp_path) == {"book/contents.json": OLD.encode()}


@pytest.mark.parametrize(
    ("out", "why"), [("file", "it is a file"), ("file/book", "can't be written, "), (".", "you are in it")]
)
def test_a_place_that_cannot_be_written_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, why: str
) -> None:
    put(tmp_path, {"file": "mine"})
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    with pytest.raises(NotOursError, match=why):
        build(Path(out) if out == "." else tmp_path / out, tmp_path / "nowhere", quiet)

    assert files(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("failure", [LayoutError([]), RuntimeError("no font has π"), ValueError("no font has π")])
def test_what_a_writer_refuses_names_chapter_and_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fails(_: object) -> bytes:
        raise failure

    monkeypatch.setitem(builder.WRITERS, "pdf", fails)

    with pytest.raises(WritingError, match=f"^chapter 1 as PDF: {failure}$"):
        build(tmp_path / "book", PYODIDE, quiet)


def test_another_package_or_another_pyodide_makes_the_book_stale(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyodide = put(tmp_path, dict.fromkeys(assets.PYODIDE, "") | {"package.json": '{"version": "1.0"}'})

    assert stale(book, pyodide)
    assert not stale(book, tmp_path / "nowhere")  # then the built one will do
    assert {"typst", "fonttools", "markdown-it-py", "jinja2", "brotli"} <= packages().keys()
    monkeypatch.setattr(builder, "packages", lambda: packages() | {"typst": "0.0"})
    assert stale(book)


def test_a_missing_or_torn_pyodide_is_told_with_the_version_that_we_try(tmp_path: Path) -> None:
    tried = json.loads(Path("package.json").read_text(encoding="utf-8"))["dependencies"]["pyodide"]
    put(tmp_path, {"package.json": '{"version": "1.0"}'})

    with pytest.raises(MissingError, match=f"pyodide.mjs is not there(.|\n)*npm install --prefix . pyodide@{tried} "):
        assets.pyodide_version(tmp_path)


def test_each_step_is_told_when_it_begins_and_when_it_is_done(tmp_path: Path) -> None:
    told: list[str] = []
    build(tmp_path / "book", PYODIDE, told.append, lambda words: told.append(f"{words} …"))

    *steps, last = told
    assert last.startswith(f"built {tmp_path / 'book'} in ")
    assert len(steps) >= 12
    for begun, done in zip(steps[::2], steps[1::2], strict=True):
        assert re.fullmatch(re.escape(begun.removesuffix(" …")) + r"  \d+\.\d s", done)


def test_two_chapters_of_one_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("01-smallest", "1-again"):
        shutil.copytree(CHAPTERS / "01-smallest", tmp_path / "chapters" / name)
    monkeypatch.setattr(builder, "CHAPTERS", tmp_path / "chapters")

    with pytest.raises(BuildError, match=r"^1-again/chapter\.md, line 1: another folder has the number 1 too"):
        build(tmp_path / "book", PYODIDE, quiet)


@pytest.mark.parametrize("page", ["", "1-the-smallest-network/"])
def test_a_link_to_a_page_shows_title_words_and_picture_elsewhere(book: Path, page: str) -> None:
    text = (book / page / "index.html").read_text()
    picture = (book / page / "picture.png").read_bytes()

    told = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]+)">', text))
    assert told["og:title"] == re.findall("<title>(.*)</title>", text)[0]
    assert told["og:description"] == told["description"]
    assert picture.startswith(b"\x89PNG\r\n")
    assert [int.from_bytes(picture[i : i + 4], "big") for i in (16, 20)] == [1200, 630]


def test_the_landing_page_offers_chapter_1_and_says_what_is_to_come(book: Path) -> None:
    text = (book / "index.html").read_text()

    assert re.search(r'<a class="first" href="1-the-smallest-network/">Read chapter 1</a>', text)
    for kind in ("pdf", "epub", "ipynb"):
        assert f'href="1-the-smallest-network/book.{kind}" download=' in text
    assert re.sub("<!--.*?-->", "", text).count(">to come<") == 14
    assert "<!-- sign-up -->" in text


def test_the_pages_for_a_wrong_address_and_a_fault_lead_on(book: Path) -> None:
    assert 'href="/1-the-smallest-network/"' in (book / "404.html").read_text()
    assert '<a href="/">first page</a>' in (book / "500.html").read_text()
