"""Exercises for any network, made from a seed: the same seed makes the same sheet, on every machine.

Numbers are those of a sample: an example's own, or drawn with two decimals. A network with delayed edges is unrolled
first: h@2 is the neuron h at step 2. `maker` says which kinds there are.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from neuronwise.checks.answers import Verdict, judge
from neuronwise.network import storage
from neuronwise.network.errors import DataError
from neuronwise.network.examples import EXAMPLES, network_named
from neuronwise.network.explain import counted
from neuronwise.network.face import Network
from neuronwise.network.maker import Exercise, Lesson, Maker
from neuronwise.network.names import checked_count

MOST = 500  # exercises of a sheet


@dataclass(frozen=True)
class Sheet:
    """Exercises. They show themselves in a terminal and in a notebook, and save themselves as files."""

    title: str
    note: str
    exercises: tuple[Exercise, ...]
    code: str = field(repr=False, default="")  # what makes this sheet again, in a notebook

    def __str__(self) -> str:
        """Return the exercises for a terminal."""
        from neuronwise.network.sheet import text  # noqa: PLC0415 - loaded when it is asked for

        return text(self)

    def __repr__(self) -> str:
        """Return the same: in a terminal a sheet is there to be read."""
        return str(self)

    def _repr_html_(self) -> str:
        from neuronwise.network.sheet import html  # noqa: PLC0415 - loaded when it is asked for

        return html(self)

    @property
    def solutions(self) -> str:
        """The worked solutions, for a terminal."""
        from neuronwise.network.sheet import text  # noqa: PLC0415 - loaded when it is asked for

        return text(self, solved=True)

    def check(self, number: int, answer: str) -> Verdict:
        """Judge an answer: any equal formula, number or derivation is right; of another it is said what is wrong.

        Errors   DataError: no exercise of that number

        >>> sheet("mazur", seed=7).check(1, "0.6249")
        The bias b[o2] is missing. That gives 0.624921.
        """
        if not 1 <= checked_count(number, "the number of an exercise") <= len(self.exercises):
            message = f"expected the number of an exercise, 1 to {len(self.exercises)}; got {number}"
            raise DataError(message)
        return judge(str(answer), self.exercises[number - 1].question)

    def save(self, path: str | Path) -> tuple[Path, Path]:
        """Write the sheet, and beside it the worked solutions; .html, .pdf, .ipynb or .txt, by the end of the name."""
        from neuronwise.network.sheet import save  # noqa: PLC0415 - loaded when it is asked for

        return save(self, Path(path))


def sheet(network: str | Network, seed: int = 0, count: int = 10, error: str | None = None) -> Sheet:
    """Return a sheet for a network, for an example by its name, or for the network in a file or in the text of one.

    Errors   NetworkError, FileError: no such network; DataError: a count that is none

    >>> [exercise.kind for exercise in sheet("mazur", seed=7, count=4).exercises]
    ['z', 'E', 'w', 'formula']
    """
    known = EXAMPLES[network]() if isinstance(network, str) and network in EXAMPLES else None
    if known:
        samples = list(zip(known.X, known.Y, strict=True))
        made = exercises(
            known.network, seed, count, error=error or known.error, samples=samples, learning_rate=known.learning_rate
        )
        return replace(made, code=_code(network, seed, count, error))
    if isinstance(network, str):
        text = network.lstrip().startswith("{")
        network = Network._of(storage.parse(network.encode(), "the text")) if text else network_named(network)  # noqa: SLF001
    return exercises(network, seed, count, error=error or "half_squared")


def exercises(
    network: Network,
    seed: int = 0,
    count: int = 10,
    *,
    error: str = "half_squared",
    samples: Sequence[Lesson] = (),
    learning_rate: float = 0.5,
) -> Sheet:
    """Return a sheet of exercises for any network; samples that are not given are drawn, with two decimals.

    Errors   DataError: no count, or one above 500; a sample that leads to no number

    >>> exercises(Network.layered([2, 2, 1]), seed=1, count=3).title
    '3 exercises for 2 inputs, 3 neurons, 6 edges, 1 output'
    """
    if not 1 <= checked_count(count, "count") <= MOST:
        message = f"expected a count of exercises from 1 to {MOST}; got {count}"
        raise DataError(message)
    lot = random.Random(checked_count(seed, "seed"))  # noqa: S311 - the same seed gives the same sheet
    maker = Maker(network, lot, (error, learning_rate), samples)
    made = tuple(maker.exercises(count))
    about = repr(network).removeprefix("Network: ")
    title = f"{counted(len(made), 'exercise')} for {about}"
    return Sheet(title, _note(network, error), made, _code(storage.text(network._parts), seed, count, error))  # noqa: SLF001


def _note(network: Network, error: str) -> str:
    steps = " h@2 is the neuron h at step 2." if network.delayed else ""
    return (
        f"The error E is: {error.replace('_', ' ')}.{steps} A number is right with three significant digits or more, "
        "a formula in whatever form. Write w[i,h] for the weight of the edge from i to h, and dE/dz[h] for a slope."
    )


def _code(network: object, seed: int, count: int, error: str | None) -> str:
    more = f", error={error!r}" if error else ""
    return f"sheet({network!r}, seed={seed}, count={count}{more})"
