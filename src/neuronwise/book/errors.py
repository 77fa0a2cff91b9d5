"""What stops a build."""


class BuildError(ValueError):
    """A broken link of the chain: in which file, in which line, what disagrees, and the mend.

    >>> str(BuildError("chapter.md", 12, "0.76 is not what the program computes"))
    'chapter.md, line 12: 0.76 is not what the program computes'
    """

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")


class WritingError(BuildError):
    """A format that a chapter can't be written in, and why.

    >>> str(WritingError(1, "PDF", "the layout did not converge"))
    'chapter 1 as PDF: the layout did not converge'
    """

    def __init__(self, chapter: int, form: str, why: object) -> None:
        ValueError.__init__(self, f"chapter {chapter} as {form}: {why}")


class NotOursError(FileExistsError):
    """The folder to write can't be written, or holds something else than a book, which a build would replace.

    >>> print(NotOursError("/home/ada", "it holds other files: diary.txt"))
    expected a folder for the book, new, empty or with a built book; got /home/ada: it holds other files: diary.txt.
    Nothing was touched. Name another:
        neuronwise book build --out DIR
        neuronwise book serve --book DIR
    """

    def __init__(self, out: object, why: str) -> None:
        super().__init__(
            f"expected a folder for the book, new, empty or with a built book; got {out}: {why}.\n"
            "Nothing was touched. Name another:\n"
            "    neuronwise book build --out DIR\n"
            "    neuronwise book serve --book DIR"
        )


class MissingError(FileNotFoundError):
    """Something that the build needs is not installed: what, where it was looked for, and the mend."""
