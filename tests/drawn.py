"""What Hypothesis draws, as a list: for checks that are no tests of one property."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

Item = TypeVar("Item")


def drawn(what: st.SearchStrategy[Item], count: int) -> list[Item]:
    """Some random things, the same every time."""
    found: list[Item] = []

    @settings(
        max_examples=count, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(what)
    def draw(item: Item) -> None:
        found.append(item)

    draw()
    return found
