"""What a Python user passes as a table or as values by name, read without guessing.

A table is a DataFrame; a Series or a dict of single values is one row; a dict of lists are columns;
a list of dicts are rows; an array has a column per factor, in the specification's order. Cells hold
text, numbers, dates or nothing. All that is wrong is told at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from designer.api.arguments import shown
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Row: TypeAlias = Mapping[str, object]
"""Values, or columns, by name."""
Values: TypeAlias = "Row | pd.Series[Any]"
"""Values by name: a dict, or a Series indexed by name."""
Table: TypeAlias = "pd.DataFrame | pd.Series[Any] | Row | Sequence[Row] | np.ndarray[Any, Any]"
"""Rows of named columns; see the module."""

_ALLOWED = (
    "a DataFrame, a dict or Series of one value per column (one row), a dict of lists, a list of"
    " dicts, or an array with a column per factor"
)
_LARGEST = 10**300  # whole numbers beyond are no float64
_BLANK = {"NAType", "NaTType"}
_SHORT = {"float16", "float32"}


@dataclass(frozen=True)
class Columns:
    """A user's table as columns of cells.

    Attributes:
        cells: header → cells, of equal number.
        index: labels of the rows; None where the user gave none.
    """

    cells: dict[str, list[object]]
    index: pd.Index[Any] | None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max(map(len, self.cells.values()), default=0)


def columns_of(
    table: object, argument: str, factors: Sequence[str] = (), *, column: Iterable[str] = ()
) -> Columns:
    """Read a user's table.

    Args:
        table: what was passed.
        argument: its name, for messages.
        factors: names of an array's columns; none: an array is refused.
        column: names that make a named Series a column, not a row.

    Raises:
        InputError: it is no table, a column has no name or that of another, or a cell holds what no
            table can hold.
    """
    frame = _frame(table, argument, factors, frozenset(column))
    findings = Findings()
    if frame.columns.nlevels > 1:
        allowed = "one name per column"
        findings.report(argument, "has several levels of columns", None, allowed)
    elif not frame.columns.is_unique:
        twice = list(dict.fromkeys(frame.columns[frame.columns.duplicated()].astype(str)))
        findings.report(argument, "has columns of the same name", ", ".join(twice))
    else:
        unnamed = [shown(name) for name in frame.columns if not isinstance(name, str)]
        if unnamed:
            found, hint = ", ".join(unnamed[:8]), "Name the columns: frame.columns = [...]"
            findings.report(argument, "has columns whose names are no text", found, hint=hint)
    if findings:
        findings.raise_if_any()
    cells = {
        str(name): list(_cells(name, _plain(frame[name]), argument, findings)) for name in frame
    }
    findings.raise_if_any()
    given = hasattr(table, "iloc") or type(frame.index).__name__ != "RangeIndex"
    return Columns(cells, frame.index if given else None)


def with_labels(columns: Columns) -> dict[str, list[object]]:
    """The columns of things, their labels among them: those somebody gave the index, as ids.

    Numbers that only count rows, also of a part of a frame, are no labels.
    """
    index = columns.index
    if index is None:
        return columns.cells
    found: dict[str, list[object]] = {}
    for level, name in enumerate(index.names):
        labels = index.get_level_values(level).tolist()
        if name is not None or any(isinstance(label, str) for label in labels):
            found[str(name or "index")] = labels
    return {**found, **columns.cells}


def of_runs(columns: Columns, argument: str) -> dict[str, list[object]]:
    """The columns of results, the run ids among them: those of the index, if no column has them.

    Raises:
        InputError: nothing says which runs they are of.
    """
    if "run" in columns.cells:
        return columns.cells
    index = columns.index
    labels = [] if index is None else index.tolist()
    if index is None or not all(isinstance(label, str) for label in labels):
        what = "does not say which runs it is about"
        named = [shown(label) for label in labels[:4] if label is not None]
        found = f"index {', '.join(named)}" if named else None
        allowed = "run ids as its index, or in a column run"
        raise InputError.at(argument, what, found, allowed)
    return {"run": labels, **columns.cells}


def _plain(column: pd.Series[Any]) -> Iterable[object]:
    """The cells of a column; numbers of few digits as the decimal that was meant."""
    if column.dtype.name in _SHORT:  # 7.1 would become 7.099999904632568
        return [float(str(value)) for value in column.to_numpy()]
    return map(_scalar, column)


def _scalar(value: object) -> object:
    kind = type(value).__name__
    if kind in _SHORT:
        return float(str(value))
    if kind == "datetime64":
        import pandas as pd

        return pd.Timestamp(str(value))
    return value


def _cells(
    name: object, column: Iterable[object], argument: str, findings: Findings
) -> Iterable[object]:
    for row, value in enumerate(column):
        what = _wrong_cell(value)
        if what is not None:
            where = f"{argument} row {row} column {name}"
            findings.report(where, what, shown(value), "text, a number, a date, or None")
        yield value


def _wrong_cell(value: object) -> str | None:
    """Why a value cannot stand in a cell; None when it can."""
    if value is None or isinstance(value, str | date | Decimal) or type(value).__name__ in _BLANK:
        return None
    if not isinstance(value, Real) and type(value).__name__ != "bool":
        return "this is neither text nor a number"
    whole = isinstance(value, int) and abs(value) > _LARGEST
    return "the number is too large" if whole else None


def _is_array(table: object) -> bool:
    return hasattr(table, "__array__") and hasattr(table, "shape") and not hasattr(table, "iloc")


def _frame(
    table: object, argument: str, factors: Sequence[str], column: frozenset[str]
) -> pd.DataFrame:
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, pd.Series):
        if table.name in column:
            return table.to_frame()
        return _one_row(table, argument)
    if isinstance(table, Mapping):
        return _of_mapping(table, argument)
    if isinstance(table, list | tuple):
        return _of_rows(table, argument)
    if _is_array(table):
        return _of_array(table, argument, factors)
    hint = None
    if isinstance(table, str) or hasattr(table, "__fspath__"):
        hint = "Read a file with pandas first, such as pd.read_csv(path)"
    raise InputError.at(argument, "is no table", shown(table), _ALLOWED, hint)


def _one_row(series: pd.Series[Any], argument: str) -> pd.DataFrame:
    import pandas as pd

    if not series.index.is_unique or series.index.nlevels > 1:
        what = "names a value twice, so it is no single row"
        found = ", ".join(map(str, series.index[series.index.duplicated()][:8]))
        raise InputError.at(argument, what, found or None, _ALLOWED)
    return pd.DataFrame([series.to_dict()], index=[series.name], dtype=object)


def _of_mapping(table: Mapping[Any, Any], argument: str) -> pd.DataFrame:
    """A dict of single values is one row; of lists, or of Series, columns."""
    import pandas as pd

    several = [
        name
        for name, value in table.items()
        if isinstance(value, Mapping | list | tuple | pd.Series | pd.Index) or _is_long(value)
    ]
    if not several:
        return pd.DataFrame([dict(table)], dtype=object)
    lengths = {str(name): len(table[name]) for name in several}
    if len({*lengths.values()}) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError.at(argument, "the columns are not equally long", found)
    try:
        return pd.DataFrame({name: _whole_column(value) for name, value in table.items()})
    except (ValueError, TypeError) as error:  # pandas' own words for arrays of arrays and the like
        raise InputError.at(argument, "its columns make no table", str(error), _ALLOWED) from None


def _is_long(value: object) -> bool:
    return _is_array(value) and getattr(value, "shape", ()) != ()


def _whole_column(value: object) -> object:
    return list(value) if isinstance(value, list | tuple) else value


def _of_rows(table: Sequence[object], argument: str) -> pd.DataFrame:
    import pandas as pd

    findings = Findings()
    rows: list[dict[Any, Any]] = []
    for number, row in enumerate(table):
        if isinstance(row, Mapping | pd.Series):
            rows.append(dict(row.items()))
        else:
            where = f"{argument} row {number}"
            findings.report(where, "is no row of named values", shown(row), "a dict")
    findings.raise_if_any()
    return pd.DataFrame(rows, dtype=object)


def _of_array(table: object, argument: str, factors: Sequence[str]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    allowed = "a DataFrame with named columns"
    if not factors:
        raise InputError.at(argument, "an array has no names of columns", None, allowed)
    try:
        array = np.asarray(table)
    except (TypeError, ValueError, RuntimeError) as error:  # tensors with gradients, sparse ones
        raise InputError.at(argument, "is no plain array", str(error), allowed) from None
    rows = array[None] if array.ndim == 1 else array
    if rows.ndim != 2 or rows.shape[1] != len(factors):
        found = " × ".join(map(str, array.shape)) or "a single value"
        wanted = f"n × {len(factors)} ({', '.join(factors)}), or {allowed}"
        raise InputError.at(argument, "has the wrong shape for an array of recipes", found, wanted)
    return pd.DataFrame(rows, columns=[*factors])


def texts_of(values: object, argument: str, *, never: bool = False) -> dict[str, str]:
    """Values by name as the text a person would have typed.

    Args:
        values: dict or Series; None: nothing.
        argument: its name, for messages.
        never: whether None means ``none``, "will never be measured".

    Raises:
        InputError: something that is neither number nor text, a name that is none, or one twice.
    """
    if values is None:
        return {}
    pairs = _pairs(values, argument)
    allowed = "a number or text" + (", or None: will never be measured" if never else "")
    findings, texts = Findings(), dict[str, str]()
    for name, given in pairs:
        value = _scalar(given)
        if not isinstance(name, str):
            findings.report(argument, "a name is no text", shown(name))
            continue
        where = f"{argument}[{name!r}]"
        if name in texts:
            findings.report(where, "is told twice")
        elif value is None and never:
            texts[name] = "none"
        elif isinstance(value, str):
            texts[name] = value
        elif isinstance(value, Real | Decimal) and not isinstance(value, bool):
            if _wrong_cell(value) is None and math.isfinite(value):
                texts[name] = number_text(float(value))
            else:
                findings.report(where, "is no finite number", shown(value), allowed)
        else:
            findings.report(where, "is neither number nor text", shown(value), allowed)
    findings.raise_if_any()
    return texts


def _pairs(values: object, argument: str) -> Iterable[tuple[object, object]]:
    if isinstance(values, Mapping):
        return values.items()
    if hasattr(values, "iloc") and getattr(values, "ndim", 0) == 1:  # a Series, without pandas
        series = cast("pd.Series[Any]", values)
        return series.items()
    allowed = "a dict of values by name, such as {'coating_gap': 150}"
    raise InputError.at(argument, "are no values by name", shown(values), allowed)
