"""What stands on the line now: keeping it saves new batches, and costs some information."""

from __future__ import annotations

from designer.campaigns.plausibility.remarks import without_commands
from designer.campaigns.sheets.run_object import RunObject
from designer.render.expected import bits_words
from designer.render.words import number, priced, rounded, setting_items
from designer.service.answers import PlanAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.form import Question


def _set_up(view: CampaignView) -> RunObject | None:
    """The run whose batches stand on the line: the last that was made."""
    return view.run(view.set_up)


def ways_to_hold(view: CampaignView) -> dict[str, str]:
    """What can be kept, in words, by the last stage that stays as it is; the most is last.

    Of the last stage of all nothing is kept: then every run would be the same.
    """
    run = _set_up(view)
    if run is None:
        return {}
    ways: dict[str, str] = {}
    for place, stage in enumerate(view.spec.stages[:-1], start=1):
        kept = _settings(view, run, [each.name for each in view.spec.stages[:place]])
        if kept:
            batch = run["batch"].get(stage.name, stage.name)
            ways[stage.name] = f"{batch}: {', '.join(setting_items(kept, view.units))}"
    return ways


def _settings(view: CampaignView, run: RunObject, stages: list[str]) -> dict[str, object]:
    used = run["used"]
    return {f.name: used[f.name] for f in view.spec.factors if f.stage in stages and f.name in used}


def held_pairs(view: CampaignView, stage: str) -> list[str]:
    """Fixed settings, ``name=value``, that keep everything up to a stage as it is set up."""
    run = _set_up(view)
    names = [each.name for each in view.spec.stages]
    if run is None or stage not in names:
        return []
    kept = _settings(view, run, names[: names.index(stage) + 1])
    return [f"{name}={number(value)}" for name, value in kept.items()]


def held_words(view: CampaignView, stage: str) -> str:
    """What is kept, in words."""
    return ways_to_hold(view).get(stage, stage)


def price_question(view: CampaignView, plan: PlanAnswer, kept: str, command: str) -> Question[bool]:
    """What keeping costs, before the plan is entered.

    Args:
        view: the campaign.
        plan: of a dry run.
        kept: what is kept.
        command: the command line that enters it.
    """
    unit, deviation = view.cost_unit, plan["deviation"]
    lines = [f"Kept: {kept}", ""] if kept else []
    if deviation is not None and kept:
        lines += [
            f"It costs {deviation['lost_percent']:.0f} % of the information.",
            f"  kept: {rounded(deviation['bits'])} bit for {priced(deviation['cost'], unit)}",
            f"  free: {rounded(deviation['bits_free'])} bit for"
            f" {priced(deviation['cost_free'], unit)}",
            "",
        ]
    for run in plan["runs"]:
        bits = run["information_bits"]
        worth = "" if bits is None else f"{rounded(bits)} bit for "
        settings = ", ".join(setting_items(run["settings"] or {}, view.units))
        lines.append(f"  {worth}{priced(run['cost'], unit)}: {settings}")
    if plan["information_bits"] is not None:
        lines.append(f"  in all {bits_words(plan['information_bits'])}")
    lines += ["", *(f"! {without_commands(note)}" for note in plan["notes"])]
    return Question(
        f"{'What holding costs' if kept else 'The plan'}: nothing is entered yet",
        (),
        lambda _values: True,
        text="\n".join(lines),
        do="enter this plan",
        same_as=lambda _values: command,
    )
