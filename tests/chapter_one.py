"""The programs of chapter 1, as tests use them."""

from pathlib import Path

from neuronwise.book.program import Program

FOLDER = Path(__file__).parent.parent / "src" / "neuronwise" / "book" / "chapters" / "01-smallest"
STEPS = ("feed_forward", "error", "backpropagate", "update")
WITHOUT_NOTATION = "train"  # a loop


def source(file: str = "smallest.py") -> str:
    """The text of a program."""
    return (FOLDER / file).read_text(encoding="utf-8")


def program(file: str = "smallest.py", text: str | None = None) -> Program:
    """A program, or another text under its name."""
    return Program(source(file) if text is None else text, file, STEPS)
