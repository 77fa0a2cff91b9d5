"""Record what PyTorch gives, as data: so the tests need no PyTorch.

    python tests/record_pytorch.py            twice, and keeps both; see docs/decisions/0012-conventions.md
    python tests/record_pytorch.py one        prints what it gives as it is installed
    python tests/record_pytorch.py rounded    prints what it gives where it rounds each operation, and each correctly

Needs torch and numpy; the numbers in the repository are those of torch 2.13.0.
"""

import json
import os
import subprocess
import sys
from typing import Any

from against_pytorch import RATE, RECORDED, SCHEDULE, STEP, STEPS, slopes, start


def steps(torch: Any, name: str, arguments: dict[str, Any], clip: dict[str, float]) -> list[list[str]]:  # noqa: ANN401
    """Return the parameters after each step."""
    v = torch.nn.Parameter(torch.tensor(start(), dtype=torch.float64))
    optimizer = getattr(torch.optim, name)([v], lr=RATE, **arguments)
    every = []
    for g in slopes():
        v.grad = torch.tensor(g, dtype=torch.float64)
        if "norm" in clip:
            torch.nn.utils.clip_grad_norm_([v], clip["norm"])
        if "value" in clip:
            torch.nn.utils.clip_grad_value_([v], clip["value"])
        optimizer.step()
        every.append([number.hex() for number in v.tolist()])
    return every


def rates(torch: Any, name: str, arguments: dict[str, Any]) -> list[str]:  # noqa: ANN401 - PyTorch may be missing
    """Return the learning rate of each epoch."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    schedule, every = getattr(torch.optim.lr_scheduler, name)(optimizer, **arguments), []
    for _ in range(STEPS):
        every.append(float(optimizer.param_groups[0]["lr"]).hex())
        optimizer.step()
        schedule.step()
    return every


def given(*, rounded: bool) -> dict[str, Any]:
    """Return all that PyTorch gives; `rounded` with square roots that are rounded correctly, as NumPy's are."""
    import numpy as np  # noqa: PLC0415 - only who records needs it
    import torch  # noqa: PLC0415 - only who records needs it

    if rounded:
        torch.Tensor.sqrt = lambda u: torch.from_numpy(np.sqrt(u.numpy()))
    return {
        "torch": torch.__version__,
        "processor": torch.backends.cpu.get_cpu_capability(),
        "steps": {name: steps(torch, *theirs[1:]) for name, theirs in STEP.items()},
        "rates": {name: rates(torch, *theirs[1:]) for name, theirs in SCHEDULE.items()},
    }


def live(how: str) -> dict[str, Any]:
    """Return what PyTorch gives, in a process of its own: how it computes is decided when it is loaded."""
    environment = os.environ | ({"ATEN_CPU_CAPABILITY": "default"} if how == "rounded" else {})
    command = [sys.executable, __file__, how]
    found: dict[str, Any] = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    return found


if __name__ == "__main__":
    if sys.argv[1:]:
        json.dump(given(rounded=sys.argv[1] == "rounded"), sys.stdout)
    else:
        text = {"made by": "python tests/record_pytorch.py"} | {how: live(how) for how in ("rounded", "one")}
        RECORDED.write_text(json.dumps(text, indent=0) + "\n")
