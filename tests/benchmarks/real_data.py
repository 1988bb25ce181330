"""Error on the two real data sets with and without earlier lines.

    .venv/bin/python tests/benchmarks/real_data.py --seeds 20

For every seed some target conditions are drawn and recorded; the others are predicted. Error =
RMSE over the conditions left, against their means, relative to the standard deviation of all
target means; median over seeds, ± standard error of the paired log ratio with / without.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from designer import Campaign

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def graphite():
    """Series AS → ASC; cells of one recipe are replicates."""
    factors = ["coating_speed_m_per_min", "coating_gap_um", "drying_temperature_c"]
    response = "active_mass_mg"
    cells = pd.read_csv(DATA / "drakopoulos_graphite" / "cells.csv")
    spec = {
        "campaign": {"version": 1, "name": "graphite", "line": "ASC", "goal": "learn"},
        "factor": [
            {"name": factors[0], "unit": "m/min", "low": 0.1, "high": 0.5, "step": 0.1},
            {"name": factors[1], "unit": "um", "low": 50, "high": 350, "step": 10},
            {"name": factors[2], "unit": "degC", "low": 60, "high": 120, "step": 5},
        ],
        "response": [{"name": response, "unit": "mg", "possible": [0, 60]}],
    }
    lines = {"AS": cells.loc[cells.series == "AS", [*factors, response]]}
    return spec, factors, [response], lines, cells[cells.series == "ASC"], (3, 5, 8)


def calendering():
    """Day 2021-10-18 is the target, the two other days are two earlier lines."""
    factors = ["target_coat_weight_gsm", "roll_gap_um"]
    responses = ["cal_thickness_discs_um", "cal_density_g_cm3"]
    rows = pd.read_csv(DATA / "wmg_calendering_doe" / "conditions_18.csv")
    noise = {name: float(np.sqrt((rows[f"sd_{name}"] ** 2).mean())) for name in responses}
    spec = {
        "campaign": {"version": 1, "name": "calendering", "line": "day18", "goal": "learn"},
        "factor": [
            {"name": factors[0], "unit": "gsm", "levels": [122.48, 182.73]},
            {"name": factors[1], "unit": "um", "low": 380, "high": 500, "step": 1},
        ],
        "response": [
            {"name": responses[0], "unit": "um", "possible": [0, 200],
             "noise_sd": noise[responses[0]]},
            {"name": responses[1], "unit": "g/cm^3", "possible": [1, 4.4],
             "noise_sd": noise[responses[1]]},
        ],
    }  # fmt: skip
    days = {d: rows.loc[rows.calendering_date == d, [*factors, *responses]]
            for d in ("2021-10-15", "2021-10-27")}  # fmt: skip
    return spec, factors, responses, days, rows[rows.calendering_date == "2021-10-18"], (0, 2, 3, 4)


def errors(case, seed, n, *, history):
    """Relative error per response on the conditions that were not recorded."""
    spec, factors, responses, lines, target, _ = case
    campaign = Campaign.create(spec, store=None)
    for name, frame in lines.items() if history else ():
        campaign.add_line(name, frame)
    conditions = target[factors].drop_duplicates()
    means = target.groupby(factors)[responses].mean()
    chosen = np.random.default_rng(seed).permutation(len(conditions))
    known = conditions.iloc[chosen[:n]]
    rest = conditions.iloc[chosen[n:]].reset_index(drop=True)
    rows = target.merge(known, on=factors)
    for _, same in rows.groupby(factors):
        first = same.iloc[[0]][[*factors, *responses]]
        (run,) = campaign.attach(first)
        more = same.iloc[1:][responses].assign(run=run, replicate=True)
        if len(more):
            campaign.record(more.set_index("run"))
    told = campaign.predict(rest)
    truth = means.loc[[tuple(row) for row in rest[factors].to_numpy()]]
    found = {}
    for response in responses:
        off = told[f"{response}_mean"].to_numpy() - truth[response].to_numpy()
        found[response] = float(np.sqrt(np.mean(off**2)) / means[response].std(ddof=0))
    return found


def table(case, seeds):
    """One line per response and number of runs."""
    for n in case[5]:
        with_lines = [errors(case, seed, n, history=True) for seed in range(seeds)]
        without = [errors(case, seed, n, history=False) for seed in range(seeds)] if n else None
        for response in case[2]:
            ours = np.array([found[response] for found in with_lines])
            line = f"| {response} | {n} | {np.median(ours):.2f} |"
            if without is None:
                yield f"{line} – | – |"
                continue
            alone = np.array([found[response] for found in without])
            ratio = np.log(ours / alone)
            error = ratio.std(ddof=1) / np.sqrt(len(ratio))
            yield f"{line} {np.median(alone):.2f} | {np.exp(ratio.mean()):.2f} ± {error:.2f} |"


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    print("| response | target runs | with earlier lines | without | ratio |")
    print("|---|---|---|---|---|")
    for case in (graphite(), calendering()):
        for line in table(case, seeds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
