# ruff: noqa: E501 - a table: a fault a line
"""Every link of the chain, broken once: the build must stop, and name the file, the line and what disagrees."""

import shutil
from pathlib import Path

import pytest

from neuronwise.book.errors import BuildError
from neuronwise.book.source import CHAPTERS, read_chapter

CHAPTER = CHAPTERS / "01-smallest"
LONG = "The smallest network is one input, one neuron, and one edge between them, and it is as small as any network that you could ever think of."

# what is broken, in which file, what stands there, what is put in its place, what the message must say
BROKEN = [
    ("a sign in the code", "smallest.py", "-sign(t - a)", "sign(t - a)", r"smallest\.py, line \d+: expected dE_da to be the slope"),
    ("a factor in the code", "smallest.py", "da_dw = x", "da_dw = 1", r"smallest\.py, line \d+: expected da_dw to be the slope"),
    ("an operator in the code", "smallest.py", "dE_da * da_dw", "dE_da + da_dw", r"smallest\.py, line \d+: expected dE_dw"),
    ("a definition in the code", "smallest.py", "a = w * x", "a = w + x", r"smallest\.py, line \d+: expected da_dw"),
    ("a formula without notation", "smallest.py", "a = w * x", "a = w ** x", r"smallest\.py, line \d+: column 9: w \*\* x"),
    ("a loop in a formula", "smallest.py", "    E = abs(t - a)", "    for E in (t, a): pass", r"smallest\.py, line \d+: column 5: for E"),
    ("an unknown name in a formula", "smallest.py", "da_dw = x", "da_dw = y", r"smallest\.py, line \d+: column 13: y"),
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
    ("a symbol without a place in the table", "chapter.md", "{define}`x`", "{define}`y`", r"chapter\.md, line \d+: .*table of symbols"),
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
    ("a long sentence", "chapter.md", "The smallest network is one input, one neuron, and one edge between them.", LONG, r"chapter\.md, line \d+: a sentence of \d+ words"),
    ("a heading without an id", "chapter.md", "{#error}\n", "", r"chapter\.md, line \d+: expected a heading"),
    ("an id twice", "chapter.md", "{#error}", "{#feed-forward}", r"chapter\.md, line \d+: the id"),
    ("a stepper without words", "chapter.md", "da_dw  And what", "dE_dw  And what", r"chapter\.md, line \d+: expected a line for each of"),
    ("a missing field", "chapter.md", "question: Can one number learn?\n", "", r"chapter\.md, line 1: .*question"),
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


def test_the_line_is_the_line_of_the_fault(chapter: Path) -> None:
    text = (chapter / "chapter.md").read_text(encoding="utf-8")
    line = 1 + text.splitlines().index(next(t for t in text.splitlines() if "by difference" in t))
    (chapter / "chapter.md").write_text(text.replace("by difference", "by product"), encoding="utf-8")

    with pytest.raises(BuildError, match=rf"chapter\.md, line {line}: "):
        read_chapter(chapter)
