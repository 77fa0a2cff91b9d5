"""What can be wrong with what a network is given. Each says what was expected, what came, where, and the mend.

    ValueError       NetworkError    the description of a network: a name twice, an unknown activation
                     └ FileError     the same in a file, with its place
                     DataError       samples, targets or options
                     └ TableError    the same in a file, with its place
                     └ TooLongError  a derivation of more steps than anyone reads
    KeyError         UnknownError    a name that the network has not; the nearest names
    ArithmeticError  DivergedError   training left the numbers

A cycle without a delay is `necessary.graph.CycleError`.
"""


class NetworkError(ValueError):
    """A network can't be described like this."""


class FileError(NetworkError):
    """A file holds no network."""


class DataError(ValueError):
    """These samples, targets or options do not fit the network."""


class TableError(DataError):
    """A file holds no samples."""


class TooLongError(DataError):
    """A derivation would have more steps than anyone reads."""


class UnknownError(KeyError):
    """The network has nothing of this name.

    >>> print(UnknownError("expected a neuron"))
    expected a neuron
    """

    def __str__(self) -> str:
        """Return the message as it is; a KeyError would put it into quotes."""
        return str(self.args[0])


class DivergedError(ArithmeticError):
    """Training led to a number that is none; the network keeps the last finite weights."""
