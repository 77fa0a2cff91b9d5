"""How to step: which rule with which numbers, what is done to slopes before, and how the learning rate changes.

The defaults are PyTorch's. A `Step` without arguments is the plain one of chapter 1.
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from neuronwise.conventions import schedules, steps

Function = Callable[..., float | tuple[float, ...]]
KEPT = ("M", "S")  # what a rule keeps for each parameter
EACH = ("v", "g", *KEPT)  # arguments of which each parameter has its own
CORRECTED = {"C1": "beta1", "C2": "beta2"}  # corrections, and what they correct


class _Checked:
    """Refuses numbers that make no sense; what is below 1 stands in `BELOW_ONE`."""

    BELOW_ONE: ClassVar[tuple[str, ...]] = ("beta", "beta1", "beta2")

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, int | float) and not 0 <= value < (1 if name in self.BELOW_ONE else math.inf):
                most = "below 1" if name in self.BELOW_ONE else "finite"
                message = f"expected {name} of {type(self).__name__} from 0 on and {most}; got {value!r}"
                raise ValueError(message)


@dataclass(frozen=True)
class Rule(_Checked):
    """A rule, and the numbers that its formula asks for."""

    formula: ClassVar[Function]

    @classmethod
    def arguments(cls) -> list[str]:
        """Return what the formula takes, each parameter's own first.

        >>> Momentum.arguments()
        ['v', 'g', 'M', 'eta', 'beta']
        """
        return list(inspect.signature(cls.formula).parameters)

    @classmethod
    def kept(cls) -> list[str]:
        """Return what the rule keeps for each parameter: M, S, both or nothing."""
        return [name for name in cls.arguments() if name in KEPT]

    def numbers(self, eta: float, n: int) -> list[float]:
        """Return the formula's other arguments, for the nth step.

        >>> Momentum().numbers(0.5, 1)
        [0.5, 0.9]
        """
        known = {"eta": eta, "decay": getattr(self, "weight_decay", 0.0)}
        known |= {name: getattr(self, name) for name in ("beta", "beta1", "beta2", "epsilon") if hasattr(self, name)}
        known |= {C: steps.correction(known[beta], n) for C, beta in CORRECTED.items() if beta in known}
        return [float(known[name]) for name in self.arguments() if name not in EACH]


@dataclass(frozen=True)
class Plain(Rule):
    """Against the slope."""

    formula = staticmethod(steps.plain)


@dataclass(frozen=True)
class Momentum(Rule):
    """Keep moving."""

    formula = staticmethod(steps.momentum)
    beta: float = 0.9


@dataclass(frozen=True)
class Nesterov(Rule):
    """Momentum that looks one step ahead."""

    formula = staticmethod(steps.nesterov)
    beta: float = 0.9


@dataclass(frozen=True)
class RMSProp(Rule):
    """A slope beside its usual size."""

    formula = staticmethod(steps.rmsprop)
    beta: float = 0.99
    epsilon: float = 1e-8


@dataclass(frozen=True)
class Adam(Rule):
    """Momentum and the usual size of slopes, corrected."""

    formula = staticmethod(steps.adam)
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


@dataclass(frozen=True)
class AdamW(Rule):
    """Adam beside a decay of its own."""

    formula = staticmethod(steps.adamw)
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01


RULES: dict[str, Rule] = {
    "plain": Plain(), "momentum": Momentum(), "nesterov": Nesterov(), "rmsprop": RMSProp(), "adam": Adam(),
    "adamw": AdamW(),
}  # fmt: skip


# ------------------------------------------------------------------------------------------------- schedules
@dataclass(frozen=True)
class Schedule(_Checked):
    """The same rate always. n counts epochs, or with `per="batch"` batches."""

    per: str = field(default="epoch", kw_only=True)

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        super().__post_init__()
        if self.per not in ("epoch", "batch"):
            message = f'expected per="epoch" or per="batch"; got per={self.per!r}'
            raise ValueError(message)
        for name in ("every", "length"):
            if not isinstance(getattr(self, name, 1), int) or getattr(self, name, 1) < 1:
                message = f"expected {name} to be a whole number from 1 on; got {getattr(self, name)!r}"
                raise ValueError(message)

    def rate(self, eta: float, n: int) -> float:  # noqa: ARG002 - the other schedules ask for it
        """Return the learning rate after n epochs or batches."""
        return eta


@dataclass(frozen=True)
class Stairs(Schedule):
    """The rate falls to its `gamma`th part every so many epochs."""

    every: int
    gamma: float = 0.1

    def rate(self, eta: float, n: int) -> float:
        """Return the learning rate after n epochs or batches.

        >>> [Stairs(2, 0.5).rate(1.0, n) for n in range(5)]
        [1.0, 1.0, 0.5, 0.5, 0.25]
        """
        return schedules.exponential(eta, self.gamma, n // self.every)


@dataclass(frozen=True)
class Exponential(Schedule):
    """The rate falls by the same share each time."""

    gamma: float

    def rate(self, eta: float, n: int) -> float:
        """Return the learning rate after n epochs or batches."""
        return schedules.exponential(eta, self.gamma, n)


@dataclass(frozen=True)
class Cosine(Schedule):
    """The rate falls along half a wave, and stays at the lowest."""

    length: int
    lowest: float = 0.0

    def rate(self, eta: float, n: int) -> float:
        """Return the learning rate after n epochs or batches."""
        return schedules.cosine(eta, self.lowest, min(n, self.length), self.length)


@dataclass(frozen=True)
class Linear(Schedule):
    """The rate goes from one share of it to another in equal steps, and stays there: warming up."""

    length: int = 5
    first: float = 1 / 3
    last: float = 1.0

    def rate(self, eta: float, n: int) -> float:
        """Return the learning rate after n epochs or batches."""
        return schedules.linear(eta, self.first, self.last, min(n, self.length), self.length)


# --------------------------------------------------------------------------------------------------- the whole
@dataclass(frozen=True)
class Step(_Checked):
    """A rule, and what goes before it: first clipping, then weight decay.

    weight_decay  λ of g ← g + λ·v
    clip_norm     how long all slopes may be together
    clip_value    how large a slope may be
    """

    rule: Rule = Plain()
    weight_decay: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    schedule: Schedule = Schedule()

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        super().__post_init__()
        if 0 in (self.clip_norm, self.clip_value):
            message = "expected slopes to be clipped to more than 0; got 0: nothing would learn"
            raise ValueError(message)

    @property
    def bare(self) -> bool:
        """Whether this is the plain step and nothing else."""
        return self == Step()

    def rate(self, eta: float, batch: int, batches: int) -> float:
        """Return the learning rate of a batch, of all since the beginning; an epoch has so many `batches`."""
        return self.schedule.rate(eta, batch if self.schedule.per == "batch" else batch // batches)


def step_named(step: "Step | Rule | str") -> Step:
    """Return a step by its name, with its defaults, or of a rule alone.

    >>> step_named("adam").rule
    Adam(beta1=0.9, beta2=0.999, epsilon=1e-08)
    >>> step_named("adm")
    Traceback (most recent call last):
        ...
    ValueError: expected a step among plain, momentum, nesterov, rmsprop, adam, adamw; got 'adm'
    """
    if isinstance(step, Step):
        return step
    if isinstance(step, Rule):
        return Step(step)
    if step not in RULES:
        message = f"expected a step among {', '.join(RULES)}; got {step!r}"
        raise ValueError(message)
    return Step(RULES[step])
