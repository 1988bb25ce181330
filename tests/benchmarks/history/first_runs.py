"""Where the error of the first own runs comes from, on the pilot-line twin with related lines.

    .venv/bin/python -m tests.benchmarks.history.first_runs --seeds 16 --first-seed 1000

Beside ours stand: the same told the true values of its own runs (without noise and batch effects);
the same at the hyperparameters of 24 own runs; and the twin's true equations fitted to the same
data (`twin_oracle.oracle_from_lines`). What lies between the last two is not in any
hyperparameter: it is the price of surfaces instead of equations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from designer.models.gp.fitted import FittedResponse
from designer.models.posterior.posterior import ResponsePosterior
from designer.twin.factors import TwinOptions
from designer.twin.scenario import scenario
from tests.benchmarks.history.records import Record, Records
from tests.benchmarks.plants import Plant, make_plant
from tests.benchmarks.rivals import OURS, Prediction, figures, ours_fitted, trust_gp_averaged
from tests.benchmarks.twin_benchmark import oracle_predictions

RUNS = 4
MANY = 24
TWIN = "twin"


def ours(plant: Plant, _: int) -> list[Prediction]:
    """Ours as shown."""
    return trust_gp_averaged(plant, RUNS)


def told_truth(plant: Plant, _: int) -> list[Prediction]:
    """Ours, its own results the true values."""
    problems = [replace(p, results=np.asarray(p.target(p.runs))) for p in plant.problems]
    return trust_gp_averaged(replace(plant, problems=tuple(problems)), RUNS)


def told_hyperparameters(plant: Plant, _: int) -> list[Prediction]:
    """Ours at hyperparameters that 24 own runs tell."""
    few, many = ours_fitted(plant, RUNS), ours_fitted(plant, MANY)
    found = []
    for problem in plant.problems:
        shown = at_those_of(few[problem.name].fitted, many[problem.name].fitted)
        found.append(shown.to_raw(*shown.moments(problem.points)))
    return found


def at_those_of(few: FittedResponse, many: FittedResponse) -> ResponsePosterior:
    """A fit at the hyperparameters of another, where that has them."""
    known = {**few.hyperparameters, **many.hyperparameters}
    theta = few.layout.from_dict({name: known[name] for name in few.hyperparameters})
    return ResponsePosterior(replace(few, theta=theta))


def equations(plant: Plant, seed: int) -> list[Prediction]:
    """The true equations, their centre learned from the lines."""
    twin = scenario(seed, "related", options=TwinOptions())
    return oracle_predictions("oracle from lines", twin, plant.problems, RUNS)


MODELS: dict[str, Callable[[Plant, int], list[Prediction]]] = {
    OURS: ours,
    "own results exact": told_truth,
    "hyperparameters of 24 runs": told_hyperparameters,
    "true equations": equations,
}


def measure(told: Settings) -> Records:
    """Records by model; the family is the response."""
    records = Records(told.rows)
    for seed in told.seeds:
        plant = make_plant(TWIN, seed, misleading=0)
        for model, predict in MODELS.items():
            names = [problem.name for problem in plant.problems]
            if all((TWIN, name, seed, RUNS, model) in records for name in names):
                continue
            for problem, prediction in zip(plant.problems, predict(plant, seed), strict=True):
                error, coverage, _ = figures(problem, prediction)
                records.add([Record(TWIN, problem.name, seed, RUNS, model, error, coverage)])
    return records


def table(records: Records) -> str:
    """Markdown: median nRMSE per response and of their mean."""
    names = list(dict.fromkeys(r.family for r in records))
    rows = []
    for model in MODELS:
        errors = np.array([[r.error for r in records.of(family=n, model=model)] for n in names])
        cells = [*np.median(errors, axis=1), np.median(errors.mean(axis=0))]
        rows.append([model, *(f"{value:.3f}" for value in cells)])
    return markdown([f"at {RUNS} runs", *names, "mean of the responses"], rows)


def main() -> None:
    """Print the table."""
    print(table(measure(settings(__doc__, seeds=16))))


if __name__ == "__main__":
    main()
