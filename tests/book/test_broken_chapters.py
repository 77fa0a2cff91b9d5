# ruff: noqa: E501 - a table: a fault a line
"""Every link of the chain, broken once: the build must stop, and name the file, the line and what disagrees."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neuronwise.book import document as d
from neuronwise.book.contents import CONTENTS, Place
from neuronwise.book.errors import BuildError
from neuronwise.book.markdown import front_matter, parse
from neuronwise.book.pages import hidden
from neuronwise.book.source import CHAPTERS, read_chapter

CHAPTER = CHAPTERS / "01-smallest"
LONG = "It is as small as any network that anybody could ever think of, and so it is the one with which a book of this kind begins."

# what is broken, in which file, what stands there, what is put in its place, what the message must say
BROKEN = [
    ("a sign in the code", "smallest.py", "-sign(t - a)", "sign(t - a)", r"smallest\.py, line \d+: expected dE_da to be the slope"),
    ("a factor in the code", "smallest.py", "da_dw = x", "da_dw = 1", r"smallest\.py, line \d+: expected da_dw to be the slope"),
    ("an operator in the code", "smallest.py", "dE_da * da_dw", "dE_da + da_dw", r"smallest\.py, line \d+: expected dE_dw"),
    ("a definition in the code", "smallest.py", "a = w * x", "a = w + x", r"smallest\.py, line \d+: expected da_dw"),
    ("a formula without notation", "smallest.py", "a = w * x", "a = w ** x", r"smallest\.py, line \d+: column 9: w \*\* x"),
    ("a loop in a formula", "smallest.py", "    E = abs(t - a)", "    while t: E = a", r"smallest\.py, line \d+: column 5: while t"),
    ("an unknown name in a formula", "smallest.py", "da_dw = x", "da_dw = Q", r"smallest\.py, line \d+: column 13: Q"),
    ("a wrong step", "chapter.md", "(0 - 1) * da/dw ", "(0 + 1) * da/dw ", r"chapter\.md, line \d+: .*is false"),
    ("a step that does not follow", "chapter.md", "= -sign(t - a)*x   ", "= dE/da*x   ", r"chapter\.md, line \d+: .*derivation"),
    ("a wrong rule's name", "chapter.md", "by difference", "by product", r"chapter\.md, line \d+: .*does not follow by product"),
    ("an unknown rule", "chapter.md", "by difference", "by magic", r"chapter\.md, line \d+: .*'magic'"),
    ("no rule", "chapter.md", "  by difference", "", r"chapter\.md, line \d+: .*rule"),
    ("another goal", "chapter.md", "goal   dE/dw", "goal   dE/da", r"chapter\.md, line \d+"),
    ("a wrong number", "chapter.md", "{n}`a = 0.75`", "{n}`a = 0.76`", r"chapter\.md, line \d+: .*computes 0\.75, not 0\.76"),
    ("a typed number", "chapter.md", "{n}`a = 0.75`", "0.75", r"chapter\.md, line \d+: 0\.75 is typed"),
    ("another start", "smallest.py", '"w": 1.5', '"w": 1.25', r"chapter\.md, line \d+: .*computes 1\.25, not 1\.5"),
    ("a number of no run", "chapter.md", "{n}`a = 0.75`", "{n}`q`", r"chapter\.md, line \d+: .*got 'q'"),
    ("a conversation", "chapter.md", "1.625 - 1.5)\n0.5", "1.625 - 1.5)\n0.25", r"chapter\.md, line \d+: Python answers otherwise"),
    ("a quote of a missing function", "chapter.md", "{code} error", "{code} fault", r"chapter\.md, line \d+: .*no function 'fault'"),
    ("a quote of a missing formula", "chapter.md", "{formula} error.E", "{formula} error.F", r"chapter\.md, line \d+: .*'error\.F'"),
    ("a quote of a missing piece", "chapter.md", "{f}`t - a`", "{f}`t + a`", r"chapter\.md, line \d+: .*no formula"),
    ("a piece of no derivation", "chapter.md", "{d}`d/da[t - a]`", "{d}`d/da[t + a]`", r"chapter\.md, line \d+: no line of a derivation"),
    ("a symbol before it is introduced", "chapter.md", "{define}`w`", "{given}`1`", r"chapter\.md, line \d+: .*w is used before"),
    ("a symbol introduced twice", "chapter.md", "{define}`x`", "{define}`w`", r"chapter\.md, line \d+: .*introduced already"),
    ("a symbol without a place in the table", "chapter.md", "{define}`x`", "{define}`Q`", r"chapter\.md, line \d+: .*table of symbols"),
    ("an unknown role", "chapter.md", "{n}`a = 0.75`", "{m}`a`", r"chapter\.md, line \d+: unknown role 'm'"),
    ("an unknown fence", "chapter.md", "```{picture} neuron", "```{image} neuron", r"chapter\.md, line \d+: unknown fence"),
    ("code typed by hand", "chapter.md", "```{code} error\n```", "```python\nE = 1\n```", r"chapter\.md, line \d+: a chapter has no fence"),
    ("raw HTML", "chapter.md", "An error of 0 means", "<b>An error</b> of 0 means", r"chapter\.md, line \d+"),
    ("a proof that proves the contrary", "without_x.py", "da_dw = 1", "da_dw = x", r"chapter\.md, line \d+: .*without_x\.py"),
    ("a proof that is gone", "chapter.md", "without_x.py x=-0.5", "without_y.py x=-0.5", r"chapter\.md, line \d+: .*without_y\.py"),
    ("a wrong answer to an exercise", "chapter.md", "{answer} eta = 2", "{answer} eta = 3", r"chapter\.md, line \d+: 3 is not right"),
    ("a wrong formula as an answer", "chapter.md", "{answer} dE_dw = -3*sign(t - a)*x", "{answer} dE_dw = 3*sign(t - a)*x", r"chapter\.md, line \d+: .*not the derivative"),
    ("a slip that is right", "chapter.md", "slip 1 ", "slip 2 ", r"chapter\.md, line \d+: 2 is right"),
    ("hand-waving", "chapter.md", "To learn is", "To learn is simply", r"chapter\.md, line \d+: “simply”"),
    ("a long sentence", "chapter.md", "An error of 0 means", f"{LONG}\nAn error of 0 means", r"chapter\.md, line \d+: a sentence of \d+ words"),
    ("a heading without an id", "chapter.md", "{#error}\n", "", r"chapter\.md, line \d+: expected a heading"),
    ("an id twice", "chapter.md", "{#error}", "{#feed-forward}", r"chapter\.md, line \d+: the id"),
    ("a stepper without words", "chapter.md", "da_dw  And what", "dE_dw  And what", r"chapter\.md, line \d+: expected below the caption a line for each of"),
    ("a step without words", "chapter.md", "\nda_dw  ", "\nda_dw\nda_dw  ", r"chapter\.md, line \d+: .*got a, E, dE_da, da_dw without words"),
    ("a step told twice", "chapter.md", "\nda_dw  ", "\nda_dw Here.\nda_dw  ", r"chapter\.md, line \d+: .*got a, E, dE_da, da_dw, da_dw"),
    ("a missing field", "chapter.md", "code: smallest.py\n", "", r"chapter\.md, line 1: expected code, steps, lede .*; code is missing"),
    ("an empty field", "chapter.md", "code: smallest.py\n", "code:\n", r"chapter\.md, line 1: .*code is missing"),
    ("a program without START", "smallest.py", "START", "BEGIN", r"smallest\.py, line 1: expected START = .*got none"),
]  # fmt: skip

# the same, with the line: how many lines below the place that is changed
TOLD = [
    # an inner text knows its lines
    ("a role in a caption", "chapter.md", "```{picture} neuron\n", "```{picture} neuron\nOne.\nA {m}`a`.\n", 2, "unknown role 'm'"),
    ("a role in the stepper's caption", "chapter.md", "```{step}\n", "```{step}\nA {m}`a`.\n", 1, "unknown role 'm'"),
    ("a role in the lede", "chapter.md", "lede: |\n", "lede: |\n  One.\n  A {m}`a`.\n", 2, "unknown role 'm'"),
    ("a number in the lede", "chapter.md", "lede: |\n", "lede: |\n  Some 0.5 of it.\n", 1, "0.5 is typed"),
    ("a role in a title", "chapter.md", ":::: exercise Arrive", ":::: exercise {m}`a`", 0, "unknown role 'm'"),
    ("a long sentence in a caption", "chapter.md", "```{picture} neuron\n", f"```{{picture}} neuron\n{LONG}\n", 1, "a sentence of"),
    ("a piece of no derivation", "chapter.md", "{d}`d/da[t - a]`", "{d}`d/da[t + a]`", 0, "no line of a derivation"),
    # what is written is used, or refused
    ("a second paragraph of the lede", "chapter.md", "lede: |\n", "lede: |\n  One.\n\n", 3, "a lede is one paragraph; got paragraph and paragraph"),
    ("a second paragraph of a caption", "chapter.md", "```{picture} neuron\n", "```{picture} neuron\nOne.\n\n", 3, "a caption is one paragraph; got paragraph and paragraph"),
    ("a picture without a caption", "chapter.md", "{#chain}\n", "```{picture} neuron\n```\n\n{#chain}\n", 0, "expected {picture} with lines in it; got none"),
    ("a second paragraph of an item", "chapter.md", "{#chain}\n", "- One.\n\n  Two.\n\n{#chain}\n", 2, "an item of a list is one paragraph; got paragraph and paragraph"),
    ("a list in a list", "chapter.md", "{#chain}\n", "- One.\n  - Two.\n\n{#chain}\n", 1, "got paragraph and bullet list"),
    ("an empty item", "chapter.md", "{#chain}\n", "- One.\n-\n\n{#chain}\n", 1, "an item of a list is one paragraph; got nothing"),
    ("a list in an exercise", "chapter.md", "Arrive at once\n", "Arrive at once\n\n- One.\n\n", 2, "one hint and one solution; got a bullet list"),
    ("a formula in an exercise", "chapter.md", "Arrive at once\n", "Arrive at once\n```{formula} error.E\n```\n", 1, "one solution; got a {formula}"),
    ("two hints", "chapter.md", "::: hint\n", "::: hint\nOne.\n:::\n::: hint\n", 3, "one solution; got another hint"),
    ("no hint", "chapter.md", ":::: exercise Arrive", ":::: exercise None\nOne.\n```{answer} w = 1.5\nw\n```\n::::\n\n:::: exercise Arrive", 0, "one solution; got no hint"),
    ("an exercise without a title", "chapter.md", "exercise Arrive at once", "exercise", 0, "the title of an exercise is one paragraph; got nothing"),
    ("an answer without a run", "chapter.md", ":::: exercise Arrive", ":::: exercise None\nOne.\n```{answer} w = 1.5\n```\n::: hint\n:::\n::: solution\n:::\n::::\n\n:::: exercise Arrive", 2, "expected {answer} symbol = value"),
    ("a label without a title", "chapter.md", "updates=2\n### ", "updates=2\n", 0, "and a title ### below; got paragraph"),
    ("an empty label", "chapter.md", "{#chain}\n", "::: necessary without_x.py x=-0.5 updates=2\n:::\n\n{#chain}\n", 0, "got nothing"),
    ("words beside a note", "chapter.md", "::: note\n", "::: note words\n", 0, "expected ::: note alone on its line; got ::: note words"),
    ("words beside a hint", "chapter.md", "::: hint\n", "::: hint words\n", 0, "expected ::: hint alone"),
    ("an unknown container", "chapter.md", "::: note\n", "::: notes\n", 0, "::: notes opens or closes no container"),
    ("an id above a paragraph", "chapter.md", "{#chain}\n", "{#here}\nOne.\n\n{#chain}\n", 1, "only a heading ## has an id"),
    ("lines in a quote", "chapter.md", "```{code} error\n", "```{code} error\nE = 1\n", 0, "expected {code} without lines in it; got E = 1"),
    ("words beside a training", "chapter.md", "```{train}\n", "```{train} fast\n", 0, "expected {train} without words beside it; got fast"),
    ("a link's title", "chapter.md", "An error of 0", 'An [error](#error "far off") of 0', 0, "a link has no title"),
    ("a field twice", "chapter.md", "steps: ", "code: smallest.py\nsteps: ", 0, "expected a new name: words"),
    ("a field that is elsewhere", "chapter.md", "steps: ", "title: Mine\nsteps: ", 0, "got title. Title, question and part of a chapter are in contents.json."),
    ("words that are no field", "chapter.md", "steps: ", "And then\nsteps: ", 0, "got 'And then'"),
    ("an indented first field", "chapter.md", "code: ", "  code: ", 0, "expected a new name: words"),
    # what cannot be read is told, never a traceback
    ("a label without updates", "chapter.md", " updates=2", "", 0, "with 1 to 1000 updates to show; got 0"),
    ("a label with half an update", "chapter.md", " updates=2", " updates=2.5", 0, "updates to show; got 2.5"),
    ("a label with a word for a number", "chapter.md", "x=-0.5 updates", "x=abc updates", 0, "“abc” is no number"),
    ("a label with another name", "chapter.md", "x=-0.5 updates", "y=-0.5 updates", 0, "expected name=number, the name one of x, w, t, eta, updates; got 'y=-0.5'"),
    ("a bare label", "chapter.md", "::: necessary without_x.py x=-0.5 updates=2", "::: necessary", 0, "the program one of this folder (other_tip.py, without_x.py); got none"),
    ("numbers of an unknown start", "chapter.md", "{numbers}`error.E`", "{numbers}`error.E with y=2`", 0, "got 'y=2'"),
    ("a typo in steps", "chapter.md", "steps: feed_forward", "steps: feed_foward", 0, "expected functions of smallest.py (feed_forward, error, sign, backpropagate, update, train); got 'feed_foward'"),
    ("a typo in code", "chapter.md", "code: smallest.py", "code: smalest.py", 0, "expected code: to name a program of this folder (other_tip.py, smallest.py, without_x.py); got 'smalest.py'"),
    ("a typo in a picture", "chapter.md", "{picture} neuron", "{picture} nueron", 0, "expected a picture of the kind neuron or number-line; got 'nueron'"),
    ("a slope that nothing computes", "chapter.md", "```{derive} dE_dw\n", "```{derive} dE_dt\ngoal dE/dt\n  = d/dt[abs(t - a)]  by definition of E\n```\n\n```{derive} dE_dw\n", 0, "expected a slope that smallest.py computes (dE_da, da_dw, dE_dw); got dE_dt"),
    ("a syntax error", "smallest.py", "a = w * x", "a = w *", 0, "expected Python; got 'a = w *': invalid syntax"),
    ("a program that does not run", "smallest.py", '"w": 1.5', '"w": one', 0, "expected a program that runs; got NameError: name 'one' is not defined"),
    ("a start that is text", "smallest.py", '"w": 1.5', '"w": "1.5"', 0, "got '1.5' for w. Write it with digits alone."),
    ("a start that is infinite", "smallest.py", '"w": 1.5', '"w": 1e999', 0, "got inf for w"),
    ("a start that is no number", "smallest.py", '"w": 1.5', '"w": 1e999 - 1e999', 0, "got nan for w"),
    ("a start that is a truth", "smallest.py", '"w": 1.5', '"w": True', 0, "got True for w"),
    ("a start that is a word", "smallest.py", "START = ", 'START = "w" or ', 0, "got 'w'"),
    ("a start without a number that is needed", "smallest.py", "def update(w, eta", "def update(w, rate, eta", 0, "expected update to take what is known before it (x, w, t, eta, a, E, dE_da, da_dw, dE_dw); got rate"),
]  # fmt: skip


@pytest.fixture
def chapter(tmp_path: Path) -> Path:
    copy = tmp_path / CHAPTER.name
    shutil.copytree(CHAPTER, copy)
    return copy


def test_the_chapter_itself_is_accepted(chapter: Path) -> None:
    assert read_chapter(chapter).title == "The smallest network"


@pytest.mark.parametrize(
    ("file", "here", "there", "says"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_link_stops_the_build(chapter: Path, file: str, here: str, there: str, says: str) -> None:
    text = (chapter / file).read_text(encoding="utf-8")
    assert here in text, "the fault can't be planted: the chapter has changed"
    (chapter / file).write_text(text.replace(here, there, 1), encoding="utf-8")

    with pytest.raises(BuildError, match=f"(?s)01-smallest/{says}"):
        read_chapter(chapter)


@pytest.mark.parametrize(
    ("file", "here", "there", "below", "says"), [case[1:] for case in TOLD], ids=[case[0] for case in TOLD]
)
def test_what_stops_the_build_is_told_with_its_line(
    chapter: Path, file: str, here: str, there: str, below: int, says: str
) -> None:
    text = (chapter / file).read_text(encoding="utf-8")
    above, found, rest = text.partition(here)
    assert found, "the fault can't be planted: the chapter has changed"
    (chapter / file).write_text(above + there + rest, encoding="utf-8")
    line = above.count("\n") + 1 + below

    with pytest.raises(BuildError, match=f"^01-smallest/{re.escape(file)}, line {line}: (?s:.*){re.escape(says)}"):
        read_chapter(chapter)


@pytest.mark.parametrize("fence", ["step", "derive"])
def test_a_chapter_without_what_its_page_runs_is_refused(chapter: Path, fence: str) -> None:
    text = (chapter / "chapter.md").read_text(encoding="utf-8")
    without = re.sub(rf"(?s)```{{{fence}}}.*?\n```\n|\{{d\}}`[^`]*`", "", text)
    (chapter / "chapter.md").write_text(without, encoding="utf-8")

    with pytest.raises(BuildError, match=rf"chapter\.md, line 1: expected a {{{fence}}}.*; this chapter has none"):
        read_chapter(chapter)


@pytest.mark.parametrize("name", ["99-smallest", "smallest", "one-smallest"])
def test_a_folder_that_the_contents_do_not_know_is_refused(chapter: Path, name: str) -> None:
    folder = chapter.rename(chapter.with_name(name))

    with pytest.raises(BuildError, match=rf"^{name}/chapter\.md, line 1: expected a folder .* 1 to 15.*; got {name}"):
        read_chapter(folder)


def test_title_question_and_part_are_those_of_the_contents(chapter: Path) -> None:
    read = read_chapter(chapter)

    first = json.loads(CONTENTS.read_text(encoding="utf-8"))[0]
    planned = {"number": read.number, "title": read.title, "question": read.question}
    assert (first["part"], first["chapters"][0]) == (read.part, planned)
    assert read.slug == "1-the-smallest-network"


@pytest.mark.parametrize(
    ("title", "slug"),
    [("What’s next? (π)", "7-whats-next"), ("GPU and many machines", "7-gpu-and-many-machines"), ("π", "7")],
)
def test_an_address_has_plain_letters_alone(title: str, slug: str) -> None:
    assert Place(7, "", title, "").slug == slug


def test_hidden_labels_are_counted_wherever_they_stand(chapter: Path) -> None:
    read = read_chapter(chapter)
    claims = [block for block in read.blocks() if isinstance(block, d.Claim)]
    convention = next(claim for claim in claims if claim.kind == "convention")
    necessary = next(claim for claim in claims if claim.kind == "necessary")

    def hides(*blocks: d.Block) -> str:
        read.sections[:] = [d.Section("one", "1.1", [], list(blocks))]
        return hidden(read)

    assert hides(necessary) == ""
    assert hides(d.OnPage([convention])) == "1 convention hidden"
    assert hides(convention, d.Note([d.OnPage([convention])])) == "2 conventions hidden"


@pytest.mark.parametrize("file", sorted(path.name for path in CHAPTER.glob("*.py")))
def test_a_program_is_short_needs_nothing_and_runs_alone(tmp_path: Path, file: str) -> None:
    shutil.copy(CHAPTER / file, tmp_path)
    source = (tmp_path / file).read_text(encoding="utf-8")
    program = next(p for p in read_chapter(CHAPTER).programs.values() if p.code.file == file)

    run = subprocess.run([sys.executable, "-I", file], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert len(source.splitlines()) <= 40
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert run.stdout == f"{program.after(8).values['w']!r}\n"


def test_the_chapter_is_as_long_as_one_sitting() -> None:
    """Words that a reader reads: a formula counts as one, what stands inside of fences does not count."""
    root = parse((CHAPTER / "chapter.md").read_text(encoding="utf-8"))
    lede = parse(front_matter(root, "chapter.md")["lede"].text)
    sentences = [node for tree in (root, lede) for node in tree.walk() if node.type == "inline"]

    words = sum(len(re.sub(r"\{\w+\}`[^`]*`", "formula", sentence.content).split()) for sentence in sentences)

    print(f"chapter 1 has {words} words")  # noqa: T201 - a figure of the book
    assert 1500 <= words <= 2500


def test_the_line_is_the_line_of_the_fault(chapter: Path) -> None:
    text = (chapter / "chapter.md").read_text(encoding="utf-8")
    line = 1 + text.splitlines().index(next(t for t in text.splitlines() if "by difference" in t))
    (chapter / "chapter.md").write_text(text.replace("by difference", "by product"), encoding="utf-8")

    with pytest.raises(BuildError, match=rf"chapter\.md, line {line}: "):
        read_chapter(chapter)


@pytest.mark.parametrize("file", ["chapter.md", "smallest.py"])
def test_a_file_that_is_not_utf8_is_named_with_its_line(chapter: Path, file: str) -> None:
    lines = (chapter / file).read_bytes().split(b"\n")
    lines[1] += b"\xff"
    (chapter / file).write_bytes(b"\n".join(lines))

    with pytest.raises(BuildError, match=f"01-smallest/{file}, line 2: expected UTF-8; got the byte 0xff"):
        read_chapter(chapter)
