"""Samples from a CSV file whose first line names the columns."""

import csv
import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from neuronwise.network.errors import NetworkError, TableError
from neuronwise.network.names import checked_name, listed, shown, unknown

MOST_COLUMNS, LONGEST = 10_000, 1_000  # columns of a table, characters of a number
LARGEST = 256 * 2**20  # bytes of a file; a longer one is refused before it is read
NUMBER = re.compile(r"[ \t]*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?[ \t]*", re.ASCII)  # float() takes 1_0 and ٣ as well
RESERVED = str.maketrans("[],", "();")  # names have no brackets and no commas: a unit may stand in such


class Table(NamedTuple):
    """Columns by name, and rows of numbers."""

    columns: list[str]
    rows: list[list[float]]

    def part(self, columns: Sequence[str]) -> list[list[float]]:
        """Return some columns, in this order.

        >>> Table(["x", "y"], [[1.0, 2.0], [3.0, 4.0]]).part(["y"])
        [[2.0], [4.0]]
        """
        for name in columns:
            if name not in self.columns:
                raise unknown(name, "a column", self.columns)
        places = [self.columns.index(name) for name in columns]
        return [[row[place] for place in places] for row in self.rows]


def read(path: str | os.PathLike[str]) -> Table:
    """Read a table.

    Errors   OSError: no such file; TableError: too large, no header, text, a row of another length, with the line
    """
    file = Path(path)
    size = file.stat().st_size
    if size > LARGEST:
        message = f"expected at most {LARGEST:,} bytes in {file}; got {size:,}"
        raise TableError(message)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return _table(lines, str(file))
    except UnicodeDecodeError as error:
        message = f"expected text in UTF-8 in {file}; got the byte 0x{error.object[error.start]:02x}"
    except csv.Error as error:
        message = f"expected comma-separated values in {file}; {error}"
    raise TableError(message)


def _table(lines: TextIO, file: str) -> Table:
    reader = csv.reader(lines, strict=True)
    columns = _header(next(reader, []), file)
    rows = list(_rows(reader, columns, file))
    if not rows:
        message = f"expected a row of numbers beneath the names of the columns in {file}; got none"
        raise TableError(message)
    return Table(columns, rows)


def _header(names: Sequence[str], file: str) -> list[str]:
    if len(names) > MOST_COLUMNS:
        message = f"expected at most {MOST_COLUMNS:,} columns in line 1 of {file}; got {len(names):,}"
        raise TableError(message)
    if not names or all(_number(name) is not None for name in names):
        message = (
            f"expected the names of the columns in line 1 of {file}, for example x,y; got {shown(','.join(names))}"
        )
        raise TableError(message)
    try:
        columns = [checked_name(name.strip().translate(RESERVED)) for name in names]
    except NetworkError as error:
        message = f"{file}, line 1: {error}"
        raise TableError(message) from None
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        message = f"expected each column's name once in line 1 of {file}; got {listed(twice)} again"
        raise TableError(message)
    return columns


def _rows(reader: "Iterator[list[str]]", columns: Sequence[str], file: str) -> Iterator[list[float]]:
    for line, texts in enumerate(reader, start=2):
        if not texts:
            continue  # an empty line
        if len(texts) != len(columns):
            message = f"expected {len(columns)} values in row {line} of {file}; got {len(texts)}"
            raise TableError(message)
        numbers = [_number(text) for text in texts]
        for name, number, text in zip(columns, numbers, texts, strict=True):
            if number is None:
                message = f"expected a finite number in row {line}, column {shown(name)} of {file}; got {shown(text)}"
                raise TableError(message)
        yield [number for number in numbers if number is not None]


def _number(text: str) -> float | None:
    """A finite number, if the text is one.

    >>> _number(" -1.5e3 "), _number("1_0"), _number("٣"), _number("nan"), _number("1e999")
    (-1500.0, None, None, None, None)
    """
    if len(text) > LONGEST or not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None
