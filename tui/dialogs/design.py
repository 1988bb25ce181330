"""A classical design as the next plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from designer.campaigns.errors import Findings
from designer.campaigns.specification.parts import DESIGNS
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask, campaign_view
from designer.tui.dialogs.computing import (
    BLANKS,
    PlanArguments,
    command,
    compute_plan,
    explained,
    is_busy,
    pairs_in,
    read_pairs,
    read_whole,
    read_wishes,
    wishes_asked,
)
from designer.tui.dialogs.form import Ask, Question, Values
from designer.tui.ui import Ui


class DesignArguments(PlanArguments, total=False):
    """Arguments of `designs.propose` that were typed."""

    name: str
    options: dict[str, str]
    replicates: int
    center_points: int
    blocks: int


async def propose(ui: Ui) -> None:
    """Ask which design, and let the worker make it the next plan."""
    view = campaign_view(ui)
    if is_busy(ui):
        return
    arguments = await ask(ui, _design_question(ui, view))
    if arguments is not None:
        await compute_plan(ui, view, "designs.propose", arguments, "design")


def _design_question(ui: Ui, view: CampaignView) -> Question[DesignArguments]:
    last = ui.last_design

    def submit(values: Values) -> DesignArguments:
        ui.last_design = dict(values)
        return design_arguments(view, values)

    def asked(name: str, label: str, placeholder: str) -> Ask:
        return Ask(name, label, last.get(name, ""), placeholder)

    designs = [(name, name) for name in DESIGNS]
    return Question(
        "Classical design",
        [
            Ask("name", "Design", last.get("name", ""), options=designs),
            asked("options", "Options", "type=face levels=3"),
            asked("n", "Number of points", "its own"),
            asked("replicates", "Replicates", "once"),
            asked("center", "Centre points", "as usual for the design"),
            asked("blocks", "Blocks", "none"),
            *wishes_asked(view, last),
        ],
        submit,
        text=explained(view),
        do="compute",
        same_as=lambda values: design_command(view, values),
        keep=ui.last_design.update,
    )


def design_command(view: CampaignView, values: Values) -> str:
    """The command line that makes the same design."""
    options = {
        "-n": values["n"],
        "--replicates": values["replicates"],
        "--center-points": values["center"],
        "--blocks": values["blocks"],
    }
    own = pairs_in(values["options"], BLANKS)
    return command(view, values, "--design", values["name"], *own, options=options)


def design_arguments(view: CampaignView, values: Mapping[str, str]) -> DesignArguments:
    """Arguments of `designs.propose` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    findings = Findings()
    # commas are no ends here: generators=D=AB,E=AC
    options = read_pairs(pairs_in(values["options"], BLANKS), "options", findings)
    arguments = cast("DesignArguments", read_wishes(view, values, findings))
    arguments["name"] = values["name"]
    if options:
        arguments["options"] = options
    replicates = read_whole(values, "replicates", "replicates", 1, findings)
    if replicates is not None:
        arguments["replicates"] = replicates
    center_points = read_whole(values, "center", "centre points", 0, findings)
    if center_points is not None:
        arguments["center_points"] = center_points
    blocks = read_whole(values, "blocks", "blocks", 1, findings)
    if blocks is not None:
        arguments["blocks"] = blocks
    findings.raise_if_any()
    return arguments
