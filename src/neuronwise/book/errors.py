"""What stops a build."""


class BuildError(ValueError):
    """A broken link of the chain: in which file, in which line, what disagrees, and the mend.

    >>> str(BuildError("chapter.md", 12, "0.76 is not what the program computes"))
    'chapter.md, line 12: 0.76 is not what the program computes'
    """

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")


class MissingError(FileNotFoundError):
    """Something that the build needs is not installed: what, where it was looked for, and the mend."""
