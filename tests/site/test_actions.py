"""Tests of all that readers, subscribers and the author can do, in any order: the site stays as its model says."""

from pathlib import Path

import pytest
from acted import acted
from wrong_actions import FAULTS

FEW = ["who unsubscribes stays", "drafts of dead workers are all handed over"]  # here; all of them in `make proof`


def test_whatever_is_done_in_whatever_order_the_site_stays_as_the_model_says(
    memory: Path, database: dict[str, str]
) -> None:
    runs = 5 if database else 20

    *_, last = acted(memory, runs, 20, **database)

    assert "found" not in last, last["found"]
    assert (last["runs"] >= runs, last["steps"] >= 20 * runs) == (True, True), last


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault in FEW])
def test_a_site_that_is_wrong_on_purpose_is_found(memory: Path, fault: str) -> None:
    *_, last = acted(memory, 100, 50, fault)

    assert "found" in last, last
