"""Answers of the verbs as DataFrames whose columns have one type each.

Settings, results and figures are float64, numbers of things Int64 (which knows missing values),
times datetime64 in UTC with the log's microseconds, everything else text or bool.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.campaigns.sheets.run_object import predicted_columns
from designer.campaigns.values.names import ENDINGS, IN_SPEC
from designer.campaigns.values.times import stored_moment

if TYPE_CHECKING:
    import pandas as pd

    from designer.campaigns.specification.specification import Specification
    from designer.engine.answers import BestRecipe
    from designer.service.answers import DataAnswer, EventObject, PlanAnswer, PredictAnswer
    from designer.service.figures import JudgedLine

_TIMES = frozenset({"made_at", "recorded_at", "at"})
_WHOLES = frozenset({"order", "rank", "replicate", "rows"})
_FIGURES = frozenset(
    {"information_bits", "cost", "success", "trust", "trust_low", "trust_high", "worth_runs"}
    | {*IN_SPEC}
)
_LINE_COLUMNS = (
    "name", "rows", "included", "reason", "source", "batches",
    "trust", "trust_low", "trust_high", "worth_runs",
)  # fmt: skip
_EVENT_COLUMNS = ("seq", "at", "actor", "kind", "run", "summary", "reversed", "reason")


def number_columns(spec: Specification) -> set[str]:
    """Columns of numbers that tables about a campaign may have."""
    numeric = [item.name for item in spec.inputs if not item.is_categorical]
    responses = [response.name for response in spec.responses]
    predicted = [f"{name}{ending}" for name in responses for ending in ENDINGS]
    planned = [f"planned:{name}" for name in numeric]
    return {*numeric, *planned, *responses, *predicted, *_FIGURES}


def typed_frame(
    rows: Iterable[Mapping[str, object]],
    numbers: Collection[str],
    columns: Sequence[str] | None = None,
    index: pd.Index[Any] | None = None,
) -> pd.DataFrame:
    """Rows as a DataFrame.

    Args:
        rows: values by column; what is missing is blank.
        numbers: names of the columns of numbers, be they there or not.
        columns: all columns in order; None: those of the rows.
        index: labels of the rows; None: 0, 1, ….
    """
    import pandas as pd

    frame = pd.DataFrame([*rows], columns=None if columns is None else [*columns], index=index)
    for name in frame.columns:
        if name in _TIMES:
            frame[name] = _moments(frame[name])
        elif name in _WHOLES:
            frame[name] = frame[name].astype("Int64")
        elif name in numbers:
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
        for run in answer["runs"]
    ]
    index = pd.Index([run["run"] for run in answer["runs"]], name="run")
    columns = None if rows else [factor.name for factor in spec.factors]
    return typed_frame(rows, number_columns(spec), columns, index)


def predictions_frame(
    answer: PredictAnswer, spec: Specification, index: pd.Index[Any] | None
) -> pd.DataFrame:
    """Predictions, one row per recipe, labelled as the recipes were."""
    return typed_frame(answer["rows"], number_columns(spec), answer["columns"], index)


def data_frame(answer: DataAnswer, spec: Specification) -> pd.DataFrame:
    """Every measurement."""
    columns = answer["columns"]
    rows = [dict(zip(columns, row, strict=True)) for row in answer["rows"]]
    return typed_frame(rows, number_columns(spec), columns)


def history_frame(events: Sequence[EventObject]) -> pd.DataFrame:
    """Who did what and when, oldest first, indexed by event number."""
    return typed_frame(events, (), _EVENT_COLUMNS).set_index("seq")


def lines_frame(lines: Sequence[JudgedLine]) -> pd.DataFrame:
    """Earlier lines, one row each, indexed by name."""
    return typed_frame(lines, _FIGURES, _LINE_COLUMNS).set_index("name")


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
    return typed_frame(rows, number_columns(spec))
