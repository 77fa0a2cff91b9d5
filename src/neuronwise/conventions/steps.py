"""Steps: how a weight or bias moves, once its slope is known. Each is a convention: it changes the numbers.

    v  a weight or bias            g  its slope dE/dv, as `prepared` leaves it       η  learning rate
    M  what is kept of its slopes            S  what is kept of their squares        n  this is the nth step
    β  how much of M or S is kept from step to step         ε  keeps a divisor off 0         λ  decay         c  limit
    N  how long all slopes are together      R  squares of some        F  what makes them shorter

Plain Python, one parameter at a time. The order of the operations is PyTorch's wherever it reads as well as another, so
in float64 the bits are PyTorch's too, where PyTorch rounds each operation: its quickest loops round a·b + c only once.
M and S are 0 before the first step.
"""

from collections.abc import Sequence
from math import sqrt

from neuronwise.conventions.powers import power
from neuronwise.necessary.elementary import square, total

RUN = 512  # slopes whose squares are added from left to right; threads share runs, so none changes the order


def plain(v: float, g: float, eta: float) -> float:
    """Against the slope: the steeper, the further.

    Formula  v ← v − η·g                                                 (plain)
    Source   chapter 1, "Update"

    >>> plain(1.5, 0.5, eta=0.25)
    1.375
    """
    v = v - eta * g
    return v


def momentum(v: float, g: float, M: float, eta: float, beta: float) -> tuple[float, float]:
    """Keep moving: what earlier slopes gave fades, it does not stop.

    Formula  M ← β·M + g;  v ← v − η·M                                   (momentum)
    Source   Polyak 1964, "Some methods of speeding up the convergence of iteration methods"

    >>> momentum(1.5, 0.5, 1.0, eta=0.25, beta=0.5)
    (1.25, 1.0)
    """
    M = beta * M + g
    v = v - eta * M
    return v, M


def nesterov(v: float, g: float, M: float, eta: float, beta: float) -> tuple[float, float]:
    """Momentum that looks one step ahead.

    Formula  M ← β·M + g;  v ← v − η·(g + β·M)                           (nesterov)
    Source   Nesterov 1983; in this form Sutskever, Martens, Dahl, Hinton 2013

    >>> nesterov(1.5, 0.5, 1.0, eta=0.25, beta=0.5)
    (1.25, 1.0)
    """
    M = beta * M + g
    v = v - eta * (g + beta * M)
    return v, M


def rmsprop(v: float, g: float, S: float, eta: float, beta: float, epsilon: float) -> tuple[float, float]:
    """A slope counts by how large it is beside its usual size.

    Formula  S ← β·S + (1 − β)·g·g;  v ← v − η·g/(√S + ε)                (rmsprop)
    Source   Tieleman, Hinton 2012, "Neural networks for machine learning", lecture 6.5

    >>> rmsprop(1.5, 0.5, 0.25, eta=0.25, beta=0.5, epsilon=0.0)
    (1.25, 0.25)
    """
    S = beta * S + (1 - beta) * g * g
    v = v - eta * g / (sqrt(S) + epsilon)
    return v, S


def correction(beta: float, n: int) -> float:
    """What M or S has gathered of a slope that never changes: a mean that began at 0 is too small by this factor.

    Formula  correction(β, n) = 1 − βⁿ                                   (correction)
    Source   Kingma, Ba 2015, "Adam", section 3

    >>> correction(0.5, 1), correction(0.5, 3)
    (0.5, 0.875)
    """
    return 1 - power(beta, n)


def adam(  # noqa: PLR0913, PLR0917 - the formula has that many letters
    v: float, g: float, M: float, S: float, eta: float, beta1: float, beta2: float, epsilon: float, C1: float, C2: float
) -> tuple[float, float, float]:
    """Momentum and the usual size of slopes, both corrected for having begun at 0. C1, C2: `correction` of β₁, β₂.

    Formula  M ← M + (1 − β₁)·(g − M);  S ← β₂·S + (1 − β₂)·g·g
             v ← v − η/C₁·M/(√S/√C₂ + ε)                                 (adam)
    Source   Kingma, Ba 2015, "Adam: a method for stochastic optimization"; M ← β₁·M + (1 − β₁)·g is the same

    >>> adam(1.5, 0.5, 0.0, 0.0, eta=0.25, beta1=0.5, beta2=0.75, epsilon=0.0, C1=0.5, C2=0.25)
    (1.25, 0.25, 0.0625)
    """
    M = M + (1 - beta1) * (g - M)
    S = beta2 * S + (1 - beta2) * g * g
    v = v - eta / C1 * M / (sqrt(S) / sqrt(C2) + epsilon)
    return v, M, S


def adamw(  # noqa: PLR0913, PLR0917 - the formula has that many letters
    v: float,
    g: float,
    M: float,
    S: float,
    eta: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    decay: float,
    C1: float,
    C2: float,
) -> tuple[float, float, float]:
    """Adam beside a decay of its own, which no usual size of slopes divides.

    Formula  v ← v·(1 − η·λ);  then Adam's                               (adamw)
    Source   Loshchilov, Hutter 2019, "Decoupled weight decay regularization"

    >>> adamw(2.0, 0.5, 0.0, 0.0, eta=0.25, beta1=0.5, beta2=0.75, epsilon=0.0, decay=1.0, C1=0.5, C2=0.25)
    (1.25, 0.25, 0.0625)
    """
    v = v * (1 - eta * decay)
    M = M + (1 - beta1) * (g - M)
    S = beta2 * S + (1 - beta2) * g * g
    v = v - eta / C1 * M / (sqrt(S) / sqrt(C2) + epsilon)
    return v, M, S


# ------------------------------------------------------------------------------------------- before the step
def clipped(g: float, limit: float) -> float:
    """No slope is larger than a limit, nor smaller than its negative.

    Formula  g ← c if g > c, else −c if g < −c, else g                   (clipped)

    >>> clipped(0.5, 1.0), clipped(-4.0, 1.0)
    (0.5, -1.0)
    """
    g = limit if g > limit else -limit if g < -limit else g
    return g


def squares(g: Sequence[float]) -> float:
    """The squares of some slopes, added from left to right.

    Formula  R = Σ g²                                                    (squares)

    >>> squares([3.0, 4.0])
    25.0
    """
    R = total(square(u) for u in g)
    return R


def norm(R: Sequence[float]) -> float:
    """How long all slopes are together: R are the `squares` of RUN of them, of the next RUN, and so on.

    Formula  N = √ΣQ                                                     (norm)

    >>> norm([squares([3.0, 4.0])])
    5.0
    """
    N = sqrt(total(u for u in R))
    return N


def factor(N: float, limit: float) -> float:
    """What all slopes are multiplied by, so that together they are no longer than a limit.

    Formula  F = c/(N + 0.000001);  F ← 1 if F > 1, else F               (factor)
    Source   Pascanu, Mikolov, Bengio 2013; the millionth is PyTorch's, it keeps the divisor off 0

    >>> factor(0.5, 1.0)
    1
    """
    F = limit / (N + 0.000001)
    F = 1 if F > 1 else F
    return F


def scaled(g: float, F: float) -> float:
    """A slope times the factor of all.

    Formula  g ← g·F                                                     (scaled)

    >>> scaled(3.0, 0.5)
    1.5
    """
    g = g * F
    return g


def decayed(v: float, g: float, decay: float) -> float:
    """The slope of E + ½·λ·v²: weights are drawn to 0.

    Formula  g ← g + λ·v                                                 (decayed)
    Source   Krogh, Hertz 1991, "A simple weight decay can improve generalization"

    >>> decayed(2.0, 0.5, 0.25)
    1.0
    """
    g = g + decay * v
    return g
