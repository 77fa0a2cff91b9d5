"""Numbers that the text speaks of come from runs, and nothing else is read."""

import pytest

from neuronwise.book.program import Program
from neuronwise.book.quantities import QuantityError, read_quantity
from neuronwise.book.source import CHAPTERS

STEPS = ("feed_forward", "error", "backpropagate", "update")
PROGRAMS = {
    name: Program((CHAPTERS / "01-smallest" / file).read_text(encoding="utf-8"), file, STEPS)
    for name, file in {"": "smallest.py", "without_x.py": "without_x.py"}.items()
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", 0.75),
        ("w after 8", 0.5),
        ("E after 9", 0.0),
        ("a with w=1.625", 0.8125),
        ("E with x=-0.5 after 2", 0.875),
        ("E with x=-0.5 after 2 in without_x.py", 1.25),
        ("a with eta=0.3, x=1 after 1", 1.2),
        ("updates until E = 0", 8),
        ("updates until E = 0 with w=100", 796),
    ],
)
def test_a_quantity_is_what_its_run_gives(text: str, value: float) -> None:
    assert read_quantity(text).value(PROGRAMS) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected a quantity"),
        ("a b", "expected a quantity"),
        ("w after -1", "expected a quantity"),
        ("w with q=1", "got 'q'"),
        ("q", "got 'q'"),
        ("w in other.py", "got 'other.py'"),
        ("updates until E = 0 with eta=0.3", "did not in"),
    ],
)
def test_anything_else_is_refused(text: str, says: str) -> None:
    with pytest.raises(QuantityError, match=says):
        read_quantity(text).value(PROGRAMS)
