"""Tests of neuronwise.site.withdrawals: each line counts, whatever became of the one before."""

from pathlib import Path
from uuid import uuid4

import pytest

from neuronwise.site import consent
from neuronwise.site.withdrawals import ERASED, GONE, LOG, note, noted


def test_a_line_that_was_left_half_takes_no_other_with_it(tmp_path: Path) -> None:
    first, half, last = uuid4(), uuid4(), uuid4()
    note(tmp_path, GONE, first)
    note(tmp_path, GONE, half)
    whole = (tmp_path / LOG).read_bytes()
    (tmp_path / LOG).write_bytes(whole[:-9])

    note(tmp_path, ERASED, last)

    assert [(one.how, one.who) for one in noted(tmp_path)] == [(GONE, first), (ERASED, last)]


@pytest.mark.usefixtures("data")
def test_who_leaves_while_nobody_knows_them_is_noted_once(data: Path) -> None:
    stranger, erased = uuid4(), uuid4()  # by a restore, the first is not there yet
    note(data, ERASED, erased)

    for who in (stranger, stranger, erased):
        consent.withdraw(who)

    assert [(one.how, one.who) for one in noted(data)] == [(ERASED, erased), (GONE, stranger)]


def test_a_letter_of_another_alphabet_in_the_log_hides_no_line(tmp_path: Path) -> None:
    who = uuid4()
    (tmp_path / LOG).write_bytes("grüße\n".encode())
    note(tmp_path, GONE, who)

    assert [one.who for one in noted(tmp_path)] == [who]
