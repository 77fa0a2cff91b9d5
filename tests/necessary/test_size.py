"""The reference stays small."""

import pytest
from size import MOST, counts, lines_of_code


def test_the_reference_stays_small(capsys: pytest.CaptureFixture[str]) -> None:
    lines = counts()

    with capsys.disabled():
        print(f"necessary: {sum(lines.values())} lines of code, at most {MOST}: {lines}")  # noqa: T201 - the count is to be seen
    assert 0 < sum(lines.values()) <= MOST


def test_only_code_is_counted() -> None:
    assert (
        lines_of_code('"""Text\n\nmore."""\n\n# remark\nx = 1  # one\n\n\ndef f():\n    """Text."""\n    return x\n')
        == 3
    )
