"""Answers of the service as DataFrames, and DataFrames as columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from designer.campaigns.sheets.run_object import predicted_columns

if TYPE_CHECKING:
    import pandas as pd

    from designer.engine.answers import BestRecipe
    from designer.service.answers import AttachedAnswer, PlanAnswer
    from designer.service.figures import JudgedLine


class ProposedPlan:
    """Runs proposed together.

    Args:
        answer: what ``designer propose --json`` prints.
    """

    def __init__(self, answer: PlanAnswer) -> None:
        self._answer = answer

    def __len__(self) -> int:
        return len(self._answer["runs"])

    def __repr__(self) -> str:
        return f"ProposedPlan({self._answer['plan']!r}, {len(self)} runs)"

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
        import pandas as pd

        rows = [
            {
                **run["used"],
                **{f"batch:{stage}": name for stage, name in run["batch"].items()},
                "order": run["order"],
                "rank": run["rank"],
                "information_bits": run["information_bits"],
                "cost": run["cost"],
                "in_spec": run["in_spec"],
                "in_spec_measured": run["in_spec_measured"],
                "reason": run["reason"],
                **predicted_columns(run["predicted"] or {}),
            }
            for run in self._answer["runs"]
        ]
        return pd.DataFrame(rows, index=pd.Index(self.runs, name="run"))


class AttachedRuns(list[str]):
    """Ids of runs nobody proposed, in the order of their rows.

    Attributes:
        messages: what is odd about their results; they are kept all the same.
    """

    def __init__(self, answer: AttachedAnswer) -> None:
        super().__init__(answer["runs"])
        self.messages = answer["messages"]


def columns_of(frame: pd.DataFrame) -> dict[str, list[object]]:
    """The columns of a table by name, as lists."""
    return {str(column): frame[column].tolist() for column in frame.columns}


_LINE_COLUMNS = (
    "name", "rows", "included", "reason", "source", "batches",
    "trust", "trust_low", "trust_high", "worth_runs",
)  # fmt: skip


def lines_frame(lines: Sequence[JudgedLine]) -> pd.DataFrame:
    """Earlier lines, one row each, indexed by name."""
    import pandas as pd

    return pd.DataFrame([*lines], columns=[*_LINE_COLUMNS]).set_index("name")


def best_frame(best: Sequence[BestRecipe]) -> pd.DataFrame:
    """Recommended set-points, one row each: settings, predictions, probabilities in spec."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                **recipe["settings"],
                **predicted_columns(recipe["predicted"]),
                "in_spec": recipe["in_spec"],
                "in_spec_measured": recipe["in_spec_measured"],
            }
            for recipe in best
        ]
    )
