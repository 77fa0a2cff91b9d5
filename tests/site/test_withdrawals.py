"""Tests of neuronwise.site.withdrawals: each line counts, whatever became of the one before."""

from pathlib import Path
from uuid import uuid4

from neuronwise.site.withdrawals import ERASED, GONE, LOG, note, noted


def test_a_line_that_was_left_half_takes_no_other_with_it(tmp_path: Path) -> None:
    first, half, last = uuid4(), uuid4(), uuid4()
    note(tmp_path, GONE, first)
    note(tmp_path, GONE, half)
    whole = (tmp_path / LOG).read_bytes()
    (tmp_path / LOG).write_bytes(whole[:-9])

    note(tmp_path, ERASED, last)

    assert [(one.how, one.who) for one in noted(tmp_path)] == [(GONE, first), (ERASED, last)]
