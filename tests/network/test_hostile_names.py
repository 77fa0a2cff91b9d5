"""Names that try to be a program: in every form of a picture, an explanation and a sheet they are words."""

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdf
import pytest
from hostile_replies import PAYLOADS
from markdown_it import MarkdownIt

from neuronwise import Network
from neuronwise.network import sheet, shown, storage
from neuronwise.network.errors import NetworkError
from neuronwise.network.exercises import sheet as exercises
from neuronwise.network.names import checked_name

MORE = [
    "\"'></style></title></textarea>--><img src=x onerror=hit()>",
    '#panic("hit") $ #eval("1") */ // @x',
    r"\input{/etc/passwd}\write18{hit}%",
    r"$$\end{aligned}$$ <img src=x onerror=hit()>",
    "| a | `b` **c** <javascript:hit()>",
    '"""; import os; os.abort() #',
    "{{7*7}}${7*7}",
    "\\",
]
MARKS = {"em", "strong", "code"}  # of Markdown within formulas, which this reader of it does not know
DOES = re.compile(r"on\w+|src|srcdoc|action|formaction|xlink:href|href")


def allowed(name: str) -> bool:
    """Whether a network takes such a name."""
    try:
        checked_name(name)
    except NetworkError:
        return False
    return True


NAMES = [name for name in (*PAYLOADS[::3], *MORE) if allowed(name)]


class Running(HTMLParser):
    """What of a page could run, or leads somewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and attributes that do something."""
        self.tags.add(tag)
        self.found += [f"{tag} {name}={value}" for name, value in attrs if DOES.fullmatch(name)]

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.found.append(data)


def named(name: str) -> Network:
    """A network with a hidden and an output neuron of such names, and a softmax."""
    net = Network()
    net.add_input(f"i{name}"[:100].rstrip())
    net.add_neuron(name, {f"i{name}"[:100].rstrip(): 0.5}, activation="tanh")
    net.add_neuron("o", {name: 0.25}, output=True)
    return net


def pages(net: Network) -> Iterator[tuple[str, str]]:
    """Every form that a browser shows, or a program that shows notebooks."""
    told, made = net.explain([1.0], [0.5]), exercises(net, seed=1, count=4)
    yield "svg", net.draw().svg
    yield "cell", told._repr_html_()
    yield "page", shown.page(told)
    yield "sheet", sheet.page(made, solved=True)
    notebooks = {
        "notebook": shown.ipynb(told),
        "questions": sheet.ipynb(made),
        "solved": sheet.ipynb(made, solved=True),
    }
    for what, notebook in notebooks.items():
        cells = [cell["source"] for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "markdown"]
        yield what, "\n".join(MarkdownIt("commonmark").enable("table").render(cell) for cell in cells)


@pytest.fixture(scope="module")
def plain() -> dict[str, set[str]]:
    """The tags of each form of a network whose names are letters."""
    return {what: Running(html).tags for what, html in pages(named("h"))}


def test_there_are_many_names() -> None:
    assert len(NAMES) > 15


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_adds_nothing_to_a_page_but_words(name: str, plain: dict[str, set[str]]) -> None:
    for what, html in pages(named(name)):
        running = Running(html)

        assert running.tags - MARKS == plain[what] - MARKS, what
        assert running.found == [], what


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_with_hostile_names_is_whole_and_shows_them(name: str) -> None:
    drawn = ET.fromstring(named(name).draw().svg)  # noqa: S314 - our own

    assert name in "".join(drawn.itertext()) or name[:8] in "".join(drawn.itertext())


@pytest.mark.parametrize("name", NAMES)
def test_no_sign_of_latex_is_left_in_a_name(name: str) -> None:
    tex = shown.tex(named(name).explain([1.0], [0.5]))
    usual = shown.tex(named("h").explain([1.0], [0.5]))

    commands = set(re.findall(r"\\[A-Za-z]+", tex))
    assert commands - set(re.findall(r"\\[A-Za-z]+", usual)) <= {
        r"\backslash", r"\hat", r"\mathrm", r"\textbackslash", r"\sim",
    }  # fmt: skip
    assert tex.count("{") - tex.count(r"\{") == tex.count("}") - tex.count(r"\}")
    assert re.findall(r"(?<!\\)%", tex) == []


@pytest.mark.parametrize("name", MORE[1:3] + MORE[-1:])
def test_typst_takes_a_hostile_name_as_words(name: str) -> None:
    told, made = named(name).explain([1.0], [0.5]), exercises(named(name), seed=1, count=2)

    for pdf in (shown.pdf(told), sheet.pdf(made, solved=True)):
        document = pypdf.PdfReader(io.BytesIO(pdf))
        assert "hit" not in name or "hit" in "".join(page.extract_text() for page in document.pages)
        assert b"/JavaScript" not in pdf
        assert b"/Launch" not in pdf


@pytest.mark.parametrize("name", MORE)
def test_a_notebook_of_exercises_holds_names_as_a_text_alone(name: str) -> None:
    if not allowed(name):
        return
    cells = json.loads(sheet.ipynb(exercises(named(name), seed=1, count=2)))["cells"]
    code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    found: dict[str, object] = {}

    exec(compile(code[0], "cell", "exec"), found)  # noqa: S102 - what a reader of the notebook runs

    assert set(found) == {"__builtins__", "sheet", "exercises"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_gives_a_hostile_name_back(name: str, tmp_path: Path) -> None:
    net = named(name)
    for kind in ("json", "safetensors"):
        net.save(tmp_path / f"net.{kind}")

        assert [neuron.name for neuron in Network.load(tmp_path / f"net.{kind}").neurons()] == [name, "o"]
    assert storage.text(net._parts) == (tmp_path / "net.json").read_text(encoding="utf-8")  # noqa: SLF001
