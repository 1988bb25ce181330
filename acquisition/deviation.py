"""What it costs to keep some settings: the plan with them beside the free plan.

Both plans have the same goal, the same reference points and the same limits. Each is greedy, so
neither is the very best of its kind: where fixed settings happen to do better, nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from designer.acquisition.greedy import Pick
    from designer.campaigns.specification import Setting, Specification

_NOTHING = 0.5  # per cent; less is told as nothing


@dataclass(frozen=True)
class Deviation:
    """A plan with fixed settings compared with the free one.

    Attributes:
        fixed: the settings kept.
        bits: information of the plan.
        bits_free: of the free plan.
        cost: of the plan, in ``costs.unit``.
        cost_free: of the free plan.
        runs: runs of the plan.
        runs_free: runs of the free plan (a budget may hold another number).
    """

    fixed: Mapping[str, Setting]
    bits: float
    bits_free: float
    cost: float
    cost_free: float
    runs: int
    runs_free: int

    @classmethod
    def between(
        cls, fixed: Mapping[str, Setting], picks: Sequence[Pick], free: Sequence[Pick]
    ) -> Deviation:
        """Compare the runs of a plan with those of the free plan."""
        return cls(
            fixed=dict(fixed),
            bits=float(sum(pick.bits for pick in picks)),
            bits_free=float(sum(pick.bits for pick in free)),
            cost=float(sum(pick.cost for pick in picks)),
            cost_free=float(sum(pick.cost for pick in free)),
            runs=len(picks),
            runs_free=len(free),
        )

    @property
    def lost_percent(self) -> float:
        """Share of the free plan's information that is lost, 0 to 100."""
        if self.bits_free <= 0:
            return 0.0
        return min(100.0, max(0.0, 100.0 * (1.0 - self.bits / self.bits_free)))

    def to_dict(self, spec: Specification) -> dict[str, Any]:
        """JSON-able figures with the sentence as ``text``."""
        return {
            "fixed": dict(self.fixed),
            "bits": self.bits,
            "bits_free": self.bits_free,
            "lost_percent": self.lost_percent,
            "cost": self.cost,
            "cost_free": self.cost_free,
            "runs": self.runs,
            "runs_free": self.runs_free,
            "text": self.sentence(spec),
        }

    def sentence(self, spec: Specification) -> str:
        """``keeping coating_gap at 200 um costs 22 % of this plan's information (…)``."""
        kept = " and ".join(
            f"{name} at {spec.factor(name).with_unit(value)}" for name, value in self.fixed.items()
        )
        told = f"({self.bits:.2g} instead of {self.bits_free:.2g} bit)"
        lost = self.lost_percent
        share = "nothing" if lost < _NOTHING else f"{lost:.0f} %"
        text = f"keeping {kept} costs {share} of this plan's information {told}"
        if lost < _NOTHING:
            text = f"keeping {kept} costs no information {told}"
        if self.runs != self.runs_free:
            text += f", with {self.runs} instead of {self.runs_free} runs"
        unit = spec.costs.unit
        if abs(self.cost - self.cost_free) > 1e-9:
            return f"{text}; it takes {self.cost:.3g} {unit} instead of {self.cost_free:.3g} {unit}"
        return f"{text}; it takes {self.cost:.3g} {unit} either way"
