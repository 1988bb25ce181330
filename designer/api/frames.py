"""Answers of the verbs as DataFrames whose columns have one type each.

Settings, results and figures are float64, numbers of things Int64 (which knows missing values),
times datetime64 in UTC with the log's microseconds, everything else text or bool.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.sheets.design_columns import all_design_columns, design_cells
from designer.campaigns.sheets.filled.incoming import text_columns
from designer.campaigns.sheets.own_columns import PLANNED, own_headers
from designer.campaigns.sheets.run_object import predicted_columns
from designer.campaigns.values.names import ENDINGS, IN_SPEC
from designer.campaigns.values.times import stored_moment

if TYPE_CHECKING:
    import pandas as pd

    from designer.campaigns.specification.specification import Specification
    from designer.engine.answers import BestRecipe
    from designer.service.answers import DataAnswer, EventObject, PlanAnswer, PredictAnswer
    from designer.service.figures import JudgedLine

Kind = Literal["time", "whole", "number", "as it is"]

_TIMES = ("made_at", "recorded_at", "at")
_WHOLES = ("order", "rank", "replicate", "rows")
_FIGURES = (
    "information_bits", "cost", "success", "trust", "trust_low", "trust_high", "worth_runs",
    *IN_SPEC,
)  # fmt: skip
OWN_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(_TIMES, "time"),
    **dict.fromkeys(_WHOLES, "whole"),
    **dict.fromkeys(_FIGURES, "number"),
}
"""What stands in columns of ours that are not the same in every row."""
_LINE_COLUMNS = (
    "name", "rows", "included", "reason", "source", "batches",
    "trust", "trust_low", "trust_high", "worth_runs",
)  # fmt: skip
_EVENT_COLUMNS = ("seq", "at", "actor", "kind", "run", "summary", "reversed", "reason")


def column_kinds(spec: Specification) -> Mapping[str, Kind]:
    """What stands in the columns that tables about a campaign may have."""
    predicted = [f"{r.name}{ending}" for r in spec.responses for ending in ENDINGS]
    ours: dict[str, Kind] = {
        **OWN_KINDS,
        **dict.fromkeys(all_design_columns(spec), "whole"),
        **dict.fromkeys(predicted, "number"),
    }
    headers = own_headers(spec, ours)
    kinds: dict[str, Kind] = {headers[name]: kind for name, kind in ours.items()}
    for item in spec.inputs:
        kind: Kind = "as it is" if item.is_categorical else "number"
        kinds.update({item.name: kind, f"{PLANNED}{item.name}": kind})
    for response in spec.responses:
        kinds[response.name] = "number"
    return kinds


def typed_frame(
    rows: Iterable[Mapping[str, object]],
    kinds: Mapping[str, Kind] = OWN_KINDS,
    columns: Sequence[str] | None = None,
    index: pd.Index[Any] | None = None,
) -> pd.DataFrame:
    """Rows as a DataFrame.

    Args:
        rows: values by column; what is missing is blank.
        kinds: column → what stands in it, be it there or not.
        columns: all columns in order; None: those of the rows.
        index: labels of the rows; None: 0, 1, ….
    """
    import pandas as pd

    frame = pd.DataFrame([*rows], columns=None if columns is None else [*columns], index=index)
    for name in frame.columns:
        kind = kinds.get(str(name))
        if kind == "time":
            frame[name] = _moments(frame[name])
        elif kind == "whole":
            frame[name] = frame[name].astype("Int64")
        elif kind == "number":
            frame[name] = frame[name].astype("float64")
    return frame


def _moments(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Stored times in UTC; of a date alone its first moment."""
    import pandas as pd

    moments = [stored_moment(text) if isinstance(text, str) else None for text in texts]
    # not nanoseconds: they end in 1677 and 2262, and what was typed may be wrong by centuries
    return pd.Series(moments, index=texts.index, dtype="datetime64[us, UTC]")


def plan_frame(answer: PlanAnswer, spec: Specification) -> pd.DataFrame:
    """The runs of a plan in make-order; see `designer.api.plans.ProposedPlan.frame`."""
    import pandas as pd

    rows: list[dict[str, object]] = []
    kinds = column_kinds(spec)
    for run in answer["runs"]:
        point = None if run["design"] is None else DesignPoint(**run["design"])
        figures: dict[str, object] = {
            "order": run["order"],
            "rank": run["rank"],
            "information_bits": run["information_bits"],
            "cost": run["cost"],
            "in_spec": run["in_spec"],
            "in_spec_measured": run["in_spec_measured"],
            "reason": run["reason"],
            **predicted_columns(run["predicted"] or {}),
            **design_cells(spec, point, run["order"]),
        }
        rows.append(
            {
                **run["used"],
                **{f"batch:{stage}": name for stage, name in run["batch"].items()},
                **{header: figures[name] for name, header in own_headers(spec, figures).items()},
            }
        )
    taken = {"run", *text_columns(spec), *kinds, *(name for row in rows for name in row)}
    for run, row in zip(answer["runs"], rows, strict=True):
        row.update({f"extra:{k}" if k in taken else k: v for k, v in (run["extra"] or {}).items()})
    index = pd.Index([run["run"] for run in answer["runs"]], name="run")
    columns = None if rows else [factor.name for factor in spec.factors]
    return typed_frame(rows, kinds, columns, index)


def predictions_frame(
    answer: PredictAnswer, spec: Specification, index: pd.Index[Any] | None
) -> pd.DataFrame:
    """Predictions, one row per recipe, labelled as the recipes were."""
    return typed_frame(answer["rows"], column_kinds(spec), answer["columns"], index)


def data_frame(answer: DataAnswer, spec: Specification) -> pd.DataFrame:
    """Every measurement."""
    columns = answer["columns"]
    rows = [dict(zip(columns, row, strict=True)) for row in answer["rows"]]
    return typed_frame(rows, column_kinds(spec), columns)


def history_frame(events: Sequence[EventObject]) -> pd.DataFrame:
    """Who did what and when, oldest first, indexed by event number."""
    return typed_frame(events, columns=_EVENT_COLUMNS).set_index("seq")


def lines_frame(lines: Sequence[JudgedLine]) -> pd.DataFrame:
    """Earlier lines, one row each, indexed by name."""
    return typed_frame(lines, columns=_LINE_COLUMNS).set_index("name")


def best_frame(best: Sequence[BestRecipe], spec: Specification) -> pd.DataFrame:
    """Recommended set-points, one row each: settings, predictions, probabilities in spec."""
    rows = [
        {
            **recipe["settings"],
            **predicted_columns(recipe["predicted"]),
            "in_spec": recipe["in_spec"],
            "in_spec_measured": recipe["in_spec_measured"],
        }
        for recipe in best
    ]
    return typed_frame(rows, column_kinds(spec))
