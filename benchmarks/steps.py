"""Steps beside PyTorch's, where it is installed: bit for bit where it rounds each operation, and as it is."""

from collections.abc import Iterator
from importlib.util import find_spec

from against_pytorch import RATE, SCHEDULE, STEP, STEPS, apart, numbers, ours
from record_pytorch import live

from benchmarks.measured import Row

NEAR = 4  # units in the last place


def figures() -> Iterator[Row]:
    """Measure how far our steps are from PyTorch's; nothing, where there is none: tests use recorded numbers."""
    if not find_spec("torch"):
        return
    rounded, installed = live("rounded"), live("one")
    exact = [ours(step) != numbers(rounded["steps"][name]) for name, (step, *_) in STEP.items()]
    yield (
        f"of {len(STEP)} steps, with other bits than PyTorch {rounded['torch']}, each operation rounded",
        sum(exact),
        0,
        "",
    )
    far = max(apart(ours(step), numbers(installed["steps"][name])) for name, (step, *_) in STEP.items())
    yield f"steps beside PyTorch's as it is installed ({installed['processor']})", far, NEAR, "ulp"
    rates = {name: [schedule.rate(RATE, n) / RATE for n in range(STEPS)] for name, (schedule, *_) in SCHEDULE.items()}
    theirs = {name: [u / RATE for u in numbers([installed["rates"][name]])[0]] for name in SCHEDULE}
    yield "schedules beside PyTorch's", max(apart([rates[n]], [theirs[n]]) for n in SCHEDULE), NEAR, "ulp"
