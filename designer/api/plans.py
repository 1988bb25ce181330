"""What the API returns of runs: a plan, and the ids of runs nobody proposed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from designer.api.frames import plan_frame
from designer.api.html import headed, html_of_frame
from designer.campaigns.specification.specification import Specification
from designer.render.expected import bits_words
from designer.render.words import amount, count

if TYPE_CHECKING:
    import pandas as pd

    from designer.service.answers import AttachedAnswer, PlanAnswer


class ProposedPlan:
    """Runs proposed together.

    Args:
        answer: what ``designer propose --json`` prints.
        spec: the campaign's specification at that time.
    """

    def __init__(self, answer: PlanAnswer, spec: Specification) -> None:
        self._answer = answer
        self._spec = spec

    def __len__(self) -> int:
        return len(self._answer["runs"])

    def __repr__(self) -> str:
        return f"ProposedPlan({self._answer['plan']!r}, {len(self)} runs)"

    def _repr_html_(self) -> str:
        """The plan in a notebook: its recipes in make-order."""
        answer = self._answer
        told = [count(len(self), "run"), f"cost {amount(self.cost)} {self._spec.costs.unit}"]
        if self.information_bits is not None:
            told.append(bits_words(self.information_bits))
        shown = [
            *(factor.name for factor in self._spec.factors),
            *(name for name in self.frame.columns if name.startswith("batch:")),
            *("information_bits", "cost", "in_spec"),
        ]
        return headed(
            f"Plan {answer['plan'] or 'of no runs'} of {answer['campaign']}",
            [", ".join(told), *answer["notes"]],
            html_of_frame(self.frame[[name for name in shown if name in self.frame.columns]]),
        )

    def to_dict(self) -> PlanAnswer:
        """The plan as the command line prints it with ``--json``."""
        return self._answer

    @property
    def runs(self) -> list[str]:
        """Run ids in the order of making."""
        return [run["run"] for run in self._answer["runs"]]

    @property
    def information_bits(self) -> float | None:
        """Information the plan is expected to bring, in bits; None when nothing is known yet."""
        return self._answer["information_bits"]

    @property
    def cost(self) -> float:
        """Cost of the plan in the campaign's cost unit."""
        return self._answer["cost"]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per run in make-order, indexed by run id.

        Columns: the factors, ``batch:<stage>``, ``order``, ``rank``, ``information_bits``,
        ``cost``, ``in_spec``, ``in_spec_measured``, ``reason``, and per response
        ``<response>_mean`` (the median), ``_sd``, ``_sd_result``, ``_low``, ``_high``, ``_low95``,
        ``_high95``.
        """
        return plan_frame(self._answer, self._spec)


class AttachedRuns(list[str]):
    """Ids of runs nobody proposed, in the order of their rows.

    Attributes:
        messages: what is odd about their results; they are kept all the same.
    """

    def __init__(self, answer: AttachedAnswer) -> None:
        super().__init__(answer["runs"])
        self.messages = answer["messages"]
