"""Campaigns with a plan, as the sheets of a plan need them: any specification, any recipes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.runs import REPLACED, DesignPoint
from designer.campaigns.log.state import CampaignState, PlanDesign
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity

LINE = """
[campaign]
version = 1
name = "line & <b>four</b>"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3
usable_for = 8
[[stage]]
name = "coating"
change_cost = 0.5
[[factor]]
name = "solid_content"
unit = "wt%"
low = 50
high = 66
step = 0.5
stage = "slurry"
[[factor]]
name = "gap"
unit = "um"
levels = [80, 100.5, 150]
stage = "coating"
[[factor]]
name = "binder"
categories = ["007", "10E2", "1-2", "=1+1", "#N/A", "TRUE", "a,b", "<script>x</script>"]
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "loading"
unit = "mg/cm^2"
possible = [0, 60]
window = [11.4, 12.6]
[[response]]
name = "porosity"
unit = "%"
window = [30, inf]
[[response]]
name = "adhesion"
goal = "maximize"
[[constraint]]
expression = "solid_content * gap <= 9500"
reason = "dryer capacity"
[costs]
unit = "h"
run = 0.05
"""
RECIPES: tuple[dict[str, Setting], ...] = (
    {"solid_content": 60, "gap": 80, "binder": "007"},
    {"solid_content": 60, "gap": 100.5, "binder": "10E2"},
    {"solid_content": 60, "gap": 100.5, "binder": "1-2"},
    {"solid_content": 55.5, "gap": 150, "binder": "=1+1"},
    {"solid_content": 55.5, "gap": 150, "binder": "#N/A"},
    {"solid_content": 55.5, "gap": 80, "binder": "<script>x</script>"},
)
BATCHES = (
    ("new-1", "new-1"), ("new-1", "new-2"), ("new-1", "new-2"),
    ("new-2", "new-3"), ("new-2", "new-3"), ("new-2", "new-4"),
)  # fmt: skip
EXPECTED = {
    "mean": 12.34567, "sd": 0.3, "sd_result": 0.5, "low": 11.9, "high": 12.8, "low95": 11.4,
    "high95": 13.4, "at": 1,
}  # fmt: skip
WHY = "explores the corner of <high> solid content"


@dataclass
class Planned:
    """A campaign in memory with one plan.

    text: of its specification. recipes: of the plan. batches: of each, by stage in order. extra,
    design, reasons: of each run, where there is any. design_facts: about the design.
    """

    text: str = LINE
    recipes: Sequence[Mapping[str, Setting]] = RECIPES
    batches: Sequence[Sequence[str]] = BATCHES
    extra: Sequence[Mapping[str, Setting]] = ()
    design: Sequence[DesignPoint] = ()
    design_facts: Sequence[str] = ("resolution V",)
    reasons: Sequence[str] = ()
    predicted: bool = True
    store: Store = field(default_factory=lambda: Store(None))

    def __post_init__(self) -> None:
        self.spec = load.from_toml(self.text)
        self.store.create(self.spec, "anna")
        self.store.change(self.spec.name, self._propose, actor="anna")

    def replace(self) -> None:
        """The same plan again, in the place of the one that is there."""
        self.store.change(self.spec.name, lambda s: self._propose(s, REPLACED), actor="anna")

    def _propose(self, state: CampaignState, replace: str | None = None) -> list[NewEvent]:
        stages = [stage.name for stage in self.spec.stages]
        runs = [
            PlannedRun(
                order=k + 1,
                rank=len(self.recipes) - k,
                settings={**recipe},
                batch=dict(zip(stages, self.batches[k], strict=True)) if stages else {},
                predicted={"loading": EXPECTED} if self.predicted else {},
                bits=0.75,
                cost=1.25,
                in_spec=0.6,
                in_spec_measured=0.4,
                reason=self.reasons[k] if self.reasons else WHY,
                given={given.name: 35.0 for given in self.spec.givens},
                extra=self.extra[k] if self.extra else None,
                design=self.design[k] if self.design else None,
            )
            for k, recipe in enumerate(self.recipes)
        ]
        design = PlanDesign("full-factorial", {"levels": "2"}, tuple(self.design_facts))
        draft = PlanDraft(
            "learn", 7, runs, state.seq, 1.25 * len(runs), 3.5, notes=["a note of the plan"],
            design=design if self.design else None,
        )  # fmt: skip
        return commands.propose(state, draft, replace=replace)

    @property
    def state(self) -> CampaignState:
        """As its log says."""
        return self.store.state(self.spec.name)

    def record(self, run: str, used: Mapping[str, str] | None = None, **responses: Any) -> None:
        """Results as typed: a text, several, or None for never."""
        values = {
            name: None if said is None else [Quantity.of(text) for text in said.split("/")]
            for name, said in responses.items()
        }
        settings = {name: Quantity.of(text) for name, text in (used or {}).items()}
        entry = ResultEntry(run, values, settings)
        self.store.change(self.spec.name, lambda s: commands.record(s, [entry]), actor="ben")

    def fail(self, run: str, reason: str) -> None:
        """It was made and went wrong."""
        self.store.change(self.spec.name, lambda s: commands.fail(s, run, reason), actor="ben")
