"""What it costs to keep some settings: the plan with them beside the free plan.

Both plans have the same goal, the same reference points and the same limits. Each is greedy, so
neither is the very best of its kind: where fixed settings happen to do better, nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from designer.acquisition.strategy import Choice
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
        value: what the plan maximises besides information, its own and the free plan's; None:
            information is all, for at least one of them.
        value_name: its name.
    """

    fixed: Mapping[str, Setting]
    bits: float
    bits_free: float
    cost: float
    cost_free: float
    runs: int
    runs_free: int
    value: tuple[float, float] | None
    value_name: str | None

    @classmethod
    def between(cls, fixed: Mapping[str, Setting], plan: Choice, free: Choice) -> Deviation:
        """Compare a plan with the free plan."""
        values = None
        if plan.value_name is not None and plan.value_name == free.value_name:
            values = (plan.value, free.value)
        return cls(
            fixed=dict(fixed),
            bits=float(sum(pick.bits for pick in plan.picks)),
            bits_free=float(sum(pick.bits for pick in free.picks)),
            cost=float(sum(pick.cost for pick in plan.picks)),
            cost_free=float(sum(pick.cost for pick in free.picks)),
            runs=len(plan.picks),
            runs_free=len(free.picks),
            value=values,
            value_name=None if values is None else plan.value_name,
        )

    @property
    def lost_percent(self) -> float:
        """Share of the free plan's value (else information) that is lost, 0 to 100."""
        own, free = self.value or (self.bits, self.bits_free)
        return min(100.0, max(0.0, 100.0 * (1.0 - own / free))) if free > 0 else 0.0

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
            "value": None if self.value is None else self.value[0],
            "value_free": None if self.value is None else self.value[1],
            "value_name": self.value_name,
            "text": self.sentence(spec),
        }

    def sentence(self, spec: Specification) -> str:
        """``keeping coating_gap at 200 um costs 22 % of this plan's information (…)``."""
        kept = " and ".join(
            f"{name} at {spec.factor(name).with_unit(value)}" for name, value in self.fixed.items()
        )
        what, told = "information", f"({self.bits:.2g} instead of {self.bits_free:.2g} bit)"
        if self.value is not None and self.value_name is not None:
            what = self.value_name
            told = f"({self.value[0]:.2g} instead of {self.value[1]:.2g})"
        lost = self.lost_percent
        text = f"keeping {kept} costs {lost:.0f} % of this plan's {what} {told}"
        if lost < _NOTHING:
            text = f"keeping {kept} costs no {what} {told}"
        if self.runs != self.runs_free:
            text += f", with {self.runs} instead of {self.runs_free} runs"
        unit = spec.costs.unit
        if abs(self.cost - self.cost_free) > 1e-9:
            return f"{text}; it takes {self.cost:.3g} {unit} instead of {self.cost_free:.3g} {unit}"
        return f"{text}; it takes {self.cost:.3g} {unit} either way"
