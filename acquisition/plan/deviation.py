"""What a wish costs: the plan with it beside the plan without, or beside the runs not wanted.

Both have the same goal, the same reference points and the same limits. Each is greedy, so neither
is the very best of its kind: where a wish happens to do better, nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from designer.render.words import count as counted
from designer.render.words import priced

if TYPE_CHECKING:
    from designer.acquisition.plan.wishes import Wishes
    from designer.acquisition.selection.strategy import Selection
    from designer.campaigns.specification.specification import Specification

_NOTHING = 0.5  # per cent; less is told as nothing


@dataclass(frozen=True)
class Deviation:
    """A plan with wishes compared with the one without them.

    Attributes:
        wishes: what was wished.
        bits: information of the plan.
        bits_free: of the free plan.
        cost: of the plan, in ``costs.unit``.
        cost_free: of the free plan.
        runs: runs of the plan.
        runs_free: runs of the free plan (a budget may hold another number).
        value: what the plan brings of what the free one maximises, when that is no information.
        value_free: what the free plan brings of it.
        value_name: its name; None: both maximise information.
    """

    wishes: Wishes
    bits: float
    bits_free: float
    cost: float
    cost_free: float
    runs: int
    runs_free: int
    value: float | None = None
    value_free: float | None = None
    value_name: str | None = None

    @classmethod
    def between(cls, wishes: Wishes, selection: Selection, free: Selection) -> Deviation:
        """Compare the runs of a plan with those of the free plan."""
        by_value = free.value_name is not None and selection.value_name in (None, free.value_name)
        return cls(
            wishes=wishes,
            bits=selection.bits,
            bits_free=free.bits,
            cost=float(sum(pick.cost for pick in selection.picks)),
            cost_free=float(sum(pick.cost for pick in free.picks)),
            runs=len(selection.picks),
            runs_free=len(free.picks),
            value=selection.value if by_value else None,
            value_free=free.value if by_value else None,
            value_name=free.value_name if by_value else None,
        )

    @property
    def lost_percent(self) -> float:
        """Share that is lost of what the free plan brings, 0 to 100."""
        told, free = self._told
        return min(100.0, max(0.0, 100.0 * (1.0 - told / free))) if free > 0 else 0.0

    @property
    def _told(self) -> tuple[float, float]:
        if self.value is not None and self.value_free is not None:
            return self.value, self.value_free
        return self.bits, self.bits_free

    def to_dict(self, spec: Specification) -> dict[str, Any]:
        """JSON-able figures with the sentence as ``text``."""
        figures = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "wishes"}
        told = {"lost_percent": self.lost_percent, "text": self.sentence(spec)}
        return figures | {"fixed": dict(self.wishes.fixed)} | told

    def sentence(self, spec: Specification) -> str:
        """``keeping coating_gap at 200 um costs 22 % of this plan's information (…)``."""
        return f"{self.wishes.words(spec)} costs {self.cost_words(spec)}"

    def cost_words(self, spec: Specification) -> str:
        """``22 % of this plan's information (0.36 instead of 0.46 bit); it takes …``."""
        lost, (told, free) = self.lost_percent, self._told
        what = self.value_name or "information"
        share = f"no {what}" if lost < _NOTHING else f"{lost:.0f} % of this plan's {what}"
        unit = " bit" if self.value_name is None else ""
        text = f"{share} ({told:.3g} instead of {free:.3g}{unit})"
        if self.runs != self.runs_free:
            text += f", with {self.runs} instead of {counted(self.runs_free, 'run')}"
        cost, free_cost = (priced(each, spec.costs.unit) for each in (self.cost, self.cost_free))
        if cost == free_cost:
            return f"{text}; it takes {cost} either way"
        return f"{text}; it takes {cost} instead of {free_cost}"
