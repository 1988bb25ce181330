"""CPU of four things people wait for, one thread, each in a process of its own.

    .venv/bin/python -m tests.benchmarks.speed
    .venv/bin/python -m tests.benchmarks.speed --quick          # without the whole campaign
    .venv/bin/python -m tests.benchmarks.speed --only propose

* campaign: a 40 h campaign of the twin, goal window, plans of 16 (`line_hours.py`): fits, averaging
  and plans;
* propose: ``propose -n 4`` in a running process, models learned anew (`whole_verbs.py`);
* flat: a plan of four among 199,800 recipes without stages (`propose_cpu.py`), without fits;
* ten: a plan of eight in ten continuous factors, 160 rows, without fits; also with stages.

CPU seconds, smallest and median over ``--seeds`` repetitions, and in "units" of a fixed piece of
work on the same machine at the same time (`propose_cpu.calibration`). Wanted: 8, .6, 3, 1.5 s.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

from tests.benchmarks.history.command import markdown, parser, read  # sets the threads

# isort: split
import numpy as np
import pandas as pd

from designer.acquisition.plan.plan import make_plan
from designer.models.posterior.averaging import average
from designer.twin.scenario import history, scenario
from tests.benchmarks.campaign_line import Line
from tests.benchmarks.line_hours import COSTS, MIX, run_planner
from tests.benchmarks.propose_cpu import calibration
from tests.benchmarks.propose_cpu import measure as plan_cpu
from tests.benchmarks.spaces_loss import beliefs, specification
from tests.benchmarks.whole_verbs import twin_campaign

RECIPES = 199_800
ROWS = 160
WANTED = {"campaign": 8.0, "propose": 0.6, "flat": 3.0, "ten": 1.5, "ten staged": 1.5}
SLOW = ("campaign",)


def whole_campaign(seed: int) -> float:
    """A 40 h campaign with the usual change costs."""
    cpu, _ = run_planner(Line(seed, next(iter(COSTS.values()))), MIX)
    return cpu


def proposing(_: int) -> float:
    """The second proposal of a process, after one more result: the models are learned anew."""
    campaign = twin_campaign()
    campaign.propose(4, dry_run=True)
    target = scenario(3, "one_misleading").target  # the line of `twin_campaign`
    campaign.attach(pd.DataFrame(history(target, 1, seed=10)))
    started = time.process_time()
    campaign.propose(4, dry_run=True)
    return time.process_time() - started


def flat(_: int) -> float:
    """A plan of four runs where every recipe may be the next."""
    return plan_cpu(RECIPES, 4, flat=True)["cpu_s"]


def ten_factors(seed: int, *, stages: bool = False) -> float:
    """A plan of eight runs in ten continuous factors."""
    spec = specification((0,) * 10, stages=stages)
    space, posteriors = beliefs(spec, ROWS, seed)
    averaged = {name: average(posterior) for name, posterior in posteriors.items()}
    started = time.process_time()
    make_plan(spec, space, averaged, runs=8, seed=1)
    return time.process_time() - started


MEASURED: dict[str, Callable[[int], float]] = {
    "campaign": whole_campaign,
    "propose": proposing,
    "flat": flat,
    "ten": ten_factors,
    "ten staged": lambda seed: ten_factors(seed, stages=True),
}


def in_a_process(name: str, seed: int) -> tuple[float, float]:
    """CPU seconds and the same in units of work, of a fresh interpreter."""
    command = [sys.executable, "-m", "tests.benchmarks.speed", "--child", name]
    command += ["--first-seed", str(seed)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    cpu, unit = json.loads(told.stdout)
    return cpu, cpu / unit


def table(names: list[str], seeds: range) -> str:
    """Markdown: one row per measurement."""
    rows = []
    for name in names:
        cpu, units = np.array([in_a_process(name, seed) for seed in seeds]).T
        rows.append(
            [
                name,
                f"**{cpu.min():.2f}**",
                f"{np.median(cpu):.2f}",
                f"{np.median(units):.0f}",
                f"{WANTED[name]:g}",
            ]
        )
    return markdown(["what", "CPU s, least", "median", "units", "wanted"], rows)


def main() -> None:
    """Print the table."""
    options = parser(__doc__, seeds=3)
    options.add_argument("--child", choices=MEASURED)
    arguments = options.parse_args()
    told = read(arguments)
    if arguments.child:
        print(json.dumps([MEASURED[arguments.child](told.seeds[0]), calibration()]))
        return
    names = [n for n in MEASURED if not told.only or n in told.only]
    print(table([n for n in names if not (told.quick and n in SLOW)], told.seeds))


if __name__ == "__main__":
    main()
