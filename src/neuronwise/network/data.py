"""Samples and targets as people give them, made into arrays of floats, or refused with the place.

X  (samples, inputs), with delayed edges (samples, steps, inputs)
Y  (samples, outputs), with delayed edges (samples, steps, outputs), or (samples, outputs): the last step's targets
"""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from neuronwise.network.errors import DataError
from neuronwise.network.names import listed, shown

Array = NDArray[np.float64]
NUMBERS = "biuf"  # the kinds of arrays that are numbers: yes or no, whole, whole from 0, with a point
FLAT, STEPS = 2, 3  # axes of samples, without and with steps


def samples(X: object, inputs: Sequence[str], dtype: str = "float64", *, delayed: bool) -> Array:
    """The samples; a list of numbers will do for a network of one input without delayed edges.

    Errors   DataError: no samples, text, NaN, another number of columns, with what was expected and the place

    >>> samples([[0.05, 0.10]], ["i1", "i2"], delayed=False)
    array([[0.05, 0.1 ]])
    >>> samples([[0.05, float("nan")]], ["i1", "i2"], delayed=False)
    Traceback (most recent call last):
        ...
    neuronwise.network.errors.DataError: expected finite numbers in X; got nan in sample 0, column 'i2'
    """
    array = _numbers(X, "X", inputs, dtype)
    shape = "(samples, steps, inputs)" if delayed else "(samples, inputs)"
    if array.shape == (0,):
        message = f"expected at least one sample in X, as {shape}; got none"
        raise DataError(message)
    if array.ndim == 1 and len(inputs) == 1 and not delayed:
        array = array.reshape(-1, 1)
    if array.ndim != (STEPS if delayed else FLAT) or array.shape[-1] != len(inputs):
        mend = _mend(array, len(inputs), delayed=delayed)
        many = f"{len(inputs)} input{'s' * (len(inputs) != 1)}"
        message = f"expected X as {shape} with {many} ({listed(inputs)}); got shape {array.shape}{mend}"
        raise DataError(message)
    if 0 in array.shape[:-1]:
        message = f"expected at least one sample{' and one step' * delayed} in X; got shape {array.shape}"
        raise DataError(message)
    return array


def targets(Y: object, outputs: Sequence[str], X: Array, dtype: str = "float64") -> Array:
    """The targets of the samples X: (samples, steps, outputs) or (samples, outputs); (samples,) for one output.

    >>> targets([0.5, 1.0], ["o"], np.zeros((2, 3)))
    array([[0.5],
           [1. ]])
    """
    array = _numbers(Y, "Y", outputs, dtype)
    if array.ndim == 1 and len(outputs) == 1:
        array = array.reshape(-1, 1)
    whole = (*X.shape[:-1], len(outputs))
    allowed = {whole, (len(X), len(outputs))}
    if array.shape not in allowed:
        shapes = " or ".join(map(str, sorted(allowed, key=len)))
        message = (
            f"expected Y of shape {shapes}, for X of shape {X.shape} and the outputs {listed(outputs)}; "
            f"got shape {array.shape}"
        )
        raise DataError(message)
    return array


def one_sample(x: object, inputs: Sequence[str], *, delayed: bool) -> Array:
    """One sample as X of one row: its numbers in a row, or name -> number; with delayed edges one of these a step.

    >>> one_sample({"i2": 0.10, "i1": 0.05}, ["i1", "i2"], delayed=False)
    array([[0.05, 0.1 ]])
    """
    steps = list(x) if delayed and isinstance(x, Sequence | np.ndarray) else [x]
    if any(isinstance(row, Mapping) for row in steps):
        steps = [_in_order(row, inputs) for row in steps]
        return samples([steps] if delayed else steps, inputs, delayed=delayed)
    array = _numbers(x, "x", inputs)
    wanted = FLAT if delayed else 1
    if array.ndim == wanted + 1 and len(array) == 1:
        array = array[0]
    if array.ndim != wanted:
        shape = "(steps, inputs)" if delayed else "(inputs,)"
        message = f"expected one sample, shape {shape} with {len(inputs)} inputs; got shape {array.shape}"
        raise DataError(message)
    return samples(array[np.newaxis], inputs, delayed=delayed)


def _in_order(row: object, names: Sequence[str]) -> list[object]:
    if not isinstance(row, Mapping) or set(row) != set(names):
        got = listed(map(str, row)) if isinstance(row, Mapping) else shown(row)
        message = f"expected a number for each of {listed(names)}; got {got}"
        raise DataError(message)
    return [row[name] for name in names]


def _mend(array: Array, inputs: int, *, delayed: bool) -> str:
    """What to write instead, where that can be told."""
    if not delayed and array.shape == (inputs,):
        return ". One sample is a list of one row: [x]"
    if delayed and array.ndim == FLAT and array.shape[1] == inputs:
        return ". One sequence is a list of one: [x]"
    if not delayed and array.ndim == STEPS:
        return ". Steps need an edge with a delay: net.add_edge(source, target, weight=0.5, delay=1)"
    return ""


def _numbers(given: object, what: str, columns: Sequence[str], dtype: str = "float64") -> Array:
    """Numbers of any shape as an array of floats; none is too large for the network's type."""
    try:
        array = np.asarray(given)
    except ValueError as error:
        lengths = _lengths(given)
        message = f"expected rows of one length in {what}; got {lengths or error}"
        raise DataError(message) from None
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        message = f"expected a number in each place of {what}; got {int(np.sum(given.mask))} masked ones"
        raise DataError(message)
    if array.dtype.kind not in NUMBERS:
        array = _from_objects(array, what, columns)
    floats = np.array(array, dtype=np.float64)
    finite = np.isfinite(floats)
    if not finite.all():
        where = tuple(np.argwhere(~finite)[0].tolist())
        message = f"expected finite numbers in {what}; got {floats[where]}{_place(where, columns)}"
        raise DataError(message)
    large = abs(floats) > np.finfo(dtype).max
    if large.any():
        where = tuple(np.argwhere(large)[0].tolist())
        message = (
            f"expected numbers that {dtype} can hold in {what}; got {floats[where]}{_place(where, columns)}. "
            'Make them smaller, or the network with dtype="float64"'
        )
        raise DataError(message)
    return floats


def _from_objects(array: NDArray[np.generic], what: str, columns: Sequence[str]) -> Array:
    """Numbers that came as objects, such as fractions; the first that is none is told."""
    for where in np.ndindex(array.shape):
        value: object = array[where]
        try:
            good = isinstance(value, Real | Decimal) and math.isfinite(value)
        except OverflowError:  # an integer that no float is near
            good = False
        if not good:
            mend = f". Numbers written as text are none: {what}.astype(float)" if _reads_as_number(value) else ""
            message = f"expected finite numbers in {what}; got {shown(value)}{_place(where, columns)}{mend}"
            raise DataError(message)
    return array.astype(np.float64)


def _reads_as_number(value: object) -> bool:
    """Whether a text is a number."""
    if not isinstance(value, str):
        return False
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _place(where: tuple[int, ...], columns: Sequence[str]) -> str:
    """Where in an array: sample, step, column."""
    if not where:
        return ""
    sample, *steps, column = where if len(where) > 1 else (*where, 0)
    name = repr(columns[column]) if column < len(columns) else str(column)
    return f" in sample {sample}, {''.join(f'step {step}, ' for step in steps)}column {name}"


def _lengths(given: object) -> str:
    """Which row is the first of another length."""
    if not isinstance(given, Sequence):
        return ""
    lengths = [len(row) if isinstance(row, Sequence) else None for row in given]
    odd = next((number for number, length in enumerate(lengths) if length != lengths[0]), None)
    return "" if odd is None else f"{lengths[0]} in row 0 and {lengths[odd]} in row {odd}"
