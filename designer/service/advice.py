"""What to do next, and what to expect of it: sentences from the figures of the last evaluation."""

from __future__ import annotations

from collections.abc import Collection

from designer.campaigns.log.runs import MEASURED, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification.parts import DEFAULT_RUNS, WANTED_HITS, Response
from designer.campaigns.specification.specification import Specification
from designer.engine.answers import Ahead, NextStep
from designer.render.expected import bits_words, two_digits
from designer.render.words import count, in_unit, priced
from designer.service.figures import OutlookAnswer

WORTH = 0.1  # bits below which a further batch does not pay: 7 % off the typical ± (assumption)


def spent(state: CampaignState, *, without: Collection[str] = ()) -> float:
    """Cost of the runs made and of the open ones, but for some of them, in ``costs.unit``."""
    return sum(
        run.cost if run.cost is not None else state.spec.costs.run
        for run in state.runs.values()
        if run.status != "abandoned" and run.id not in without
    )


def outlook(spec: Specification, ahead: Ahead | None) -> OutlookAnswer | None:
    """What to expect, with a sentence as ``text``; None when it was never computed."""
    if ahead is None:
        return None
    parts = [part for part in (_known(spec, ahead), _step_words(spec, ahead["next"])) if part]
    return {**ahead, "text": " ".join(f"{part[0].upper()}{part[1:]}." for part in parts)}


def _known(spec: Specification, found: Ahead) -> str:
    """``5 more runs bring the typical ± of porosity from 0.9 to 0.6 %``."""
    runs = found["runs"]
    known: list[str] = []
    for response in spec.responses:
        sd = found["responses"].get(response.name)
        if sd is not None:
            after = f"{two_digits(sd['sd_after'])}{in_unit(response.unit)}"
            now = f"from {two_digits(sd['sd_now'])} to " if runs else ""
            known.append(f"{response.name} {now}{after}")
    verb = "brings" if runs == 1 else "bring"
    ahead = f"{count(runs, 'more run')} {verb} the typical ± of " if runs else "the typical ± is "
    return ahead + ", ".join(known)


def _step_words(spec: Specification, step: NextStep | None) -> str:
    """``a further slurry then brings 0.40 bit (± 24 % smaller) for 6.1 h (9 runs), …``."""
    if step is None:
        return ""
    rate = f"{two_digits(step['bits'] / step['cost'])} bit/{spec.costs.unit.removesuffix('s')}"
    cost = priced(step["cost"], spec.costs.unit)
    runs = "" if step["stage"] is None else f" ({count(step['runs'], 'run')})"
    return (
        f"a further {step['stage'] or 'run'} then brings {bits_words(step['bits'])} for"
        f" {cost}{runs}: {rate}"
    )


def in_spec_runs(state: CampaignState) -> list[str]:
    """Runs of different recipes whose measured means lie in every window, in order."""
    windows = [r for r in state.spec.responses if r.window is not None]
    found: dict[tuple[object, ...], str] = {}
    for run in state.runs.values():
        if windows and run.status in MEASURED and _inside(run, windows):
            found.setdefault(tuple(sorted(run.used.items())), run.id)
    return list(found.values())


def _inside(run: Run, windows: list[Response]) -> bool:
    for response in windows:
        values = run.values(response.name)
        low, high = response.window or (0.0, 0.0)
        if not values or not low <= sum(values) / len(values) <= high:
            return False
    return True


def advice(state: CampaignState, ahead: Ahead | None) -> str:
    """What to do next, a sentence or two; begins with "Stop" when nothing more pays."""
    if state.closed:
        return "The campaign is closed."
    stop = _found_enough(state)
    if stop:
        return stop
    counts = state.status_counts
    if counts["running"]:
        return f"{_are(counts['running'])} being made: record the results."
    if counts["proposed"]:
        return f"{_are(counts['proposed'])} proposed: make and record."
    if not any(counts.values()) and not state.teaching_lines:
        first = "add an earlier line" if not state.lines else "use an earlier line again"
        return f"Nothing is known yet: {first}, or propose the first runs."
    return _spent_up(state) or _worth(state, ahead)


def _found_enough(state: CampaignState) -> str:
    """Three recipes in spec are all that a search without further goals asks for."""
    aims = any(r.goal != "none" and r.weight > 0 for r in state.spec.responses)
    if state.spec.goal != "optimum" or aims:
        return ""
    found = in_spec_runs(state)
    if len(found) < WANTED_HITS:
        return ""
    open_runs = len(state.open_runs)
    rest = f" The {count(open_runs, 'open run')} can be abandoned." if open_runs else ""
    hits = ", ".join(found[:WANTED_HITS])
    return f"Stop: {hits} are in spec, which this campaign was to find.{rest}"


def _spent_up(state: CampaignState) -> str:
    costs = state.spec.costs
    if costs.budget is None or costs.budget - spent(state) >= costs.run - 1e-9:
        return ""
    return f"Stop: the budget of {costs.budget:g} {costs.unit} is used up."


def _worth(state: CampaignState, ahead: Ahead | None) -> str:
    """Whether the best next step pays."""
    step, costs = None if ahead is None else ahead["next"], state.spec.costs
    if ahead is None or step is None:
        return "Propose the next runs."
    name, cost = step["stage"] or "run", priced(step["cost"], costs.unit)
    told = f"a further {name} brings {step['bits']:.2f} bit for {cost}"
    windows = any(r.window is not None for r in state.spec.responses)
    if state.spec.goal == "optimum" and windows:
        found = len(in_spec_runs(state))
        if found < WANTED_HITS:
            return f"Propose the next runs: {found} of {WANTED_HITS} recipes are in spec."
    # where no stage costs anything, the runs of a plan are judged together
    if step["bits"] * (DEFAULT_RUNS if step["stage"] is None else 1) < WORTH:
        return f"Stop: {told}. Little is left to learn here."
    left = None if costs.budget is None else costs.budget - spent(state)
    if left is not None and left * ahead["best_rate"] < WORTH:
        bits = f"{left * ahead['best_rate']:.2f} bit"
        return f"Stop: {told}, so the {left:.3g} {costs.unit} left bring {bits} at most."
    return f"Propose the next runs: {told}."


def _are(count: int) -> str:
    return "1 run is" if count == 1 else f"{count} runs are"
