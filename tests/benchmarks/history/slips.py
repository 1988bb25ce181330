"""One own result far off, and right ones that look like it: what is set aside, what is told.

    .venv/bin/python -m tests.benchmarks.history.slips --seeds 4
    .venv/bin/python -m tests.benchmarks.history.slips --quick

A slip: one result of a campaign (the first, one in the middle, the last) is multiplied by a factor.
Our error over that of the same campaign without this run (median, share above 1.2), coverage, share
of campaigns in which the run is set aside, and named (set aside or doubted). Right results: the
same campaigns untouched, and responses that are 50 times smaller beyond an edge that the lines
know or do not know, with two own results or more on either side; there nothing may be set aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.families import Problem, sobol
from tests.benchmarks.history.scales import SCALES
from tests.benchmarks.history.spoiled import RIGHT, line_with
from tests.benchmarks.history.surfaces import Scale, Surface, make_surface, problem_of
from tests.benchmarks.plants import Plant
from tests.benchmarks.rivals import figures, ours_fitted, predictions_of

FACTORS = {"÷ 50": 0.02, "× 50": 50.0, "÷ 10": 0.1, "× 1000": 1000.0}
JUMPS = {"jump, lines know it": True, "jump, lines do not": False}
RUNS = (4, 8, 16)
FAMILIES = ("branin", "hartmann3", "smooth", "loading")
_DEPTH = float(np.log(50.0))
_SHARE = 0.3  # of the region beyond the edge


@dataclass(frozen=True)
class Judged:
    """One campaign, judged.

    Attributes:
        error: RMSE / sd of the truth.
        coverage: of 95 % intervals.
        aside: own runs of which a result is set aside.
        named: own runs that messages name.
    """

    error: float
    coverage: float
    aside: frozenset[int]
    named: frozenset[int]


def judged(problem: Problem, runs: int) -> Judged:
    """Fit a campaign and look at it."""
    plant = Plant(problem.name, (problem,))
    posteriors = ours_fitted(plant, runs, history=bool(problem.lines))
    (prediction,) = predictions_of(plant, posteriors)
    fitted = posteriors[problem.name].fitted
    own = fitted.rows.run[fitted.rows.earlier :][fitted.rows.extra[fitted.rows.earlier :] > 0]
    told = " ".join(fitted.report.messages).replace(")", " ").replace(",", " ")
    named = {run for run in range(runs) if f"measured run {run + 1} " in f"{told} "}
    error, coverage, _ = figures(problem, prediction)
    return Judged(error, coverage, frozenset(own.tolist()), frozenset(named))


def campaign(family: str, scale: Scale, seed: int, lines: int) -> Problem:
    """Right results after so many related lines."""
    surface = make_surface(family, scale, seed)
    return problem_of(surface, _related(surface, lines))


def jumping(scale: Scale, seed: int, lines: int, runs: int, *, known: bool) -> Problem | None:
    """The same with a response that jumps; None with fewer than two own results on a side."""
    smooth = make_surface("smooth", "log", seed)
    rng = np.random.default_rng([seed, 47])
    slope = rng.standard_normal(smooth.dimension)
    edge = np.quantile(sobol(smooth.dimension, 1024, rng) @ slope, _SHARE)

    def beyond(X: np.ndarray) -> np.ndarray:
        return np.asarray(X @ slope < edge)

    def jump(X: np.ndarray) -> np.ndarray:
        return np.asarray(smooth.truth(X) - _DEPTH * beyond(X))

    surface = replace(smooth, truth=jump)
    found = problem_of(surface, _related(smooth, lines))
    if known:
        there = [(X, y * np.exp(-_DEPTH * beyond(X))) for X, y in found.lines]
        found = replace(found, lines=tuple(there))
    many = np.count_nonzero(beyond(found.runs[:runs]))
    return replace(found, log_scale=scale == "log") if 2 <= many <= runs - 2 else None


def _related(surface: Surface, lines: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    rng = np.random.default_rng([surface.seed, 41])
    return tuple(line_with(surface, truth, RIGHT, rng) for truth in surface.lines[:lines])


def without(problem: Problem, run: int) -> Problem:
    """The campaign before a run was made."""
    runs, results = np.delete(problem.runs, run, axis=0), np.delete(problem.results, run)
    return replace(problem, runs=runs, results=results)


def slips(told: Settings, lines: int, runs: int) -> Iterator[tuple[str, int, Judged, Judged]]:
    """Factor, run, campaign with the slip and without the run."""
    for seed in told.seeds:
        for family in FAMILIES[: 2 if told.quick else None]:
            for scale in SCALES:
                right = campaign(family, scale, seed, lines)
                at = (0, runs // 2, runs - 1)[seed % 3]
                rest = judged(without(right, at), runs - 1)
                for name, factor in FACTORS.items():
                    results = right.results.copy()
                    results[at] *= factor
                    yield name, at, judged(replace(right, results=results), runs), rest


def right_results(told: Settings, lines: int, runs: int) -> Iterator[tuple[str, Judged]]:
    """Case and campaign without any slip."""
    for seed in told.seeds:
        for scale in SCALES:
            for family in FAMILIES[: 2 if told.quick else None]:
                yield "no slip", judged(campaign(family, scale, seed, lines), runs)
            for case, known in JUMPS.items():
                problem = jumping(scale, seed, lines, runs, known=known)
                if problem is not None and (lines or known):
                    yield case if lines else "jump", judged(problem, runs)


def slip_cell(name: str, slipped: list[tuple[str, int, Judged, Judged]]) -> str:
    """``1.00 / .05 / .94 / .97 / 1.00``, and how many right results were set aside."""
    found = [(at, judged, rest) for factor, at, judged, rest in slipped if factor == name]
    off = np.array([judged.error / rest.error for _, judged, rest in found])
    shares = [
        np.mean(off > 1.2),
        np.mean([judged.coverage for _, judged, _ in found]),
        np.mean([at in judged.aside for at, judged, _ in found]),
        np.mean([at in judged.aside | judged.named for at, judged, _ in found]),
    ]
    right = sum(len(judged.aside - {at}) for at, judged, _ in found)
    texts = [f"**{np.median(off):.2f}**", *(f"{share:.2f}" for share in shares), str(right)]
    return " / ".join(texts)


def main() -> None:
    """Print both tables."""
    told = settings(__doc__, seeds=4)
    counts = RUNS[1:2] if told.quick else RUNS
    heads = ["lines", "case", *(f"{runs} runs" for runs in counts)]
    slipped, right = [], []
    for lines in (0, 1, 3):
        of_slips = {runs: list(slips(told, lines, runs)) for runs in counts}
        for name in FACTORS:
            cells = [slip_cell(name, of_slips[runs]) for runs in counts]
            slipped.append([str(lines), name, *cells])
        of_right = {runs: list(right_results(told, lines, runs)) for runs in counts}
        for case in ("no slip", *(JUMPS if lines else ("jump",))):
            cells = []
            for runs in counts:
                found = [judged for name, judged in of_right[runs] if name == case]
                aside = sum(len(judged.aside) for judged in found)
                doubted = sum(len(judged.named - judged.aside) for judged in found)
                error = np.median([judged.error for judged in found]) if found else np.nan
                cells.append(f"{error:.3f} / {aside} / {doubted} of {len(found)}")
            right.append([str(lines), case, *cells])
    print(
        "error to that without the run / share above 1.2 / coverage / set aside / named / right\n"
    )
    print(markdown(heads, slipped))
    print("\nright results: error / set aside / doubted, of so many campaigns\n")
    print(markdown(heads, right))


if __name__ == "__main__":
    main()
