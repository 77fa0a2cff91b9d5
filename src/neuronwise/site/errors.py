"""Why the site doesn't start, or a backup isn't made. Each message says what was expected, what came, and the mend.

StartError
├── SettingError     an environment variable
├── PortError        the address to listen on
├── FolderError      the folder with database and secret
├── ContentsError    the built book
└── BackupError      a backup to write or to restore
"""


class StartError(ValueError):
    """The site can't start as things are."""


class SettingError(StartError):
    """An environment variable has a value that the site can't use, or a name that is none; then `got` is left out."""

    def __init__(self, name: str, *, expected: str, got: str | None = None) -> None:
        self.name, self.words = name, f"expected {expected}" + ("" if got is None else f"; got {got!r}")
        super().__init__(f"{name}: {self.words}")


class PortError(StartError):
    """The address can't be listened on."""


class FolderError(StartError):
    """The data folder, its database or its secret can't be used, or others could read it."""

    def __init__(self, file: object, why: str) -> None:
        super().__init__(f"{file}: {why}")


class ContentsError(StartError):
    """The built book is missing or damaged."""

    def __init__(self, file: object, why: str) -> None:
        super().__init__(f"{file}: {why}\nThe mend:\n    neuronwise book build")


class BackupError(StartError):
    """A backup can't be written or restored."""

    def __init__(self, file: object, why: str) -> None:
        super().__init__(f"{file}: {why}.")
