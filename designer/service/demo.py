"""The main job on the built-in pilot-line twin: propose, make, record, learn, again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from designer.campaigns.errors import InputError
from designer.campaigns.specification.parts import DEFAULT_RUNS as PLAN_RUNS
from designer.render.expected import in_spec_words
from designer.service.answers import OfCampaign, PlanAnswer
from designer.service.fits import learned
from designer.service.service import Service

if TYPE_CHECKING:
    from designer.twin.lines import TwinCampaign
    from designer.twin.scenario import Scenario


class DemoStep(TypedDict):
    """What was known after a plan was made (null: from the earlier lines alone).

    ``error`` is the RMSE against the twin's truth in declared units, ``relative_error`` its mean
    share of each response's spread, ``coverage`` that of 95 % intervals.
    """

    plan: PlanAnswer | None
    measured: dict[str, dict[str, float]]
    runs_made: int
    error: dict[str, float]
    relative_error: float
    coverage: float
    trust: dict[str, float]


class DemoAnswer(OfCampaign):
    """The demo in steps and sentences; ``runs`` were made."""

    runs: int
    steps: Sequence[DemoStep]
    summary: list[str]


Watch = Callable[[DemoStep], None]

DEFAULT_RUNS = 16
MOST_RUNS = 200
SEED = 20  # of the twin shown; any seed makes a demo
_DIGITS = 4  # of a measured value, as an instrument would show it
_POINTS = 512  # where the models are compared with the twin's truth


def demo(
    service: Service, runs: int = DEFAULT_RUNS, watch: Watch = lambda _step: None
) -> DemoAnswer:
    """Run a campaign on the twin.

    Args:
        service: the verbs; the campaign ``demo`` (then ``demo-2``, …) stays there.
        runs: number of runs to make.
        watch: told after the earlier lines came in and after every plan that was made.

    Returns:
        ``campaign``, ``runs``, ``steps`` (as told to ``watch``), ``summary`` (sentences), ``head``.

    Raises:
        InputError: a number of runs that makes no sense.
    """
    from designer.twin.scenario import scenario
    from designer.twin.specification import twin_specification

    if not 0 <= runs <= MOST_RUNS:
        raise InputError.at("--runs", "number of runs", str(runs), f"0 to {MOST_RUNS}")
    twin = scenario(SEED, "one_misleading")
    name = _free_name(service)
    spec = twin_specification("window", line=twin.target, seed=SEED, name=name, budget=None)
    service.campaigns.create(spec)
    for earlier in twin.earlier:
        columns = {column: [*values] for column, values in earlier.data.items()}
        service.lines.add(name, columns, name=earlier.name)
    judge = _Judge(service, name, twin)
    steps = [judge.step(None, {})]
    watch(steps[0])
    line, made = twin.campaign(), 0
    while made < runs:
        plan = service.plans.propose(name, min(PLAN_RUNS, runs - made), seed=SEED + made)
        measured = _make(service, name, plan, line)
        made += len(plan["runs"])
        steps.append(judge.step(plan, measured))
        watch(steps[-1])
    return {
        "campaign": name,
        "runs": made,
        "steps": steps,
        "summary": _summary(service, name, steps, twin),
        "head": service.session.state(name).head,
    }


def _free_name(service: Service) -> str:
    store = service.session.store
    taken = {each.name.casefold() for each in store.summaries()} if store.exists else set()
    number = 1
    while (name := "demo" if number == 1 else f"demo-{number}") in taken:
        number += 1
    return name


def _make(
    service: Service, campaign: str, plan: PlanAnswer, line: TwinCampaign
) -> dict[str, dict[str, float]]:
    """Make the runs of a plan in their order and record what the instruments show."""
    measured: dict[str, dict[str, float]] = {}
    for run in plan["runs"]:
        batches = {stage: [batch] for stage, batch in run["batch"].items()}
        found = line.make([run["used"]], batches)
        values = {n: float(f"{float(v[0]):.{_DIGITS}g}") for n, v in found.items()}
        service.runs.record(campaign, run["run"], {n: repr(v) for n, v in values.items()})
        measured[run["run"]] = values
    return measured


class _Judge:
    """Compares what the models say with the twin's truth, which no campaign would know."""

    def __init__(self, service: Service, campaign: str, twin: Scenario) -> None:
        from designer.twin.designs import sobol

        self._session, self._campaign = service.session, campaign
        factors = twin.target.options.factors
        points = sobol(_POINTS, len(factors))
        columns = {
            f.name: f.snap(f.low + points[:, k] * (f.high - f.low)) for k, f in enumerate(factors)
        }
        self._truth = twin.target.truth(columns)
        self._recipes = [
            {name: float(values[i]) for name, values in columns.items()} for i in range(_POINTS)
        ]

    def step(
        self, plan: PlanAnswer | None, measured: Mapping[str, Mapping[str, float]]
    ) -> DemoStep:
        """What is known after a plan was made (None: from the earlier lines alone)."""
        from designer.engine.evaluation import line_figures
        from designer.engine.predicting import predict_recipes

        state = self._session.state(self._campaign)
        fitted = learned(self._session, state)
        found = predict_recipes(fitted, self._recipes)
        error, inside = {}, {}
        for name, truth in self._truth.items():
            means = [p.responses[name]["mean"] for p in found]
            sds = [p.responses[name]["sd"] for p in found]
            off = [(m - float(t)) for m, t in zip(means, truth, strict=True)]
            error[name] = (sum(o * o for o in off) / len(off)) ** 0.5
            inside[name] = sum(abs(o) <= 1.96 * s for o, s in zip(off, sds, strict=True)) / len(off)
        spread = {name: float(truth.std()) for name, truth in self._truth.items()}
        return {
            "plan": plan,
            "measured": {run: dict(values) for run, values in measured.items()},
            "runs_made": state.status_counts["completed"],
            "error": error,
            "relative_error": sum(error[n] / spread[n] for n in error) / len(error),
            "coverage": sum(inside.values()) / len(inside),
            "trust": {name: f["trust"] for name, f in line_figures(fitted).items()},
        }


def _summary(service: Service, campaign: str, steps: list[DemoStep], twin: Scenario) -> list[str]:
    """What was learned, in plain words."""
    spec = service.session.state(campaign).spec
    first, last = steps[0], steps[-1]
    told = [
        "The earlier lines alone predicted the new line with an error of"
        f" {100 * first['relative_error']:.0f} % of each response's spread; after"
        f" {last['runs_made']} runs it is {100 * last['relative_error']:.0f} %."
    ]
    if len(steps) == 1:
        told = [f"{told[0].split(';')[0]}."]
    errors = ", ".join(
        f"{name} ±{value:.2g} {spec.response(name).unit}" for name, value in last["error"].items()
    )
    told.append(f"Typical error over the whole region: {errors}.")
    told.append(f"The 95 % intervals hold {100 * last['coverage']:.0f} % of the true values.")
    misleading = [earlier.name for earlier in twin.earlier if earlier.misleading]
    trust = ", ".join(f"{name} {value:.2f}" for name, value in last["trust"].items())
    told.append(
        f"Trust in the earlier lines: {trust}. {' and '.join(misleading)} ran another material"
        " and logged two factors mirrored; nobody told the program."
    )
    best = service.models.best(campaign, 1)["best"]
    if best:
        recipe = ", ".join(
            f"{name} {spec.factor(name).with_unit(value)}"
            for name, value in best[0]["settings"].items()
        )
        truth = twin.target.truth([best[0]["settings"]])
        windows = {r.name: r.window for r in spec.responses if r.window is not None}
        hit = all(low <= float(truth[name][0]) <= high for name, (low, high) in windows.items())
        chances = in_spec_words(best[0]["in_spec"], best[0]["in_spec_measured"])
        told.append(
            f"Recommended recipe: {recipe}; {chances}"
            f" (in truth it is {'in' if hit else 'out of'} spec)."
        )
    return told
