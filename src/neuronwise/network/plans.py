"""How to train, checked before anything is done."""

from dataclasses import dataclass

from neuronwise.conventions.rules import Rule, Step, step_named
from neuronwise.network.errors import NetworkError
from neuronwise.network.names import checked_count, checked_number

PLAIN = Step()


@dataclass(frozen=True)
class Plan:
    """How to train."""

    error: str
    learning_rate: float
    epochs: int
    batch_size: int
    shuffle: bool
    seed: int
    step: Step = PLAIN

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        checked_number(self.learning_rate, "learning_rate")
        checked_count(self.epochs, "epochs")
        checked_count(self.batch_size, "batch_size", 1)
        checked_count(self.seed, "seed")


def checked_step(step: Step | Rule | str) -> Step:
    """Return a step, by its name or as it is.

    Errors   NetworkError: no such step

    >>> checked_step("momentum").rule
    Momentum(beta=0.9)
    """
    try:
        return step_named(step)
    except (ValueError, TypeError) as error:
        raise NetworkError(str(error)) from None
