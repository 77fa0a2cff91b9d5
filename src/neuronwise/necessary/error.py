"""The error of one output, and its slope.

    t  target       a  activation       E  error       dE/da  slope

Left out on purpose: the squared error and others. They come with chapter 2.
"""

from neuronwise.necessary.elementary import sign


def absolute(t: float, a: float) -> float:
    """How far the activation lies from the target.

    Formula  E = |t − a|                                                 (absolute-error)
    Source   chapter 1, "Error"

    >>> absolute(0.25, 0.75)
    0.5
    """
    return abs(t - a)


def absolute_slope(t: float, a: float) -> int:
    """What the error gains for each unit that the activation gains; at the tip, where a = t, it is 0 by convention.

    Formula  dE/da = −sgn(t − a)                                         (absolute-error-slope)
    Source   chapter 1, "Two stretches multiply"

    >>> absolute_slope(0.25, 0.75), absolute_slope(0.25, 0.25)
    (1, 0)
    """
    return -sign(t - a)
