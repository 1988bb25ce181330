"""A proposed plan as a DataFrame and as the JSON of the command line."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class ProposedPlan:
    """Runs proposed together.

    Args:
        answer: what ``designer propose --json`` prints.
    """

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def __len__(self) -> int:
        return len(self._answer["runs"])

    def __repr__(self) -> str:
        return f"ProposedPlan({self._answer['plan']!r}, {len(self)} runs)"

    def to_dict(self) -> dict[str, Any]:
        """The plan as the command line prints it with ``--json``."""
        return self._answer

    @property
    def runs(self) -> list[str]:
        """Run ids in the order of making."""
        return [run["run"] for run in self._answer["runs"]]

    @property
    def information_bits(self) -> float | None:
        """Information the plan is expected to bring, in bits; None when nothing is known yet."""
        bits: float | None = self._answer["information_bits"]
        return bits

    @property
    def cost(self) -> float:
        """Cost of the plan in the campaign's cost unit."""
        return float(self._answer["cost"])

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per run in make-order, indexed by run id.

        Columns: the factors, ``batch:<stage>``, ``order``, ``rank``, ``information_bits``,
        ``cost``, ``<response>_mean``, ``_sd``, ``_sd_result``, ``in_spec``, ``reason``.
        """
        import pandas as pd

        rows = []
        for run in self._answer["runs"]:
            predicted = {
                f"{name}_{figure}": value
                for name, figures in (run["predicted"] or {}).items()
                for figure, value in (figures or {}).items()
            }
            batch = {f"batch:{stage}": name for stage, name in (run["batch"] or {}).items()}
            rest = {
                key: run[key]
                for key in ("order", "rank", "information_bits", "cost", "in_spec", "reason")
            }
            rows.append({**run["settings"], **batch, **rest, **predicted})
        return pd.DataFrame(rows, index=pd.Index(self.runs, name="run"))
