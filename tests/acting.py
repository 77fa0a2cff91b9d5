"""Do at random what readers, subscribers and the author can do; after each action the site has to be as the model says.

    python tests/acting.py RUNS STEPS [FAULT]    on the site that the environment names, with one of `wrong_actions`

A line of JSON for each hundred runs, and in the end one with how often each rule was taken. It ends with 1 at the first
disagreement, and tells the shortest way to it; with a fault, which it should find, the first way.
"""

import json
import sys
import traceback
from contextlib import redirect_stdout

from clocks import CHANCE, CLOCK
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from neuronwise.site import opening

AT_ONCE = 100  # runs from one seed


def main(runs: int, steps: int, fault: str = "") -> int:
    """Open the site, and act on it."""
    CLOCK.run()
    CHANCE.run()
    opening.open_site()
    from actions import Actions  # noqa: PLC0415  (it holds the site's tables)
    from beginning import prepare  # noqa: PLC0415  (so does this)

    def tell(**more: object) -> None:
        print(json.dumps({"runs": Actions.runs, "steps": Actions.steps, **more}), flush=True)

    if fault:
        from wrong_actions import FAULTS  # noqa: PLC0415

        FAULTS[fault]()
    prepare()
    phases = [Phase.generate] if fault else [Phase.generate, Phase.shrink]
    every = settings(
        stateful_step_count=steps + 1,  # the beginning counts as one
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        derandomize=False,
    )
    while Actions.runs < runs:
        some = settings(every, max_examples=min(AT_ONCE, runs - Actions.runs))  # Hypothesis makes some more
        try:
            some_actions = seed(Actions.runs)(type("Some", (Actions,), {}))
            with redirect_stdout(sys.stderr):  # Hypothesis prints the way there
                run_state_machine_as_test(some_actions, settings=some, _min_steps=steps)  # none is shorter
        except Exception as error:  # (a site that breaks down disagrees as well)
            place = traceback.extract_tb(error.__traceback__)[-1]
            tell(rules=Actions.taken, found=f"{place.line}\n{error}"[:2000])
            if not fault:
                raise
            return 1
        tell()
    tell(rules=Actions.taken)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
