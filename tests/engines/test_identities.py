"""What a network computes does not depend on how it is written down: whatever the engine, the numbers stay.

Where a sum is added in another order the last digits may differ, within the bound that is computed for it.
"""

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from judges import EVERY
from lessons import Lesson, all_bits, lessons
from same_networks import CHANGES, agrees, by, by_hand, renamed, unrolls

LOTS = st.randoms(use_true_random=False)
every_engine = pytest.mark.parametrize(("name", "dtype"), EVERY)
some = settings(max_examples=20, deadline=None)
few = lessons(counts=st.integers(1, 9))


@every_engine
@pytest.mark.parametrize("what", CHANGES)
@some
@given(lesson=few, lot=LOTS)
def test_the_same_network_written_down_otherwise_agrees(
    what: str, name: str, dtype: str, lesson: Lesson, lot: random.Random
) -> None:
    lesson = lesson.of(dtype)
    changed = CHANGES[what](lesson, lot)
    assume(changed)

    assert changed is not None
    assert agrees(name, dtype, changed, lesson)


@every_engine
@some
@given(lesson=few, lot=LOTS)
def test_names_change_no_bit(name: str, dtype: str, lesson: Lesson, lot: random.Random) -> None:
    lesson = lesson.of(dtype)

    assert all_bits(by(name, dtype, renamed(lesson, lot))) == all_bits(by(name, dtype, lesson))


@every_engine
@some
@given(lesson=few)
def test_a_cycle_is_what_is_unrolled_by_hand(name: str, dtype: str, lesson: Lesson) -> None:
    lesson = lesson.of(dtype)
    unwound = by_hand(lesson)
    assume(unwound)

    assert unwound is not None
    assert unrolls(name, dtype, lesson, unwound)
