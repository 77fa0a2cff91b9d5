"""Training: epoch by epoch, batch by batch, each weight a step against its slope.

The samples come in their order, or in one that `random.Random(seed)` shuffles anew for each epoch; nothing else is
random. The slopes of a batch are added in the order in which its samples come. So the same seed gives the same bits,
also where training was interrupted and taken up again.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from neuronwise.network.checkpoints import Checkpoint
from neuronwise.network.data import Array
from neuronwise.network.engine import Compiled
from neuronwise.network.errors import DivergedError
from neuronwise.network.learners import learner
from neuronwise.network.plans import Plan
from neuronwise.network.progress import Progress
from neuronwise.network.running import Reference


@dataclass
class History:
    """How training went: for each epoch the mean of its samples' errors, each as it was before its batch's update."""

    errors: list[float] = field(default_factory=list)
    stopped: str = ""  # why before the last epoch, if so

    def __repr__(self) -> str:
        """Return the first and the last error."""
        ends = f", error {self.errors[0]:.6g} -> {self.errors[-1]:.6g}" if self.errors else ""
        return f"History: {len(self.errors)} epochs{ends}{f', {self.stopped}' * bool(self.stopped)}"


def fit(
    runner: Reference | Compiled, X: Array, Y: Array, plan: Plan, *, progress: bool | None, checkpoint: Checkpoint
) -> History:
    """Train; Ctrl-C ends it after the last whole update.

    Errors   DivergedError: a number that is none; the last finite weights are kept
    """
    learns, line = learner(runner, X, Y, plan), Progress(plan.epochs, wanted=progress)
    history, done = History(checkpoint.errors), checkpoint.take_up(learns)
    batches, orders = -(-len(X) // plan.batch_size), orders_of(len(X), plan)
    try:
        for _ in history.errors:
            next(orders)
        while len(history.errors) < plan.epochs:
            learns.begin(next(orders), anew=done == 0)
            errors = learns.epochs(plan.epochs - len(history.errors)) if done == 0 else []
            while not errors and done < batches:
                done += learns.learn(done)
                line.look(len(history.errors) + done / batches, learns.error)
                checkpoint.keep(learns, history.errors, done)
            history.errors += errors or [learns.error]
            done = 0
            line.look(len(history.errors), history.errors[-1])
            checkpoint.keep(learns, history.errors, done)
    except DivergedError as error:
        message = f"in epoch {len(history.errors) + 1} of {plan.epochs}: {error}"
        raise DivergedError(message) from None
    except KeyboardInterrupt:
        history.stopped = f"stopped by Ctrl-C in epoch {len(history.errors) + 1} of {plan.epochs}"
    finally:
        learns.end()
        line.end()
    checkpoint.keep(learns, history.errors, done, now=True)
    return history


def orders_of(samples: int, plan: Plan) -> Iterator[list[int]]:
    """Yield for each epoch the order in which the samples come.

    >>> orders = orders_of(3, Plan("squared", 0.1, 2, 1, True, 0))
    >>> next(orders), next(orders)
    ([0, 2, 1], [2, 1, 0])
    """
    lot = random.Random(plan.seed)  # noqa: S311 - the same seed gives the same bits; nothing here is secret
    while True:
        order = list(range(samples))
        if plan.shuffle:
            lot.shuffle(order)
        yield order
